#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_credential
short_description: Manage permanent access keys of Huawei Cloud IAM users
version_added: 1.0.0
description:
  - Creates, enables, disables and deletes permanent access keys (AK/SK) of IAM users of Huawei Cloud, and sets their
    descriptions. Open Telekom Cloud has the same API, and is supported as well.
  - The module reads the current state first, and sends only what differs. If nothing has to change, a task costs one
    read. A change of the status costs one additional write. A change of the description costs one additional write, and
    one additional read to verify it. A creation costs two reads and one write.
  - A key is identified by O(access_key). Without it, the key is identified by O(description). Without either, it is the
    only key of the owner. O(state=absent) requires one of them.
  - With O(state=absent), the task only warns if the owner does not exist. If the API reports this when the keys are
    listed, the module lists the users to make sure. The task fails if the owner does exist.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._attributes
  - multicloud.iam._huawei.actiongroup
  - multicloud.iam._huawei
  - multicloud.iam._connection
  - multicloud.iam._state
  - multicloud.iam._access_key
attributes:
  idempotent:
    support: partial
    details:
      - With O(create=always), every run creates a new key.
options:
  access_key:
    description:
      - The ID of the key (AK).
      - With O(user_id) or O(user_name), it must be a key of that user. Without them, it can be a key of any user whose
        keys the caller may manage.
      - With O(state=present), the task fails if there is no such key.
    type: str
  user_id:
    description:
      - The ID of the user who owns the key.
      - Mutually exclusive with O(user_name).
      - If O(user_id) and O(user_name) are both omitted, the owner is the user whose credentials sign the task.
    type: str
  user_name:
    description:
      - The name of the user who owns the key. Using the name costs one or two additional calls, compared with
        O(user_id).
      - Mutually exclusive with O(user_id).
    type: str
  description:
    description:
      - The purpose of the key. With O(access_key), an empty string clears the description.
      - Without O(access_key), the description identifies the key, and an empty string is refused. If several keys have
        this description, the task fails and lists them.
      - Control characters, and white space at the start or end, which the cloud would remove, are refused.
    type: str
notes:
  - A user can have two keys, whether they are active or not. The creation of a third key is refused before it is sent.
    The error lists the existing keys with their age and last use.
  - Huawei Cloud creates every key active. With O(status=inactive), the module disables it right after its creation.
seealso:
  - module: multicloud.iam.iam_credential_info
  - name: IAM API, modifying a permanent access key
    description: Reference of the API operation that changes the status and the description of a key.
    link: https://support.huaweicloud.com/intl/en-us/api-iam/iam_03_0004.html
"""

EXAMPLES = r"""
- name: Disable an access key
  multicloud.iam.iam_credential:
    access_key: HSTEXAMPLEALICE00001
    status: inactive

- name: Update the description of a key
  multicloud.iam.iam_credential:
    user_name: alice
    access_key: HSTEXAMPLEALICE00001
    description: replaced in 2026

- name: Create a key for the build server unless alice already has one with this description
  multicloud.iam.iam_credential:
    user_name: alice
    description: build-server
  register: build_server_key

# The secret is returned only once, and is hidden in all output.
- name: Use the new key
  multicloud.iam.iam_credential_info:
    api_access_key: "{{ build_server_key.access_key.id }}"
    api_secret_key: "{{ build_server_key.secret }}"
  when: build_server_key is changed and not ansible_check_mode

- name: Make sure that the only key of a user is active, whatever its ID is
  multicloud.iam.iam_credential:
    user_id: 0bbbbbbbbbbbbbbbbbbbbbbbbbbbbb02
    status: active

- name: Delete a key by its description
  multicloud.iam.iam_credential:
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
        - Always null here, because reading it costs a call. M(multicloud.iam.iam_credential_info) reads it.
      type: str
    user_id:
      description: The ID of the user who owns the key, as the cloud reports it.
      type: str
      sample: 0aaaaaaaaaaaaaaaaaaaaaaaaaaaaa01
    user_name:
      description: The name of the owner, if the task sets it. Otherwise null.
      type: str
      sample: alice
secret:
  description:
    - The secret of the key (SK), if this task created the key. The cloud never returns it again.
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
      and the age and last use that M(multicloud.iam.iam_credential_info) adds.
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

from ansible_collections.multicloud.iam.plugins.module_utils._huawei.credential import Credential
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.options import API_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._module import state_module
from ansible_collections.multicloud.iam.plugins.module_utils._options import KEY_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module

MODULE = state_module(
    "access_key",
    Credential,
    {
        **API_OPTIONS,
        **KEY_OPTIONS,
        "access_key": {"type": "str", "no_log": False},
        "user_id": {"type": "str"},
        "user_name": {"type": "str"},
    },
    identity=("access_key", "user_id", "user_name"),
    marker="description",
    mutually_exclusive=[("user_id", "user_name")],
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
