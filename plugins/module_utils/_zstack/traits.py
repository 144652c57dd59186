# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Describe the listing of ZStack for a report."""

from __future__ import annotations

from .._traits import Traits

TRAITS = Traits(
    module="zstack_accesskey_info",
    objects="access_keys",
    options={"all_users": True},
    key_id="access_key_id",
    has_last_use=False,
    status_module="zstack_accesskey_status",
)
