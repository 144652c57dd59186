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
      - List only keys with this status.
    type: str
    choices: [active, inactive]
  description:
    description:
      - List only keys with exactly this description.
      - To find keys without a description, filter the result. Their description is V(null).
    type: str
  older_than_days:
    description:
      - List only keys that were created at least this many days ago.
    type: int
  access_key_ids:
    description:
      - Find the keys with these IDs, of whatever owner, and list them with their owners. An ID that no key has is in
        RV(not_found).
      - If something could not be asked, for example because it is denied, the keys that were found are returned
        nevertheless. The other IDs are in RV(unknown) then, with the reasons.
      - Mutually exclusive with all filters, and with O(all_users). With an empty list, nothing is listed.
    type: list
    elements: str
notes:
  - A key is listed even if some of its fields cannot be read, for example because its status is unknown. These fields
    are V(null), they match no filter, and the task warns about them.
"""
