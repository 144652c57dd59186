# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test whole life cycles over HTTP, with a key and with a session, and their entries in the journal."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.zstack import (
    ACCOUNT,
    ADMIN,
    ALICE,
    BOB,
    KEY_UUID,
    PASSWORDS,
    SESSION,
    Client,
    sha512,
)

UUID = r"[0-9a-f]{12}[1-5][0-9a-f]{3}[89ab][0-9a-f]{15}"


@pytest.fixture(params=["key", "session", "password"])
def manager(admin: Client, request: pytest.FixtureRequest) -> Client:
    """Return the administrator with each kind of credentials."""
    if request.param == "key":
        return admin
    return replace(admin, session_uuid=SESSION if request.param == "session" else admin.log_in("admin"))


def test_life_of_a_key(emulator: Emulator, manager: Client) -> None:
    made = manager.create("carol", description="ci & <deploy> = 'x'")
    path = f"/v1/accesskeys/{made['uuid']}"
    assert re.fullmatch(UUID, made["uuid"])
    assert re.fullmatch(r"[A-Za-z0-9]{20}", made["AccessKeyID"])
    assert re.fullmatch(r"[A-Za-z0-9]{40}", made["AccessKeySecret"])
    assert (made["accountUuid"], made["userUuid"], made["state"]) == (ACCOUNT["carol"], ACCOUNT["carol"], "Enabled")
    assert made["description"] == "ci & <deploy> = 'x'"
    assert manager.listed(f"AccessKeyID={made['AccessKeyID']}") == [made]

    carol = replace(manager, session_uuid="", key=(made["AccessKeyID"], made["AccessKeySecret"]))
    assert carol.listed() == [made]

    disabled = manager.change(made["uuid"], "disable")["inventory"]
    assert disabled == {**made, "state": "Disabled", "lastOpDate": disabled["lastOpDate"]}
    assert carol.text("GET", "/v1/accesskeys") == (
        403,
        f"access key id: {made['AccessKeyID']} does not existed or disabled",
    )
    assert manager.change(made["uuid"], "enable")["inventory"]["state"] == "Enabled"
    assert len(carol.listed()) == 1

    assert manager.call("DELETE", f"{path}?deleteMode=Permissive") == {}
    assert manager.call("GET", path) == {"inventories": [], "schema": {}}
    assert carol.send("GET", "/v1/accesskeys").status_code == 403
    assert manager.call("DELETE", path) == {}


def test_a_key_may_delete_itself(admin: Client) -> None:
    bob = replace(admin, key=BOB)
    assert bob.call("DELETE", f"/v1/accesskeys/{KEY_UUID['bob']}") == {}
    assert bob.send("GET", "/v1/accesskeys").status_code == 403


def test_times_are_local_and_without_zone(admin: Client) -> None:
    (key,) = admin.listed(f"uuid={KEY_UUID['alice']}")
    assert (key["createDate"], key["lastOpDate"]) == ("Apr 1, 2025 5:05:00 PM", "Apr 1, 2025 5:05:00 PM")
    made = admin.create("carol")
    created = datetime.strptime(made["createDate"] + " +0800", "%b %d, %Y %I:%M:%S %p %z")
    assert abs((created - datetime.now(timezone.utc)).total_seconds()) < 5


def test_json_is_written_as_gson_does(admin: Client) -> None:
    text = admin.finish("GET", "/v1/accesskeys", params={"q": f"uuid={KEY_UUID['bob']}"}).text
    assert "null" not in text
    assert "description" not in text
    made = admin.create("carol", description="a=b<c>&'\u5907")
    text = admin.finish("GET", f"/v1/accesskeys/{made['uuid']}").text
    assert r'"description":"a\u003db\u003cc\u003e\u0026\u0027' + '\u5907"' in text


def test_the_journal(emulator: Emulator, admin: Client) -> None:
    made = admin.create("carol", AccessKeyID="ChosenKey0001", AccessKeySecret="Chosen-Secret-0001")
    admin.change(made["uuid"], "enable")
    admin.change(made["uuid"], "disable")
    admin.query("AccessKeySecret=Chosen-Secret-0001", limit="5")
    admin.call("DELETE", f"/v1/accesskeys/{made['uuid']}?deleteMode=Permissive")
    admin.send("GET", "/v1/zones")
    calls = emulator.journal()
    assert [(call["action"], call["write"], call["committed"], call["status"]) for call in calls] == [
        ("CreateAccessKey", True, True, 202),
        ("QueryJob", False, False, 200),
        ("ChangeAccessKeyState", True, False, 202),
        ("QueryJob", False, False, 200),
        ("ChangeAccessKeyState", True, True, 202),
        ("QueryJob", False, False, 200),
        ("QueryAccessKey", False, False, 200),
        ("DeleteAccessKey", True, True, 202),
        ("QueryJob", False, False, 200),
        ("GET /v1/zones", False, False, 404),
    ]
    assert {call["cloud"] for call in calls} == {"zstack"}
    assert calls[0]["caller"] == {"id": ACCOUNT["admin"], "access_key_id": ADMIN[0]}
    assert calls[0]["params"]["params"] == {
        "accountUuid": ACCOUNT["carol"],
        "userUuid": ACCOUNT["carol"],
        "AccessKeyID": "ChosenKey0001",
        "AccessKeySecret": "***",
    }
    assert calls[0]["request_id"] == calls[1]["request_id"] == calls[1]["params"]["uuid"]
    assert calls[2]["params"] == {"uuid": made["uuid"], "changeAccessKeyState": {"stateEvent": "enable"}}
    assert calls[6]["params"] == {"q": ["AccessKeySecret***"], "limit": "5"}
    assert calls[7]["params"] == {"uuid": made["uuid"], "deleteMode": "Permissive"}


def test_no_secret_is_shown(emulator: Emulator, admin: Client) -> None:
    made = admin.create("carol")
    admin.create("carol", AccessKeyID="ChosenKey0002", AccessKeySecret="Chosen-Secret-0002")
    emulator.seed({"zstack": {"accounts": [{"name": "erin", "password": "Invented-Pass-Of-Erin"}]}})
    session = admin.log_in("alice")
    alice = replace(admin, session_uuid=session)
    alice.listed()
    alice.call("PUT", f"/v1/accounts/sessions/{session}/renew", {"renewSession": {}})
    alice.call("GET", f"/v1/accounts/sessions/{session}/valid")
    alice.send("GET", f"/v1/accounts/sessions/{session}/nothing")
    alice.call("DELETE", f"/v1/accounts/sessions/{session}")
    unused = admin.log_in("bob")

    known = emulator.secrets()
    assert {
        made["AccessKeySecret"],
        "Chosen-Secret-0002",
        session,
        unused,
        SESSION,
        ADMIN[1],
        ALICE[1],
        BOB[1],
    } <= known
    assert {sha512(password) for password in PASSWORDS.values()} <= known
    assert {"Invented-Pass-Of-Erin", sha512("Invented-Pass-Of-Erin")} <= known
    shown = json.dumps([emulator.state("zstack"), emulator.journal()]) + emulator.journal_file.read_text()
    assert [secret for secret in known if secret in shown] == []


def account_of(emulator: Emulator, name: str) -> dict[str, Any]:
    """Return an account in the emulator's state."""
    return next(account for account in emulator.state("zstack")["accounts"] if account["name"] == name)


def test_seeding_more(emulator: Emulator, admin: Client) -> None:
    emulator.seed(
        {
            "zstack": {
                "modes": {"product": "zsphere"},
                "accounts": [
                    {
                        "name": "dave",
                        "state": "Disabled",
                        "password": "Invented-Pass-5",
                        "keys": [{}, {"state": "Disabled"}],
                    },
                    {"name": "bob", "description": "New", "keys": [{"access_key_id": BOB[0], "state": "Disabled"}]},
                ],
                "generate_accounts": {"count": 2, "prefix": "load-", "keys": 1},
            }
        }
    )
    assert [key["state"] for key in account_of(emulator, "dave")["keys"]] == ["Enabled", "Disabled"]
    assert account_of(emulator, "bob")["description"] == "New"
    assert account_of(emulator, "bob")["keys"][0]["state"] == "Disabled"
    assert len(account_of(emulator, "load-0002")["keys"]) == 1
    assert len(admin.listed()) == 8
    before = emulator.state("zstack")
    emulator.reset()
    assert emulator.state("zstack") != before
    assert len(admin.listed()) == 4


def test_an_empty_seed_has_the_administrator() -> None:
    with Emulator({}) as emulator:
        client = Client(emulator.url)
        (key,) = client.listed()
        assert (key["accountUuid"], key["AccessKeyID"]) == (ACCOUNT["admin"], ADMIN[0])
        assert replace(client, session_uuid=client.log_in("admin")).listed() == [key]
        client.http.close()


@pytest.mark.parametrize(
    "seed",
    [
        {"account": []},
        {"accounts": [{"nam": "x"}]},
        {"accounts": [{"uuid": KEY_UUID["bob"]}]},
        {"accounts": [{"name": "x", "uuid": "x"}]},
        {"accounts": [{"name": "x", "uuid": ACCOUNT["bob"]}]},
        {"accounts": [{"name": "bob", "uuid": ACCOUNT["carol"]}]},
        {"accounts": [{"name": "x", "type": "Admin"}]},
        {"accounts": [{"name": "x", "state": "Off"}]},
        {"accounts": [{"name": "x", "create_time": "soon"}]},
        {"accounts": [{"name": "x", "keys": [{"state": "Active"}]}]},
        {"accounts": [{"name": "x", "keys": [{"access_key_id": BOB[0]}]}]},
        {"accounts": [{"name": "x", "users": [{"uuid": "x"}]}]},
        {"accounts": [{"name": "x", "users": [{"name": "x", "uuid": "x"}]}]},
        {"tags": [{"account": "nobody"}]},
    ],
)
def test_senseless_seeds_are_refused(emulator: Emulator, seed: Any) -> None:
    with pytest.raises(ValueError, match="400"):
        emulator.seed({"zstack": seed})
