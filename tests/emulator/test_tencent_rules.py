# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the rules of the operations of Tencent Cloud."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import (
    ALICE,
    AUDITOR,
    BOB,
    ROOT,
    TEMPORARY,
    TOKEN,
    UIN,
    Client,
)

NOBODY = 100000000099
GOOD_PASSWORD = "Canary-Pass-2"


@pytest.fixture
def bob(root: Client) -> Client:
    """Return a client that signs with a sub-user's key."""
    return replace(root, key=BOB)


@pytest.mark.parametrize(
    ("action", "params", "code"),
    [
        ("GetUser", {"Name": "alice", "Xyz": 1}, "UnknownParameter"),
        ("GetUserAppId", {"Xyz": 1}, "UnknownParameter"),
        ("GetUser", {}, "MissingParameter"),
        ("UpdateAccessKey", {"AccessKeyId": "a"}, "MissingParameter"),
        ("GetUser", {"Name": 1}, "InvalidParameter"),
        ("GetUser", {"Name": None}, "InvalidParameter"),
        ("AddUser", {"Name": "x", "CountryCode": 86}, "InvalidParameter"),
        ("ListAccessKeys", {"TargetUin": "abc"}, "InvalidParameter"),
        ("ListAccessKeys", {"TargetUin": -1}, "InvalidParameter"),
        ("ListAccessKeys", {"TargetUin": 1.0}, "InvalidParameter"),
        ("ListAccessKeys", {"TargetUin": 2**64}, "InvalidParameter"),
        ("AddUser", {"Name": "x", "ConsoleLogin": True}, "InvalidParameter"),
        ("AddUser", {"Name": "x", "ConsoleLogin": 2}, "InvalidParameterValue"),
        ("GetSecurityLastUsed", {"SecretIdList": "a"}, "InvalidParameter"),
        ("GetSecurityLastUsed", {"SecretIdList": [1]}, "InvalidParameter"),
        ("DescribeSubAccounts", {"FilterSubAccountUin": [{}]}, "InvalidParameter"),
        ("GetUserAppId", ["a"], "InvalidParameter"),
        ("ListAccessKeys", {"TargetUin": str(UIN["alice"])}, None),
        ("UpdateUser", {"Name": "alice", "NeedResetPassword": "0"}, None),
    ],
)
def test_parameters(root: Client, action: str, params: Any, code: str | None) -> None:
    assert root.code(action, params) == code


def test_only_json_bodies_are_understood(root: Client) -> None:
    for content_type, code in (("application/json; charset=utf-8", None), ("text/plain", "InvalidRequest")):
        headers = root.headers("GetUserAppId", b"{}", content_type=content_type)
        reply = root.send(headers, b"{}").json()["Response"]
        assert reply.get("Error", {}).get("Code") == code


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "The request is missing a required parameter `Name`."),
        ({"Name": "x", "Xyz": 1}, "The parameter `Xyz` is not recognized."),
        ({"Name": 1}, "The value type of parameter `Name` is not valid"),
    ],
)
def test_texts_of_the_gateway(root: Client, params: Any, message: str) -> None:
    assert root.call("GetUser", params)["Error"]["Message"] == message


KEY_CALLS = [
    ("ListAccessKeys", {}),
    ("CreateAccessKey", {}),
    ("UpdateAccessKey", {"AccessKeyId": ROOT[0], "Status": "Active"}),
    ("DeleteAccessKey", {"AccessKeyId": ROOT[0]}),
]


@pytest.mark.parametrize(("action", "params"), KEY_CALLS)
def test_an_unknown_target(root: Client, action: str, params: dict[str, Any]) -> None:
    params = {**params, "TargetUin": NOBODY}
    assert root.code(action, params) == "InvalidParameter.UserNotExist"


@pytest.mark.parametrize(("action", "params"), KEY_CALLS)
def test_root_is_out_of_reach_of_sub_users(bob: Client, action: str, params: dict[str, Any]) -> None:
    params = {**params, "TargetUin": UIN["root"]}
    assert bob.code(action, params) == "OperationDenied.SubUin"


def test_without_target_the_caller_is_meant(root: Client, bob: Client) -> None:
    assert [key["AccessKeyId"] for key in root.call("ListAccessKeys")["AccessKeys"]] == [ROOT[0]]
    assert [key["AccessKeyId"] for key in bob.call("ListAccessKeys")["AccessKeys"]] == [BOB[0]]
    made = bob.call("CreateAccessKey")["AccessKey"]
    listed = root.call("ListAccessKeys", {"TargetUin": UIN["bob"]})["AccessKeys"]
    assert [key["AccessKeyId"] for key in listed] == [BOB[0], made["AccessKeyId"]]


def test_key_fields(root: Client) -> None:
    now = datetime.now(timezone.utc).astimezone(timezone(timedelta(hours=8)))
    made = root.call("CreateAccessKey", {"TargetUin": UIN["carol"]})["AccessKey"]
    assert re.fullmatch(r"AKID[A-Za-z0-9]{32}", made["AccessKeyId"])
    assert re.fullmatch(r"[A-Za-z0-9]{32}", made["SecretAccessKey"])
    assert made["Description"] is None
    created = datetime.strptime(made["CreateTime"] + "+0800", "%Y-%m-%d %H:%M:%S%z")
    assert abs((created - now).total_seconds()) < 5
    listed = root.call("ListAccessKeys", {"TargetUin": UIN["alice"]})["AccessKeys"]
    assert listed[1] == {
        "AccessKeyId": ALICE[0],
        "Status": "Active",
        "CreateTime": "2025-04-01 17:05:00",
        "Description": "ci-deploy",
    }


def test_two_keys_at_most(root: Client) -> None:
    limit = "OperationDenied.AccessKeyOverLimit"
    assert root.code("CreateAccessKey", {"TargetUin": UIN["alice"]}) == limit
    assert [root.code("CreateAccessKey", {"TargetUin": UIN["carol"]}) for _unused in range(3)] == [None, None, limit]


def test_two_keys_at_most_in_a_race(emulator: Emulator, root: Client) -> None:
    def create(_unused: int) -> str | None:
        client = Client(emulator.url)
        try:
            return client.code("CreateAccessKey", {"TargetUin": UIN["carol"]})
        finally:
            client.session.close()

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(create, range(8)))
    assert codes.count(None) == 2
    assert codes.count("OperationDenied.AccessKeyOverLimit") == 6
    assert len(root.call("ListAccessKeys", {"TargetUin": UIN["carol"]})["AccessKeys"]) == 2
    assert sum(entry["committed"] for entry in emulator.journal()) == 2


@pytest.mark.parametrize("text", ["", "two words", "x" * 1025, "semi;colon"])
def test_bad_descriptions(root: Client, text: str) -> None:
    params = {"TargetUin": UIN["carol"], "Description": text}
    assert root.code("CreateAccessKey", params) == "InvalidParameter.ParamError"


@pytest.mark.parametrize("text", ["x" * 1024, "a+b=c,d.e@f:g/h-i_j", "\u5907\u6ce8"])
def test_good_descriptions(root: Client, text: str) -> None:
    params = {"TargetUin": UIN["carol"], "Description": text}
    assert root.call("CreateAccessKey", params)["AccessKey"]["Description"] == text


@pytest.mark.parametrize(("action", "more"), [("UpdateAccessKey", {"Status": "Inactive"}), ("DeleteAccessKey", {})])
def test_keys_that_cannot_be_changed(root: Client, action: str, more: dict[str, str]) -> None:
    unknown = {"TargetUin": UIN["alice"], "AccessKeyId": "AKIDunknown", **more}
    assert root.code(action, unknown) == "ResourceNotFound.SecretNotExist"
    foreign = {"TargetUin": UIN["alice"], "AccessKeyId": BOB[0], **more}
    assert root.code(action, foreign) == "OperationDenied.UinNotMatch"
    assert root.code(action, {"AccessKeyId": BOB[0], **more}) == "OperationDenied.UinNotMatch"


def test_other_statuses_are_refused(root: Client) -> None:
    params = {"TargetUin": UIN["bob"], "AccessKeyId": BOB[0], "Status": "Disabled"}
    assert root.code("UpdateAccessKey", params) == "InvalidParameter.ParamError"


@pytest.mark.parametrize(("action", "more"), [("UpdateAccessKey", {"Status": "Inactive"}), ("DeleteAccessKey", {})])
def test_a_lost_signing_key_fails_at_once(bob: Client, action: str, more: dict[str, str]) -> None:
    assert bob.code(action, {"AccessKeyId": BOB[0], **more}) is None
    assert bob.code("ListAccessKeys") == "AuthFailure.SecretIdNotFound"


def test_last_use(root: Client) -> None:
    ids = [BOB[0], ALICE[0], "AKIDunknown"]
    rows = root.call("GetSecurityLastUsed", {"SecretIdList": ids})["SecretIdLastUsedRows"]
    assert rows == [
        {"SecretId": BOB[0], "LastUsedDate": None, "LastSecretUsedDate": None},
        {"SecretId": ALICE[0], "LastUsedDate": "2026-06-02", "LastSecretUsedDate": 1780394400000},
    ]
    assert root.code("GetSecurityLastUsed", {"SecretIdList": ["a"] * 11}) == "InvalidParameter"
    assert root.code("GetSecurityLastUsed", {"SecretIdList": ["a"] * 10}) is None


@pytest.mark.parametrize("action", ["GetUser", "UpdateUser", "DeleteUser"])
def test_unknown_users(root: Client, action: str) -> None:
    assert root.code(action, {"Name": "nobody"}) == "ResourceNotFound.UserNotExist"


def test_user_fields(root: Client) -> None:
    user = root.call("GetUser", {"Name": "alice"})
    user.pop("RequestId")
    assert user == {
        "Uin": UIN["alice"],
        "Name": "alice",
        "Uid": 10000001,
        "Remark": "Release engineering",
        "ConsoleLogin": 1,
        "PhoneNum": "13800000001",
        "CountryCode": "86",
        "Email": "alice@example.com",
        "RecentlyLoginIP": "",
        "RecentlyLoginTime": "",
    }
    listed = root.call("ListUsers")["Data"]
    assert [each["Name"] for each in listed] == ["alice", "bob", "carol", "auditor"]
    assert listed[0]["CreateTime"] == "2025-04-01 17:00:00"
    assert "RecentlyLoginIP" not in listed[0]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Name": "alice"}, "InvalidParameter.SubUserNameInUse"),
        ({"Name": "two words"}, "InvalidParameter.UserNameIllegal"),
        ({"Name": ""}, "InvalidParameter.UserNameIllegal"),
        ({"Name": "new", "Password": "weak"}, None),
    ],
)
def test_adding_users(root: Client, params: dict[str, Any], code: str | None) -> None:
    assert root.code("AddUser", params) == code


@pytest.mark.parametrize("password", ["Sh0rt-x", "lower-case-1", "UPPER-CASE-1", "Digit-less", "Plain1234"])
def test_weak_passwords(emulator: Emulator, root: Client, password: str) -> None:
    weak = "InvalidParameter.PasswordViolatedRules"
    before = emulator.state()
    params = {"ConsoleLogin": 1, "Password": password}
    assert root.code("AddUser", {"Name": "new", **params}) == weak
    assert root.code("UpdateUser", {"Name": "bob", "Remark": "x", **params}) == weak
    assert emulator.state() == before


def test_added_user_without_anything(root: Client) -> None:
    added = root.call("AddUser", {"Name": "new"})
    assert (added["Password"], added["SecretId"], added["SecretKey"]) == ("", "", "")
    user = root.call("GetUser", {"Name": "new"})
    assert (user["Uin"], user["ConsoleLogin"], user["Remark"]) == (added["Uin"], 0, "")


def test_numbers_of_users_are_not_used_again(root: Client) -> None:
    first = root.call("AddUser", {"Name": "new"})
    root.call("DeleteUser", {"Name": "new"})
    second = root.call("AddUser", {"Name": "new"})
    assert second["Uin"] > first["Uin"]
    assert second["Uid"] > first["Uid"]


def test_the_account_can_be_full(root: Client, emulator: Emulator) -> None:
    emulator.seed({"tencent": {"generate_users": {"count": 996}}})
    assert len(root.call("ListUsers")["Data"]) == 1000
    assert root.code("AddUser", {"Name": "new"}) == "InvalidParameter.SubUserFull"


def user_of(emulator: Emulator, name: str) -> dict[str, Any]:
    """Return a user in the emulator's state."""
    return next(user for user in emulator.state()["users"] if user["name"] == name)


def test_updates_leave_the_rest_alone(emulator: Emulator, root: Client) -> None:
    before = user_of(emulator, "alice")
    assert root.call("UpdateUser", {"Name": "alice", "Email": "new@example.com"}).keys() == {"RequestId"}
    assert user_of(emulator, "alice") == {**before, "email": "new@example.com"}
    root.call("UpdateUser", {"Name": "alice", "Remark": "", "PhoneNum": ""})
    after = user_of(emulator, "alice")
    assert (after["remark"], after["phone_num"]) == ("", "")


def test_passwords_are_counted(emulator: Emulator, root: Client) -> None:
    def change(**params: Any) -> tuple[int, bool]:
        assert root.code("UpdateUser", {"Name": "bob", **params}) is None
        user = user_of(emulator, "bob")
        return user["password_set"], user["need_reset_password"]

    assert change(Password=GOOD_PASSWORD) == (0, False)
    assert change(ConsoleLogin=1) == (1, False)
    assert change(ConsoleLogin=1) == (1, False)
    assert change(Password=GOOD_PASSWORD, NeedResetPassword=1) == (2, True)
    assert change(ConsoleLogin=0) == (2, True)
    assert root.call("AddUser", {"Name": "new", "ConsoleLogin": 1, "Password": GOOD_PASSWORD})["Password"] == ""
    assert user_of(emulator, "new")["password_set"] == 1


def test_deleting_a_user_with_keys(emulator: Emulator, root: Client, bob: Client) -> None:
    assert root.code("DeleteUser", {"Name": "bob"}) == "OperationDenied.HaveKeys"
    assert root.code("DeleteUser", {"Name": "bob", "Force": 0}) == "OperationDenied.HaveKeys"
    assert bob.code("GetUserAppId") is None
    assert root.code("DeleteUser", {"Name": "bob", "Force": 1}) is None
    assert bob.code("GetUserAppId") == "AuthFailure.SecretIdNotFound"
    keys = {"TargetUin": UIN["bob"]}
    assert root.code("ListAccessKeys", keys) == "InvalidParameter.UserNotExist"


def test_deleting_a_user_ends_its_temporary_credentials(root: Client) -> None:
    temporary = replace(root, key=TEMPORARY, token=TOKEN)
    assert temporary.code("GetUserAppId") is None
    assert root.code("DeleteUser", {"Name": "alice", "Force": 1}) is None
    assert temporary.code("GetUserAppId") == "AuthFailure.SecretIdNotFound"


def test_sub_accounts(root: Client) -> None:
    uins = [UIN["carol"], UIN["root"], NOBODY]
    rows = root.call("DescribeSubAccounts", {"FilterSubAccountUin": uins})["SubAccounts"]
    assert [row["Name"] for row in rows] == ["carol"]
    many = {"FilterSubAccountUin": [1] * 51}
    assert root.code("DescribeSubAccounts", many) == "InvalidParameter"


def test_denied_operations(root: Client) -> None:
    auditor = replace(root, key=AUDITOR)
    assert auditor.code("ListAccessKeys") is None
    reply = auditor.call("CreateAccessKey", {"TargetUin": UIN["bob"]})
    assert reply["Error"]["Code"] == "AuthFailure.UnauthorizedOperation"
    assert reply["Error"]["Message"] == (
        "You are not authorized to perform this operation. Check your CAM policies, and ensure "
        "that you are using the correct access keys. "
        f"[[request id:{reply['RequestId']}]you are not authorized to perform operation "
        "(cam:CreateAccessKey)\nresource (qcs::cam::uin/100000000000:uin/100000000002) "
        "has no permission\n]"
    )


def test_forced_deletion_needs_a_permission(root: Client) -> None:
    auditor = replace(root, key=AUDITOR)
    params = {"Name": "bob", "Force": 1}
    assert auditor.code("DeleteUser", params) == "UnauthorizedOperation.DeleteApiKey"
    assert root.code("GetUser", {"Name": "bob"}) is None
    assert auditor.code("DeleteUser", {"Name": "carol", "Force": 1}) is None
