# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rotation_nonce
short_description: Return a random nonce for an attempt to create a key
version_added: 1.0.0
description:
  - Returns what identifies one attempt to create a key, different each time.
  - With O(chosen_id=true), the result contains a secret. Only use it as an argument of a task with C(no_log), or of a module
    that hides it.
author:
  - multicloud.iam contributors (@multicloud-iam)
positional: now
options:
  _input:
    description: The name of the enrolment.
    type: str
    required: true
  now:
    description: The time of the cloud, in ISO 8601 and UTC. Its day is part of the nonce, for people who read it.
    type: str
    required: true
  chosen_id:
    description: Whether to choose an ID and a secret as well, for a cloud where the client chooses them.
    type: bool
    default: false
seealso:
  - plugin: multicloud.iam.rotation_record
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show a nonce
  ansible.builtin.debug:
    msg: "{{ ('ci-deploy' | multicloud.iam.rotation_nonce('2026-11-28T09:15:00Z')).nonce }}"
"""

RETURN = r"""
_value:
  description: The nonce, and with O(chosen_id=true) a key.
  type: dict
  contains:
    nonce:
      description: The name, the day, and 128 random bits.
      type: str
      sample: ci-deploy/20261128-k3v9example000000000000000
    access_key_id:
      description: The ID for the new key, 20 characters. Only with O(chosen_id=true).
      type: str
    secret_access_key:
      description: The secret for the new key, 40 characters. Only with O(chosen_id=true).
      type: str
"""

import secrets
import string
from collections.abc import Callable
from typing import Any

_READABLE = "abcdefghijklmnopqrstuvwxyz234567"  # 5 bits each
_ANY = string.ascii_letters + string.digits


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _position in range(length))


def rotation_nonce(name: str, now: str, chosen_id: bool = False) -> dict[str, str]:
    nonce = {"nonce": f"{name}/{str(now)[:10].replace('-', '')}-{_random(_READABLE, 26)}"}
    return {**nonce, "access_key_id": _random(_ANY, 20), "secret_access_key": _random(_ANY, 40)} if chosen_id else nonce


class FilterModule:
    """Provide the filter."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rotation_nonce": rotation_nonce}
