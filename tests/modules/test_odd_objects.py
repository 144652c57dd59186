# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object that cannot be read as a whole, among others: a listing shows it all the same, and nothing unknown counts.

What a task manages must be read, as far as it matters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support import alibaba, huawei, tencent, zstack
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner

Run = Callable[..., Result]
Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of listed objects.

    info, which, result: the module that lists them, its options, and the name of the list. state: the module that
    manages one, by the option handle. action, rows: the API operation, and the replies to it of given rows. odd: rows
    that cannot be read as a whole, by the field of a result that is null then. good: a row that can.
    """

    cloud: str
    signing: Mapping[str, Any]
    info: str
    which: Mapping[str, Any]
    result: str
    action: str
    reply: Callable[[list[Any]], Any]
    good: Row
    odd: Mapping[str, Mapping[str, Any]]
    state: str = ""
    handle: str = "id"
    owner: Mapping[str, Any] | None = None

    def rows(self, field: str) -> list[Any]:
        return [self.good, {**self.good, **self.others, **self.odd[field]}]

    @property
    def others(self) -> Row:
        """What another object has that is like the good one."""
        return {name: value for name, value in _OTHERS.items() if name in self.good}


_OTHERS = {
    "AccessKeyId": "AKIDodd",
    "Name": "odd",
    "Uin": 100000000077,
    "access": "ODDKEY00000000000001",
    "AuthId": 77,
    "uuid": "0dd00001000040008000000000000001",
    "AccessKeyID": "OddKey",
    "description": "other",
    "Description": "other",
    "VendorAuthAlias": "other",
}
BOB = {"target_uin": str(tencent.UIN["bob"])}
CAM_KEYS = Kind(
    cloud="tencent",
    signing={"api_secret_id": tencent.ROOT[0], "api_secret_key": tencent.ROOT[1]},
    info="cam_access_key_info",
    which={"target_uins": [BOB["target_uin"]]},
    result="access_keys",
    action="ListAccessKeys",
    reply=lambda rows: {"Response": {"AccessKeys": rows, "RequestId": "1"}},
    good={
        "AccessKeyId": "AKIDgood",
        "Status": "Active",
        "Description": "ci",
        "CreateTime": "2020-01-02 03:04:05",
    },
    odd={
        "status": {"Status": "Frozen"},
        "description": {"Description": {"text": 5}},
        "create_time": {"CreateTime": "yesterday"},
    },
    state="cam_access_key",
    handle="access_key_id",
    owner=BOB,
)
CAM_USERS = Kind(
    cloud="tencent",
    signing=CAM_KEYS.signing,
    info="cam_user_info",
    which={},
    result="users",
    action="ListUsers",
    reply=lambda rows: {"Response": {"Data": rows, "RequestId": "1"}},
    good={"Name": "good", "Uin": 100000000078, "ConsoleLogin": 1},
    odd={
        "console_login": {"ConsoleLogin": "yes"},
        "uin": {"Uin": "x"},
        "uid": {"Uid": "x"},
        "remark": {"Remark": 5},
        "name": {"Name": None},
    },
)
HUAWEI_KEYS = Kind(
    cloud="huawei",
    signing={"api_access_key": huawei.ROOT[0], "api_secret_key": huawei.ROOT[1]},
    info="iam_credential_info",
    which={"user_ids": [huawei.ID["bob"]]},
    result="access_keys",
    action="ListPermanentAccessKeys",
    reply=lambda rows: {"credentials": rows},
    good={
        "access": huawei.BOB[0],
        "status": "active",
        "user_id": huawei.ID["bob"],
        "description": "ci",
        "create_time": "2020-01-02T03:04:05.000000Z",
    },
    odd={
        "status": {"status": "frozen"},
        "description": {"description": [1]},
        "user_id": {"user_id": None},
        "create_time": {"create_time": "yesterday"},
    },
    state="iam_credential",
    handle="access_key",
    owner={"user_id": huawei.ID["bob"]},
)
SAS = Kind(
    cloud="alibaba",
    signing={"api_access_key_id": alibaba.ROOT[0], "api_access_key_secret": alibaba.ROOT[1]},
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
    handle="auth_id",
    owner={"wait": False},
)
ZSTACK = Kind(
    cloud="zstack",
    signing={"api_access_key_id": zstack.ADMIN[0], "api_access_key_secret": zstack.ADMIN[1]},
    info="zstack_accesskey_info",
    which={"all_users": True},
    result="access_keys",
    action="QueryAccessKey",
    reply=lambda rows: {"inventories": rows, "total": len(rows)},
    good={
        "uuid": zstack.KEY_UUID["bob"],
        "accountUuid": zstack.ACCOUNT["bob"],
        "AccessKeyID": "GoodKey",
        "state": "Enabled",
        "description": "ci",
        "createDate": "Jan 2, 2020 3:04:05 AM",
    },
    odd={
        "id": {"uuid": "../../accounts"},
        "status": {"state": "Frozen"},
        "owner": {"accountUuid": "root"},
        "user_uuid": {"userUuid": 5},
        "access_key_id": {"AccessKeyID": ""},
        "description": {"description": 5},
        "create_time": {"createDate": 5},
    },
    state="zstack_accesskey",
    handle="uuid",
    owner={"account_uuid": zstack.ACCOUNT["bob"]},
)
KINDS = [CAM_KEYS, CAM_USERS, HUAWEI_KEYS, SAS, ZSTACK]
MANAGED = [kind for kind in KINDS if kind.state]


def by_info(kind: Kind) -> str:
    return kind.info


def each_odd(kinds: list[Kind]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("kind", "field"),
        [pytest.param(kind, field, id=f"{kind.info}: {field}") for kind in kinds for field in kind.odd],
    )


@pytest.fixture
def run(emulator: Emulator) -> Run:
    return Runner(emulator, "", {})


def answer(emulator: Emulator, kind: Kind, rows: list[Any]) -> None:
    """Have every listing answered with these objects."""
    emulator.fault("wrong_type", kind.action, cloud=kind.cloud, body=kind.reply(rows))
    if kind is HUAWEI_KEYS:  # whose keys are read one by one for their last use
        emulator.fault("status", "ShowPermanentAccessKey", cloud=kind.cloud, status=403, body='{"x": 1}')


def warnings(result: Result) -> str:
    return "\n".join(result["warnings"])


def writes(emulator: Emulator) -> list[str]:
    return [call["action"] for call in emulator.journal() if call["write"] and call["action"] != "LogInByAccount"]


@each_odd(KINDS)
def test_a_listing_shows_what_is_known(emulator: Emulator, run: Run, kind: Kind, field: str) -> None:
    answer(emulator, kind, kind.rows(field))
    result = run(kind.info, **kind.signing, **kind.which)
    assert not result.get("failed"), result.get("msg")
    assert len(result[kind.result]) == 2
    odd = next(each for each in result[kind.result] if each[field] is None)
    good = next(each for each in result[kind.result] if each is not odd)
    assert good[field] is not None or field in ("uid", "extend_info", "modules"), good
    assert " cannot be read, and is unknown: " in warnings(result)


@pytest.mark.parametrize("kind", KINDS, ids=by_info)
@pytest.mark.parametrize("row", [{}, None, 5])
def test_what_has_no_id_is_warned_of(emulator: Emulator, run: Run, kind: Kind, row: Any) -> None:
    if kind.cloud == "tencent" and row != {}:
        pytest.skip("the SDK reads no list with such a row")
    answer(emulator, kind, [kind.good, row])
    result = run(kind.info, **kind.signing, **kind.which)
    assert not result.get("failed"), result.get("msg")
    assert len(result[kind.result]) == 1
    assert "cannot be read, and is unknown: " in warnings(result)


def test_many_odd_objects_are_told_of_in_few_words(emulator: Emulator, run: Run) -> None:
    answer(emulator, SAS, [{**SAS.good, "AuthId": number, "Status": 9} for number in range(1, 301)])
    result = run(SAS.info, **SAS.signing)
    assert len(result["vendor_aks"]) == 300
    assert len(result["warnings"]) == 11
    assert "290 more fields of objects" in result["warnings"][-1]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "status" in kind.odd], ids=by_info)
def test_unknown_passes_no_filter(emulator: Emulator, run: Run, kind: Kind) -> None:
    odd = {**kind.good, **kind.others, **kind.odd["status"]}
    old = {} if kind is SAS else {"older_than_days": 1}
    for given, row in (
        ({"status": "active"}, odd),
        ({"status": "inactive"}, odd),
        (old, {**odd, **kind.odd.get("create_time", {})}),
    ):
        if given:
            answer(emulator, kind, [row])
            assert run(kind.info, **kind.signing, **kind.which, **given)[kind.result] == []
            emulator.clear_faults()


@each_odd(MANAGED)
def test_an_odd_neighbour_fails_nothing(emulator: Emulator, run: Run, kind: Kind, field: str) -> None:
    good = str(kind.good.get("AccessKeyId") or kind.good.get("access") or kind.good.get("AuthId") or kind.good["uuid"])
    which = {"description": "ci"} if kind is ZSTACK else {kind.handle: good}
    answer(emulator, kind, kind.rows(field))
    result = run(kind.state, **kind.signing, **(kind.owner or {}), **which, status="active")
    assert (result.get("failed"), result["changed"]) == (None, False), result.get("msg")


@pytest.mark.parametrize("kind", MANAGED, ids=by_info)
@pytest.mark.parametrize("status", ["active", "inactive"])
@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "for real"])
def test_the_status_of_what_is_managed_is_not_guessed(
    emulator: Emulator, run: Run, kind: Kind, status: str, check_mode: bool
) -> None:
    answer(emulator, kind, [{**kind.good, **kind.odd["status"]}])
    which = {"auth_id": "7"} if kind is SAS else {"description": "ci"}
    result = run(kind.state, check_mode=check_mode, **kind.signing, **(kind.owner or {}), **which, status=status)
    assert result["error"]["category"] == "reply"
    assert "its status cannot be read, so that nothing is done" in result["msg"]
    assert writes(emulator) == []
    # Where it does not matter, it is not asked for.
    assert not run(kind.state, check_mode=True, **kind.signing, **(kind.owner or {}), **which).get("failed")


@pytest.mark.parametrize("kind", MANAGED, ids=by_info)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_what_may_be_the_one_is_not_taken_for_another(emulator: Emulator, run: Run, kind: Kind, state: str) -> None:
    """A new one beside it would double it, and a deletion that finds nothing would be none."""
    field = "vendor_auth_alias" if kind is SAS else "description"
    answer(emulator, kind, [{**kind.good, **kind.odd[field]}])
    entry = {"vendor": "AWS", "ak_type": "sub", "secret_id": "y", "secret_key": "Canary-Odd-1", "domain": "global"}
    more: dict[str, Any] = {**entry} if kind is SAS else {"allow_unregistered_secret": True}
    result = run(kind.state, **kind.signing, **(kind.owner or {}), **more, **{field: "wanted"}, state=state)
    assert result["error"]["category"] == "reply", result
    assert "can be read, and one may be the one that is meant" in result["msg"]
    assert writes(emulator) == []


def test_an_id_that_is_none_leads_a_call_nowhere_else(emulator: Emulator, run: Run) -> None:
    answer(emulator, ZSTACK, [{**ZSTACK.good, **ZSTACK.odd["id"]}])
    for wish in ({"status": "inactive"}, {"state": "absent"}):
        result = run("zstack_accesskey", **ZSTACK.signing, **(ZSTACK.owner or {}), description="ci", **wish)
        assert "its id cannot be read" in result["msg"]
    assert writes(emulator) == []


def test_the_keys_of_a_user_without_uin_are_not_those_of_the_caller(emulator: Emulator, run: Run) -> None:
    answer(emulator, CAM_USERS, [{**CAM_USERS.good, "Uin": str(tencent.UIN["bob"])}, {**CAM_USERS.good, "Uin": "x"}])
    result = run("cam_access_key_info", **CAM_USERS.signing, all_users=True)
    assert [key["id"] for key in result["access_keys"]] == [tencent.BOB[0]]
    assert "The keys of user good are not listed, because its uin cannot be read" in warnings(result)
    emulator.clear_faults()
    emulator.fault("null_field", "GetUser", field="Uin")
    refused = run("cam_user", **CAM_USERS.signing, name="bob", state="absent", force=True)
    assert "uin cannot be read" in refused["msg"] or "Uin" in refused["msg"]
    assert writes(emulator) == []
