# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the rules of the operations of Alibaba Cloud."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from ansible_collections.multicloud.iam.tests.support.alibaba import (
    ACCOUNT,
    ADD,
    AUDITOR,
    AUTH_ID,
    DELETE,
    LIST,
    MODIFY,
    NEW,
    OPERATOR,
    TEMPORARY,
    TOKEN,
    USER_ID,
    Client,
    canonical,
)
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

LEAKS = "DescribeAccesskeyLeakList"
REGIONS = "ListCloudVendorRegions"
MODULES = "GetSupportedModules"
AWS = {**NEW, "Vendor": "AWS", "Domain": "global"}
AZURE = {**NEW, "Vendor": "Azure", "Domain": "china", "TenantId": "t"}
ORACLE = {**NEW, "Vendor": "OracleCloud", "Domain": "global", "TenantId": "t", "ExtendInfo": '{"fingerprint": "f"}'}
GOOGLE_INFO = {"type": "service_account", "project_id": "p", "client_email": "a@example.com"}
CTDR = {**NEW, "Vendor": "WIZ", "AkType": "ctdr", "AuthModules": ["SIEM"], "CtdrCloudUserId": "u"}


def entry_of(emulator: Emulator, auth_id: int) -> dict[str, Any]:
    """Return an entry in the emulator's state."""
    return next(entry for entry in emulator.state("alibaba")["entries"] if entry["auth_id"] == auth_id)


@pytest.mark.parametrize(
    ("action", "params", "code"),
    [
        (LIST, {"Xyz": 1}, "InvalidXyz"),
        (LIST, {"SecretId": "x"}, "InvalidSecretId"),
        (ADD, {**NEW, "Status": 0}, "InvalidStatus"),
        (MODIFY, {"AuthIds": 2832, "Vendor": "AWS"}, "InvalidVendor"),
        (MODIFY, {"AuthIds": 2832, "AkType": "sub"}, "InvalidAkType"),
        (MODIFY, {"AuthId": 2832}, "InvalidAuthId"),
        (MODIFY, {}, "MissingAuthIds"),
        (MODIFY, {"AuthIds": ""}, "MissingAuthIds"),
        (DELETE, {}, "MissingAuthId"),
        (DELETE, {"AuthIds": "2832"}, "InvalidAuthIds"),
        (DELETE, {"AuthId": "abc"}, "InvalidAuthId"),
        (DELETE, {"AuthId": "2832.0"}, "InvalidAuthId"),
        (LIST, {"Status": "enabled"}, "InvalidStatus"),
        (LIST, {"PageSize": ""}, "InvalidPageSize"),
        (MODIFY, {"AuthIds": 2832, "AuthModules": "HOST"}, "InvalidAuthModules"),
        (MODIFY, {"AuthIds": 2832, "AuthModules.0": "HOST"}, "InvalidAuthModules.0"),
        (MODIFY, {"AuthIds": 2832, "AuthModules.1": "HOST", "AuthModules": "CSPM"}, "InvalidAuthModules"),
        (LIST, {"Vendor": ["AWS"]}, "InvalidVendor"),
        (MODULES, {"Vendor": "AWS"}, "InvalidVendor"),
        (LEAKS, {"CurrentPage": 1}, "MissingPageSize"),
        (LEAKS, {"PageSize": 1}, "MissingCurrentPage"),
        (LEAKS, {"CurrentPage": 0, "PageSize": 1}, "-101"),
        (LEAKS, {"CurrentPage": 1, "PageSize": 101}, "-101"),
        (LEAKS, {"CurrentPage": 1, "PageSize": 1, "Status": "done"}, "-101"),
        (LEAKS, {"CurrentPage": 1, "PageSize": 1, "StartTs": "2026-01-02"}, "InvalidStartTs"),
        ("GetCallerIdentity", {"RegionId": "cn-shanghai"}, None),
        *[(ADD, {key: value for key, value in NEW.items() if key != name}, f"Missing{name}") for name in NEW],
    ],
)
def test_parameters(ali: Client, action: str, params: dict[str, Any], code: str | None) -> None:
    assert ali.code(action, params) == code


@pytest.mark.parametrize("legacy", [False, True])
def test_a_parameter_may_occur_once(ali: Client, legacy: bool) -> None:
    wire = replace(ali, legacy=legacy).wire(LIST, {"PageSize": 1})
    wire.query += "&PageSize=1"
    reply = ali.send(wire).json()
    assert (reply["Code"], reply["Message"]) == ("InvalidPageSize", "Specified parameter PageSize is not valid.")


def test_query_and_body_are_merged(ali: Client) -> None:
    params = {"PageSize": "1", "Status": "1"}
    wire = replace(ali, legacy=True).wire(LIST, params)
    wire.query += f"&{urlencode(params)}"
    wire.body = b""
    page = ali.send(wire).json()["PageInfo"]
    assert (page["PageSize"], page["TotalCount"]) == (1, 1)


def test_lists_are_in_the_order_of_their_numbers(emulator: Emulator, ali: Client) -> None:
    numbers = {10: "us-east-1", 2: "eu-west-1", 1: "sa-east-1"}
    ali.call(MODIFY, {"AuthIds": 2832, **{f"Regions.{number}": region for number, region in numbers.items()}})
    assert entry_of(emulator, 2832)["regions"] == ["sa-east-1", "eu-west-1", "us-east-1"]


def test_the_form_of_an_error(ali: Client) -> None:
    reply = ali.post(MODIFY)
    body = reply.json()
    assert reply.status_code == 400
    assert reply.headers["Content-Type"] == "application/json;charset=utf-8"
    assert re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", body["RequestId"])
    assert body == {
        "Code": "MissingAuthIds",
        "Message": "AuthIds is mandatory for this action.",
        "RequestId": body["RequestId"],
        "HostId": "127.0.0.1",
        "Recommend": f"https://api.aliyun.com/troubleshoot?q=MissingAuthIds&product=Sas&requestId={body['RequestId']}",
    }


def test_the_legacy_way_speaks_xml_by_default(ali: Client) -> None:
    legacy = replace(ali, legacy=True)
    reply = legacy.post(LIST, {"AuthIds": 2833, "Lang": "en"}, Format="")
    assert reply.headers["Content-Type"] == "text/xml;charset=utf-8"
    assert f"<{LIST}Response><PageInfo><Count>1</Count>" in reply.text
    assert "<Module>HOST</Module>" in reply.text
    assert "<Module>TRIAL</Module>" in reply.text
    reply = legacy.post(ADD, {**NEW, "Vendor": "<&>"}, Format="xml")
    assert reply.status_code == 400
    error = ElementTree.fromstring(reply.text)
    assert (error.tag, error.findtext("Code")) == ("Error", "-101")
    assert error.findtext("Message") == "Invalid parameter value. Vendor <&> is not known."


VALID = [
    {**NEW, "VendorAuthAlias": "alias", "AuthModules": ["HOST", "CSPM", "TRIAL"], "Lang": "en"},
    {**NEW, "AkType": "primary", "AuthModules": ["HOST"]},
    {**NEW, "AuthModules": ["SIEM"], "CtdrCloudUserId": "u"},
    {**AWS, "Regions": ["ap-south-1"], "SubscriptionIds": ["s"]},
    {**NEW, "Vendor": "HUAWEICLOUD", "Domain": "europe"},
    AZURE,
    ORACLE,
    {**ORACLE, "Regions": ["anything"]},
    {**NEW, "Regions": ["anything"]},
    {**NEW, "Vendor": "google", "ExtendInfo": json.dumps(GOOGLE_INFO)},
    {**NEW, "Vendor": "KingsoftCloud", "Domain": "china"},
    {**NEW, "Vendor": "StateCloud"},
    CTDR,
    {**CTDR, "Vendor": "CHAITIN", "ExtendInfo": '{"product": "webFirewall"}'},
]


@pytest.mark.parametrize("params", VALID)
def test_additions(emulator: Emulator, ali: Client, params: dict[str, Any]) -> None:
    added = ali.call(ADD, params)["Data"]
    assert (added["AuthId"], added["Status"], added["ServiceStatus"]) == (2838, 0, 2)
    assert {"SecretKey", "Domain", "Regions", "TenantId", "SubscriptionIds", "ExtendInfo"}.isdisjoint(added)
    known = entry_of(emulator, 2838)
    assert known["secret_set"] == 1
    assert known["domain"] == params.get("Domain")
    assert known["tenant_id"] == params.get("TenantId")
    assert known["regions"] == params.get("Regions", [])
    assert known["subscription_ids"] == params.get("SubscriptionIds", [])
    assert [module["module"] for module in known["modules"]] == params.get("AuthModules", [])


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({**NEW, "Vendor": "Acme"}, "Vendor Acme is not known."),
        ({**NEW, "Vendor": "tencent"}, "Vendor tencent is not known."),
        ({**NEW, "AkType": "root"}, "AkType root is not supported for Tencent."),
        ({**NEW, "AkType": "ctdr"}, "AkType ctdr is not supported for Tencent."),
        ({**NEW, "Vendor": "google", "AkType": "primary"}, "AkType primary is not supported for google."),
        ({**CTDR, "AkType": "sub"}, "AkType sub is not supported for WIZ."),
        ({**NEW, "AuthModules": ["TRAIL"]}, "The module TRAIL is not supported for Tencent."),
        ({**AZURE, "AuthModules": ["HOST", "TRIAL"]}, "The module TRIAL is not supported for Azure."),
        (
            {**NEW, "AkType": "primary", "AuthModules": ["CSPM"]},
            "The module CSPM is not supported for primary accounts of Tencent.",
        ),
        ({**CTDR, "AuthModules": []}, "AuthModules is required with the AkType ctdr."),
        ({**NEW, "AuthModules": ["SIEM"]}, "CtdrCloudUserId is required with SIEM."),
        ({**AZURE, "TenantId": ""}, "TenantId is required for Azure."),
        ({**ORACLE, "TenantId": ""}, "TenantId is required for OracleCloud."),
        ({**AWS, "Domain": ""}, "Domain is required for AWS."),
        ({**AWS, "Domain": "europe"}, "Domain europe is not supported for AWS."),
        ({**NEW, "Domain": "mars"}, "Domain mars is not supported for Tencent."),
        ({**NEW, "Vendor": "BaiduCloud", "Domain": "global"}, "Domain global is not supported for BaiduCloud."),
        ({**ORACLE, "Domain": "china"}, "Domain china is not supported for OracleCloud."),
        ({**AWS, "Regions": ["us-east-1", "x"]}, "Region x is not known for AWS."),
        ({**NEW, "ExtendInfo": "{"}, "ExtendInfo must be a JSON object."),
        ({**NEW, "ExtendInfo": "[]"}, "ExtendInfo must be a JSON object."),
        ({**ORACLE, "ExtendInfo": "{}"}, "ExtendInfo needs fingerprint for OracleCloud."),
        ({**NEW, "Vendor": "google"}, "ExtendInfo needs type for google."),
        (
            {**NEW, "Vendor": "google", "ExtendInfo": json.dumps({**GOOGLE_INFO, "private_key": "Canary-1"})},
            "ExtendInfo must not have private_key.",
        ),
        ({**NEW, "Lang": "de"}, "Lang must be zh or en."),
    ],
)
def test_refused_additions(emulator: Emulator, ali: Client, params: dict[str, Any], text: str) -> None:
    before = emulator.state("alibaba")
    reply = ali.post(ADD, params)
    body = reply.json()
    assert (reply.status_code, body["Code"], body["Message"]) == (400, "-101", f"Invalid parameter value. {text}")
    assert emulator.state("alibaba") == before
    assert emulator.journal()[-1]["committed"] is False


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"AuthIds": "2832,2833"}, "AuthIds must be the ID of one AccessKey."),
        ({"AuthIds": "abc"}, "AuthIds must be the ID of one AccessKey."),
        ({"AuthIds": "99"}, "There is no AccessKey with the ID 99."),
        ({"AuthIds": 2832, "Status": 2}, "Status must be 0 or 1."),
        ({"AuthIds": 2832, "Domain": "europe"}, "Domain europe is not supported for AWS."),
        ({"AuthIds": 2832, "AuthModules": ["SIEM"]}, "CtdrCloudUserId is required with SIEM."),
        ({"AuthIds": 2835, "AuthModules": ["TRIAL"]}, "The module TRIAL is not supported for Azure."),
        ({"AuthIds": 2836, "ExtendInfo": "{}"}, "ExtendInfo needs fingerprint for OracleCloud."),
        ({"AuthIds": 2832, "SecretId": "AKIAother"}, "SecretKey is required with another SecretId."),
        ({"AuthIds": 2832, "Lang": "fr"}, "Lang must be zh or en."),
    ],
)
def test_refused_changes(emulator: Emulator, ali: Client, params: dict[str, Any], text: str) -> None:
    before = emulator.state("alibaba")
    reply = ali.call(MODIFY, {"VendorAuthAlias": "other", **params})
    assert (reply["Code"], reply["Message"]) == ("-101", f"Invalid parameter value. {text}")
    assert emulator.state("alibaba") == before


@pytest.mark.parametrize(
    ("params", "field", "value"),
    [
        ({"Status": 1}, "status", 1),
        ({"VendorAuthAlias": "other"}, "alias", "other"),
        ({"VendorAuthAlias": ""}, "alias", ""),
        ({"Domain": "china"}, "domain", "china"),
        ({"Regions": ["eu-west-1", "us-east-1"]}, "regions", ["eu-west-1", "us-east-1"]),
        ({"CtdrCloudUserId": "u"}, "ctdr_cloud_user_id", "u"),
        ({"ExtendInfo": '{"remark": "x"}'}, "extend_info", '{"remark": "x"}'),
    ],
)
def test_changes_leave_the_rest_alone(
    emulator: Emulator, ali: Client, params: dict[str, Any], field: str, value: Any
) -> None:
    before = entry_of(emulator, 2832)
    assert ali.code(MODIFY, {"AuthIds": 2832, **params}) is None
    assert entry_of(emulator, 2832) == {**before, field: value}
    assert ali.code(MODIFY, {"AuthIds": 2832, **params}) is None
    assert [call["committed"] for call in emulator.journal()] == [True, False]


def test_a_new_secret(emulator: Emulator, ali: Client) -> None:
    params = {"AuthIds": 2832, "SecretId": "AKIAother", "SecretKey": "Canary-2"}
    changed = ali.call(MODIFY, params)["Data"]
    assert (changed["SecretId"], changed["ServiceStatus"]) == ("AKIAother", 2)
    known = entry_of(emulator, 2832)
    assert (known["secret_id"], known["secret_set"]) == ("AKIAother", 2)
    assert ali.code(MODIFY, {**params, "SecretKey": "Canary-2"}) is None
    assert entry_of(emulator, 2832)["secret_set"] == 3


def test_deletion(ali: Client, emulator: Emulator) -> None:
    assert ali.call(DELETE, {"AuthId": 2832, "AuthModules": ["HOST"]}).keys() == {"RequestId"}
    assert [entry["AuthId"] for entry in ali.entries()] == [2833, 2834, 2835, 2836, 2837]
    assert ali.code(DELETE, {"AuthId": 2832}) == "-101"
    assert [call["committed"] for call in emulator.journal()] == [True, False, False]


def test_numbers_are_not_used_again(ali: Client) -> None:
    first = ali.call(ADD, NEW)["Data"]["AuthId"]
    ali.call(DELETE, {"AuthId": first})
    assert ali.call(ADD, NEW)["Data"]["AuthId"] == first + 1


def test_fields_of_a_list(ali: Client) -> None:
    assert ali.entry(AUTH_ID["tencent-prod"]) == {
        "AuthId": 2833,
        "AkType": "sub",
        "Vendor": "Tencent",
        "SecretId": "AKIDEmulatorTencent00000000000000001",
        "Status": 0,
        "ServiceStatus": 0,
        "VendorAuthAlias": "tencent-prod",
        "VendorUid": "100000000001",
        "VendorUserName": "AlibabaCloud_scan",
        "AuthModules": [
            {
                "Module": "HOST",
                "ModuleDisp": "Host",
                "ModuleStatement": "Host assets",
                "ModuleAssetType": "Host",
                "ModuleServiceStatus": 0,
            },
            {
                "Module": "TRIAL",
                "ModuleDisp": "Log audit",
                "ModuleStatement": "Audit of operation logs",
                "ModuleAssetType": "Log",
                "ModuleServiceStatus": 0,
                "TrailStatus": "enable",
            },
        ],
    }
    failed = ali.entry(AUTH_ID["huawei-test"])
    assert (failed["Status"], failed["ServiceStatus"]) == (1, 1)
    assert failed["Message"] == "The IAM user is forbidden in the currently selected region"
    assert [module.get("Message") for module in failed["AuthModules"]] == [None, "ak_domain_error"]


def test_language(ali: Client) -> None:
    chinese, english = (ali.entries(AuthIds=2834, Lang=lang)[0] for lang in ("zh", "en"))
    assert chinese["Message"] != english["Message"]
    assert chinese["AuthModules"][0]["ModuleDisp"] == "\u4e3b\u673a"
    assert ali.call(LIST, {"AuthIds": 2834})["CloudVendorAccountAKs"] == [chinese]


def test_what_the_service_adds_to_extend_info(ali: Client) -> None:
    info = json.loads(ali.entry(AUTH_ID["oracle-prod"])["ExtendInfo"])
    assert set(info) == {"fingerprint", "tenancy", "domain"}
    assert (info["tenancy"], info["domain"]) == ("ocid1.tenancy.oc1..emulator0001", "global")


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [2832, 2833, 2834, 2835, 2836, 2837]),
        ({"AuthIds": 2834}, [2834]),
        ({"AuthIds": 99}, []),
        ({"Vendor": "AWS"}, [2832, 2837]),
        ({"Vendor": "aws"}, []),
        ({"VendorAuthAlias": "aws-prod"}, [2832]),
        ({"VendorAuthAlias": "aws"}, []),
        ({"SubAccountName": "AlibabaCloud_scan"}, [2833]),
        ({"Status": 1}, [2834]),
        ({"Status": 0, "Vendor": "AWS", "VendorAuthAlias": "aws-root"}, [2837]),
        ({"AuthIds": "", "Vendor": "", "VendorAuthAlias": "", "SubAccountName": "", "Status": 1}, [2834]),
    ],
)
def test_filters(ali: Client, filters: dict[str, Any], expected: list[int]) -> None:
    assert [entry["AuthId"] for entry in ali.entries(**filters)] == expected


def test_paging(emulator: Emulator, ali: Client) -> None:
    emulator.seed({"alibaba": {"generate_entries": {"count": 45, "vendor": "OracleCloud", "prefix": "many-"}}})
    infos, found = [], []
    for number in range(1, 5):
        body = ali.call(LIST, {"Vendor": "OracleCloud", "CurrentPage": number})
        infos.append(tuple(body["PageInfo"][name] for name in ("Count", "CurrentPage", "PageSize", "TotalCount")))
        found += [entry["VendorAuthAlias"] for entry in body["CloudVendorAccountAKs"]]
    assert infos == [(20, 1, 20, 46), (20, 2, 20, 46), (6, 3, 20, 46), (0, 4, 20, 46)]
    assert found == ["oracle-prod", *(f"many-{number:04}" for number in range(1, 46))]


@pytest.mark.parametrize("params", [{"CurrentPage": 0}, {"PageSize": 0}, {"PageSize": 101}, {"Status": 2}])
def test_refused_lists(ali: Client, params: dict[str, Any]) -> None:
    assert ali.code(LIST, params) == "-101"


@pytest.mark.parametrize("vendor", ["AWS", "OracleCloud", "google", "WIZ", "Azure"])
def test_generated_entries_can_be_changed(emulator: Emulator, ali: Client, vendor: str) -> None:
    emulator.seed({"alibaba": {"generate_entries": {"count": 1, "vendor": vendor}}})
    assert ali.call(MODIFY, {"AuthIds": 2838, "Status": 1})["Data"]["Status"] == 1


@pytest.mark.parametrize(
    ("params", "code"),
    [({"Vendor": "Azure"}, "200"), ({"Vendor": "UCloud"}, "200"), ({}, "-101"), ({"Vendor": "Acme"}, "-101")],
)
def test_regions(ali: Client, params: dict[str, str], code: str) -> None:
    assert ali.code(REGIONS, params) == code


def test_modules_and_regions_of_a_seed(emulator: Emulator, ali: Client) -> None:
    modules = {"vendor": "UCloud", "modules": [{"module": "HOST"}, {"module": "CSPM", "enabled": False}]}
    region = {"region_id": "lu-na", "area": "other", "selected": False, "disabled": True}
    regions = {"vendor": "AWS", "regions": [region]}
    emulator.seed({"alibaba": {"vendor_modules": [modules], "vendor_regions": [regions]}})
    assert ali.call(REGIONS, {"Vendor": "AWS"})["Data"] == [
        {"RegionId": "lu-na", "Area": "other", "Selected": 0, "Disable": 1}
    ]
    assert ali.code(ADD, {**AWS, "Regions": ["lu-na"]}) is None
    shown = ali.call(MODULES, {"Lang": "en"})["SupportedModuleResponse"]
    assert next(each for each in shown if each["Vendor"] == "UCloud")["SupportedModules"] == [
        {"Module": "HOST", "ModuleDisp": "Host", "ModuleAuth": True},
        {"Module": "CSPM", "ModuleDisp": "CSPM", "ModuleAuth": False},
    ]
    refused = ali.call(ADD, {**NEW, "Vendor": "UCloud", "Domain": "global", "AuthModules": ["CSPM"]})
    assert refused["Message"] == "Invalid parameter value. The module CSPM is not enabled."


@pytest.mark.parametrize(
    ("action", "params"), [(ADD, NEW), (MODIFY, {"AuthIds": 2832, "Status": 1}), (DELETE, {"AuthId": 2832})]
)
def test_denied_operations(ali: Client, action: str, params: dict[str, Any]) -> None:
    auditor = replace(ali, key=AUDITOR)
    assert len(auditor.entries()) == 6
    reply = auditor.post(action, params)
    body = reply.json()
    assert (reply.status_code, body["Code"], body["Message"]) == (403, "NoPermission", "caller has no permission")
    detail = body["AccessDeniedDetail"]
    assert detail.pop("EncodedDiagnosticMessage")
    assert detail == {
        "AuthAction": f"yundun-sas:{action}",
        "AuthPrincipalType": "SubUser",
        "AuthPrincipalOwnerId": ACCOUNT,
        "AuthPrincipalDisplayName": USER_ID["auditor"],
        "PolicyType": "AccountLevelIdentityBasedPolicy",
        "NoPermissionType": "ImplicitDeny",
    }


def test_a_denied_role(emulator: Emulator, ali: Client) -> None:
    key, token = ("STS.denied", "Invented-Secret-3"), "Invented-Token-3"
    credential = {"access_key_id": key[0], "access_key_secret": key[1], "token": token, "session": "now"}
    emulator.seed({"alibaba": {"temporary_credentials": [{**credential, "deny": [MODULES]}]}})
    role = replace(ali, key=key, token=token)
    detail = role.call(MODULES)["AccessDeniedDetail"]
    assert detail["AuthPrincipalType"] == "AssumedRoleUser"
    assert detail["AuthPrincipalDisplayName"].endswith(":now")
    assert replace(ali, key=TEMPORARY, token=TOKEN).code(MODULES) is None


def test_a_user_can_look_up_its_own_identity(ali: Client) -> None:
    body = replace(ali, key=OPERATOR).call("GetCallerIdentity")
    body.pop("RequestId")
    assert body == {
        "AccountId": ACCOUNT,
        "IdentityType": "RAMUser",
        "Arn": f"acs:ram::{ACCOUNT}:user/operator",
        "PrincipalId": USER_ID["operator"],
        "UserId": USER_ID["operator"],
    }


def test_callers_in_the_journal(emulator: Emulator, ali: Client) -> None:
    replace(ali, key=(OPERATOR[0], "wrong")).call(MODULES)
    replace(ali, key=OPERATOR, legacy=True).call(MODULES)
    replace(ali, key=("LTAInobody", "x")).call(MODULES)
    callers = [call["caller"] for call in emulator.journal()]
    known = {"id": USER_ID["operator"], "access_key_id": OPERATOR[0]}
    assert callers == [known, known, {"id": None, "access_key_id": "LTAInobody"}]
    assert {call["action"] for call in emulator.journal()} == {MODULES}


def test_no_secret_is_shown(emulator: Emulator, ali: Client, tmp_path: Path) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nCanary-Key\n-----END PRIVATE KEY-----\n"
    for legacy, in_body in ((False, False), (False, True), (True, False), (True, True)):
        client = replace(ali, legacy=legacy, in_body=in_body)
        client.call(ADD, {**NEW, "SecretKey": f"Canary-{legacy}-{in_body}"})
        client.call(MODIFY, {"AuthIds": 2832, "SecretKey": key})
        client.call(MODIFY, {"AuthIds": 2832, "ExtendInfo": json.dumps({"private_key": "Canary-Info"})})
        client.call(MODIFY, {"AuthIds": 2832, "SecretKey": ["Canary-List"]})
        client.call(MODIFY, {"AuthIds": 2832, "ExtendInfo": '{"private_key": "Canary-Broken'})
    replace(ali, key=TEMPORARY, token=TOKEN, legacy=True).call(MODULES)
    known = emulator.secrets()
    assert {"Canary-True-True", "Canary-False-False", key, "Canary-Info", "Canary-List", TOKEN} <= known
    shown = json.dumps([emulator.state(cloud) for cloud in ("tencent", "alibaba")])
    shown += json.dumps(emulator.journal()) + emulator.journal_file.read_text()
    assert [secret for secret in known if json.dumps(secret)[1:-1] in shown] == []
    assert "Canary" not in json.dumps(emulator.journal())
    assert {call["params"]["SecretKey"] for call in emulator.journal() if call["action"] == ADD} == {"***"}


@pytest.mark.parametrize(
    "section",
    [
        {"entries": [{"vendor": "Acme", "secret_id": "x"}]},
        {"entries": [{"vendor": "AWS"}]},
        {"entries": [{"vendor": "AWS", "secret_id": "x", "status": 3}]},
        {"entries": [{"vendor": "AWS", "secret_id": "x", "service_status": 4}]},
        {"entries": [{"vendor": "AWS", "secret_id": "x", "modules": [{"module": "TRAIL"}]}]},
        {"entries": [{"vendor": "AWS", "secret_id": "x", "extend_info": "["}]},
        {"entries": [{"auth_id": 2833, "modules": [{"module": "TRIAL", "trail_status": "on"}]}]},
        {"generate_entries": {"count": 1, "vendor": "Acme"}},
        {"vendor_modules": [{"vendor": "Acme"}]},
        {"vendor_modules": [{"vendor": "AWS", "modules": [{"module": "X"}]}]},
        {"vendor_regions": [{"vendor": "AWS", "regions": [{"area": "x"}]}]},
        {"users": [{"user_id": "1"}]},
        {"users": [{"name": "new", "user_id": USER_ID["operator"]}]},
        {"users": [{"name": "operator", "user_id": "1"}]},
        {"users": [{"name": "auditor", "keys": [{"access_key_id": OPERATOR[0]}]}]},
        {"account": {"account_id": "2"}},
        {"leaks": [{"id": 1}]},
        {"leaks": [{"access_key_id": "x", "status": "done"}]},
        {"leaks": [{"access_key_id": "x", "user_type": "user"}]},
        {"leaks": [{"access_key_id": "x", "discovered": "yesterday"}]},
        {"unknown": []},
    ],
)
def test_senseless_seeds_are_refused(emulator: Emulator, section: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="400"):
        emulator.seed({"alibaba": section})


def test_a_seed_sets_what_it_gives(emulator: Emulator, ali: Client) -> None:
    before = entry_of(emulator, 2834)
    user = {"name": "operator", "deny": [MODULES], "keys": [{"access_key_id": OPERATOR[0], "active": False}]}
    emulator.seed({"alibaba": {"users": [user], "entries": [{"auth_id": 2834, "status": 0, "alias": "renamed"}]}})
    assert entry_of(emulator, 2834) == {**before, "status": 0, "alias": "renamed"}
    assert replace(ali, key=OPERATOR).code(MODULES) == "InvalidAccessKeyId.Inactive"
    assert next(each for each in emulator.state("alibaba")["users"] if each["name"] == "operator")["deny"] == [MODULES]


def test_a_seed_merges_leaks(emulator: Emulator, ali: Client) -> None:
    emulator.seed({"alibaba": {"leaks": [{"access_key_id": OPERATOR[0], "url": "https://example.com/x"}]}})
    emulator.seed({"alibaba": {"leaks": [{"id": 1, "status": "dealed"}, {"access_key_id": AUDITOR[0]}]}})
    first, second = emulator.state("alibaba")["leaks"]
    assert (first["access_key_id"], first["status"], first["url"]) == (OPERATOR[0], "dealed", "https://example.com/x")
    assert (second["id"], second["status"], second["discovered"]) == (2, "pending", "2026-01-02T03:04:05Z")
    page = {"CurrentPage": 1, "PageSize": 20}
    assert [leak["Id"] for leak in ali.call(LEAKS, page)["AccessKeyLeakList"]] == [2, 1]


def test_the_raw_client_encodes_like_the_documentation() -> None:
    assert canonical({"b": " *~/+", "a": ""}) == "a=&b=%20%2A~%2F%2B"
