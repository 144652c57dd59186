# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_state
short_description: Return the public part of the record of a rotation
version_added: 1.0.0
description:
  - Returns what the record of a rotation says, without any secret, and whether it can be used.
  - It never fails. If the record is odd, was written by a newer release, or belongs to another enrolment, account or owner,
    RV(_value.problem) says so.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: name, account, owner
options:
  _input:
    description:
      - The record, as the store returned it. An empty dictionary if there is none.
    type: dict
    required: true
  name:
    description: The name of the enrolment.
    type: str
    required: true
  account:
    description: The account that the key belongs to.
    type: str
    required: true
  owner:
    description: The ID of the owner of the key.
    type: str
    required: true
seealso:
  - plugin: multicloud.iam.rotation_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the phase of a rotation
  ansible.builtin.debug:
    msg: "{{ record | multicloud.iam.rotation_state('ci-deploy', '100000000000', '100000000011') }}"
  vars:
    record:
      access_key_id: AKIDexample0alice0000000000000000001
      secret_access_key: example
"""

RETURN = r"""
_value:
  description: The public part of the record.
  type: dict
  contains:
    enrolled:
      description: Whether the record belongs to a rotation.
      type: bool
    problem:
      description: Why the record cannot be used. Null if it can be used.
      type: str
    phase:
      description: How far the rotation is. V(none) if the record does not belong to a rotation.
      type: str
      sample: idle
    attempt:
      description: The number of the last attempt to create a key. 0 if there was none.
      type: int
    current:
      description: The key in use, with C(access_key_id), C(nonce) and C(has_secret). Null if there is none.
      type: dict
    next:
      description: The new key before it is proven, with the same members. Null if there is none.
      type: dict
    old:
      description: The replaced key before it is deleted, with the same members. Null if there is none.
      type: dict
    flat_id:
      description: The member C(access_key_id) of the record. Null if it is missing.
      type: str
    flat_has_secret:
      description: Whether the record has a C(secret_access_key).
      type: bool
    tombstones:
      description: The abandoned attempts.
      type: list
      elements: dict
    leaked:
      description: The IDs of keys that have leaked.
      type: list
      elements: str
"""

from collections.abc import Callable
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_record import state_of


def rotation_state(content: Any, name: str, account: str, owner: str) -> dict[str, Any]:
    return state_of(content, str(name), str(account), str(owner))


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_state": rotation_state}
