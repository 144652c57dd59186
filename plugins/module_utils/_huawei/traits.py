# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Describe the listing of Huawei Cloud IAM for a report."""

from __future__ import annotations

from .._traits import Citation, Traits

TRAITS = Traits(
    module="iam_credential_info",
    objects="access_keys",
    options={"all_users": True},
    citations={"too_old": (Citation("Huawei Cloud Config", "access-keys-rotated"),)},
    status_module="iam_credential_status",
    key_form="(?=[A-Z]*[0-9])[0-9A-Z]{20}",
    possible_id="[0-9A-Za-z_-]{1,128}",
)
