# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_verb_files
short_description: List the tasks files of stores and consumers
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Lists the tasks files that the role P(multicloud.iam.rotate_access_key#role) needs for its stores and consumers.
  - A collection that one of them needs and that is missing is listed as well, because ansible-core would end the play at
    the first task that uses it.
  - A relative path of a record that would be in the directory of a collection is listed as well.
  - It belongs to the role, and may change with it at any time.
positional: shipped, playbook_dir
options:
  _input:
    description: The enrolments, as in the variable C(rotate_access_key_keys) of the role.
    type: list
    elements: dict
    required: true
  shipped:
    description: The directory with the tasks of the role.
    type: str
    required: true
  playbook_dir:
    description: The directory that relative paths begin in.
    type: str
    required: true
seealso:
  - plugin: multicloud.iam.rotation_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: List the tasks files of the stores and consumers
  ansible.builtin.debug:
    msg: "{{ keys | multicloud.iam.rotation_verb_files('/roles/rotate_access_key/tasks', '/playbooks') }}"
  vars:
    keys:
      - name: ci-deploy
        cloud: tencent
        owner: '100000000011'
        access_key_id: AKIDexample0alice0000000000000000001
        store:
          type: secret_file
          options:
            path: ci-deploy.yml
"""

RETURN = r"""
_value:
  description:
    - The absolute paths, for each missing collection C(collection) and its name, and the relative paths of records.
  type: list
  elements: str
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_run import relative_records_of, verb_files_of

_COLLECTIONS = {"vault_kv2": "community.hashi_vault"}


def _needed(enrolments: Sequence[Mapping[str, Any]], shipped: str, playbook_dir: str) -> list[str]:
    """Return the tasks files, and the collections and absolute paths that are missing."""
    types = {enrolment["store"]["type"] for enrolment in enrolments}
    missing = [f"collection {name}" for kind, name in _COLLECTIONS.items() if kind in types and _is_missing(name)]
    missing += [f"absolute path for {path}" for path in relative_records_of(enrolments, playbook_dir)]
    return verb_files_of(enrolments, shipped, playbook_dir) + missing


def _is_missing(collection: str) -> bool:
    try:
        import_module(f"ansible_collections.{collection}")
    except ImportError:
        return True
    return False


class FilterModule:
    """Offer the filter to ansible-core."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_verb_files": _needed}
