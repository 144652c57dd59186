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
      - Whether the key can be used. If omitted, the status does not change.
      - A key is always created active. With V(inactive), the module disables it right after its creation. If that
        fails, the module deletes the new key.
    type: str
    choices: [active, inactive]
  expected_status:
    description:
      - The status that the key must have before the task changes or deletes it. If the key has another status, or one
        that cannot be read, the task fails and sends no change.
      - With V(inactive), for example, O(state=absent) does not delete a key that someone has enabled since it was listed.
        The module compares the status that it has read right before. The API has no condition for it.
      - If nothing has to change, the status is not compared. A task with this option creates no key.
      - V(null) is refused.
    type: str
    choices: [active, inactive]
  create:
    description:
      - When O(state=present) creates a key. V(null) is refused.
      - V(if_unmatched) creates a key if O(description) is set and no key of the owner has that description.
      - V(if_none) creates a key only if the owner has no keys at all.
      - V(always) creates a key on every run. This is not idempotent, and is intended for key rotation.
      - V(never) does not create a key.
      - O(status) alone never leads to the creation of a key.
    type: str
    choices: [if_unmatched, if_none, always, never]
    default: if_unmatched
  allow_unregistered_secret:
    description:
      - Whether to create a key even if the task has no C(register) and its secret is therefore lost.
      - With V(false), such a creation is refused before it is sent.
      - The action plugin sets this option for a task that has C(register).
      - Newer versions of ansible-core accept expressions in C(register). One of them must then be C(_task.result),
        C(_task.result.secret) or C(_task.polymorphic_result), and in a loop C(_task.loop_result),
        C(_task.loop_result.results) or C(_task.polymorphic_result). Other expressions might drop the secret or fail.
    type: bool
    default: false
"""
