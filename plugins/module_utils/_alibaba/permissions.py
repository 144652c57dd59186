# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Say which permission each operation of Alibaba Cloud Security Center requires."""

from __future__ import annotations

from typing import Any

from .._permissions import Operation, Permissions

_PAGES = "https://www.alibabacloud.com/help/en/security-center/developer-reference/api-sas-2018-12-03-"


def _policy(actions: list[str]) -> dict[str, Any]:
    return {"Version": "1", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}


PERMISSIONS = Permissions(
    cloud="alibaba",
    title="Alibaba Cloud RAM",
    operations={
        "AddCloudVendorAccountAK": Operation("yundun-sas:AddCloudVendorAccountAK", writes=True),
        "DeleteCloudVendorAccountAK": Operation("yundun-sas:DeleteCloudVendorAccountAK", writes=True),
        "DescribeAccesskeyLeakList": Operation("yundun-sas:DescribeAccesskeyLeakList"),
        "DescribeCloudVendorAccountAKList": Operation("yundun-sas:DescribeCloudVendorAccountAKList"),
        "GetCallerIdentity": Operation(None),
        "GetSupportedModules": Operation("yundun-sas:GetSupportedModules"),
        "ListCloudVendorRegions": Operation("yundun-sas:ListCloudVendorRegions"),
        "ModifyCloudVendorAccountAK": Operation("yundun-sas:ModifyCloudVendorAccountAK", writes=True),
    },
    policy=_policy,
    sources=(f"{_PAGES}modifycloudvendoraccountak", f"{_PAGES}describecloudvendoraccountaklist"),
)
