# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the modes of Tencent Cloud, and the rate limits that one of them enables."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import BOB, UIN, Client

CAROL = {"TargetUin": UIN["carol"]}


def keys_of(client: Client, name: str) -> Any:
    """List the keys of a user."""
    return client.call("ListAccessKeys", {"TargetUin": UIN[name]})["AccessKeys"]


def test_international(emulator: Emulator, root: Client) -> None:
    emulator.modes(international=True)
    assert root.code("CreateAccessKey", {**CAROL, "Description": "x"}) == "UnknownParameter"
    made = root.call("CreateAccessKey", CAROL)["AccessKey"]
    assert made["AccessKeyId"].startswith("IKID")
    assert "Description" not in made
    assert all("Description" not in key for key in keys_of(root, "alice"))


@pytest.mark.parametrize(("mode", "shown"), [("text", "marker"), ("null", None), ("absent", "nothing at all")])
def test_descriptions(emulator: Emulator, root: Client, mode: str, shown: str | None) -> None:
    emulator.modes(description=mode)
    made = root.call("CreateAccessKey", {**CAROL, "Description": "marker"})["AccessKey"]
    assert made.get("Description", "nothing at all") == shown
    assert [key.get("Description", "nothing at all") for key in keys_of(root, "carol")] == [shown]
    assert "SecretAccessKey" not in keys_of(root, "carol")[0]


def test_create_reply_without_description(emulator: Emulator, root: Client) -> None:
    emulator.modes(create_reply_without_description=True)
    made = root.call("CreateAccessKey", {**CAROL, "Description": "marker"})["AccessKey"]
    assert "Description" not in made
    assert keys_of(root, "carol")[0]["Description"] == "marker"


def test_empty_lists(emulator: Emulator, root: Client) -> None:
    assert keys_of(root, "carol") == []
    emulator.modes(empty_list="null")
    assert keys_of(root, "carol") is None
    assert len(keys_of(root, "bob")) == 1


def test_masked_contacts(emulator: Emulator, root: Client) -> None:
    emulator.modes(mask_contacts=True)
    user = root.call("GetUser", {"Name": "alice"})
    assert (user["PhoneNum"], user["Email"]) == ("138****0001", "a****.com")
    assert root.call("GetUser", {"Name": "carol"})["Email"] == ""


def phone_of(root: Client) -> tuple[str, str]:
    user = root.call("GetUser", {"Name": "carol"})
    return user["PhoneNum"], user["CountryCode"]


def test_phone_pair(emulator: Emulator, root: Client) -> None:
    carol = {"Name": "carol"}
    emulator.modes(phone_pair=True)
    root.call("UpdateUser", {**carol, "PhoneNum": "1", "Remark": "x"})
    root.call("UpdateUser", {**carol, "CountryCode": "852"})
    assert phone_of(root) == ("", "86")
    assert root.call("GetUser", carol)["Remark"] == "x"
    root.call("UpdateUser", {**carol, "PhoneNum": "1", "CountryCode": "852"})
    assert phone_of(root) == ("1", "852")
    emulator.modes(phone_pair=False)
    root.call("UpdateUser", {**carol, "CountryCode": "1"})
    assert phone_of(root) == ("1", "1")


@pytest.mark.parametrize("written", ["+852", "00852", "852"])
def test_bare_country_code(emulator: Emulator, root: Client, written: str) -> None:
    for mode, expected in ((False, written), (True, "852")):
        emulator.modes(bare_country_code=mode)
        root.call("UpdateUser", {"Name": "carol", "CountryCode": written})
        assert phone_of(root) == ("", expected)


def test_null_remark(emulator: Emulator, root: Client) -> None:
    assert root.call("GetUser", {"Name": "carol"})["Remark"] == ""
    emulator.modes(null_remark=True)
    assert root.call("GetUser", {"Name": "carol"})["Remark"] is None
    assert root.call("GetUser", {"Name": "bob"})["Remark"] == "Backups"


def test_clock_skew(emulator: Emulator, root: Client) -> None:
    emulator.modes(clock_skew_seconds=600)
    assert root.code("GetUserAppId") == "AuthFailure.SignatureExpire"
    emulator.modes(clock_skew_seconds=0)
    assert root.code("GetUserAppId") is None


def test_late_visibility(emulator: Emulator, root: Client) -> None:
    emulator.modes(visibility_delay_seconds=0.6)
    made = root.call("CreateAccessKey", CAROL)["AccessKey"]
    user = root.call("AddUser", {"Name": "new"})
    new_key = replace(root, key=(made["AccessKeyId"], made["SecretAccessKey"]))
    change = {**CAROL, "AccessKeyId": made["AccessKeyId"], "Status": "Inactive"}
    expected: list[tuple[Callable[[], str | None], str]] = [
        (lambda: new_key.code("GetUserAppId"), "AuthFailure.SecretIdNotFound"),
        (lambda: root.code("GetUser", {"Name": "new"}), "ResourceNotFound.UserNotExist"),
        (lambda: root.code("ListAccessKeys", {"TargetUin": user["Uin"]}), "InvalidParameter.UserNotExist"),
        (lambda: root.code("UpdateAccessKey", change), "ResourceNotFound.SecretNotExist"),
    ]
    assert keys_of(root, "carol") == []
    assert "new" not in [each["Name"] for each in root.call("ListUsers")["Data"]]
    assert [call() for call, _unused in expected] == [code for _unused, code in expected]
    assert root.code("AddUser", {"Name": "new"}) == "InvalidParameter.SubUserNameInUse"

    time.sleep(0.7)
    assert len(keys_of(root, "carol")) == 1
    assert "new" in [each["Name"] for each in root.call("ListUsers")["Data"]]
    assert [call() for call, _unused in expected] == [None] * len(expected)


def test_content_type(emulator: Emulator, root: Client) -> None:
    assert root.post("GetUserAppId").headers["Content-Type"] == "application/json"
    emulator.modes(content_type="application/json; charset=utf-8")
    header = root.post("GetUserAppId").headers["Content-Type"]
    assert header == "application/json; charset=utf-8"
    emulator.modes(content_type="absent")
    assert "Content-Type" not in root.post("GetUserAppId").headers


@pytest.mark.parametrize(
    "modes", [{"unknown": 1}, {"description": "other"}, {"international": 1}, {"clock_skew_seconds": "1"}]
)
def test_senseless_modes_are_refused(emulator: Emulator, modes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="400"):
        emulator.modes(null_remark=True, **modes)
    assert emulator.control("POST", "modes", {})["tencent"]["null_remark"] is False


def in_one_second(calls: Callable[[], list[Any]]) -> list[Any]:
    """Repeat the calls until all of them are within one whole second."""
    for _unused in range(5):
        time.sleep(1.02 - time.time() % 1)
        second = int(time.time())
        results = calls()
        if int(time.time()) == second:
            return results
    raise TimeoutError("the calls take longer than a second")


@pytest.mark.parametrize(
    ("action", "params", "limit"),
    [
        ("CreateAccessKey", CAROL, 5),
        ("DeleteAccessKey", {"AccessKeyId": "x"}, 5),
        ("UpdateAccessKey", {"AccessKeyId": "x", "Status": "Active"}, 5),
        ("ListAccessKeys", {}, 20),
        ("GetUser", {"Name": "alice"}, 20),
    ],
)
def test_rate_limits(emulator: Emulator, root: Client, action: str, params: dict[str, Any], limit: int) -> None:
    emulator.modes(rate_limits=True)
    replies = in_one_second(lambda: [root.call(action, params) for _unused in range(limit + 1)])
    codes = [reply.get("Error", {}).get("Code") for reply in replies]
    assert "RequestLimitExceeded" not in codes[:limit]
    assert replies[limit]["Error"] == {
        "Code": "RequestLimitExceeded",
        "Message": f"Your current request times equals to `{limit + 1}` in a second, which "
        f"exceeds the frequency limit `{limit}` for a second. "
        "Please reduce the frequency of calls.",
    }


def test_rate_limits_are_kept_apart(emulator: Emulator, root: Client) -> None:
    emulator.modes(rate_limits=True)
    params = {"AccessKeyId": "x"}
    others = [replace(root, key=BOB), replace(root, region="ap-singapore"), root]
    actions = ["DeleteAccessKey", "DeleteAccessKey", "GetUserAppId"]

    def calls() -> list[str | None]:
        for _unused in range(6):
            last = root.code("DeleteAccessKey", params)
        other = [
            client.code(action, params if "Delete" in action else {})
            for client, action in zip(others, actions, strict=True)
        ]
        return [last, *other]

    codes = in_one_second(calls)
    assert codes[0] == "RequestLimitExceeded"
    assert "RequestLimitExceeded" not in codes[1:]
    time.sleep(1)
    assert root.code("DeleteAccessKey", params) != "RequestLimitExceeded"


def test_rate_limits_are_off_by_default(root: Client) -> None:
    codes = [root.code("DeleteAccessKey", {"AccessKeyId": "x"}) for _unused in range(12)]
    assert set(codes) == {"ResourceNotFound.SecretNotExist"}
