# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: reconcile_rotations
short_description: Find the access keys that belong to rotations
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Collects the IDs in the records of the role P(multicloud.iam.rotate_access_key#role), so that no other run removes these keys.
  - If a record cannot be read, all keys of its owner belong to the rotation.
  - It belongs to the role P(multicloud.iam.reconcile_access_keys#role), and may change with it at any time.
positional: files, cloud
options:
  _input:
    description: The enrolments, as in the variable C(rotate_access_key_keys) of that role.
    type: list
    elements: dict
    required: true
  files:
    description: The records, as M(multicloud.iam.secret_file_info) returns them.
    type: list
    elements: dict
    required: true
  cloud:
    description: The cloud of the account.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show the owners whose keys must not be removed
  ansible.builtin.debug:
    msg: "{{ (keys | multicloud.iam.reconcile_rotations([], 'tencent')).owners }}"
  vars:
    keys:
      - name: ci-deploy
        cloud: tencent
        owner: '100000000011'
        store:
          type: secret_file
          options:
            path: ci-deploy.yml
"""

RETURN = r"""
_value:
  description: The C(ids) and C(owners) of keys that must not be removed, and a C(problem) if they cannot be known.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._key_facts import plain
from ansible_collections.multicloud.iam.plugins.module_utils._key_run import rotations_of


def reconcile_rotations(enrolments: Any, files: Any, cloud: Any) -> dict[str, Any]:
    if not isinstance(plain(enrolments), list) or not all(isinstance(each, dict) for each in plain(enrolments)):
        raise AnsibleFilterError("The rotations are not a list of enrolments, as in rotate_access_key_keys.")
    return rotations_of(plain(enrolments), plain(files), str(cloud))


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"reconcile_rotations": reconcile_rotations}
