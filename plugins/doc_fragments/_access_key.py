# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  status:
    description:
      - Whether the key can be used. Omitted, it stays as it is.
      - A key is created active, and disabled right after that for V(inactive). If that fails, it is deleted again.
    type: str
    choices: [active, inactive]
  create:
    description:
      - When O(state=present) makes a new key. Null is refused.
      - V(if_unmatched) makes one when O(description) is given and no key of the owner has it.
      - V(if_none) makes one only when the owner has no key at all.
      - V(always) makes one on every run. This is not idempotent, and meant for a rotation.
      - V(never) makes none.
      - O(status) alone never makes a key.
    type: str
    choices: [if_unmatched, if_none, always, never]
    default: if_unmatched
  allow_unregistered_secret:
    description:
      - Whether a key may be created although the task has no C(register), so that nobody learns its secret.
      - Without it, such a creation is refused before it is sent. The action plugin sets it for a task with C(register).
        Where C(register) has expressions, as newer versions of ansible-core allow, one of them has to be
        C(_task.result), C(_task.result.secret) or C(_task.polymorphic_result), and in a loop C(_task.loop_result),
        C(_task.loop_result.results) or C(_task.polymorphic_result). Others may not keep the secret, or fail.
    type: bool
    default: false
"""
