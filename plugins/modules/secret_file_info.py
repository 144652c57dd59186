#!/usr/bin/python

# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: secret_file_info
short_description: Read files with secrets on the controller
version_added: 1.0.0
description:
  - Reads any number of files of M(multicloud.iam.secret_file) in one task. Files that C(ansible-vault create) has
    written work as well, if they contain a dictionary.
  - The result is hidden in all output, so the task needs no C(no_log). Later tasks can use it.
  - Values that look like templates are returned as they are, and are not templated.
  - A file that does not exist is returned with RV(files[].found=false). If a file cannot be read or decrypted, the task
    fails, and the error names the vault IDs that were tried.
author:
  - multicloud.iam contributors (@multicloud-iam)
extends_documentation_fragment:
  - multicloud.iam._secret_file
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
    details:
      - This module does not modify anything.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: N/A
    details:
      - This module does not modify anything.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
options:
  paths:
    description:
      - The files. An empty list reads none.
    type: list
    elements: path
    required: true
notes:
  - Only this result is hidden. Tasks of other collections that use the secrets need their own C(no_log).
seealso:
  - module: multicloud.iam.secret_file
"""

EXAMPLES = r"""
- name: Read two files
  multicloud.iam.secret_file_info:
    paths:
      - build-server.yml
      - database.yml
  register: stored

- name: Use the key in the first file
  multicloud.iam.cam_access_key_info:
    api_secret_id: "{{ stored.files[0].content.access_key_id }}"
    api_secret_key: "{{ stored.files[0].content.secret_access_key }}"
  register: keys
  when: stored.files[0].found

- name: Change the second file, unless another writer has changed it meanwhile
  multicloud.iam.secret_file:
    path: "{{ stored.files[1].path }}"
    expected_version: "{{ stored.files[1].version }}"
    content: "{{ (stored.files[1].content or {}) | combine({'user': 'app'}) }}"
"""

RETURN = r"""
files:
  description:
    - The files, in the order of O(paths). It is hidden in all output.
    - If the task fails, those that could be read.
  returned: always
  type: list
  elements: dict
  contains:
    path:
      description: The path as the task sets it.
      returned: always
      type: str
      sample: secrets/ci.yml
    found:
      description: Whether the file exists.
      returned: always
      type: bool
      sample: true
    version:
      description:
        - The version of the file, an opaque text. It differs after every write, and is empty if there is no file.
      returned: always
      type: str
      sample: 3f2b8c0d9e7a4b51a6c1d2e3f4a5b6c7
    content:
      description: The content. Null if there is no file.
      returned: always
      type: dict
      sample:
        access_key_id: AKIDexample0alice0000000000000000001
        secret_access_key: example
    vault_id:
      description: The ID of the vault secret that decrypted the file. Null for a file in plaintext.
      returned: always
      type: str
      sample: default
    mode:
      description: The permissions of the file, as an octal number.
      returned: always
      type: str
      sample: '0600'
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
    {"paths": {"type": "list", "elements": "path", "required": True}},
    selecting=("paths",),
)


def main() -> None:
    run_as_module(MODULE)


if __name__ == "__main__":
    main()
