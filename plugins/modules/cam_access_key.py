#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_access_key
short_description: Manage access keys of Tencent Cloud CAM users
version_added: 1.0.0
description:
  - Creates, enables, disables and deletes access keys in Tencent Cloud Access Management (CAM). The owner of a key can
    be a sub-user, a collaborator or the root account.
  - The module lists the keys of the owner first, and sends only what differs. If nothing has to change, a task costs
    one C(ListAccessKeys) call. A change of the status costs one additional C(UpdateAccessKey) call. A creation lists
    the keys twice.
  - A key is identified by O(access_key_id). Without it, the key is identified by O(description). Without either, it is
    the only key of the owner. O(state=absent) requires one of them.
  - With O(state=absent), the task only warns if the owner does not exist. If the API reports this when the keys are
    listed, the module lists the users and looks up the caller to make sure. The task fails if the owner does exist.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._tencent.actiongroup
  - multicloud.iam._tencent
  - multicloud.iam._connection
  - multicloud.iam._state
  - multicloud.iam._access_key
attributes:
  idempotent:
    support: partial
    details:
      - With O(create=always), every run creates a new key.
options:
  access_key_id:
    description:
      - The ID of the key, V(AKID...). The console calls it B(SecretId).
      - With O(state=present), the task fails if the owner has no key with this ID.
    type: str
  target_uin:
    description:
      - The account number (UIN) of the owner of the key.
      - Mutually exclusive with O(user_name).
      - If O(target_uin) and O(user_name) are both omitted, the owner is the user whose credentials sign the task.
      - One of O(target_uin) and O(user_name) is required with O(state=absent).
    type: str
  user_name:
    description:
      - The name of the sub-user who owns the key. Using the name costs one additional C(GetUser) call, compared with
        O(target_uin).
      - Mutually exclusive with O(target_uin).
    type: str
  description:
    description:
      - The purpose of the key.
      - CAM sets the description when it creates the key, and cannot change it later. If O(access_key_id) is set and that
        key has a different description, the task fails.
      - Without O(access_key_id), the description identifies the key, and an empty string is refused. If several keys
        have this description, the task fails and lists them.
      - It consists of 1 to 1024 letters, digits and the characters C(_+=,.@:/-), without spaces.
      - At the international site, this option is refused, because the API there does not store descriptions. To create
        a key there, use O(create=if_none) for an owner without any keys, or O(create=always), which creates a key on
        every run.
    type: str
notes:
  - CAM allows two keys for each owner, whether they are active or not. The creation of a third key is refused before it
    is sent. The error lists the existing keys with their age and last use.
seealso:
  - module: multicloud.iam.cam_access_key_info
  - module: multicloud.iam.cam_user
  - name: CAM API, UpdateAccessKey
    description: Reference of the API operation that changes the status of a key.
    link: https://www.tencentcloud.com/document/product/598/52592
"""

EXAMPLES = r"""
- name: Disable an access key of the user alice
  multicloud.iam.cam_access_key:
    user_name: alice
    access_key_id: AKIDexample0alice0000000000000000001
    status: inactive

- name: Create a key for the build server unless alice already has one with this description
  multicloud.iam.cam_access_key:
    user_name: alice
    description: build-server
  register: build_server_key

# The secret is returned only once, and is hidden in all output.
- name: Use the new key
  multicloud.iam.cam_user_info:
    api_secret_id: "{{ build_server_key.access_key.id }}"
    api_secret_key: "{{ build_server_key.secret }}"
  when: build_server_key is changed and not ansible_check_mode

- name: Make sure that the only key of a user is active, whatever its ID is
  multicloud.iam.cam_access_key:
    target_uin: "100000000012"
    status: active

- name: Delete a key by its description
  multicloud.iam.cam_access_key:
    user_name: alice
    description: build-server
    state: absent
"""

RETURN = r"""
access_key:
  description:
    - The key after the task. In check mode, the key as it would be after a real run, with null for values that
      only the cloud can choose.
    - After a deletion, the key as it was last read. Null if there was nothing to delete.
  returned: success
  type: dict
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
        - Always null here, because reading it costs a call. M(multicloud.iam.cam_access_key_info) reads it.
      type: str
    user_name:
      description: The name of the owner, if the task sets it. Otherwise null.
      type: str
      sample: alice
secret:
  description:
    - The secret of the key (B(SecretKey) in the console), if this task created the key. CAM never returns it again.
    - In check mode, null where a real run would return it.
    - It is hidden in all output, so the task needs no C(no_log). Register the result to use it.
  returned: when a key is created
  type: str
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
access_keys:
  description:
    - The existing keys of the owner, if the limit of two keys prevents a creation. They have the members of RV(access_key),
      and the age and last use that M(multicloud.iam.cam_access_key_info) adds.
  returned: failure, when the owner already has two keys
  type: list
  elements: dict
appeared:
  description:
    - The keys that appeared after a creation whose reply was lost, with the members of RV(access_key). Nothing
      proves that this task created them.
    - Null if listing them failed as well.
  returned: failure, when the reply to a creation was lost
  type: list
  elements: dict
left_over:
  description:
    - The key that this task created, and could not delete after a later step had failed. It has the members of
      RV(access_key).
    - In this case, RV(secret) contains its secret.
  returned: failure, when a key was created and could not be deleted
  type: dict
"""

from ansible_collections.multicloud.iam.plugins.module_utils._module import state_module
from ansible_collections.multicloud.iam.plugins.module_utils._options import KEY_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.access_key import AccessKey
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.options import API_OPTIONS

MODULE = state_module(
    "access_key",
    AccessKey,
    {
        **API_OPTIONS,
        **KEY_OPTIONS,
        "access_key_id": {"type": "str", "no_log": False},
        "target_uin": {"type": "str"},
        "user_name": {"type": "str"},
    },
    identity=("access_key_id", "target_uin", "user_name"),
    marker="description",
    mutually_exclusive=[("target_uin", "user_name")],
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
