# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Describe the listing of Alibaba Cloud Security Center for a report."""

from __future__ import annotations

from .._traits import Citation, Traits

_CIS = "CIS Alibaba Cloud Foundation Benchmark 2.0.0"
_DATE = "2025-06-23"
_CONFIG = "Alibaba Cloud Config"

TRAITS = Traits(
    module="sas_vendor_ak_info",
    objects="vendor_aks",
    options={},
    key_id="secret_id",
    user_name="vendor_user_name",
    kind="entry",
    validation="service_status",
    has_last_use=False,
    root=("ak_type", {"primary": True, "sub": False}),
    citations={
        "too_old": (Citation(_CIS, "1.6", _DATE), Citation(_CONFIG, "ram-user-ak-create-date-expired-check")),
        "unused": (Citation(_CONFIG, "ram-user-ak-used-expired-check"),),
        "root_key": (Citation(_CIS, "1.2", _DATE), Citation(_CONFIG, "root-ak-check")),
    },
    key_form="LTAI[0-9A-Za-z]{8,28}",
    has_distinct_ids=True,
)
