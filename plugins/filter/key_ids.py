# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: key_ids
short_description: Find IDs of access keys in a text
version_added: 1.0.0
description:
  - Returns a list of IDs, and the IDs in a text that have the form of IDs of a known vendor.
  - Fails if there is no ID, or if one of the list cannot be an ID.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: text
options:
  _input:
    description: IDs of keys, in any form.
    type: list
    elements: str
    required: true
  text:
    description: A text, such as an alert, that contains IDs.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Show the IDs in an alert
  ansible.builtin.debug:
    msg: "{{ [] | multicloud.iam.key_ids('The key AKIDexample0alice0000000000000000001 is public.') }}"
"""

RETURN = r"""
_value:
  description: The IDs, each of them once.
  type: list
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.multicloud.iam.plugins.module_utils._key_stop import StopError, ids_of


def key_ids(ids: Any, text: str = "") -> list[str]:
    try:
        return ids_of(ids, text)
    except StopError as error:
        raise AnsibleFilterError(str(error)) from None


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"key_ids": key_ids}
