# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the modules that identify the caller, and the time of the cloud that all info modules return."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.modules.cases import WRONG, Caller, Task
from ansible_collections.multicloud.iam.tests.support import huawei, zstack
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUD_OF, CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner
from ansible_collections.multicloud.iam.tests.support.relay import Relay

PARTS = parts("modules").values()
CALLERS: list[Caller] = [caller for part in PARTS for caller in getattr(part, "CALLERS", [])]
INFO_TASKS: list[Task] = [task for part in PARTS for task in part.GUARDS.info_tasks]
UNCERTAIN: dict[str, dict[str, Any]] = {
    "unavailable": {"fault": "status", "status": 503, "body": "busy"},
    "denied": {"fault": "status", "status": 403},
    "network": {"fault": "reset_before"},
    "throttled": {"fault": "throttle"},
    "reply": {"fault": "html", "status": 200},
}

of_each_caller = pytest.mark.parametrize(
    "caller", CALLERS, ids=lambda caller: f"{CLOUD_OF[caller.module]}: {caller.title}"
)
of_each_info_task = pytest.mark.parametrize(("module", "options"), INFO_TASKS, ids=str)


def run(emulator: Emulator, module: str, **options: Any) -> Result:
    is_signed = any(name.startswith("api_") and name != "api_endpoint" for name in options)
    return Runner(emulator, module, {} if is_signed else CLOUDS[CLOUD_OF[module]].signing())(**options)


def identify(emulator: Emulator, caller: Caller, **more: Any) -> Result:
    return Runner(emulator, caller.module, caller.signing)(**more)


@of_each_caller
@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "for real"])
def test_the_caller_is_identified(emulator: Emulator, caller: Caller, check_mode: bool) -> None:
    result = identify(emulator, caller, check_mode=check_mode)
    assert (result["caller"], result["changed"]) == (caller.caller, False)
    assert emulator.actions() == caller.calls


@of_each_caller
def test_the_expected_account_costs_no_further_call(emulator: Emulator, caller: Caller) -> None:
    result = identify(emulator, caller, api_expected_account=caller.caller["account"])
    assert result["caller"] == caller.caller
    assert set(caller.calls) <= set(emulator.actions())
    assert len(emulator.actions()) == len(set(emulator.actions()))


@of_each_caller
def test_rejected_credentials_are_a_failure_of_authentication(emulator: Emulator, caller: Caller) -> None:
    secret = next(name for name in caller.signing if re.search("secret_key|key_secret|auth_token|password", name))
    result = identify(emulator, caller, **{secret: WRONG})
    assert result["error"]["category"] == "authentication"
    assert "caller" not in result


@of_each_caller
@pytest.mark.parametrize("category", UNCERTAIN)
def test_every_uncertain_reply_is_another_failure(emulator: Emulator, caller: Caller, category: str) -> None:
    for action in set(caller.calls) - {"LogOut"}:
        emulator.reset()
        emulator.faults([{"cloud": CLOUD_OF[caller.module], "action": action, **UNCERTAIN[category]}])
        result = identify(emulator, caller, api_retries=0)
        assert (result["error"]["category"], result["error"]["api_operation"]) == (category, action)
        assert "caller" not in result


def test_an_account_that_huawei_does_not_name_is_null(emulator: Emulator) -> None:
    emulator.fault("wrong_type", "KeystoneListAuthDomains", cloud="huawei", body={"domains": []})
    caller = run(emulator, "iam_caller_info")["caller"]
    assert (caller["account"], caller["owner"]) == (None, huawei.ID["root"])


def test_a_session_does_not_identify_its_account(emulator: Emulator) -> None:
    result = Runner(emulator, "zstack_caller_info", {"api_session_uuid": zstack.SESSION})()
    assert result["error"]["category"] == "usage"
    assert "a session does not identify its account" in result["msg"]
    assert emulator.actions() == []


# --- the time of the cloud ---


@of_each_info_task
def test_an_info_module_returns_the_time_of_the_cloud(emulator: Emulator, module: str, options: Any) -> None:
    skew = 120.0  # seconds
    emulator.modes(CLOUD_OF[module], clock_skew_seconds=skew)
    time = datetime.fromisoformat(run(emulator, module, **options)["service_time"].replace("Z", "+00:00"))
    ahead = time - datetime.now(timezone.utc)
    assert timedelta(seconds=skew - 5) < ahead <= timedelta(seconds=skew)


@of_each_info_task
@pytest.mark.parametrize("date", [b"", b"Date: yesterday\r\n"], ids=["without", "odd"])
def test_without_a_date_the_time_is_null(emulator: Emulator, module: str, options: Any, date: bytes) -> None:
    with Relay(emulator.port, alter=lambda reply: re.sub(rb"Date: .*?\r\n", date, reply, count=1)) as way:
        result = run(emulator, module, **options, api_endpoint=way.url)
    assert not result.get("failed"), result["msg"]
    assert result["service_time"] is None
