# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_key
short_description: Return one key of the record of a rotation
version_added: 1.0.0
description:
  - Returns ID and secret of a key in the record of a rotation.
  - The result contains a secret. Only use it as an argument of a task with C(no_log), or of a module that hides it.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: which
options:
  _input:
    description: The record, as the store returned it.
    type: dict
    required: true
  which:
    description:
      - V(current) is the key in use, V(next) the new key before it is proven, V(old) the replaced key before it is deleted.
    type: str
    choices: [current, next, old]
    required: true
seealso:
  - plugin: multicloud.iam.rotation_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the ID of the key in use
  ansible.builtin.debug:
    msg: "{{ (record | multicloud.iam.rotation_key('current')).access_key_id }}"
  vars:
    record:
      access_key_id: AKIDexample0alice0000000000000000001
      secret_access_key: example
"""

RETURN = r"""
_value:
  description: The key.
  type: dict
  contains:
    access_key_id:
      description: The ID of the key. Null if there is no such key.
      type: str
    secret_access_key:
      description: The secret of the key. Null if it is unknown.
      type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_record import RecordError, key_of


def rotation_key(content: Any, which: str) -> dict[str, str | None]:
    try:
        return key_of(content, which)
    except RecordError as error:
        raise AnsibleFilterError(f"The record of the rotation cannot be used: {error}") from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_key": rotation_key}
