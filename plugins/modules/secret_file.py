#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: secret_file
short_description: Keep secrets in an encrypted file on the controller
version_added: 1.0.0
description:
  - Keeps a dictionary of secrets in a file that is encrypted with the vault secrets of the play, in the format of
    C(ansible-vault). C(ansible-vault view) and C(ansible-vault edit) work on the file. A file that C(ansible-vault create)
    has written works as well, if it contains a dictionary.
  - The file is decrypted and compared, and written only if something differs.
  - The content is never shown, so the task needs no C(no_log). It is never written in plaintext, unless O(encrypt) is
    V(false).
  - A write replaces the whole file at once. If the disk is full, or the process is killed, the file still has the old
    content. A process that is killed can leave a file C(.NAME.*.tmp), with encrypted content, and a file C(.NAME.lock) in
    the directory. They do no harm, and the next write removes them.
  - The content before the last change is kept in the file, as its member C(previous).
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._secret_file
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
    details:
      - The diff contains the names of the members that differ, but not their values.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: partial
    details:
      - With O(expected_version), the second task is refused, because the first one has changed the version.
options:
  path:
    description:
      - The file. Its directory must exist.
    type: path
    required: true
  content:
    description:
      - The secrets, as a dictionary. The values are texts, numbers, Booleans, V(null), lists and dictionaries. They
        replace the whole content of the file. Binary data must be encoded, for example in Base64.
      - The name V(previous) is reserved.
      - Required if O(state=present).
    type: dict
  state:
    description:
      - Whether the file should exist.
      - A file is deleted without being decrypted, so this needs no vault secrets.
    type: str
    choices: [present, absent]
    default: present
  encrypt:
    description:
      - Whether to encrypt the file. If this is V(true) and the play has no vault secrets, the task fails.
      - If a file is not encrypted as requested, it is written again.
    type: bool
    default: true
  vault_id:
    description:
      - The ID of the vault secret to encrypt with. If the file is encrypted with another one, it is encrypted again.
      - If this is omitted, the ID is chosen as C(ansible-vault) chooses it. An encrypted file keeps its ID. Otherwise, the
        ID is that of E(ANSIBLE_VAULT_ENCRYPT_IDENTITY), or the only one of the play. If the play has several, the task
        fails and lists them.
    type: str
  mode:
    description:
      - The permissions of the file, as an octal number in quotation marks. The user can read the file, its group can have
        access, and others have none.
      - An existing file never gets more permissions than it has. It gets fewer if it has more than this.
    type: raw
    default: "0600"
  expected_version:
    description:
      - Change the file only if this is its version, as RV(version) or
        RV(multicloud.iam.secret_file_info#module:files[].version) returned it. An empty text means that the file must not
        exist.
      - If the file has another version, the task fails and changes nothing. Read the file again in this case, and after
        every other failure.
      - V(null), for example from an undefined variable, is refused. If this is omitted, any version is changed.
    type: str
notes:
  - With O(encrypt=true), the content is encrypted in memory. If the content before the last change must not remain, for
    example because it was stored by mistake, delete the file and write it again.
  - If the task has a loop, and its item contains secrets or might contain them, its result is hidden in all output.
  - ansible-core evaluates the arguments before this module can protect them. From ansible-core 2.19 on, a failure to
    template O(content) is reported without a value. Older versions may quote it.
seealso:
  - module: multicloud.iam.secret_file_info
  - name: Ansible Vault
    description: How Ansible encrypts files, and what vault IDs are.
    link: https://docs.ansible.com/ansible/latest/vault_guide/index.html
"""

EXAMPLES = r"""
- name: Create a key, whose secret the cloud returns only once
  multicloud.iam.cam_access_key:
    user_name: alice
    description: build-server
  register: made

- name: Keep the key in an encrypted file
  multicloud.iam.secret_file:
    path: build-server.yml
    content:
      access_key_id: "{{ made.access_key.id }}"
      secret_access_key: "{{ made.secret }}"
  when: made is changed

- name: Create a file that must not exist yet, encrypted with the vault ID prod
  multicloud.iam.secret_file:
    path: database.yml
    vault_id: prod
    expected_version: ""
    content:
      user: app
      password: "{{ lookup('ansible.builtin.password', '/dev/null', length=32) }}"

- name: Delete a file
  multicloud.iam.secret_file:
    path: database.yml
    state: absent
"""

RETURN = r"""
path:
  description: The path as the task sets it.
  returned: success
  type: str
  sample: secrets/ci.yml
version:
  description:
    - The version of the file after the task, an opaque text. It differs after every write, and is empty after a
      deletion.
    - In check mode, null if a real run would write the file.
  type: str
  sample: 3f2b8c0d9e7a4b51a6c1d2e3f4a5b6c7
  returned: success
vault_id:
  description: The ID of the vault secret that the file is encrypted with. Null for a file in plaintext.
  type: str
  sample: default
  returned: success, if O(state=present)
mode:
  description: The permissions of the file, as an octal number.
  type: str
  sample: '0600'
  returned: success, if O(state=present)
members:
  description: The names of the members of O(content) that differ from the file before.
  returned: success, if O(state=present)
  type: dict
  contains:
    added:
      description: The names that the file did not have.
      returned: success, if O(state=present)
      type: list
      elements: str
      sample:
        - secret_access_key
    changed:
      description: The names whose values differ.
      returned: success, if O(state=present)
      type: list
      elements: str
      sample: []
    removed:
      description: The names that the file no longer has.
      returned: success, if O(state=present)
      type: list
      elements: str
      sample: []
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

from ansible_collections.multicloud.iam.plugins.module_utils._module import controller_module
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module

MODULE = controller_module(
    {
        "path": {"type": "path", "required": True},
        "content": {"type": "dict", "no_log": True},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "encrypt": {"type": "bool", "default": True},
        "vault_id": {"type": "str"},
        "mode": {"type": "raw", "default": "0600"},
        "expected_version": {"type": "str", "no_log": False},
    },
    selecting=("path",),
    never_null=("state", "encrypt", "mode", "expected_version"),
    required_if=[("state", "present", ("content",))],
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
