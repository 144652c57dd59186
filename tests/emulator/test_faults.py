# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test every fault as a client sees it."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import requests

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.huawei import BOB, KEYS, HuaweiClient
from ansible_collections.multicloud.iam.tests.support.tencent import ROOT, TEMPORARY, TOKEN, UIN, Client

CREATE = {"TargetUin": UIN["carol"]}


def committed(emulator: Emulator) -> int:
    """Return the number of keys that carol has."""
    return next(len(user["keys"]) for user in emulator.state()["users"] if user["name"] == "carol")


def test_throttle(emulator: Emulator, root: Client) -> None:
    emulator.fault("throttle", "CreateAccessKey", times=2)
    codes = [root.code("CreateAccessKey", CREATE) for _unused in range(3)]
    assert codes == ["RequestLimitExceeded", "RequestLimitExceeded", None]
    assert committed(emulator) == 1
    emulator.fault("throttle", code="RequestLimitExceeded.IPLimitExceeded")
    assert root.code("GetUserAppId") == "RequestLimitExceeded.IPLimitExceeded"


def test_error(emulator: Emulator, root: Client) -> None:
    emulator.fault("error", code="InternalError", message="broken")
    reply = root.post("GetUserAppId")
    assert reply.status_code == 200
    assert reply.json()["Response"]["Error"] == {"Code": "InternalError", "Message": "broken"}


def test_error_after_commit(emulator: Emulator, root: Client) -> None:
    emulator.fault("error", "CreateAccessKey", code="InternalError", commit=True)
    assert root.code("CreateAccessKey", CREATE) == "InternalError"
    assert committed(emulator) == 1
    assert emulator.journal()[-1]["committed"] is True


@pytest.mark.parametrize("body", ["busy", {"a": 1}])
def test_status(emulator: Emulator, root: Client, body: Any) -> None:
    emulator.fault("status", status=429, headers={"Retry-After": "2"}, body=body)
    reply = root.post("CreateAccessKey", CREATE)
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "2")
    assert reply.text == (body if isinstance(body, str) else json.dumps(body))
    assert committed(emulator) == 0


@pytest.mark.parametrize(("name", "keys"), [("reset_before", 0), ("reset_after", 1)])
def test_resets(emulator: Emulator, root: Client, name: str, keys: int) -> None:
    root.call("GetUserAppId")
    emulator.fault(name, "CreateAccessKey", times=1)
    with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
        root.call("CreateAccessKey", CREATE)
    assert committed(emulator) == keys
    entry = emulator.journal()[-1]
    assert (entry["fault"], entry["status"], entry["committed"]) == (name, None, bool(keys))
    assert root.code("GetUserAppId") is None


@pytest.mark.parametrize(("name", "keys"), [("delay", 0), ("delay_after", 1)])
def test_delays(emulator: Emulator, root: Client, name: str, keys: int) -> None:
    emulator.fault(name, "CreateAccessKey", times=1, seconds=0.6)
    with pytest.raises(requests.ReadTimeout):
        root.post("CreateAccessKey", CREATE, timeout=0.2)
    assert committed(emulator) == keys
    assert len(emulator.journal()) == keys
    time.sleep(0.6)
    # A late request is still performed, even though its client has disconnected.
    assert committed(emulator) == 1


def test_drip(emulator: Emulator, root: Client) -> None:
    emulator.fault("drip", seconds=0.005)
    began = time.monotonic()
    reply = root.post("GetUserAppId")
    assert time.monotonic() - began > 0.005 * (len(reply.content) - 1)
    assert reply.json()["Response"]["Uin"] == str(UIN["root"])
    sizes = [len(part) for part in root.post("GetUserAppId", stream=True).raw.stream(1)]
    assert set(sizes) == {1}


def test_drip_of_the_head(emulator: Emulator, root: Client) -> None:
    emulator.fault("drip", seconds=0.005, head=True)
    began = time.monotonic()
    reply = root.post("GetUserAppId", stream=True)
    assert time.monotonic() - began > 0.005 * len(str(reply.headers))
    assert reply.json()["Response"]["Uin"] == str(UIN["root"])


def test_a_call_that_is_late_when_all_begins_anew_leaves_no_trace(emulator: Emulator, root: Client) -> None:
    emulator.fault("delay", "CreateAccessKey", seconds=0.5)
    with ThreadPoolExecutor() as pool:
        late = pool.submit(root.code, "CreateAccessKey", CREATE)
        while not emulator.hits():
            time.sleep(0.01)
        emulator.reset()
        assert late.result() is None
    assert Client(emulator.url).code("GetUserAppId") is None
    assert [call["action"] for call in emulator.journal()] == ["GetUserAppId"]
    assert committed(emulator) == 0


@pytest.mark.parametrize("commit", [False, True])
def test_hold(emulator: Emulator, root: Client, commit: bool) -> None:
    emulator.fault("hold", "CreateAccessKey", commit=commit)
    with ThreadPoolExecutor() as pool:
        held = pool.submit(root.code, "CreateAccessKey", CREATE)
        while not emulator.hits() or committed(emulator) != commit:
            time.sleep(0.01)
        assert Client(emulator.url).code("GetUserAppId") is None
        assert not held.done()
        assert emulator.control("GET", "faults")["faults"] == [
            {"fault": "hold", "cloud": "tencent", "action": "CreateAccessKey", "hits": 1}
        ]
        emulator.clear_faults()
        assert held.result() is None
    assert committed(emulator) == 1
    assert emulator.control("GET", "faults") == {"faults": []}


def test_hold_ends_by_itself(emulator: Emulator, root: Client) -> None:
    emulator.fault("hold", seconds=0.01)
    assert root.code("CreateAccessKey", CREATE) is None


def test_a_reply_without_content_goes_wrong_as_well(emulator: Emulator) -> None:
    client = HuaweiClient(emulator.url)
    emulator.fault("reset_after", cloud="huawei")
    with pytest.raises(requests.ConnectionError, match="Connection reset by peer"):
        client.request("DELETE", f"{KEYS}/{BOB[0]}")
    assert [call["committed"] for call in emulator.journal()] == [True]


def test_html(emulator: Emulator, root: Client) -> None:
    emulator.fault("html", times=1)
    reply = root.post("CreateAccessKey", CREATE)
    assert (reply.status_code, reply.headers["Content-Type"]) == (502, "text/html")
    assert reply.text.startswith("<html>")
    assert committed(emulator) == 0
    emulator.fault("html", status=200, commit=True)
    assert root.post("CreateAccessKey", CREATE).status_code == 200
    assert committed(emulator) == 1


def test_truncated(emulator: Emulator, root: Client) -> None:
    emulator.fault("truncated", times=1)
    try:
        reply = root.post("CreateAccessKey", CREATE)
    except requests.exceptions.ChunkedEncodingError:
        pass  # urllib3 checks the length from 2.0 on
    else:
        assert len(reply.content) < int(reply.headers["Content-Length"])
    assert committed(emulator) == 1
    emulator.fault("truncated", keep_length=False)
    reply = root.post("GetUserAppId")
    with pytest.raises(requests.JSONDecodeError):
        reply.json()


def test_empty(emulator: Emulator, root: Client) -> None:
    emulator.fault("empty")
    reply = root.post("GetUserAppId")
    assert (reply.status_code, reply.content) == (200, b"")


def test_wrong_type(emulator: Emulator, root: Client) -> None:
    emulator.fault("wrong_type", times=1)
    assert root.post("GetUserAppId").json() == []
    emulator.fault("wrong_type", body="text")
    assert root.post("GetUserAppId").json() == "text"


def test_content_type(emulator: Emulator, root: Client) -> None:
    emulator.fault("content_type", times=1)
    header = root.post("GetUserAppId").headers["Content-Type"]
    assert header == "application/json; charset=utf-8"
    emulator.fault("content_type", value="absent")
    reply = root.post("GetUserAppId")
    assert "Content-Type" not in reply.headers
    assert reply.json()["Response"]["Uin"]


@pytest.mark.parametrize("status", [302, 307])
def test_redirect(emulator: Emulator, root: Client, status: int) -> None:
    emulator.fault("redirect", location="http://127.0.0.1:9/elsewhere", status=status)
    reply = root.post("GetUserAppId")
    assert reply.status_code == status
    assert reply.headers["Location"] == "http://127.0.0.1:9/elsewhere"


def test_null_field(emulator: Emulator, root: Client) -> None:
    emulator.fault("null_field", times=1, field="Status")
    keys = root.call("ListAccessKeys")["AccessKeys"]
    assert [(key["AccessKeyId"], key["Status"]) for key in keys] == [(ROOT[0], None)]
    emulator.fault("null_field", field="AccessKey", drop=True)
    assert root.call("CreateAccessKey", CREATE).keys() == {"RequestId"}
    assert committed(emulator) == 1


def test_echo_request(emulator: Emulator, root: Client) -> None:
    emulator.fault("echo_request")
    client = replace(root, key=TEMPORARY, token=TOKEN)
    params = {"Name": "new", "ConsoleLogin": 1, "Password": "Canary-Pass-3"}
    error = client.call("AddUser", params)["Error"]
    assert error["Code"] == "AuthFailure.SignatureFailure"
    assert TOKEN in error["Message"]
    assert "Canary-Pass-3" in error["Message"]
    assert "Signature=" in error["Message"]


def test_after_times_and_action(emulator: Emulator, root: Client) -> None:
    emulator.fault("throttle", "GetUser", after=1, times=1)
    calls = [root.code("GetUser", {"Name": "alice"}) for _unused in range(3)]
    assert calls == [None, "RequestLimitExceeded", None]
    emulator.fault("throttle", "GetUser")
    assert root.code("GetUserAppId") is None
    assert root.code("GetUser", {"Name": "alice"}) == "RequestLimitExceeded"
    emulator.clear_faults()
    assert root.code("GetUser", {"Name": "alice"}) is None


def test_the_first_due_fault_hits(emulator: Emulator, root: Client) -> None:
    emulator.faults(
        [
            {"fault": "throttle", "action": "GetUserAppId", "times": 1},
            {"fault": "error", "code": "InternalError", "times": 1},
        ]
    )
    codes = [root.code("GetUserAppId") for _unused in range(3)]
    assert codes == ["RequestLimitExceeded", "InternalError", None]
    assert [entry["fault"] for entry in emulator.journal()] == ["throttle", "error", None]


@pytest.mark.parametrize(
    "spec",
    [
        {"fault": "unknown"},
        {"fault": "delay"},
        {"fault": "throttle", "speed": 1},
        {"fault": "throttle", "cloud": "nimbus"},
        {"fault": "throttle", "times": "2"},
        {"fault": "throttle", "times": True},
        {"fault": "throttle", "commit": 1},
        {"fault": "throttle", "action": ["GetUserAppId"]},
        {"fault": "throttle", "cloud": ["tencent"]},
        {"fault": "delay", "seconds": "1"},
        {"fault": "status", "status": "500"},
        {"fault": "status", "status": 500, "headers": ["Retry-After"]},
        "throttle",
    ],
)
def test_senseless_faults_are_refused(emulator: Emulator, root: Client, spec: Any) -> None:
    with pytest.raises(ValueError, match="400"):
        emulator.faults([{"fault": "throttle"}, spec])
    assert root.code("GetUserAppId") is None
