#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_credential_info
short_description: List permanent access keys of Huawei Cloud IAM users
version_added: 1.0.0
description:
  - Lists permanent access keys of IAM users with their age and last use, and filters them.
  - If O(user_ids), O(user_names) and O(all_users) are all omitted, lists the keys of the user whose credentials sign the
    task.
  - Reading the last use costs one call for each key that passes the other filters. Calls are made in parallel. If a
    listing fails, the task fails. It never returns an empty list instead.
  - With O(access_key_ids), the module reads each of these keys with one call, without listing the keys of any user.
    O(user_ids) and O(user_names) cannot be combined with it.
  - An option that selects or filters keys is refused if it is V(null) or empty, for example because a variable is
    undefined. An empty list as O(user_ids) or O(user_names) selects no keys, and costs no call.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._attributes.info_module
  - multicloud.iam._huawei.actiongroup
  - multicloud.iam._huawei
  - multicloud.iam._connection
  - multicloud.iam._access_key_info
options:
  user_ids:
    description:
      - List the keys of the users with these IDs.
    type: list
    elements: str
  user_names:
    description:
      - List the keys of the users with these names. The task fails if one of them does not exist.
    type: list
    elements: str
  all_users:
    description:
      - Whether to list the keys of all users of the account.
      - Mutually exclusive with O(user_ids) and O(user_names).
    type: bool
    default: false
  unused_for_days:
    description:
      - List only keys that were last used at least this many days ago. A key that was never used is listed if it was
        created at least this many days ago.
      - A key whose last use is unknown is not listed.
    type: int
seealso:
  - module: multicloud.iam.iam_credential
  - name: IAM API, listing permanent access keys
    description: Reference of the API operation that lists keys.
    link: https://support.huaweicloud.com/intl/en-us/api-iam/iam_03_0002.html
"""

EXAMPLES = r"""
- name: List the access keys of two users
  multicloud.iam.iam_credential_info:
    user_names:
      - alice
      - bob
  register: keys

- name: Find all active keys that are older than a year and have not been used for 90 days
  multicloud.iam.iam_credential_info:
    all_users: true
    status: active
    older_than_days: 365
    unused_for_days: 90
  register: stale

- name: Find out whose keys these are
  multicloud.iam.iam_credential_info:
    access_key_ids:
      - HSTEXAMPLEALICE00001
      - HSTEXAMPLEBOB0000001
  register: leaked

- name: Disable these keys
  multicloud.iam.iam_credential:
    access_key: "{{ item.id }}"
    status: inactive
  loop: "{{ stale.access_keys }}"
  loop_control:
    label: "{{ item.user_name }} {{ item.id }}"
"""

RETURN = r"""
access_keys:
  description: The keys, in the order of the owners.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the key (AK).
      type: str
      sample: HSTEXAMPLEALICE00001
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    owner:
      description: The ID of the owner. Null if the task selects no owner. The member C(user_id) contains the ID
        that the cloud reports.
      type: str
      sample: 0aaaaaaaaaaaaaaaaaaaaaaaaaaaaa01
    description:
      description: The description of the key. Null if there is none.
      type: str
      sample: build-server
    create_time:
      description: When the key was created, in ISO 8601 and UTC.
      type: str
      sample: '2026-01-02T03:04:05Z'
    last_used:
      description:
        - When the key was last used, in ISO 8601 and UTC. Null if it was never used, or if that is not known.
        - Huawei Cloud updates it at most every 15 minutes.
      type: str
      sample: '2026-03-04T15:30:00Z'
    user_id:
      description: The ID of the user who owns the key, as the cloud reports it.
      type: str
      sample: 0aaaaaaaaaaaaaaaaaaaaaaaaaaaaa01
    user_name:
      description: The name of the owner, if the task sets it or the list of users contains it. Otherwise null.
      type: str
      sample: alice
    last_used_state:
      description: V(used), V(never) or V(unknown).
      type: str
      sample: used
    age_days:
      description: Whole days since the key was created. Null if that is not known.
      type: int
      sample: 321
    unused_days:
      description: Whole days since the key was last used, or since its creation if it never was. Null if that is
        not known.
      type: int
      sample: 260
not_found:
  description: The IDs in O(access_key_ids) that certainly no key has, as far as the account goes.
  returned: success, when O(access_key_ids) is given
  type: list
  elements: str
  sample: []
unknown:
  description:
    - The IDs in O(access_key_ids) that were not found, although a key with that ID may exist, because not everything
      could be asked.
  returned: success, when O(access_key_ids) is given
  type: list
  elements: dict
  contains:
    id:
      description: The ID.
      returned: success, when O(access_key_ids) is given
      type: str
    reasons:
      description: What could not be asked, and why.
      returned: success, when O(access_key_ids) is given
      type: list
      elements: str
service_time:
  description:
    - The cloud's own time at its latest reply, in ISO 8601 and UTC, from the header C(Date). Null if no reply had
      one.
    - Compare ages and intervals with this time if the clock of the controller may be wrong.
  returned: success
  type: str
  sample: '2026-11-28T09:15:00Z'
request_ids:
  description: The request IDs of all calls of the task. Quote them if you contact the support of the cloud.
  returned: always
  type: list
  elements: str
  sample:
    - 7f9a0a5b-5c0e-4d2c-9a5e-0d4f0c7a1c55
error:
  description:
    - What failed, and what to do.
    - The L(guide, https://github.com/multicloud-iam/multicloud.iam/blob/main/docs/guide.md#errors) explains the
      categories.
  returned: failure
  type: dict
  contains:
    category:
      description:
        - The category of the failure, from the same list for all clouds.
        - One of V(usage), V(refused), V(authentication), V(denied), V(not_found), V(quota), V(invalid), V(throttled),
          V(unavailable), V(network), V(proxy), V(certificate), V(reply), V(interrupted), V(defect).
      returned: failure
      type: str
      sample: throttled
    attempted:
      description: The attempted operation, in words, such as V(create) or V(list). Null if the task failed before
        it attempted anything.
      returned: failure
      type: str
      sample: create
    object:
      description: The object of this attempt, in words.
      returned: failure
      type: str
    api_operation:
      description: The API operation that failed. Null if no call failed.
      returned: failure
      type: str
    code:
      description: The error code of the API. Null if there is none.
      returned: failure
      type: str
    message:
      description: The reason, in the words of the API if it gives one.
      returned: failure
      type: str
    request_id:
      description: The request ID of the call that failed, or of the last call before the failure. Null without
        a call.
      returned: failure
      type: str
    http_status:
      description: The HTTP status of the reply. Null without a reply.
      returned: failure
      type: int
    retryable:
      description: Whether the same task may succeed if it is run again.
      returned: failure
      type: bool
      sample: true
    advice:
      description: What to do about the failure.
      returned: failure
      type: str
"""

from ansible_collections.multicloud.iam.plugins.module_utils._huawei.options import API_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.report import report_credentials
from ansible_collections.multicloud.iam.plugins.module_utils._module import info_module
from ansible_collections.multicloud.iam.plugins.module_utils._options import KEY_FILTERS, KEY_SEARCH
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module

MODULE = info_module(
    "access_keys",
    report_credentials,
    {
        **API_OPTIONS,
        **KEY_FILTERS,
        **KEY_SEARCH,
        "user_ids": {"type": "list", "elements": "str"},
        "user_names": {"type": "list", "elements": "str"},
        "all_users": {"type": "bool", "default": False},
        "unused_for_days": {"type": "int"},
    },
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
