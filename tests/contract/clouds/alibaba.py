# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the fields of the requests that change an object of Alibaba Cloud."""

from __future__ import annotations

from alibabacloud_sas20181203 import models as sas  # isort: skip - after support.alibaba, which sets up the environment

PASSWORD = "Table-Pass-1/%"
# The options of a task, and what of them is a field of the request, by operation.
CASES = {
    "ModifyCloudVendorAccountAK": (
        {
            "auth_id": "2836",
            "secret_id": "ocid1.user.oc1..emulator0009",
            "secret_key": PASSWORD,
            "update_secret": "always",
            "status": "inactive",
            "auth_modules": ["HOST", "CSPM"],
            "regions": ["us-ashburn-1"],
            "domain": "global",
            "tenant_id": "ocid1.tenancy.oc1..emulator0009",
            "subscription_ids": ["subscription"],
            "vendor_auth_alias": "Table",
            "ctdr_cloud_user_id": "table",
            "extend_info": {"fingerprint": "ff:11"},
            "lang": "zh",
        },
        {
            "AuthIds": "2836",
            "SecretId": "ocid1.user.oc1..emulator0009",
            "SecretKey": "***",
            "Status": "1",
            "AuthModules": ["CSPM", "HOST"],
            "Regions": ["us-ashburn-1"],
            "Domain": "global",
            "TenantId": "ocid1.tenancy.oc1..emulator0009",
            "SubscriptionIds": ["subscription"],
            "VendorAuthAlias": "Table",
            "CtdrCloudUserId": "table",
            "ExtendInfo": '{"fingerprint": "ff:11"}',
            "Lang": "zh",
        },
    )
}
# The fields of the models of the official SDK, by operation.


def _fields() -> set[str]:
    """Return the fields of the model, which lists only those that are set."""
    request = sas.ModifyCloudVendorAccountAKRequest()
    for name in vars(request):
        setattr(request, name, "x")
    return set(request.to_map())


MODELS = {"ModifyCloudVendorAccountAK": _fields()}
