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
      - Only keys with this status.
    type: str
    choices: [active, inactive]
  description:
    description:
      - Only keys with exactly this description. Those without one have null for it in the result.
    type: str
  older_than_days:
    description:
      - Only keys that were created at least so many days ago.
    type: int
notes:
  - A key of which not everything can be read, because its status is not known, say, is listed with what is known of it.
    What cannot be read is null and warned of, and passes no filter.
"""
