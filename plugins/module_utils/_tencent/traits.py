# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Describe the listing of Tencent Cloud CAM for a report."""

from __future__ import annotations

from .._traits import Citation, Traits

_CIS = "CIS Tencent Cloud Foundation Benchmark 1.0.0"
_DATE = "2025-11-12"

TRAITS = Traits(
    module="cam_access_key_info",
    objects="access_keys",
    options={"all_users": True},
    # The listing names the sub-users of the account, so no listed key is one of the root account.
    root=(None, {}),
    not_listed="the keys of the root account",
    citations={"too_old": (Citation(_CIS, "1.6", _DATE),), "root_key": (Citation(_CIS, "1.2", _DATE),)},
    status_module="cam_access_key_status",
    key_form="(?:AKID|IKID)[0-9A-Za-z]{12,60}",
    has_distinct_ids=True,
)
