# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define tasks that together make every call at Alibaba Cloud, and describe its replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...support import alibaba
from ..facts import Facts
from ..tampering import Tampering

FACTS = Facts(
    optional={"VendorUid", "Vendor", "AkType", "SecretId", "AuthModules", "VendorAuthAlias", "CtdrCloudUserId"}
    | {"ExtendInfo", "ModuleServiceStatus", "Count", "Selected", "Disable", "SupportedModules", "ModuleAuth"},
    words={"Status": {0, 1}, "ServiceStatus": {0, 1, 2, 3}, "ModuleServiceStatus": {0, 1, 2, 3}},
    success={200},
    counted={"CloudVendorAccountAKs": "PageInfo"},
    totals={"TotalCount", "Count"},
)
# Existing IDs and names, and ones that a careless comparison mistakes for them.
KNOWN = ("2832", "02832", "-1", "0", "9" * 30, alibaba.ROOT[0], "aws-prod", "AWS", "aws", "Tencent")
SIGNING = alibaba.CLOUD.signing()

_VENDOR_KEY = {
    "vendor": "AWS",
    "ak_type": "sub",
    "secret_id": "AKIAFUZZ000000000001",
    "secret_key": "Fuzz-Vendor/Secret+1=",
    "domain": "global",
    "auth_modules": ["HOST", "CSPM"],
    "regions": ["us-east-1"],
}
TASKS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "sas_vendor_ak": {
        "create": {"vendor_auth_alias": "fuzz", **_VENDOR_KEY, "wait": True},
        "create inactive": {**_VENDOR_KEY, "status": "inactive"},
        "change": {
            "vendor_auth_alias": "aws-prod",
            "vendor": "AWS",
            "domain": "global",
            "status": "inactive",
            "auth_modules": ["HOST"],
        },
        "send another secret": {"auth_id": "2832", **_VENDOR_KEY, "update_secret": "always", "wait": True},
        "nothing to do": {
            "vendor": "Tencent",
            "secret_id": "AKIDEmulatorTencent00000000000000001",
            "status": "active",
            "api_expected_account": alibaba.ACCOUNT,
        },
        "delete": {"auth_id": "2834", "state": "absent"},
        "delete what is not there": {"auth_id": "99", "state": "absent"},
    },
    "sas_vendor_ak_info": {
        "all": {},
        "found": {"secret_ids": ["AKIAnowhere"]},
        "of a vendor": {"vendor": "AWS", "regions_of": "AWS", "supported_modules": True},
    },
}
# Each of these once caused a traceback, a false success, a visible secret or a lost key.
FOUND = {
    "a change that is not seen, and takes along what has not changed": (
        "sas_vendor_ak: send another secret",
        Tampering(1, performed=False),
    )
}
