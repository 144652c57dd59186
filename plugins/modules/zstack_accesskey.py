#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: zstack_accesskey
short_description: Manage access keys of ZStack accounts
version_added: 0.1.0
description:
  - Enables, disables, creates and deletes access keys of an account of ZStack Cloud or ZStack ZSphere.
  - The key or the keys of the owner are queried first, and only what differs is sent. A task that finds nothing to do
    costs one C(QueryAccessKey) call, a change of the status one C(ChangeAccessKeyState) more, and a creation queries twice. ZStack changes things in
    jobs, and the task waits for the end of its job.
  - ZStack shows the keys of other accounts to administrators only. Where it shows no key of O(account_uuid) or
    O(account_name), the task first makes sure that it would be shown them, which costs up to two calls more, and fails
    if that is not certain. An account that it does not find is for O(state=absent) a warning, if
    the caller is an administrator, who would be shown it.
  - The key that is meant is the one with O(uuid), or the one with O(access_key_id). Without these, it is the one whose
    description is O(description). With none of them, it is the only key of the owner.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._attributes.actiongroup_zstack
  - multicloud.iam._zstack
  - multicloud.iam._connection
  - multicloud.iam._state
  - multicloud.iam._access_key
attributes:
  idempotent:
    support: partial
    details:
      - Not with O(create=always), which makes a new key on every run.
options:
  uuid:
    description:
      - The uuid of the key.
      - A key that does not exist is created with this uuid if both O(access_key_id) and O(access_key_secret) are given, else
        it is an error for O(state=present).
      - For O(state=absent), a key that the caller may not see counts as absent, because ZStack does not tell the two
        apart. Only an administrator sees the keys of other accounts. The same goes for O(access_key_id).
    type: str
  access_key_id:
    description:
      - The ID of the key (B(AccessKeyID)), compared exactly. When several keys have it, the task fails and lists
        their uuids.
      - A key that does not exist is created with this ID if O(access_key_secret) is given, else it is an error for
        O(state=present).
      - An ID that differs from that of another key in upper and lower case only is refused for a new key, because
        ZStack may take one for the other. ZStack takes the ID of a key that exists a second time, and then neither
        signs. Only an administrator sees all keys, and so is warned of this in time.
      - Together with O(uuid), it must be the ID of that key, or of no key where that one is to be created.
      - 10 to 20 characters without V(:) and without blanks around them.
    type: str
  access_key_secret:
    description:
      - The secret of a key that is created with O(access_key_id). Without both, ZStack chooses them.
      - A new key to which an old server has given another ID or secret is deleted again, and the task fails.
      - A key that exists with another secret is an error, because ZStack cannot change it. Where ZStack does not
        show the secret, this is not known, and the task warns.
      - 10 to 40 characters without V(:) and without blanks around them.
    type: str
  account_uuid:
    description:
      - The account that owns the key.
      - Without O(account_uuid) and O(account_name), the owner of a new key, or of a key that neither O(uuid) nor
        O(access_key_id) names, is the account whose credentials sign the task. To find it costs one more call with an
        access key.
      - Required with O(api_session_uuid) where neither O(uuid) nor O(access_key_id) names a key that exists. A session
        does not tell whose it is, so that an account without any key may have to be asked for with other credentials.
      - A key of another account is an error for O(state=present), and left alone, with a warning, for O(state=absent).
    type: str
  account_name:
    description:
      - The account that owns the key, by name. This costs one C(QueryAccount) call more than O(account_uuid).
    type: str
  user_uuid:
    description:
      - The user of the account whose key is meant or made. ZStack Cloud only. ZSphere has no users, and makes a key of
        the account instead; it is deleted again, and the task fails.
      - By default, a new key is one of the account itself.
    type: str
  description:
    description:
      - What the key is for. ZStack keeps the description that a key is created with and can never change it, so that
        one that differs from a key that is named otherwise is an error.
      - Without O(uuid) and O(access_key_id), it says which key is meant, and an empty string is an error. When several
        keys have it, the task fails and lists them.
      - At most 2048 characters. White space at an end, which ZStack would cut off, and control characters are refused.
    type: str
  create:
    description:
      - When O(state=present) makes a new key.
      - V(if_unmatched) makes one when O(description) is given and no key of the owner has it, or when
        O(access_key_id) and O(access_key_secret) are given and no key has that ID, or that O(uuid) where it is given.
      - V(if_none) makes one only when the owner has no key at all.
      - V(always) makes one on every run. This is not idempotent, and meant for a rotation.
      - V(never) makes none.
      - O(status) alone never makes a key.
  system_tags:
    description:
      - System tags that are sent with a creation or a change of the status. ZStack may act on them, but does not keep
        them with the key, so that they are no change by themselves.
      - One that ZStack does not know is an error.
    type: list
    elements: str
  user_tags:
    description:
      - User tags that are sent with a creation or a change of the status, like O(system_tags).
    type: list
    elements: str
  wait_timeout:
    description:
      - Seconds to wait for the end of a job.
    type: int
    default: 300
notes:
  - ZStack allows two keys for each account, active or not, on ZStack Cloud for each user of an account. A third one is
    refused before the creation is sent, with the list of the keys that exist. Administrator accounts have no limit.
  - ZStack tells the secret of a key with every reply about it. This module drops it, and returns that of a key it
    created only.
seealso:
  - module: multicloud.iam.zstack_accesskey_info
"""

EXAMPLES = r"""
- name: Disable an access key by its ID
  multicloud.iam.zstack_accesskey:
    access_key_id: ExampleAliceKey00001
    status: inactive

- name: Create a key for the build server, unless the account alice has one with this description
  multicloud.iam.zstack_accesskey:
    account_name: alice
    description: build-server
  register: build_server_key

- name: Use the secret, which is shown nowhere
  multicloud.iam.zstack_accesskey_info:
    api_access_key_id: "{{ build_server_key.access_key.access_key_id }}"
    api_access_key_secret: "{{ build_server_key.secret }}"
  when: build_server_key is changed and not ansible_check_mode

- name: Create a key whose ID and secret are chosen here
  multicloud.iam.zstack_accesskey:
    account_name: bob
    access_key_id: BobBackupKey00000001
    access_key_secret: "{{ backup_secret }}"
    description: backup

- name: Make sure that the only key of an account is enabled, whatever its ID
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
    - The key after the task. In check mode it is the key after a real run, with null for what only the cloud can choose.
    - After a deletion, the key as it was last seen. Null when there was nothing to delete.
  returned: success
  type: dict
  contains:
    id:
      description: The uuid of the key.
      type: str
      sample: 0a1b2c3d4e5f4a6b8c7d000000000011
    status:
      description: V(active) or V(inactive).
      type: str
      sample: active
    owner:
      description: The uuid of the account that owns the key.
      type: str
      sample: 0a1b2c3d4e5f4a6b8c7d000000000001
    description:
      description: The description that the key was created with, null without one.
      type: str
      sample: build-server
    create_time:
      description:
        - When the key was created, ISO 8601 in UTC. It is as right as O(api_timezone). Null if the cloud does not tell.
      type: str
      sample: "2026-01-02T03:04:05Z"
    last_used:
      description: Always null, because ZStack does not tell it.
      type: str
    access_key_id:
      description: The ID that signs calls (B(AccessKeyID)).
      type: str
      sample: ExampleAliceKey00001
    user_uuid:
      description:
        - The user of the account that owns the key. Of a key of the account itself, and on servers without users, the
          uuid of the account.
      type: str
      sample: 0a1b2c3d4e5f4a6b8c7d000000000001
secret:
  description:
    - The secret of the key (B(AccessKeySecret)), when this task created it and ZStack has chosen it.
    - In check mode null where a real run would return it.
    - It is hidden in all output, so that the task needs no C(no_log). Register the result to use it.
  returned: when a key is created without O(access_key_secret)
  type: str
request_ids:
  description: The uuids of all jobs of the task, for the log of the management node. Queries have none.
  returned: always
  type: list
  elements: str
  sample: ["7f9a0a5b5c0e4d2c9a5e0d4f0c7a1c55"]
error:
  description: What failed.
  returned: failure
  type: dict
  contains:
    category:
      description: The kind of failure, the same word for all clouds, for example V(throttled) or V(quota).
      type: str
    attempted:
      description: What was attempted.
      type: str
    object:
      description: On which object.
      type: str
    api_operation:
      description: The API operation behind it.
      type: str
    code:
      description: The error code of the API.
      type: str
    message:
      description: The text of the API.
      type: str
    request_id:
      description: The request ID of the failed call.
      type: str
    http_status:
      description: The HTTP status of the reply.
      type: int
    retryable:
      description: Whether the same task may succeed when it is run again.
      type: bool
    advice:
      description: What to do.
      type: str
access_keys:
  description: The keys that exist, with their age, when the limit of two forbids another one.
  returned: failure, when the owner has two keys
  type: list
  elements: dict
appeared:
  description:
    - The keys that appeared after a creation whose end is not known.
    - Null where looking for them failed as well.
  returned: failure, when the end of a creation is not known
  type: list
  elements: dict
left_over:
  description:
    - The key that this task created and could not delete again after a later step had failed.
    - RV(secret) holds its secret then.
  returned: failure, when a created key could not be cleaned up
  type: dict
"""

from ansible_collections.multicloud.iam.plugins.module_utils._options import KEY_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import (
    run_as_module,
    state_module,
)
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
