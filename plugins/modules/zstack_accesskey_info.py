#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_accesskey_info
short_description: List access keys of ZStack accounts
version_added: 1.0.0
description:
  - Lists access keys of accounts of ZStack Cloud or ZStack ZSphere with their age, and filters them.
  - If O(account_uuids), O(account_names) and O(all_users) are all omitted, lists the keys of the account whose
    credentials sign the task.
  - If a listing fails, the task fails. It never returns an empty list instead.
  - Secrets are not part of the result, although ZStack returns them.
  - With O(access_key_ids), the module finds all keys with these AccessKeyIDs with one query. Only an administrator sees
    the keys of all accounts. For any other caller, an ID that is not found is in RV(unknown). O(account_uuids) and
    O(account_names) cannot be combined with it.
  - An option that selects or filters keys is refused if it is V(null) or empty, for example because a variable is
    undefined. An empty list as O(account_uuids) or O(account_names) selects no keys, and costs no call.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._attributes.info_module
  - multicloud.iam._zstack.actiongroup
  - multicloud.iam._zstack
  - multicloud.iam._connection
  - multicloud.iam._access_key_info
options:
  account_uuids:
    description:
      - List the keys of the accounts with these UUIDs. The task fails if one of them does not exist, or if its keys are
        visible to administrators only.
    type: list
    elements: str
  account_names:
    description:
      - List the keys of the accounts with these names. The task fails under the same conditions as with
        O(account_uuids).
    type: list
    elements: str
  all_users:
    description:
      - Whether to list all keys that the caller can see. An administrator sees the keys of all accounts and their users.
        Any other account sees only its own keys.
      - Mutually exclusive with O(account_uuids) and O(account_names).
    type: bool
    default: false
notes:
  - ZStack does not report when a key was last used.
seealso:
  - module: multicloud.iam.zstack_accesskey
"""

EXAMPLES = r"""
- name: List the access keys of two accounts
  multicloud.iam.zstack_accesskey_info:
    account_names:
      - alice
      - bob
  register: keys

- name: Find all active keys that are older than a year
  multicloud.iam.zstack_accesskey_info:
    all_users: true
    status: active
    older_than_days: 365
  register: old

- name: Find out whose keys these are
  multicloud.iam.zstack_accesskey_info:
    access_key_ids:
      - ExampleAliceKey00001
      - ExampleCarolKey00001
  register: leaked

- name: Disable these keys
  multicloud.iam.zstack_accesskey:
    uuid: "{{ item.id }}"
    status: inactive
  loop: "{{ old.access_keys }}"
  loop_control:
    label: "{{ item.access_key_id }}"
"""

RETURN = r"""
access_keys:
  description: The keys, in the order of the accounts.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The UUID of the key.
      type: str
      sample: 0a1b2c3d4e5f4a6b8c7d000000000011
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    owner:
      description: The UUID of the account that owns the key.
      type: str
      sample: 0a1b2c3d4e5f4a6b8c7d000000000001
    description:
      description: The description that was given when the key was created. Null if there is none.
      type: str
      sample: build-server
    create_time:
      description:
        - When the key was created, in ISO 8601 and UTC. Correct only if O(api_timezone) matches the server. Null
          if it is not known.
      type: str
      sample: '2026-01-02T03:04:05Z'
    last_used:
      description: Always null, because the API does not report it.
      type: str
    access_key_id:
      description: The ID that signs calls (B(AccessKeyID)).
      type: str
      sample: ExampleAliceKey00001
    user_uuid:
      description:
        - The UUID of the user who owns the key. For a key of the account itself, and on servers without users,
          the UUID of the account.
      type: str
      sample: 0a1b2c3d4e5f4a6b8c7d000000000001
    last_used_state:
      description: Always V(unknown), because the API does not report the use of a key.
      type: str
      sample: unknown
    age_days:
      description: Whole days since the key was created. Null if that is not known.
      type: int
      sample: 321
    unused_days:
      description: Always null, because the API does not report the use of a key.
      type: int
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
  description: Always empty, because queries have no request IDs.
  returned: always
  type: list
  elements: str
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
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.options import API_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.report import report_access_keys

MODULE = info_module(
    "access_keys",
    report_access_keys,
    {
        **API_OPTIONS,
        **KEY_FILTERS,
        **KEY_SEARCH,
        "account_uuids": {"type": "list", "elements": "str"},
        "account_names": {"type": "list", "elements": "str"},
        "all_users": {"type": "bool", "default": False},
    },
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
