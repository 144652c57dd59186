#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_access_key_status
short_description: Disable or enable access keys of Tencent Cloud CAM users by their IDs
version_added: 1.0.0
description:
  - Disables or enables any number of access keys whose owners are not known, for example because they have leaked.
  - The module asks the caller, the root account and then all users of the account for their keys, within the API's limit
    of 20 calls per second, until all keys are found. It changes each key as soon as it is found, and reads it again.
  - If some of the owners cannot be asked, the keys of the others are changed nevertheless.
  - The caller needs the permissions C(cam:ListAccessKeys), C(cam:UpdateAccessKey) and C(cam:ListUsers), and for the last
    use C(cam:GetSecurityLastUsed). Only the root account itself can disable its keys. So if another caller does not find a
    key, it stays unknown whether the key exists.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._tencent.actiongroup
  - multicloud.iam._tencent
  - multicloud.iam._connection
  - multicloud.iam._key_status
attributes:
  async:
    support: full
    details: []
seealso:
  - module: multicloud.iam.cam_access_key
  - module: multicloud.iam.cam_access_key_info
"""

EXAMPLES = r"""
- name: Disable keys that have leaked, whose owners are not known
  multicloud.iam.cam_access_key_status:
    access_key_ids:
      - AKIDexample0alice0000000000000000001
      - AKIDexample00bob00000000000000000001
    status: inactive
  register: leaked

- name: Show what has happened to each key
  ansible.builtin.debug:
    msg: "{{ item.access_key_id }} of {{ item.owner }}: {{ item.outcome }}"
  loop: "{{ leaked.access_keys }}"
  loop_control:
    label: "{{ item.access_key_id }}"
"""

RETURN = r"""
access_keys:
  description: The keys, in the order of O(access_key_ids). In check mode, as they would be after a real run.
  returned: success, and failure if anything was asked
  type: list
  elements: dict
  contains:
    id:
      description: The ID of the key.
      returned: success, and failure if anything was asked
      type: str
      sample: AKIDexample0alice0000000000000000001
    status:
      description: The status after the task, V(active) or V(inactive). Null if there is no key, or if it is not
        known.
      returned: success, and failure if anything was asked
      type: str
      sample: inactive
    owner:
      description: The UIN of the owner. Null if the task selects no owner, so that the owner is the caller.
      returned: success, and failure if anything was asked
      type: str
      sample: '100000000011'
    description:
      description: The description that was given when the key was created. Null if there is none.
      returned: success, and failure if anything was asked
      type: str
      sample: build-server
    create_time:
      description: When the key was created, in ISO 8601 and UTC.
      returned: success, and failure if anything was asked
      type: str
      sample: '2026-01-02T03:04:05Z'
    last_used:
      description:
        - When the key was last used, in ISO 8601 and UTC. Null if it was never used, or if that is not known.
        - If CAM reports only the day, this is the last second of that day in Beijing.
      returned: success, and failure if anything was asked
      type: str
      sample: '2026-03-04T15:59:59Z'
    user_name:
      description: The name of the owner, if the task sets it or the list of users contains it. Otherwise null.
      returned: success, and failure if anything was asked
      type: str
      sample: alice
    last_used_state:
      description: V(used), V(never) or V(unknown).
      returned: success, and failure if anything was asked
      type: str
      sample: used
    age_days:
      description: Whole days since the key was created. Null if that is not known.
      returned: success, and failure if anything was asked
      type: int
      sample: 321
    unused_days:
      description: Whole days since the key was last used, or since its creation if it never was. Null if that is
        not known.
      returned: success, and failure if anything was asked
      type: int
      sample: 260
    access_key_id:
      description: The ID in O(access_key_ids).
      returned: success, and failure if anything was asked
      type: str
    outcome:
      description:
        - V(changed), or V(unchanged) if the key had the status already.
        - V(not_found) if no key has the ID, and V(unknown) if none was found although not everything could be asked.
        - V(refused) for the key that signs, unless O(allow_self_lockout) is set.
        - V(failed) if the change was not made, and V(unconfirmed) if the cloud has accepted it and does not show
          it.
      returned: success, and failure if anything was asked
      type: str
      sample: changed
    status_before:
      description: The status as it was found. Null if there is no key, or if it cannot be read.
      returned: success, and failure if anything was asked
      type: str
      sample: active
    reasons:
      description: Why the status is not certain. Empty if it is.
      returned: success, and failure if anything was asked
      type: list
      elements: str
      sample: []
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

from ansible_collections.multicloud.iam.plugins.module_utils._key_status import status_module
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.access_key_status import AccessKeys
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.options import API_OPTIONS

MODULE = status_module(AccessKeys, API_OPTIONS)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
