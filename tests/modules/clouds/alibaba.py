# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the facts about Alibaba Cloud that the tests of all modules need."""

from __future__ import annotations

from typing import Any

from ...support import alibaba
from ..cases import DELETE, DISABLE, NOT_FOUND, PROCESSED, WRONG, Guards, Kind, Replies, Robot, Spec

_key = alibaba.CLOUD.signing
_TEMPORARY = {**_key(alibaba.TEMPORARY), "api_security_token": alibaba.TOKEN}


def _listing(*items: Any, **changes: Any) -> Spec:
    return {"fault": "wrong_type", "body": alibaba.listing(*items, **changes)}


_KEY = {"vendor": "Tencent", "secret_id": "AKIDEmulatorTencent00000000000000001"}

GUARDS = Guards(
    select_nothing=[
        ("sas_vendor_ak", {**_KEY, "vendor_auth_alias": ""}, "vendor_auth_alias is empty, and without auth_id"),
        ("sas_vendor_ak", {"vendor": "Tencent", "secret_id": "AKIDEmu***"}, "secret_id contains a mask"),
        ("sas_vendor_ak", {"vendor_auth_alias": "tencent-***"}, "vendor_auth_alias contains a mask"),
        ("sas_vendor_ak", {**_KEY, "secret_id": f"{_KEY['secret_id']}\n"}, "secret_id begins or ends with white space"),
        ("sas_vendor_ak", {"vendor_auth_alias": "tencent-prod\n"}, "vendor_auth_alias begins or ends with white space"),
    ],
    nobody=[("sas_vendor_ak_info", "auth_ids"), ("sas_vendor_ak_info", "secret_ids")],
    near=[
        ("sas_vendor_ak", {"vendor": "Tencent", "secret_id": _KEY["secret_id"].upper()}, _KEY["secret_id"]),
        ("sas_vendor_ak", {"vendor": "Tencent", "vendor_auth_alias": "Tencent-Prod"}, _KEY["secret_id"]),
    ],
    state_tasks=[
        ("sas_vendor_ak", {"vendor_auth_alias": "aws-prod", **DISABLE}),
        ("sas_vendor_ak", {"vendor_auth_alias": "aws-prod", **DELETE, **_TEMPORARY}),
    ],
    info_tasks=[("sas_vendor_ak_info", {})],
    account_faults={"GetCallerIdentity": {"fault": "null_field", "field": "AccountId"}},
    rejected_tasks=[("sas_vendor_ak_info", {"supported_modules": True})],
    rejected_signing=[_key((alibaba.ROOT[0], WRONG)), {**_TEMPORARY, "api_security_token": WRONG}],
)

SAS = Kind(
    info="sas_vendor_ak_info",
    which={},
    result="vendor_aks",
    action="DescribeCloudVendorAccountAKList",
    reply=lambda rows: {
        "RequestId": "1",
        "PageInfo": {"Count": len(rows), "TotalCount": len(rows)},
        "CloudVendorAccountAKs": rows,
    },
    good={"AuthId": 7, "Status": 0, "ServiceStatus": 0, "Vendor": "AWS", "SecretId": "x", "VendorAuthAlias": "ci"},
    odd={
        "status": {"Status": 9},
        "service_status": {"ServiceStatus": "0"},
        "vendor": {"Vendor": 5},
        "secret_id": {"SecretId": {}},
        "vendor_auth_alias": {"VendorAuthAlias": 5},
        "modules": {"AuthModules": "HOST"},
        "extend_info": {"ExtendInfo": "[" * 400 + "]" * 400},
    },
    state="sas_vendor_ak",
    owner={"wait": False},
    other={"AuthId": 77, "VendorAuthAlias": "other"},
    named={"auth_id": "7"},
    alone={"auth_id": "7"},
    new={"vendor": "AWS", "ak_type": "sub", "secret_id": "y", "secret_key": "Canary-Odd-1", "domain": "global"},
    marker="vendor_auth_alias",
)
KINDS = [SAS]

REPLIES = Replies(
    lost=[
        NOT_FOUND,
        {"fault": "error", "code": "SignatureNonceUsed", "message": "seen", **PROCESSED},
        {"fault": "null_field", "field": "Data"},
        {"fault": "null_field", "field": "AuthId"},
        {"fault": "null_field", "field": "Status", "drop": True},
        {"fault": "null_field", "field": "RequestId", "drop": True},
    ],
    broken=[
        ({"fault": "wrong_type", "body": {"RequestId": "1"}}, "PageInfo is missing"),
        (_listing(RequestId=None), "RequestId is missing"),
        (_listing(PageInfo={}), "TotalCount is missing"),
        (_listing(PageInfo={"TotalCount": "1"}), "TotalCount is of another type"),
        (_listing(CloudVendorAccountAKs={}), "CloudVendorAccountAKs is of another type"),
        (_listing(alibaba.ENTRY, CloudVendorAccountAKs=None), "as its Count says"),
        (_listing(1), "not a JSON object"),
        (_listing({**alibaba.ENTRY, "AuthId": "2832"}), "AuthId is of another type"),
        (_listing({**alibaba.ENTRY, "AuthId": True}), "AuthId is of another type"),
        (_listing({**alibaba.ENTRY, "AuthId": 0}), "AuthId is not above 0"),
        (_listing(Code="Odd", Message="odd"), "Odd: odd"),
        (_listing(Success=False, Code="Odd"), "Odd: the API gives no text"),
        (_listing(alibaba.ENTRY, alibaba.ENTRY), "the list changes while it is being read"),
        (_listing(HttpStatusCode=500, Message="broken"), "broken"),
        ({"fault": "null_field", "field": "RequestId"}, "RequestId is missing"),
        ({"fault": "status", "status": 404, "body": '{"Code": null, "Message": "x"}'}, "HTTP status 404"),
        ({"fault": "status", "status": 400, "body": '{"Code": -101, "Message": ["x"]}'}, "-101: the API gives no text"),
        ({"fault": "status", "status": 201}, "HTTP status 201"),
    ],
)

# Environments with credentials in two sets, and the variables that the warning names.
SEVERAL_SETS = [
    (
        {**alibaba.CLOUD.environment(), "ALICLOUD_ACCESS_KEY": "OTHER", "ALICLOUD_SECRET_KEY": "other-secret-0001"},
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY"),
    )
]

_IDS = ("AKIAEMULATORAWS00001", "AKIANEW0000000000001", "AKIANEW0000000000002")
# Each task has one choice of each line.
PLAYS = {
    "sas_vendor_ak": [
        [
            *({"auth_id": auth_id} for auth_id in ("2832", "2834")),
            *({"vendor_auth_alias": alias} for alias in ("aws-prod", "new", "New", "huawei-test", "oracle-prod")),
            *({"vendor": "AWS", "secret_id": secret_id} for secret_id in _IDS),
            *({"vendor": "AWS", "vendor_auth_alias": "new", "secret_id": secret_id} for secret_id in _IDS),
            {"auth_id": "2832", "vendor_auth_alias": "new"},
        ],
        [{}, {"ak_type": "sub", "domain": "global", "vendor": "AWS"}, {"ak_type": "sub", "domain": "global"}],
        [{}, {"secret_key": "InventedVendorSecret000000001"}, {"secret_key": "InventedVendorSecret000000001"}],
        [{}, {"auth_modules": ["HOST"]}, {"auth_modules": ["HOST", "CSPM"]}],
        [{}, {}, {"status": "active"}, {"status": "inactive"}],
        [{}, {}, {"state": "absent"}, {"update_secret": "always"}, {"extend_info": {"a": "1"}}],
        [{}, {"wait": False}],
    ],
}

_ROBOT = ("LTAIEmulatorRobot000001", "EmulatorAlibabaRobotSecret0001")
_ROBOTS_KEY = {"access_key_id": _ROBOT[0], "access_key_secret": _ROBOT[1]}
_NEW = {"vendor": "AWS", "secret_id": "AKIANEW0000000000009", "vendor_auth_alias": "robots"}
_SECRET = {"secret_key": "InventedVendorSecret000000001"}
ROBOT = Robot(
    _ROBOT,
    lambda policy: {"users": [{"name": "robot", "policy": policy, "keys": [_ROBOTS_KEY]}]},
    {
        "Report": [("sas_vendor_ak_info", {})],
        "Kill switch": [("sas_vendor_ak_info", {"secret_ids": ["AKIAEMULATORAWS00001"]})],
        "Rotation": [
            ("sas_vendor_ak_info", {"vendor_auth_alias": "tencent-prod"}),
            ("sas_vendor_ak", {"vendor_auth_alias": "tencent-prod", "secret_id": "AKIDNEW0000000000009", **_SECRET}),
        ],
        "Entries": [
            ("sas_vendor_ak", {**_NEW, **_SECRET, "ak_type": "sub", "domain": "global"}),
            ("sas_vendor_ak", {**_NEW, "status": "inactive"}),
            ("sas_vendor_ak", {**_NEW, "state": "absent"}),
            ("sas_vendor_ak_info", {"regions_of": "AWS"}),
            ("sas_vendor_ak_info", {"supported_modules": True}),
        ],
    },
)
