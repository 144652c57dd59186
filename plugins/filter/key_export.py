# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_export
short_description: Write a declared list from the access keys that exist
version_added: 1.0.0
author:
  - multicloud.iam contributors (@multicloud-iam)
description:
  - Returns the declared list that the keys of an account already are equal to, so that P(multicloud.iam.key_differences#filter) finds no difference.
  - One entry stands for all keys of a rotation, because these come and go.
positional: key_id, variable
options:
  _input:
    description: The keys, as an info module lists them.
    type: list
    elements: dict
    required: true
  key_id:
    description: The member of a key with the ID that signs.
    type: str
    default: id
  variable:
    description: If set, the list is returned as the text of a YAML file with this variable. No text in it is evaluated as a template.
    type: str
    default: ''
"""

EXAMPLES = r"""
- name: Show the list
  ansible.builtin.debug:
    msg: "{{ keys | multicloud.iam.key_export }}"
  vars:
    keys:
      - id: AKIDexample0alice0000000000000000001
        owner: '100000000011'
        status: active
        description: build-server
"""

RETURN = r"""
_value:
  description: The declared list, or the text of a file.
  type: raw
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._key_export import ExportError, declared_of, yaml_of
from ansible_collections.multicloud.iam.plugins.module_utils._key_facts import plain


def key_export(keys: Any, key_id: str = "id", variable: str = "") -> Any:
    try:
        entries = declared_of(plain(keys), key_id)
    except ExportError as error:
        raise AnsibleFilterError(str(error)) from None
    return yaml_of(variable, entries) if variable else entries


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_export": key_export}
