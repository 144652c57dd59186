# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the rules of the operations on keys, and the exact texts of everything that is rejected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.zstack import (
    ACCOUNT,
    ALICE,
    BOB,
    BOBS_USER,
    KEY_UUID,
    PASSWORDS,
    SESSION,
    UNKNOWN_UUID,
    Client,
    sha512,
)

KEYS = "/v1/accesskeys"
CREATE = "org.zstack.accessKey.APICreateAccessKeyMsg"
CHANGE = "org.zstack.accessKey.APIChangeAccessKeyStateMsg"
CAROL = {"accountUuid": ACCOUNT["carol"], "userUuid": ACCOUNT["carol"]}
CHOSEN = {"AccessKeyID": "ChosenKey0001", "AccessKeySecret": "Chosen-Secret-0001"}
TOGETHER = (
    "If a specified Accesskey is expected, the AccesskeyId and the AccesskeySecret must be provided at the same time."
)
MANDATORY = "field[{}] of message[{}] is mandatory, can not be null"
TOO_LONG = "field[{}] of message[{}] exceeds max length of string. expected was <= {}, actual was {}"
TOO_SHORT = "field[{}] of message[{}] less than the min length of string. expected was >= {}, actual was {}"
NO_SUCH_ACCOUNT = f"invalid field[accountUuid], resource[uuid:{UNKNOWN_UUID}, type:AccountVO] not found"


@pytest.mark.parametrize(
    ("params", "code", "details"),
    [
        ({"accountUuid": None}, "SYS.1007", MANDATORY.format("accountUuid", CREATE)),
        ({"userUuid": None}, "SYS.1007", MANDATORY.format("userUuid", CREATE)),
        ({"accountUuid": "x"}, "SYS.1003", "invalid value[x] of field[accountUuid]"),
        ({"accountUuid": "X" * 32}, "SYS.1003", f"invalid value[{'X' * 32}] of field[accountUuid]"),
        ({"accountUuid": "x" * 33}, "SYS.1007", TOO_LONG.format("accountUuid", CREATE, 32, 33)),
        ({"accountUuid": UNKNOWN_UUID}, "SYS.1003", NO_SUCH_ACCOUNT),
        (
            {"userUuid": UNKNOWN_UUID},
            "SYS.1007",
            f"[accountId: {ACCOUNT['carol']}, userID: {UNKNOWN_UUID}] is not valid account or iam2 porject/user",
        ),
        ({"description": "x" * 2049}, "SYS.1007", TOO_LONG.format("description", CREATE, 2048, 2049)),
        ({**CHOSEN, "AccessKeyID": "x" * 9}, "SYS.1007", TOO_SHORT.format("AccessKeyID", CREATE, 10, 9)),
        ({**CHOSEN, "AccessKeyID": "x" * 21}, "SYS.1007", TOO_LONG.format("AccessKeyID", CREATE, 20, 21)),
        ({**CHOSEN, "AccessKeySecret": "Short-One"}, "SYS.1007", TOO_SHORT.format("AccessKeySecret", CREATE, 10, 9)),
        ({**CHOSEN, "AccessKeySecret": "L" * 41}, "SYS.1007", TOO_LONG.format("AccessKeySecret", CREATE, 40, 41)),
        ({"AccessKeyID": "ChosenKey0001"}, "SYS.1007", TOGETHER),
        ({"AccessKeySecret": "Chosen-Secret-0001"}, "SYS.1007", TOGETHER),
        ({"resourceUuid": KEY_UUID["bob"]}, "SYS.1000", None),
        ({"resourceUuid": KEY_UUID["bob"].upper()}, "SYS.1007", None),
        ({"tagUuids": [UNKNOWN_UUID]}, "SYS.1003", None),
    ],
)
def test_refused_creations(
    emulator: Emulator, admin: Client, params: dict[str, Any], code: str, details: str | None
) -> None:
    given = {name: value for name, value in {**CAROL, **params}.items() if value is not None}
    accepted = admin.send("POST", KEYS, {"params": given})
    assert accepted.status_code == 202
    reply = admin.poll(accepted)
    error = reply.json()["error"]
    assert (reply.status_code, error["code"]) == (503, code)
    assert details in (None, error["details"])
    assert error["description"]
    assert emulator.journal()[0]["committed"] is False
    assert admin.listed(f"accountUuid={ACCOUNT['carol']}") == []


@pytest.mark.parametrize(
    "body",
    [None, {}, {"params": None}, {"createAccessKey": CAROL}, {"Params": CAROL}, {"params": {"accountuuid": "x"}}],
)
def test_parameters_in_the_wrong_place_are_not_seen(admin: Client, body: Any) -> None:
    assert admin.details("POST", KEYS, body) == ("SYS.1007", MANDATORY.format("accountUuid", CREATE))


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "text",
        {"params": []},
        {"params": {**CAROL, "description": {}}},
        {"params": {**CAROL, "tagUuids": "x"}},
        {"params": CAROL, "systemTags": "validationOnly"},
        {"params": CAROL, "userTags": [1]},
    ],
)
def test_bodies_of_the_wrong_shape(admin: Client, body: Any) -> None:
    reply = admin.send("POST", KEYS, body)
    assert reply.status_code == 500
    assert not reply.text.startswith("{")


def test_scalars_are_converted_and_trimmed(admin: Client) -> None:
    made = admin.create(
        "carol", description="  two words \n", AccessKeyID=" Chosen0001 ", AccessKeySecret="Secret-0001 "
    )
    assert (made["description"], made["AccessKeyID"], made["AccessKeySecret"]) == (
        "two words",
        "Chosen0001",
        "Secret-0001",
    )
    assert replace(admin, key=("Chosen0001", "Secret-0001")).listed() == [made]
    assert admin.create("carol", description=12, unknown="ignored")["description"] == "12"


@pytest.mark.parametrize(
    "params",
    [
        {"AccessKeyID": "x" * 10, "AccessKeySecret": "Secret-001"},
        {"AccessKeyID": "x" * 20, "AccessKeySecret": "Secret-001" * 4},
        {"description": "x" * 2048},
        {"description": ""},
        {"resourceUuid": UNKNOWN_UUID},
        {"userUuid": ACCOUNT["carol"]},
    ],
)
def test_accepted_creations(admin: Client, params: dict[str, str]) -> None:
    made = admin.create("carol", **params)
    names = {"resourceUuid": "uuid"}
    assert {names.get(name, name): value for name, value in params.items()}.items() <= made.items()


def test_a_key_of_a_user(admin: Client) -> None:
    made = admin.create("bob", userUuid=BOBS_USER)
    assert (made["accountUuid"], made["userUuid"]) == (ACCOUNT["bob"], BOBS_USER)
    assert admin.listed(f"userUuid={BOBS_USER}") == [made]
    as_user = replace(admin, key=(made["AccessKeyID"], made["AccessKeySecret"]))
    assert {key["accountUuid"] for key in as_user.listed()} == {ACCOUNT["bob"]}


def create(admin: Client, account: str, user: str) -> tuple[str, str] | None:
    """Create a key, and return code and details of the error."""
    return admin.details("POST", KEYS, {"params": {"accountUuid": account, "userUuid": user}})


def test_two_keys_at_most(emulator: Emulator, admin: Client) -> None:
    alice, bob = ACCOUNT["alice"], ACCOUNT["bob"]
    full = f"accessKey number for [accountId: {alice}, userID: {alice}]exceeds the max"
    assert create(admin, alice, alice) == ("SYS.1007", full)
    assert [create(admin, bob, user) for user in (bob, BOBS_USER, BOBS_USER)] == [None] * 3
    assert create(admin, bob, BOBS_USER) is not None
    admin.call("DELETE", f"{KEYS}/{KEY_UUID['alice']}")
    assert create(admin, alice, alice) is None


def test_administrators_have_as_many_as_they_like(admin: Client) -> None:
    assert [create(admin, ACCOUNT["admin"], ACCOUNT["admin"]) for _unused in range(3)] == [None] * 3


def test_an_id_may_be_taken_twice_and_is_useless_then(admin: Client) -> None:
    assert replace(admin, key=BOB).send("GET", KEYS).ok
    admin.create("carol", AccessKeyID=BOB[0], AccessKeySecret="Another-Secret-0001")
    assert len(admin.listed(f"AccessKeyID={BOB[0]}")) == 2
    assert replace(admin, key=BOB).send("GET", KEYS).status_code == 500


def test_a_colon_makes_a_key_useless(admin: Client) -> None:
    admin.create("carol", AccessKeyID="with:a:colon", AccessKeySecret="Colon-Secret-0001")
    status, text = replace(admin, key=("with:a:colon", "Colon-Secret-0001")).text("GET", KEYS)
    assert (status, text) == (400, "accessKey format is 'ZStack AccessKeyId:Signature'")


def test_tags(emulator: Emulator, admin: Client) -> None:
    body: dict[str, Any] = {"params": CAROL, "systemTags": ["ephemeral::x"], "userTags": ["anything"]}
    assert admin.details("POST", KEYS, body) == ("SYS.1007", "no system tag matches ephemeral::x")
    emulator.seed({"zstack": {"system_tags": ["ephemeral::x"], "tags": [{"uuid": UNKNOWN_UUID}]}})
    body["params"] = {**CAROL, "tagUuids": [UNKNOWN_UUID]}
    assert not any("tag" in name.lower() for name in admin.call("POST", KEYS, body)["inventory"])
    alice = replace(admin, key=ALICE)
    error = alice.details("POST", KEYS, body)
    assert error is not None
    assert error[0] == "SYS.1003"


def test_dry_runs(emulator: Emulator, admin: Client) -> None:
    before = emulator.state("zstack")
    dry = {"systemTags": ["validationOnly"]}
    change = {"changeAccessKeyState": {"stateEvent": "disable"}}
    bob = f"{KEYS}/{KEY_UUID['bob']}"
    assert admin.call("POST", KEYS, {"params": CAROL, **dry}) == {}
    assert admin.call("PUT", f"{bob}/actions", {**change, **dry}) == {}
    assert admin.call("DELETE", f"{bob}?systemTags=validationOnly") == {}
    assert emulator.state("zstack") == before
    assert not any(call["committed"] for call in emulator.journal())
    full = {"accountUuid": ACCOUNT["alice"], "userUuid": ACCOUNT["alice"]}
    assert admin.details("POST", KEYS, {"params": full, **dry}) is not None
    assert admin.details("PUT", f"{KEYS}/{UNKNOWN_UUID}/actions", {**change, **dry}) is not None


def test_tags_in_the_body_of_a_deletion_are_not_seen(admin: Client) -> None:
    admin.call("DELETE", f"{KEYS}/{KEY_UUID['bob']}", {"systemTags": ["validationOnly", "unknown"]})
    assert admin.listed(f"uuid={KEY_UUID['bob']}") == []


@pytest.mark.parametrize(
    ("uuid", "body", "code", "details"),
    [
        ("x", {"stateEvent": "enable"}, "SYS.1003", "invalid value[x] of field[uuid]"),
        (
            UNKNOWN_UUID,
            {"stateEvent": "enable"},
            "SYS.1003",
            f"invalid field[uuid], resource[uuid:{UNKNOWN_UUID}, type:AccessKeyVO] not found",
        ),
        (KEY_UUID["bob"], {}, "SYS.1007", MANDATORY.format("stateEvent", CHANGE)),
        *(
            (
                KEY_UUID["bob"],
                {"stateEvent": event},
                "SYS.1007",
                f"valid value for field[stateEvent] of message[{CHANGE}] are [enable, disable], but {event} found",
            )
            for event in ("Enable", "Disabled", "delete")
        ),
    ],
)
def test_refused_changes(admin: Client, uuid: str, body: dict[str, str], code: str, details: str) -> None:
    path = f"{KEYS}/{uuid}/actions"
    assert admin.details("PUT", path, {"changeAccessKeyState": body}) == (code, details)


def test_the_wrapper_has_one_spelling(admin: Client) -> None:
    path = f"{KEYS}/{KEY_UUID['bob']}/actions"
    body = {"changeaccesskeystate": {"stateEvent": "disable"}}
    assert admin.details("PUT", path, body) == ("SYS.1007", MANDATORY.format("stateEvent", CHANGE))


def test_a_state_that_is_there_already(emulator: Emulator, admin: Client) -> None:
    before = emulator.state("zstack")
    assert admin.change(KEY_UUID["bob"], "enable")["inventory"]["state"] == "Enabled"
    assert admin.change(KEY_UUID["alice disabled"], "disable")["inventory"]["state"] == "Disabled"
    assert emulator.state("zstack") == before


def test_a_change_is_dated(admin: Client) -> None:
    changed = admin.change(KEY_UUID["alice"], "disable")["inventory"]
    assert changed["createDate"] == "Apr 1, 2025 5:05:00 PM"
    assert changed["lastOpDate"] != changed["createDate"]


def test_deletions(admin: Client) -> None:
    assert admin.details("DELETE", f"{KEYS}/x") == ("SYS.1003", "invalid value[x] of field[uuid]")
    assert admin.call("DELETE", f"{KEYS}/{UNKNOWN_UUID}?deleteMode=Enforcing&other=1") == {}


@pytest.mark.parametrize("way", ["key", "session"])
def test_ordinary_accounts_manage_their_own(admin: Client, way: str) -> None:
    bob = replace(admin, key=BOB) if way == "key" else replace(admin, session_uuid=admin.log_in("bob"))
    alice = KEY_UUID["alice"]
    foreign = (
        "SYS.1007",
        f"no pemission to do the operation for [accountUuid:{ACCOUNT['bob']}, userUuid:{ACCOUNT['bob']}]",
    )
    change = {"changeAccessKeyState": {"stateEvent": "disable"}}
    assert [key["uuid"] for key in bob.listed()] == [KEY_UUID["bob"]]
    assert bob.listed(f"uuid={alice}") == []
    assert bob.call("GET", f"{KEYS}/{alice}")["inventories"] == []
    assert bob.details("PUT", f"{KEYS}/{alice}/actions", change) == foreign
    assert bob.details("DELETE", f"{KEYS}/{alice}") == foreign
    assert [each["name"] for each in bob.listed(path="/v1/accounts")] == ["bob"]
    assert bob.create("bob")["accountUuid"] == ACCOUNT["bob"]
    # The newest source does not compare the caller with the owner.
    assert bob.create("carol")["accountUuid"] == ACCOUNT["carol"]


def test_denied_operations(emulator: Emulator, admin: Client) -> None:
    emulator.seed({"zstack": {"accounts": [{"name": "bob", "deny": ["CreateAccessKey", "QueryAccount"]}]}})
    bob = replace(admin, key=BOB)
    body = {"params": {"accountUuid": ACCOUNT["bob"], "userUuid": ACCOUNT["bob"]}}
    denied = f"operation[API:{CREATE}] is denied: no permission"
    assert bob.details("POST", KEYS, body) == ("ID.1002", denied)
    assert bob.send("GET", "/v1/accounts").status_code == 503
    emulator.modes("zstack", product="zsphere")
    assert bob.details("POST", KEYS, body) == ("SYS.1019", denied)
    assert len(bob.listed()) == 1


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/v1/nothing", 404, "no api mapping to /v1/nothing"),
        ("GET", f"{KEYS}/", 404, f"no api mapping to {KEYS}/"),
        ("GET", "/v1/accessKeys", 404, "no api mapping to /v1/accessKeys"),
        ("GET", "/accesskeys", 404, "no api mapping to /accesskeys"),
        ("POST", "/api/", 404, "no api mapping to /api/"),
        ("GET", f"/v1/accesskey/account/type/{UNKNOWN_UUID}", 404, None),
        ("DELETE", KEYS, 500, None),
        ("POST", f"{KEYS}/{UNKNOWN_UUID}", 500, None),
        ("PUT", KEYS, 400, f"the body doesn't contain action mapping to the URL[{KEYS}]"),
        ("PATCH", KEYS, 405, None),
        ("POST", f"{KEYS}/{UNKNOWN_UUID}/actions", 405, None),
        ("GET", "/v1/accounts/login", 405, None),
        ("POST", "/v1/accounts", 405, None),
    ],
)
def test_routes(admin: Client, method: str, path: str, status: int, text: str | None) -> None:
    reply = admin.send(method, path)
    assert reply.status_code == status
    assert text in (None, reply.text)
    assert not reply.text.startswith("{")


def test_accounts_and_users(admin: Client) -> None:
    accounts = admin.listed(path="/v1/accounts")
    assert {account["name"]: account["type"] for account in accounts} == {
        "admin": "SystemAdmin",
        "alice": "Normal",
        "bob": "Normal",
        "carol": "Normal",
    }
    (alice,) = admin.listed("name=alice", path="/v1/accounts")
    assert alice == {
        "uuid": ACCOUNT["alice"],
        "name": "alice",
        "description": "Release engineering",
        "type": "Normal",
        "createDate": "Apr 1, 2025 5:00:00 PM",
        "lastOpDate": "Apr 1, 2025 5:00:00 PM",
    }
    assert admin.call("GET", f"/v1/accounts/{ACCOUNT['alice']}")["inventories"] == [alice]
    (user,) = admin.listed(path="/v1/accounts/users")
    assert (user["uuid"], user["accountUuid"], user["name"]) == (BOBS_USER, ACCOUNT["bob"], "bob-backup")
    assert admin.call("GET", f"/v1/accounts/users/{BOBS_USER}")["inventories"] == [user]
    assert replace(admin, key=ALICE).listed(path="/v1/accounts/users") == []


def test_zsphere(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", product="zsphere")
    made = admin.call("POST", KEYS, {"params": {"accountUuid": ACCOUNT["carol"]}})["inventory"]
    assert made["userUuid"] == ACCOUNT["carol"]
    made = admin.create("carol", userUuid=UNKNOWN_UUID)
    assert made["userUuid"] == ACCOUNT["carol"]
    carol, bob = ACCOUNT["carol"], KEY_UUID["bob"]
    full = f"The number of access keys for account[uuid={carol}] has exceeded the maximum limit"
    assert create(admin, carol, UNKNOWN_UUID) == ("SYS.1007", full)
    for name in CHOSEN:
        params = {"accountUuid": ACCOUNT["bob"], **CHOSEN, name: "with:a:colon"}
        assert admin.details("POST", KEYS, {"params": params}) == (
            "SYS.1007",
            "Access key ID and secret cannot contain ':'",
        )
    foreign = ("SYS.1007", "No permission to modify the AccessKey for current account")
    assert replace(admin, key=ALICE).details("DELETE", f"{KEYS}/{bob}") == foreign
    gone = f"resource[uuid:{UNKNOWN_UUID}, type:AccessKeyVO] not found"
    assert admin.details(
        "PUT", f"{KEYS}/{UNKNOWN_UUID}/actions", {"changeAccessKeyState": {"stateEvent": "enable"}}
    ) == ("SYS.1003", f"invalid field[uuid] for APIChangeAccessKeyStateMsg, {gone}")
    assert admin.send("GET", KEYS, params={"q": f"userUuid={carol}"}).status_code == 503
    assert admin.listed("name=alice", path="/v1/accounts")[0]["state"] == "Enabled"
    assert admin.text("GET", f"/v1/accounts/users/{BOBS_USER}")[0] == 404
    session = admin.call(
        "PUT", "/v1/accounts/login", {"logInByAccount": {"accountName": "bob", "password": sha512(PASSWORDS["bob"])}}
    )["inventory"]
    assert session.keys() == {"uuid", "accountUuid", "expiredDate", "createDate"}


def test_errors_of_zsphere(emulator: Emulator, admin: Client) -> None:
    emulator.modes("zstack", product="zsphere")
    error = admin.call("PUT", f"{KEYS}/x/actions", {"changeAccessKeyState": {"stateEvent": "enable"}})["error"]
    assert error == {
        "code": "SYS.1003",
        "description": "A resource can not be found",
        "details": "invalid value[x] of field[uuid]",
        "i18nDetails": "invalid value[x] of field[uuid]",
        "causes": [],
        "opaque": {"template": "invalid value[%s] of field[%s]", "0": "x", "1": "uuid"},
    }
    emulator.modes("zstack", product="cloud")
    error = admin.call("DELETE", f"{KEYS}/x")["error"]
    assert error.keys() == {"code", "description", "details"}


def test_disabled_accounts_of_zsphere(emulator: Emulator, admin: Client) -> None:
    emulator.seed({"zstack": {"accounts": [{"name": "carol", "state": "Disabled"}]}})
    admin.log_in("carol")
    emulator.modes("zstack", product="zsphere")
    body = {"logInByAccount": {"accountName": "carol", "password": sha512(PASSWORDS["carol"])}}
    assert admin.details("PUT", "/v1/accounts/login", body) == ("ID.1007", "failed to login: account is disabled")


def test_parameters_of_queries_are_checked_before_the_session(admin: Client) -> None:
    nobody = replace(admin, session_uuid=UNKNOWN_UUID)
    assert nobody.send("GET", f"{KEYS}?limit=x").status_code == 400
    assert nobody.send("GET", f"{KEYS}?limit=1").status_code == 503
    assert replace(admin, session_uuid=SESSION).send("GET", f"{KEYS}?limit=1").status_code == 200
