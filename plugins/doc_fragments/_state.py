# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  state:
    description:
      - Whether the object shall exist. Null, as an undefined variable makes it, is refused.
    type: str
    choices: [present, absent]
    default: present
  allow_self_lockout:
    description:
      - Whether the task may disable or delete the key that signs it, or delete the user that owns that key.
    type: bool
    default: false
"""
