# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the control API: journal, state, seed and reset, and that none of them shows a secret."""

from __future__ import annotations

import http.client
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from cloud_emulator.secret_log import SecretLog

from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import ALICE, BOB, TEMPORARY, TOKEN, UIN, Client

PASSWORD = "Canary-Pass-4"


def test_health(emulator: Emulator) -> None:
    assert emulator.health() == {"status": "ok", "pid": emulator.pid, "clouds": list(CLOUDS)}


def test_a_journal_entry(emulator: Emulator, root: Client) -> None:
    params = {"TargetUin": UIN["carol"], "Description": "marker"}
    request_id = root.call("CreateAccessKey", params)["RequestId"]
    (entry,) = emulator.journal()
    assert datetime.fromisoformat(entry.pop("time")).tzinfo
    assert entry.pop("n") > 0
    assert entry == {
        "cloud": "tencent",
        "action": "CreateAccessKey",
        "caller": {"id": str(UIN["root"]), "access_key_id": root.key[0]},
        "params": params,
        "write": True,
        "committed": True,
        "status": 200,
        "code": None,
        "request_id": request_id,
        "fault": None,
    }


def test_what_counts_as_committed(emulator: Emulator, root: Client) -> None:
    bob = {"TargetUin": UIN["bob"], "AccessKeyId": BOB[0]}
    root.call("ListAccessKeys")
    root.call("UpdateAccessKey", {**bob, "Status": "Active"})
    root.call("UpdateAccessKey", {**bob, "Status": "Inactive"})
    root.call("UpdateUser", {"Name": "bob", "Remark": "Backups"})
    root.call("UpdateUser", {"Name": "nobody", "Remark": "x"})
    root.call("DeleteAccessKey", bob)
    calls = emulator.journal()
    assert [call["write"] for call in calls] == [False, True, True, True, True, True]
    assert [call["committed"] for call in calls] == [False, False, True, False, False, True]
    assert calls[4]["code"] == "ResourceNotFound.UserNotExist"


def test_failed_authentication_is_recorded(emulator: Emulator, root: Client) -> None:
    replace(root, key=(ALICE[0], "wrong")).call("GetUserAppId")
    replace(root, key=("AKIDnobody", "wrong")).call("GetUserAppId")
    first, second = emulator.journal()
    assert first["caller"] == {"id": str(UIN["alice"]), "access_key_id": ALICE[0]}
    assert first["code"] == "AuthFailure.SignatureFailure"
    assert second["caller"] == {"id": None, "access_key_id": "AKIDnobody"}


def test_journal_since_and_clearing(emulator: Emulator, root: Client) -> None:
    for _unused in range(3):
        root.call("GetUserAppId")
    numbers = [entry["n"] for entry in emulator.journal()]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert [entry["n"] for entry in emulator.journal(since=numbers[1])] == [numbers[2]]
    emulator.clear_journal()
    assert emulator.journal() == []
    root.call("GetUserAppId")
    assert [entry["n"] for entry in emulator.journal()] == [numbers[2] + 1]


def test_the_journal_file(emulator: Emulator, root: Client) -> None:
    root.call("GetUserAppId")
    last = emulator.journal_file.read_text().splitlines()[-1]
    assert json.loads(last) == emulator.journal()[-1]


def test_reset(emulator: Emulator, root: Client) -> None:
    before = emulator.state()
    root.call("DeleteUser", {"Name": "bob", "Force": 1})
    root.call("CreateAccessKey", {"TargetUin": UIN["carol"]})
    emulator.modes(international=True)
    emulator.fault("throttle")
    assert emulator.state() != before
    emulator.reset()
    assert emulator.state() == before
    assert emulator.journal() == []
    assert emulator.control("POST", "modes", {})["tencent"]["international"] is False
    assert replace(root, key=BOB).code("GetUserAppId") is None


def test_no_secret_is_shown(emulator: Emulator, root: Client) -> None:
    made = root.call("CreateAccessKey", {"TargetUin": UIN["carol"]})["AccessKey"]
    login = {"ConsoleLogin": 1, "Password": PASSWORD}
    root.call("AddUser", {"Name": "new", **login})
    root.call("UpdateUser", {"Name": "new", "Password": "Canary-Pass-5"})
    generated = root.call("AddUser", {"Name": "robot", "ConsoleLogin": 1, "UseApi": 1})
    replace(root, key=TEMPORARY, token=TOKEN).call("GetUserAppId")

    known = emulator.secrets()
    received = {PASSWORD, "Canary-Pass-5", generated["Password"], generated["SecretKey"]}
    seeded = {root.key[1], ALICE[1], BOB[1], TEMPORARY[1], TOKEN, "Invented-Pass-1"}
    assert received | seeded | {made["SecretAccessKey"]} <= known

    journal = emulator.journal()
    shown = json.dumps([emulator.state(), journal, emulator.health()])
    shown += emulator.journal_file.read_text()
    assert [secret for secret in known if secret in shown] == []
    assert [call["params"]["Password"] for call in journal[1:3]] == ["***", "***"]


def test_the_secrets_file_of_an_earlier_run_is_continued(tmp_path: Path) -> None:
    path = tmp_path / "secrets"
    path.write_text('"earlier"\n')
    path.chmod(0o644)
    log = SecretLog(path)
    log.add("later")
    log.add("later")
    assert path.read_text() == '"earlier"\n"later"\n'
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_secrets_file(emulator: Emulator) -> None:
    assert emulator.secrets_file.stat().st_mode & 0o777 == 0o600
    lines = emulator.secrets_file.read_text().splitlines()
    assert len(lines) == len(set(lines))


def test_seeding_more(emulator: Emulator, root: Client) -> None:
    emulator.seed(
        {
            "tencent": {
                "modes": {"null_remark": True},
                "users": [
                    {"name": "erin", "keys": [{}]},
                    {
                        "name": "bob",
                        "email": "b@example.com",
                        "keys": [{"access_key_id": BOB[0], "last_used": "2026-07-01T00:00:00Z"}],
                    },
                ],
            }
        }
    )
    users = {user["name"]: user for user in emulator.state()["users"]}
    assert users["erin"]["uin"] == 100000000005
    assert [key["status"] for key in users["erin"]["keys"]] == ["Active"]
    assert (users["bob"]["email"], users["bob"]["remark"]) == ("b@example.com", "Backups")
    assert [key["last_used"] for key in users["bob"]["keys"]] == ["2026-07-01 08:00:00"]
    assert replace(root, key=BOB).code("GetUserAppId") is None
    assert root.call("GetUser", {"Name": "erin"})["Remark"] is None


@pytest.mark.parametrize(
    "seed",
    [
        {"nimbus": {}},
        {"tencent": {"user": []}},
        {"tencent": {"users": [{"nam": "x"}]}},
        {"tencent": {"users": [{"uin": 1}]}},
        {"tencent": {"users": [{"name": 1}]}},
        {"tencent": {"users": [{"name": "x", "uin": UIN["bob"]}]}},
        {"tencent": {"users": [{"name": "bob", "uin": 5}]}},
        {"tencent": {"users": [{"name": "x", "create_time": "soon"}]}},
        {"tencent": {"users": [{"name": "x", "keys": [{"access_key_id": BOB[0]}]}]}},
        {"tencent": {"users": [{"name": "x", "keys": [{"status": "Off"}]}]}},
        {"tencent": {"account": {"owner_uin": 7}}},
        {"tencent": {"temporary_credentials": [{"user": "nobody"}]}},
        {"tencent": {"modes": {"unknown": 1}}},
        [],
    ],
)
def test_senseless_seeds_are_refused(emulator: Emulator, seed: Any) -> None:
    with pytest.raises(ValueError, match="400"):
        emulator.seed(seed)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/_emulator/unknown", 404),
        ("GET", "/_emulator/reset", 404),
        ("POST", "/", 404),
        ("GET", "/_emulator/journal?since=x", 400),
        ("POST", "/_emulator/faults", 400),
    ],
)
def test_strange_requests(emulator: Emulator, method: str, path: str, status: int) -> None:
    reply = requests.request(method, emulator.url + path, data="{", timeout=10)
    assert reply.status_code == status
    assert reply.json()["error"]


def test_requests_that_no_cloud_claims_are_recorded(emulator: Emulator) -> None:
    requests.get(f"{emulator.url}/somewhere?secret=x", timeout=10)
    (entry,) = emulator.journal()
    assert (entry["cloud"], entry["action"], entry["status"]) == (None, "GET /somewhere", 404)
    assert "secret" not in json.dumps(entry)


def test_connections_are_kept(emulator: Emulator) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=10)
    connection.connect()
    kept = connection.sock
    for _unused in range(20):
        connection.request("POST", "/_emulator/modes", body=b"{}")
        assert connection.getresponse().read()
        assert connection.sock is kept
    connection.close()
