# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every field of the requests that change an object can be set by an option; docs/request-fields.md says which."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_sas20181203 import models as sas
from huaweicloudsdkiam.v3 import UpdateCredentialOption, UpdatePermanentAccessKeyRequest
from tencentcloud.cam.v20190116 import models as cam

from ansible_collections.multicloud.iam.tests.support import alibaba, huawei, tencent, zstack
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import load_module, run_module

PAGE = Path(__file__).resolve().parents[2] / "docs" / "request-fields.md"
SECTION = re.compile(r"^## [^\n]+: (\w+), by `(\w+)`$(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \| `(\w+)`", re.MULTILINE)
DOCUMENTED = {
    operation: (module, dict(ROW.findall(rows))) for operation, module, rows in SECTION.findall(PAGE.read_text())
}

PASSWORD = "Table-Pass-1/%"
# For each operation: how the module signs, what it is asked for, and what of that is a field of the request.
CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "UpdateAccessKey": (
        "tencent",
        {"access_key_id": tencent.BOB[0], "target_uin": tencent.UIN["bob"], "status": "inactive"},
        {"AccessKeyId": tencent.BOB[0], "TargetUin": tencent.UIN["bob"], "Status": "Inactive"},
    ),
    "UpdateUser": (
        "tencent",
        {
            "name": "bob",
            "remark": "Table",
            "console_login": True,
            "password": PASSWORD,
            "need_reset_password": True,
            "phone_num": "13800000009",
            "country_code": "49",
            "email": "table@example.com",
        },
        {
            "Name": "bob",
            "Remark": "Table",
            "ConsoleLogin": 1,
            "Password": "***",
            "NeedResetPassword": 1,
            "PhoneNum": "13800000009",
            "CountryCode": "49",
            "Email": "table@example.com",
        },
    ),
    "UpdatePermanentAccessKey": (
        "huawei",
        {"access_key": huawei.BOB[0], "status": "inactive", "description": "Table"},
        {"access_key": huawei.BOB[0], "status": "inactive", "description": "Table"},
    ),
    "ModifyCloudVendorAccountAK": (
        "alibaba",
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
    ),
    "ChangeAccessKeyState": (
        "zstack",
        {"uuid": zstack.KEY_UUID["bob"], "status": "inactive", "system_tags": ["team::build"], "user_tags": ["team"]},
        {"uuid": zstack.KEY_UUID["bob"], "stateEvent": "disable", "systemTags": ["team::build"], "userTags": ["team"]},
    ),
}
SIGNING: dict[str, dict[str, Any]] = {
    "tencent": {"api_secret_id": tencent.ROOT[0], "api_secret_key": tencent.ROOT[1]},
    "huawei": {"api_access_key": huawei.ROOT[0], "api_secret_key": huawei.ROOT[1]},
    "alibaba": {"api_access_key_id": alibaba.ROOT[0], "api_access_key_secret": alibaba.ROOT[1]},
    "zstack": {"api_access_key_id": zstack.ADMIN[0], "api_access_key_secret": zstack.ADMIN[1]},
}


def _fields_of_sas() -> set[str]:
    """The model tells its fields only when they are set."""
    request = sas.ModifyCloudVendorAccountAKRequest()
    for name in vars(request):
        setattr(request, name, "x")
    return set(request.to_map())


def model_fields() -> dict[str, set[str]]:
    """The fields of the request models of the official SDKs."""
    return {
        "UpdateAccessKey": set(json.loads(cam.UpdateAccessKeyRequest().to_json_string())),
        "UpdateUser": set(json.loads(cam.UpdateUserRequest().to_json_string())),
        "UpdatePermanentAccessKey": (
            set(UpdatePermanentAccessKeyRequest.attribute_map.values()) - {"body"}
            | set(UpdateCredentialOption.attribute_map.values())
        ),
        "ModifyCloudVendorAccountAK": _fields_of_sas(),
    }


@pytest.mark.parametrize(("operation", "fields"), model_fields().items())
def test_the_page_has_every_field_of_the_official_request(operation: str, fields: set[str]) -> None:
    assert fields
    assert set(DOCUMENTED[operation][1]) == fields


def test_the_page_has_every_operation() -> None:
    assert set(DOCUMENTED) == {*model_fields(), "ChangeAccessKeyState"}
    assert set(CASES) == set(DOCUMENTED)


def flat(value: Any) -> dict[str, Any]:
    """The innermost members of the parameters in the journal."""
    members: dict[str, Any] = {}
    for name, member in value.items():
        members.update(flat(member) if isinstance(member, Mapping) and member else {name: member})
    return members


@pytest.mark.parametrize("operation", DOCUMENTED)
def test_every_field_arrives_with_the_value_of_its_option(emulator: Emulator, operation: str) -> None:
    module, table = DOCUMENTED[operation]
    cloud, options, expected = CASES[operation]
    assert set(table.values()) <= set(options)
    assert set(options) <= set(load_module(module).argument_spec)
    emulator.seed({"zstack": {"system_tags": ["team::build"]}})
    result = run_module(module, **{**SIGNING[cloud], "api_endpoint": emulator.url, **options})
    assert result.get("changed"), result
    (call,) = [call for call in emulator.journal() if call["action"] == operation]
    arrived = flat(call["params"])
    assert {name: arrived.get(name) for name in table} == expected
