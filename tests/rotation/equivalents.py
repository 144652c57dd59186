# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""List the mutants of the planner that decide the same as the planner, each with the reason."""

from __future__ import annotations

EQUIVALENT = {
    "_rotation_facts _may_be_of: dropped since is not None from (not by_nonce or key.get('description') =="
    " attempt['nonce']) and key['id'] not in attempt['keys_before'] and (created is not None) and (since is not None) and"
    " (created >= since - CLOCK_TOLERANCE)": "only tombstones without an ID are compared, and each of them has a time",
    "_rotation_rules victim_is_in_the_way: dropped victim is None from facts.room or victim is None": (
        "without room and without a victim, limit_leaves_no_room or leaked_key_goes has decided before"
    ),
}
