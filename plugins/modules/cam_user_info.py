#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_user_info
short_description: List sub-users of Tencent Cloud CAM
version_added: 1.0.0
description:
  - Lists all sub-users of a Tencent Cloud account, or those with the given names.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._attributes.info_module
  - multicloud.iam._tencent.actiongroup
  - multicloud.iam._tencent
  - multicloud.iam._connection
options:
  names:
    description:
      - The names of the users to list. A name that no user has is left out of the result.
      - If omitted, all users are listed with a single call. An empty list selects no users, and costs no call.
      - V(null) and lists with an empty name are refused, because they usually come from an undefined variable.
    type: list
    elements: str
seealso:
  - module: multicloud.iam.cam_user
  - module: multicloud.iam.cam_access_key_info
  - name: CAM API, ListUsers
    description: Reference of the API operation that lists users.
    link: https://cloud.tencent.com/document/api/598/34587
"""

EXAMPLES = r"""
- name: List all users
  multicloud.iam.cam_user_info:
  register: all_users

- name: Look up one user
  multicloud.iam.cam_user_info:
    names:
      - alice
  register: alice

- name: Fail if the user does not exist
  ansible.builtin.assert:
    that: alice.users | length == 1
"""

RETURN = r"""
users:
  description: The users.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The name of the user.
      type: str
      sample: alice
    uin:
      description: The account number of the user.
      type: str
      sample: '100000000011'
    uid:
      description: The number of the user as a message recipient.
      type: str
      sample: '10000011'
    remark:
      description: The note about the user.
      type: str
      sample: Data team
    console_login:
      description: Whether the user may log in to the console.
      type: bool
      sample: true
    phone_num:
      description: The phone number. CAM may show only a part of it.
      type: str
      sample: '13800000000'
    country_code:
      description: The country code of the phone number.
      type: str
      sample: '86'
    email:
      description: The email address. CAM may show only a part of it.
      type: str
      sample: alice@example.com
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
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.options import API_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.report import report_users

MODULE = info_module(
    "users",
    report_users,
    {**API_OPTIONS, "names": {"type": "list", "elements": "str"}},
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
