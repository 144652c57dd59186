# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  access_key_ids:
    description:
      - The IDs of the keys. Each of them may be a key of any owner in the account. With an empty list, nothing is done.
    type: list
    elements: str
    required: true
  status:
    description:
      - The status that the keys should have.
      - If the status of a key cannot be read, it is sent nevertheless.
    type: str
    choices: [active, inactive]
    required: true
  allow_self_lockout:
    description:
      - Whether to disable the key that signs the calls of this task, if it is one of them. It is disabled after all
        others.
      - With V(false), all others are disabled, this one is left active, and the task fails.
    type: bool
    default: false
notes:
  - The module never creates or deletes a key, and an ID that no key has is no failure.
  - The task fails if it is not certain that each of the keys that exist has the status. Everything else is done
    nevertheless, and RV(access_keys) contains the outcome for each ID, also in a failed result.
"""
