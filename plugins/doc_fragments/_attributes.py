# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    # State modules.
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
    support: full
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
    support: full
    details:
      - The diff contains only attributes that the task sets. It shows that a secret changes, but not the secret itself.
      - The members C(before) and C(after) are JSON strings, so that characters of all languages are shown as they are.
        A playbook can read them with the filter P(ansible.builtin.from_json#filter).
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: partial
    details:
      - A creation that returns a secret is refused with C(async), because C(async) would leave the secret in a file.
  platform:
    description: Target OS/families that can be operated against.
    support: full
    platforms: posix
"""

    # Modules that only read. List this fragment after the one above.
    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    details:
      - This module does not modify anything.
  diff_mode:
    support: N/A
    details:
      - This module does not modify anything.
  async:
    support: full
    details: []
"""
