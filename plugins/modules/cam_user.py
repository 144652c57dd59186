#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_user
short_description: Manage sub-users of Tencent Cloud CAM
version_added: 1.0.0
description:
  - Creates, updates and deletes sub-users in Tencent Cloud Access Management (CAM).
  - The module reads the user first, and sends only what differs. If nothing has to change, a task costs one C(GetUser)
    call. A creation reads the user twice.
  - The module never creates an access key together with a user. To create a key and get its secret, use
    M(multicloud.iam.cam_access_key).
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._tencent.actiongroup
  - multicloud.iam._tencent
  - multicloud.iam._connection
  - multicloud.iam._state
attributes:
  async:
    support: full
    details: []
  idempotent:
    support: partial
    details:
      - With O(update_password=always) and O(password) or O(need_reset_password), every run reports a change, because CAM
        returns neither of them.
options:
  name:
    description:
      - The name of the user. It identifies the user and cannot be changed.
    type: str
    required: true
  remark:
    description:
      - A note about the user. An empty string clears it.
    type: str
  console_login:
    description:
      - Whether the user can log in to the console with a password.
      - O(password) is required to switch the console login on. Otherwise, CAM would generate a password and never
        show it.
    type: bool
  password:
    description:
      - The console password.
      - CAM never returns the password, so it cannot be compared. O(update_password) determines when it is sent.
      - The password must meet the password rules of the account.
    type: str
  update_password:
    description:
      - When to send O(password) and O(need_reset_password).
      - V(on_create) sends them when the user is created, and when O(console_login) is switched on.
      - V(always) sends them on every run, and every run reports a change.
    type: str
    choices: [on_create, always]
    default: on_create
  need_reset_password:
    description:
      - Whether the user has to set a new password at the next login. It is sent under the same conditions as
        O(password).
    type: bool
  phone_num:
    description:
      - The phone number without the country code. An empty string clears it.
      - CAM might show only a part of the number and mask the rest with C(*). If the visible part differs from this
        option, the number is sent. If it matches, the number counts as unchanged, and the task warns that the rest is
        unknown.
    type: str
  country_code:
    description:
      - The country code of the phone number. V(+86) and V(0086) mean the same as V(86), which is the format of CAM.
      - Quote the value. Without quotes, YAML reads V(0044) as the number 36.
      - CAM accepts the country code only together with the phone number, so both are sent if one of them differs. If
        this option is omitted and the user has no phone number yet, a phone number is sent with V(86), the code that CAM
        reports for such a user.
      - Ignored as long as the user has no phone number.
    type: str
  email:
    description:
      - The email address. An empty string clears it.
      - CAM might show only a part of the address and mask the rest with C(*). If the visible part differs from this
        option, the address is sent. If it matches, the address counts as unchanged, and the task warns that the rest is
        unknown.
    type: str
  force:
    description:
      - Whether to delete the access keys of the user as well, active or not, with O(state=absent).
      - With V(false), the task fails if the user still has access keys.
    type: bool
    default: false
notes:
  - Before the module deletes a user, it lists the access keys of the user, so that none is deleted without O(force).
  - CAM does not document whether an empty string permanently clears a remark, a phone number or an email address.
seealso:
  - module: multicloud.iam.cam_user_info
  - module: multicloud.iam.cam_access_key
  - name: CAM API, UpdateUser
    description: Reference of the API operation that updates a user.
    link: https://www.tencentcloud.com/document/product/598/32252
"""

EXAMPLES = r"""
- name: Create a user for a service, without console login
  multicloud.iam.cam_user:
    name: backup-service
    remark: Nightly backups, owned by the platform team

- name: Let alice log in to the console with an initial password that she has to change
  multicloud.iam.cam_user:
    name: alice
    console_login: true
    password: "{{ first_password }}"
    need_reset_password: true

- name: Update the remark of alice, clear her email address, and leave everything else unchanged
  multicloud.iam.cam_user:
    name: alice
    remark: Moved to the data team
    email: ""

- name: Delete a user together with all access keys
  multicloud.iam.cam_user:
    name: backup-service
    state: absent
    force: true
"""

RETURN = r"""
user:
  description:
    - The user after the task. In check mode, the user as it would be after a real run, with null for values that
      only the cloud can choose.
    - After a deletion, the user as it was last read. Null if there was nothing to delete.
  returned: success
  type: dict
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
appeared:
  description:
    - The user that appeared after a creation whose reply was lost, with the members of RV(user). Nothing proves
      that this task created it.
    - Null if reading it failed as well.
  returned: failure, when the reply to a creation was lost
  type: list
  elements: dict
left_over:
  description:
    - The user that this task created, and could not delete after a later step had failed. It has the members of
      RV(user).
  returned: failure, when a user was created and could not be deleted
  type: dict
"""

from ansible_collections.multicloud.iam.plugins.module_utils._module import state_module
from ansible_collections.multicloud.iam.plugins.module_utils._options import STATE_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.options import API_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.user import User

MODULE = state_module(
    "user",
    User,
    {
        **API_OPTIONS,
        **STATE_OPTIONS,
        "name": {"type": "str", "required": True},
        "remark": {"type": "str"},
        "console_login": {"type": "bool"},
        "password": {"type": "str", "no_log": True},
        "update_password": {
            "type": "str",
            "choices": ["on_create", "always"],
            "default": "on_create",
            "no_log": False,
        },
        "need_reset_password": {"type": "bool", "no_log": False},
        "phone_num": {"type": "str"},
        "country_code": {"type": "str"},
        "email": {"type": "str"},
        "force": {"type": "bool", "default": False},
    },
    identity=("name",),
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
