#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_accesskey
short_description: Manage access keys of ZStack accounts
version_added: 1.0.0
description:
  - Creates, enables, disables and deletes access keys of accounts of ZStack Cloud or ZStack ZSphere.
  - The module queries the key, or the keys of the owner, first, and sends only what differs. If nothing has to change,
    a task costs one C(QueryAccessKey) call. A change of the status costs one additional C(ChangeAccessKeyState) call. A
    creation queries twice.
  - ZStack runs every change as a job. The task waits until its job has ended.
  - ZStack shows the keys of other accounts to administrators only. If it shows no key of O(account_uuid) or
    O(account_name), the module checks whether the caller would see such a key, which costs up to two additional calls.
    The task fails if this is not certain.
  - If the account is not found, the task fails. With O(state=absent), the task warns instead, provided that the caller
    is an administrator, who would see the account if it existed.
  - A key is identified by O(uuid) or O(access_key_id). Without these, it is identified by O(description). Without any of
    them, it is the only key of the owner. O(state=absent) requires at least one of them.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._zstack.actiongroup
  - multicloud.iam._zstack
  - multicloud.iam._connection
  - multicloud.iam._state
  - multicloud.iam._access_key
attributes:
  idempotent:
    support: partial
    details:
      - With O(create=always), every run creates a new key.
options:
  uuid:
    description:
      - The UUID of the key.
      - If no key has this UUID, a key is created with it, provided that O(access_key_id) and O(access_key_secret) are
        both set. If they are not set, O(state=present) is an error.
      - With O(state=absent), a key that the caller cannot see counts as absent, because ZStack does not distinguish the
        two. Only an administrator sees the keys of other accounts. The same applies to O(access_key_id).
    type: str
  access_key_id:
    description:
      - The ID of the key (B(AccessKeyID)). It is case-sensitive. If several keys have this ID, the task fails and lists
        their UUIDs.
      - If no key has this ID, a key is created with it, provided that O(access_key_secret) is set. If it is not set,
        O(state=present) is an error.
      - ZStack accepts an ID that is already in use, but then neither key can sign. ZStack might also confuse two IDs
        that differ only in case. The module refuses to create a key with such an ID, but it can detect the other key
        only if the caller sees it. Only an administrator sees all keys.
      - With O(uuid), this must be the ID of that key. If the key is to be created, no other key may have this ID.
      - It has 10 to 20 characters, does not contain V(:), and does not start or end with white space.
    type: str
  access_key_secret:
    description:
      - The secret of a key that is created with O(access_key_id). If both are omitted, ZStack chooses them.
      - If an old server creates the key with another ID or secret, the module deletes that key, and the task fails.
      - If an existing key has another secret, the task fails, because ZStack cannot change it. If ZStack does not show
        the secret, it cannot be compared, and the task warns.
      - It has 10 to 40 characters, does not contain V(:), and does not start or end with white space.
    type: str
  account_uuid:
    description:
      - The UUID of the account that owns the key.
      - Mutually exclusive with O(account_name).
      - If O(account_uuid) and O(account_name) are both omitted, the owner is the account whose credentials sign the
        task, unless O(uuid) or O(access_key_id) identifies an existing key. With an access key, looking up this account
        costs one additional call.
      - The owner of a session cannot be looked up. So with O(api_session_uuid), one of O(account_uuid) and
        O(account_name) is required unless O(uuid) or O(access_key_id) identifies an existing key. For an account without
        any keys, other credentials might be needed.
      - If the key belongs to another account, O(state=present) is an error. With O(state=absent), the task leaves the
        key alone and warns.
    type: str
  account_name:
    description:
      - The name of the account that owns the key. Using the name costs one additional C(QueryAccount) call, compared
        with O(account_uuid).
      - Mutually exclusive with O(account_uuid).
    type: str
  user_uuid:
    description:
      - The UUID of the user of the account who owns the key. Only ZStack Cloud supports users.
      - ZSphere has no users, and creates a key of the account instead. The module then deletes that key, and the task
        fails.
      - If omitted, a new key belongs to the account itself.
    type: str
  description:
    description:
      - The purpose of the key.
      - ZStack sets the description when it creates the key, and cannot change it later. If O(uuid) or O(access_key_id)
        identifies a key that has a different description, the task fails.
      - Without O(uuid) and O(access_key_id), the description identifies the key, and an empty string is refused. If
        several keys have this description, the task fails and lists them.
      - It has at most 2048 characters. Control characters, and white space at the start or end, which ZStack would
        remove, are refused.
    type: str
  create:
    description:
      - When O(state=present) creates a key. V(null) is refused.
      - V(if_unmatched) creates a key if O(description) is set and no key of the owner has that description. It also
        creates a key if O(access_key_id) and O(access_key_secret) are set and no key has that ID, or that O(uuid) if it
        is set.
      - V(if_none) creates a key only if the owner has no keys at all.
      - V(always) creates a key on every run. This is not idempotent, and is intended for key rotation.
      - V(never) does not create a key.
      - O(status) alone never leads to the creation of a key.
  system_tags:
    description:
      - System tags to send with a creation or a change of the status. ZStack might act on them, but it does not store
        them with the key. Therefore, they are never a change on their own.
      - ZStack rejects a tag that it does not know. The tag V(validationOnly) is refused, because ZStack would report
        success without changing anything. Use check mode instead.
    type: list
    elements: str
  user_tags:
    description:
      - User tags to send with a creation or a change of the status, like O(system_tags).
    type: list
    elements: str
  wait_timeout:
    description:
      - The maximum number of seconds to wait for a job to end. This time is also added to the time that a creation
        waits for its lock.
    type: int
    default: 300
notes:
  - ZStack allows two keys for each account, whether they are active or not. ZStack Cloud allows two keys for each user of
    an account. Administrators have no limit. The creation of a third key is refused before it is sent. The error lists
    the existing keys with their age.
  - ZStack includes the secret of a key in every reply about it. The module discards it, and returns only the secret of a
    key that it has created.
seealso:
  - module: multicloud.iam.zstack_accesskey_info
"""

EXAMPLES = r"""
- name: Disable an access key by its ID
  multicloud.iam.zstack_accesskey:
    access_key_id: ExampleAliceKey00001
    status: inactive

- name: Create a key for the build server unless the account alice already has one with this description
  multicloud.iam.zstack_accesskey:
    account_name: alice
    description: build-server
  register: build_server_key

# The secret is hidden in all output.
- name: Use the new key
  multicloud.iam.zstack_accesskey_info:
    api_access_key_id: "{{ build_server_key.access_key.access_key_id }}"
    api_access_key_secret: "{{ build_server_key.secret }}"
  when: build_server_key is changed and not ansible_check_mode

- name: Create a key with a given ID and secret
  multicloud.iam.zstack_accesskey:
    account_name: bob
    access_key_id: BobBackupKey00000001
    access_key_secret: "{{ backup_secret }}"
    description: backup

- name: Make sure that the only key of an account is active, whatever its ID is
  multicloud.iam.zstack_accesskey:
    account_uuid: 0a1b2c3d4e5f4a6b8c7d000000000003
    status: active

- name: Delete a key by its description
  multicloud.iam.zstack_accesskey:
    account_name: alice
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
secret:
  description:
    - The secret of the key (B(AccessKeySecret)), if this task created the key and ZStack chose the secret.
    - In check mode, null where a real run would return it.
    - It is hidden in all output, so the task needs no C(no_log). Register the result to use it.
  returned: when a key is created without O(access_key_secret)
  type: str
request_ids:
  description: The UUIDs of all jobs of the task, as in the log of the management node. Queries have none.
  returned: always
  type: list
  elements: str
  sample:
    - 7f9a0a5b5c0e4d2c9a5e0d4f0c7a1c55
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
      and the age that M(multicloud.iam.zstack_accesskey_info) adds.
  returned: failure, when the owner already has two keys
  type: list
  elements: dict
appeared:
  description:
    - The keys that appeared after a creation whose outcome is not known, with the members of RV(access_key).
    - Null if listing them failed as well, or if this task deleted the key that it had created.
  returned: failure, when the outcome of a creation is not known
  type: list
  elements: dict
left_over:
  description:
    - The key that this task created, and could not delete after a later step had failed. It has the members of
      RV(access_key).
    - In this case, RV(secret) contains its secret, unless O(access_key_secret) is set.
  returned: failure, when a key was created and could not be deleted
  type: dict
"""

from ansible_collections.multicloud.iam.plugins.module_utils._module import state_module
from ansible_collections.multicloud.iam.plugins.module_utils._options import KEY_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.accesskey import AccessKey
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.options import API_OPTIONS

MODULE = state_module(
    "access_key",
    AccessKey,
    {
        **API_OPTIONS,
        **KEY_OPTIONS,
        "uuid": {"type": "str"},
        "access_key_id": {"type": "str", "no_log": False},
        "access_key_secret": {"type": "str", "no_log": True},
        "account_uuid": {"type": "str"},
        "account_name": {"type": "str"},
        "user_uuid": {"type": "str"},
        "system_tags": {"type": "list", "elements": "str"},
        "user_tags": {"type": "list", "elements": "str"},
        "wait_timeout": {"type": "int", "default": 300},
    },
    identity=("uuid", "access_key_id", "access_key_secret", "account_uuid", "account_name", "user_uuid"),
    marker="description",
    mutually_exclusive=[("account_uuid", "account_name")],
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
