#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_access_key_info
short_description: List access keys of Tencent Cloud CAM users
version_added: 1.0.0
description:
  - Lists access keys of Tencent Cloud users with their age and last use, and filters them.
  - If O(target_uins), O(user_names) and O(all_users) are all omitted, lists the keys of the user whose credentials sign
    the task.
  - The keys of several owners are listed in parallel, within the API's limit of 20 calls per second. If a listing
    fails, the task fails. It never returns an empty list instead.
  - No operation of CAM finds the owner of a key. With O(access_key_ids), the module asks the caller, the root account
    and the owners in O(target_uins) and O(user_names) first, and then all other users until all keys are found. For
    1,000 users this takes up to a minute. Only the root account itself can list its keys. So with the credentials of
    a user, an ID that no user has is in RV(unknown).
  - An option that selects or filters keys is refused if it is V(null) or empty, for example because a variable is
    undefined. An empty list as O(target_uins) or O(user_names) selects no keys, and costs no call.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._attributes.info_module
  - multicloud.iam._tencent.actiongroup
  - multicloud.iam._tencent
  - multicloud.iam._connection
  - multicloud.iam._access_key_info
options:
  target_uins:
    description:
      - List the keys of the owners with these account numbers (UINs).
    type: list
    elements: str
  user_names:
    description:
      - List the keys of the sub-users with these names. The task fails if one of them does not exist.
    type: list
    elements: str
  all_users:
    description:
      - Whether to list the keys of all sub-users of the account. Keys of the root account are not included.
      - Mutually exclusive with O(target_uins) and O(user_names).
    type: bool
    default: false
  unused_for_days:
    description:
      - List only keys that were last used at least this many days ago. A key that was never used is listed if it was
        created at least this many days ago.
      - A key whose last use is unknown is not listed. CAM reports the last use about a day late.
    type: int
seealso:
  - module: multicloud.iam.cam_access_key
  - module: multicloud.iam.cam_user_info
  - name: CAM API, ListAccessKeys
    description: Reference of the API operation that lists keys.
    link: https://cloud.tencent.com/document/api/598/45156
"""

EXAMPLES = r"""
- name: List the access keys of two users
  multicloud.iam.cam_access_key_info:
    user_names:
      - alice
      - bob
  register: keys

- name: Find all active keys that are older than a year and have not been used for 90 days
  multicloud.iam.cam_access_key_info:
    all_users: true
    status: active
    older_than_days: 365
    unused_for_days: 90
  register: stale

- name: Find out whose keys these are
  multicloud.iam.cam_access_key_info:
    access_key_ids:
      - AKIDexample0alice0000000000000000001
      - AKIDexample00bob00000000000000000001
  register: leaked

- name: Disable these keys
  multicloud.iam.cam_access_key:
    target_uin: "{{ item.owner }}"
    access_key_id: "{{ item.id }}"
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
      description: The ID of the key.
      type: str
      sample: AKIDexample0alice0000000000000000001
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    owner:
      description: The UIN of the owner. Null if the task selects no owner, so that the owner is the caller.
      type: str
      sample: '100000000011'
    description:
      description: The description that was given when the key was created. Null if there is none.
      type: str
      sample: build-server
    create_time:
      description: When the key was created, in ISO 8601 and UTC.
      type: str
      sample: '2026-01-02T03:04:05Z'
    last_used:
      description:
        - When the key was last used, in ISO 8601 and UTC. Null if it was never used, or if that is not known.
        - If CAM reports only the day, this is the last second of that day in Beijing.
      type: str
      sample: '2026-03-04T15:59:59Z'
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

from ansible_collections.multicloud.iam.plugins.module_utils._module import info_module
from ansible_collections.multicloud.iam.plugins.module_utils._options import KEY_FILTERS, KEY_SEARCH
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.options import API_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.report import (
    report_access_keys,
)

MODULE = info_module(
    "access_keys",
    report_access_keys,
    {
        **API_OPTIONS,
        **KEY_FILTERS,
        **KEY_SEARCH,
        "target_uins": {"type": "list", "elements": "str"},
        "user_names": {"type": "list", "elements": "str"},
        "all_users": {"type": "bool", "default": False},
        "unused_for_days": {"type": "int"},
    },
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
