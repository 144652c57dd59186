# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the modules of ZStack over HTTP: what they make of each reply."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._zstack.accesskey import AccessKey
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner, diff_of
from ansible_collections.multicloud.iam.tests.support.relay import Relay
from ansible_collections.multicloud.iam.tests.support.zstack import (
    ACCOUNT,
    ADMIN,
    ALICE,
    BOB,
    BOBS_USER,
    EXPIRED_SESSION,
    KEY_UUID,
    PASSWORDS,
    SESSION,
    UNKNOWN_UUID,
    Client,
)

Run = Callable[..., Result]

DISABLE = {"uuid": KEY_UUID["bob"], "status": "inactive"}
CREATE = {"account_uuid": ACCOUNT["carol"], "description": "ci", "allow_unregistered_secret": True}
CHOSEN = {"access_key_id": "ChosenKey0000001", "access_key_secret": "ChosenSecret/+=1"}
BY_PASSWORD = {
    "api_access_key_id": None,
    "api_access_key_secret": None,
    "api_account_name": "admin",
    "api_password": PASSWORDS["admin"],
}
BY_SESSION = {"api_access_key_id": None, "api_access_key_secret": None, "api_session_uuid": SESSION}


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait only a short time for requests that are still on their way."""
    monkeypatch.setattr("ansible_collections.multicloud.iam.plugins.module_utils._zstack.jobs._UNTIL_REGISTERED", 0.2)


@pytest.fixture
def run(emulator: Emulator) -> Run:
    """Run a module against the emulator."""
    signing = {"api_access_key_id": ADMIN[0], "api_access_key_secret": ADMIN[1], "api_timeout": 5}
    words = {"password"}  # the password of an account, and a word in messages
    secrets = {CHOSEN["access_key_secret"], *PASSWORDS.values()} - words
    return Runner(emulator, "zstack_accesskey", signing, secrets)


def actions(emulator: Emulator) -> list[str]:
    """List the calls so far, with consecutive polls as one."""
    calls = [call["action"] for call in emulator.journal() if call["cloud"] == "zstack"]
    return [action for number, action in enumerate(calls) if action != "QueryJob" or calls[number - 1] != "QueryJob"]


def keys_of(emulator: Emulator, name: str) -> list[dict[str, Any]]:
    accounts = emulator.state("zstack")["accounts"]
    keys: list[dict[str, Any]] = next(account["keys"] for account in accounts if account["name"] == name)
    return keys


def fault(emulator: Emulator, name: str, action: str, **arguments: Any) -> None:
    emulator.fault(name, action, cloud="zstack", **arguments)


JOB = ["CreateAccessKey", "QueryJob"]
# An owner without a key: who is the caller, and can it see that owner's keys?
NO_KEY = ["QueryAccessKey", "QueryAccessKey", "QueryAccount"]
# The keys again after the task has taken the creation lock. The caller is known by then.
AGAIN = ["QueryAccessKey"]

# --- one read, then the needed write ---

COSTS = [
    (DISABLE, ["QueryAccessKey", "ChangeAccessKeyState", "QueryJob"]),
    ({**DISABLE, "status": "active"}, ["QueryAccessKey"]),
    ({"access_key_id": BOB[0], "status": "inactive"}, ["QueryAccessKey", "ChangeAccessKeyState", "QueryJob"]),
    ({"account_uuid": ACCOUNT["bob"], "status": "active"}, ["QueryAccessKey"]),
    ({"account_name": "bob", "status": "active"}, ["QueryAccount", "QueryAccessKey"]),
    ({"status": "active"}, ["QueryAccessKey", "QueryAccessKey"]),
    ({**DISABLE, "state": "absent"}, ["QueryAccessKey", "DeleteAccessKey", "QueryJob"]),
    ({"uuid": UNKNOWN_UUID, "state": "absent"}, ["QueryAccessKey"]),
    (CREATE, [*NO_KEY, *AGAIN, *JOB]),
    ({**CREATE, **BY_PASSWORD}, ["LogInByAccount", "QueryAccessKey", "QueryAccount", *AGAIN, *JOB, "LogOut"]),
    ({**CREATE, **BY_SESSION}, ["QueryAccessKey", "QueryAccount", "QueryAccessKey", *AGAIN, *JOB]),
    ({**CREATE, "status": "inactive"}, [*NO_KEY, *AGAIN, *JOB, "ChangeAccessKeyState", "QueryJob"]),
    ({**CREATE, "account_uuid": ACCOUNT["admin"]}, ["QueryAccessKey", *AGAIN, *JOB]),
    ({**CREATE, "account_uuid": ACCOUNT["bob"]}, ["QueryAccessKey", *AGAIN, *JOB]),
    ({**CREATE, **CHOSEN}, ["QueryAccessKey", *NO_KEY, "QueryAccessKey", *AGAIN, *JOB]),
    (
        {**CREATE, **CHOSEN, "uuid": UNKNOWN_UUID},
        ["QueryAccessKey", "QueryAccessKey", *NO_KEY, "QueryAccessKey", "QueryAccessKey", *AGAIN, *JOB],
    ),
    ({**CREATE, "state": "absent"}, NO_KEY),
    ({"status": "active", **BY_PASSWORD}, ["LogInByAccount", "QueryAccessKey", "LogOut"]),
    ({"uuid": KEY_UUID["bob"], **BY_SESSION}, ["QueryAccessKey"]),
    ({"uuid": KEY_UUID["bob"], "api_expected_account": ACCOUNT["admin"]}, ["QueryAccessKey", "QueryAccessKey"]),
]


@pytest.mark.parametrize(("options", "calls"), COSTS, ids=lambda value: str(value)[:60])
def test_the_calls_of_a_task(emulator: Emulator, run: Run, options: dict[str, Any], calls: list[str]) -> None:
    checked = run(**options, check_mode=True)
    assert not [call for call in emulator.journal() if call["committed"]]
    emulator.clear_journal()
    real = run(**options)
    assert not real.get("failed"), real["msg"]
    assert actions(emulator) == calls
    for same in ("changed", "diff", "warnings"):
        assert checked[same] == real[same]
    assert set(checked) == set(real)
    expected = {name: value for name, value in (checked["access_key"] or {}).items() if value is not None}
    assert expected.items() <= (real["access_key"] or {}).items() if expected else not real["access_key"]


def test_jobs_are_polled_without_credentials_and_at_our_own_url(emulator: Emulator, run: Run) -> None:
    emulator.modes("zstack", foreign_host_in_location=True, location_without_context_path=True)
    assert run(**DISABLE)["changed"]
    polls = [call for call in emulator.journal() if call["action"] == "QueryJob"]
    assert polls
    assert {(poll["caller"]["id"], poll["caller"]["access_key_id"]) for poll in polls} == {(None, None)}


def test_the_id_of_the_job_is_the_request_id(emulator: Emulator, run: Run) -> None:
    result = run(**CREATE, status="inactive")
    jobs = [call["request_id"] for call in emulator.journal() if call["write"]]
    assert result["request_ids"] == jobs
    assert all(re.fullmatch("[0-9a-f]{32}", job) for job in jobs)


@pytest.mark.parametrize("product", ["cloud", "zsphere"])
@pytest.mark.parametrize("owner", [{}, {"user_uuid": ACCOUNT["bob"]}])
def test_both_products_take_a_creation(emulator: Emulator, run: Run, product: str, owner: dict[str, Any]) -> None:
    emulator.modes("zstack", product=product)
    options = {**CREATE, "account_uuid": ACCOUNT["bob"], **owner}
    made = run(**options)
    assert made["access_key"]["user_uuid"] == ACCOUNT["bob"]
    assert not run(**options)["changed"]


# --- jobs ---


def test_a_job_that_takes_its_time_is_waited_for(emulator: Emulator, run: Run) -> None:
    emulator.modes("zstack", job_delay_seconds=0.6)
    result = run(**CREATE, status="inactive")
    assert result["changed"]
    assert result["secret"] in emulator.secrets()
    assert keys_of(emulator, "carol")[0]["state"] == "Disabled"


@pytest.mark.parametrize("action", ["CreateAccessKey", "ChangeAccessKeyState"])
def test_the_wait_for_a_silent_job_ends_in_time(emulator: Emulator, run: Run, action: str) -> None:
    fault(emulator, "hold", "QueryJob", seconds=60)
    result = run(**WRITES[action], wait_timeout=1, api_retries=3)
    assert result["changed"]  # as a read of the key itself shows
    assert emulator.hits() == 1


def test_a_creation_that_lasts_too_long_is_named_and_not_repeated(emulator: Emulator, run: Run) -> None:
    emulator.modes("zstack", job_delay_seconds=3)
    result = run(**CREATE, wait_timeout=1)
    assert "the job was still running after 1 seconds" in result["msg"]
    assert "It may still appear" in result["msg"]
    assert not result["error"]["retryable"]
    assert actions(emulator).count("CreateAccessKey") == 1


def test_a_change_that_lasts_too_long_is_an_error(emulator: Emulator, run: Run) -> None:
    emulator.modes("zstack", job_delay_seconds=3)
    result = run(**DISABLE, wait_timeout=1)
    assert (result["error"]["category"], result["error"]["retryable"]) == ("unavailable", True)
    assert actions(emulator).count("ChangeAccessKeyState") == 1


# Those that every cloud can send are in the fault matrix.
LOST = [
    {"fault": "html", "status": 200, "commit": True},
    {"fault": "status", "status": 404, "commit": True},
    {"fault": "null_field", "field": "location"},
]
WRITES: dict[str, dict[str, Any]] = {
    "CreateAccessKey": CREATE,
    "ChangeAccessKeyState": DISABLE,
    "DeleteAccessKey": {**DISABLE, "state": "absent"},
}
READS = {action: [*NO_KEY, *AGAIN] if action == "CreateAccessKey" else ["QueryAccessKey"] for action in WRITES}


@pytest.mark.parametrize("action", WRITES)
@pytest.mark.parametrize("lost", LOST, ids=lambda spec: "-".join(map(str, spec.values())))
def test_work_whose_acceptance_is_lost_is_followed_by_its_job(
    emulator: Emulator, run: Run, lost: dict[str, Any], action: str
) -> None:
    emulator.faults([{**lost, "action": action, "cloud": "zstack", "times": 1}])
    result = run(**WRITES[action], api_timeout=1)
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert actions(emulator) == [*READS[action], action, "QueryJob"]
    assert ("secret" in result) == (action == "CreateAccessKey")


@pytest.mark.parametrize("expired", [{"jobs_expire": True}, {}], ids=["job forgotten", "job out of reach"])
@pytest.mark.parametrize("action", WRITES)
def test_work_whose_job_reports_nothing_is_looked_up_in_the_cloud(
    emulator: Emulator, run: Run, action: str, expired: dict[str, Any]
) -> None:
    emulator.modes("zstack", **expired)
    if not expired:
        fault(emulator, "status", "QueryJob", status=502)
    result = run(**WRITES[action], api_retries=1)
    assert not result.get("failed"), result["msg"]
    assert result["changed"]
    assert actions(emulator).count("CreateAccessKey") <= 1
    assert actions(emulator)[-1] == "QueryAccessKey"
    if action == "CreateAccessKey":
        assert result["secret"] in emulator.secrets()
        assert len(keys_of(emulator, "carol")) == 1


@pytest.mark.parametrize(
    "lost", [{"fault": "reset_before"}, {"fault": "html", "status": 200}, {"fault": "delay", "seconds": 2.5}]
)
def test_a_creation_without_a_known_job_may_still_happen(emulator: Emulator, run: Run, lost: dict[str, Any]) -> None:
    emulator.faults([{**lost, "action": "CreateAccessKey", "cloud": "zstack", "times": 1}])
    result = run(**CREATE, api_timeout=1)
    assert "It may still appear" in result["msg"]
    assert re.search(r"look for uuid [0-9a-f]{32} before", result["msg"])
    assert not result["error"]["retryable"]
    assert result["request_ids"] == [result["error"]["request_id"]]
    if lost["fault"] == "delay":
        assert await_key(emulator) in result["msg"]
    assert actions(emulator).count("CreateAccessKey") == 1


@pytest.mark.parametrize("code", ["SYS.1000", "SYS.1001", "SYS.1017"])
def test_an_error_that_proves_nothing_does_not_end_a_job(emulator: Emulator, run: Run, code: str) -> None:
    emulator.modes("zstack", job_delay_seconds=1)
    fault(emulator, "error", "QueryJob", code=code, message="no idea")
    result = run(**CREATE)
    assert "It may still appear" in result["msg"]
    assert (result["error"]["code"], result["error"]["retryable"]) == (code, False)
    assert await_key(emulator) in result["msg"]


def test_a_job_that_was_not_begun_may_be_run_again(emulator: Emulator, run: Run) -> None:
    emulator.modes("zstack", job_delay_seconds=1)
    emulator.faults([{**NOT_READY, "action": "QueryJob", "cloud": "zstack"}])
    result = run(**CREATE)
    assert "The key was not created" in result["msg"]
    assert result["error"]["retryable"]


def await_key(emulator: Emulator) -> str:
    """Return the uuid of the key that carol has in the end."""
    deadline = time.monotonic() + 10
    while not keys_of(emulator, "carol") and time.monotonic() < deadline:
        time.sleep(0.1)
    (key,) = keys_of(emulator, "carol")
    uuid: str = key["uuid"]
    return uuid


@pytest.mark.parametrize("chosen", [{}, CHOSEN], ids=["chosen by the server", "chosen by the task"])
def test_a_key_of_another_user_is_not_the_key_of_the_task(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, chosen: dict[str, Any]
) -> None:
    theirs = ""
    look = AccessKey.appeared

    def appeared_later(resource: AccessKey) -> Any:
        nonlocal theirs
        theirs = Client(emulator.url).create("carol", description="ci")["uuid"]
        return look(resource)

    monkeypatch.setattr(AccessKey, "appeared", appeared_later)
    fault(emulator, "reset_before", "CreateAccessKey", times=1)
    result = run(**CREATE, **chosen)
    assert not result["error"]["retryable"]
    (own,) = re.findall(r"look for uuid ([0-9a-f]{32})", result["msg"])
    assert own != theirs
    assert [key["id"] for key in result["appeared"]] == ([] if chosen else [theirs])
    assert (f"uuid {theirs} appeared, maybe created by another user" in result["msg"]) == (not chosen)


# --- a chosen uuid ---

WITH_UUID = {"account_uuid": ACCOUNT["carol"], "uuid": UNKNOWN_UUID, **CHOSEN}


def test_a_key_is_created_with_its_chosen_uuid(emulator: Emulator, run: Run) -> None:
    checked, real = (run(**WITH_UUID, check_mode=check_mode) for check_mode in (True, False))
    (key,) = keys_of(emulator, "carol")
    assert (key["uuid"], key["access_key_id"]) == (UNKNOWN_UUID, CHOSEN["access_key_id"])
    assert (checked["access_key"]["id"], checked["changed"]) == (real["access_key"]["id"], True) == (UNKNOWN_UUID, True)
    assert "secret" not in {*checked, *real}
    creation = next(call for call in emulator.journal() if call["action"] == "CreateAccessKey")
    assert creation["params"]["params"]["resourceUuid"] == UNKNOWN_UUID
    assert not run(**WITH_UUID)["changed"]
    assert run(**WITH_UUID, status="inactive")["changed"]
    assert run(**WITH_UUID, state="absent")["changed"]
    assert not run(**WITH_UUID, state="absent")["changed"]


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"access_key_id": None, "access_key_secret": None}, "there is no key of this uuid"),
        ({"access_key_secret": None}, "there is no key of this uuid"),
        ({"access_key_id": None}, "there is no key of this uuid"),
        ({"create": "never"}, "create=never does not allow creating one"),
        ({"create": "always"}, "create=always creates a new key on every run"),
        ({"access_key_id": BOB[0]}, f"another key has the access_key_id {BOB[0]} already: {KEY_UUID['bob']}"),
        ({"access_key_id": BOB[0].swapcase()}, f"differs from {BOB[0].swapcase()} only in upper and lower case"),
        ({"uuid": KEY_UUID["bob"]}, "it belongs to account"),
        ({"uuid": KEY_UUID["bob"], "account_uuid": ACCOUNT["bob"]}, "its access_key_id is"),
        (
            {"uuid": KEY_UUID["bob"], "account_uuid": ACCOUNT["bob"], "access_key_id": BOB[0]},
            "its access_key_secret differs from the given one",
        ),
        (
            {"uuid": "00000000000000000000000000000000"},
            "32 lower-case hexadecimal digits without dashes, and a version",
        ),
    ],
)
def test_a_chosen_uuid_needs_a_new_chosen_id_and_secret(
    emulator: Emulator, run: Run, options: dict[str, Any], message: str, check_mode: bool
) -> None:
    result = run(**{**WITH_UUID, **options}, check_mode=check_mode)
    assert message in result["msg"]
    assert not [call for call in emulator.journal() if call["committed"]]


def test_keys_with_one_id_are_created_one_after_the_other(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[set[str]] = []
    create = AccessKey.create

    def noted(resource: AccessKey, attributes: Any) -> Any:
        turns.append(set(resource.claim.turns))
        return create(resource, attributes)

    monkeypatch.setattr(AccessKey, "create", noted)
    bobs = {**WITH_UUID, "account_uuid": ACCOUNT["bob"]}
    run(**bobs)
    run(**bobs, state="absent")
    run(**{**WITH_UUID, "uuid": None})
    assert f"id {CHOSEN['access_key_id'].casefold()}" in turns[0] & turns[1]


def test_a_chosen_uuid_of_another_object_is_an_error(emulator: Emulator, run: Run) -> None:
    Client(emulator.url).create("carol", resourceUuid=UNKNOWN_UUID)
    before = emulator.state("zstack")["accounts"]
    result = run(**{**WITH_UUID, "account_uuid": ACCOUNT["bob"]}, **BY_BOB, api_retries=0)  # bob cannot see it
    assert "the uuid may be that of another object" in result["msg"]
    assert f"look for uuid {UNKNOWN_UUID}" in result["msg"]
    assert emulator.state("zstack")["accounts"] == before


@pytest.mark.parametrize("name", ["reset_after", "delay_after"])
def test_a_creation_of_a_chosen_uuid_whose_reply_is_lost_is_followed_by_its_job(
    emulator: Emulator, run: Run, name: str
) -> None:
    fault(emulator, name, "CreateAccessKey", times=1, **({"seconds": 2} if name == "delay_after" else {}))
    result = run(**WITH_UUID, api_timeout=1)
    assert (result["changed"], result["access_key"]["id"]) == (True, UNKNOWN_UUID)
    assert actions(emulator).count("CreateAccessKey") == 1


def test_a_key_with_a_chosen_uuid_is_kept_if_its_creation_is_not_reported(emulator: Emulator, run: Run) -> None:
    """Another task may have the same uuid, so it does not prove that this task created the key."""
    fault(emulator, "status", "QueryJob", status=500)
    result = run(**WITH_UUID, wait_timeout=2, api_retries=0)
    assert f"After that, uuid {UNKNOWN_UUID} appeared: run this again" in result["msg"]
    assert [key["id"] for key in result["appeared"]] == [UNKNOWN_UUID]
    assert "DeleteAccessKey" not in actions(emulator)
    emulator.clear_faults()
    assert not run(**WITH_UUID)["changed"]


def test_a_creation_that_cannot_be_looked_up_stays_unknown(emulator: Emulator, run: Run) -> None:
    fault(emulator, "reset_after", "CreateAccessKey")
    fault(emulator, "status", "QueryJob", status=404)
    fault(emulator, "status", "QueryAccessKey", status=404, after=3)
    result = run(**CREATE)
    assert "It is not known whether it was created" in result["msg"]
    assert not result["error"]["retryable"]
    assert actions(emulator).count("CreateAccessKey") == 1


@pytest.mark.parametrize(
    "mode", [{"mask_secrets": True}, {"stored_job_results_lack_secret": True, "omit_secret_in_query": True}]
)
def test_a_key_whose_secret_is_never_returned_is_deleted_again(
    emulator: Emulator, run: Run, mode: dict[str, Any]
) -> None:
    emulator.modes("zstack", **mode)
    result = run(**CREATE)
    assert "the reply contains no secret" in result["msg"]
    assert "and deleted it." in result["msg"]
    assert not result["error"]["retryable"]  # a retry would not help
    assert keys_of(emulator, "carol") == []


def test_a_key_whose_job_and_secret_are_lost_is_deleted_again(emulator: Emulator, run: Run) -> None:
    emulator.modes("zstack", omit_secret_in_query=True)
    fault(emulator, "status", "QueryJob", status=404, times=1)
    result = run(**CREATE)
    assert "had created uuid" in result["msg"]
    assert "and deleted it." in result["msg"]
    assert keys_of(emulator, "carol") == []


def test_a_stored_result_without_the_secret_is_completed_by_a_query(emulator: Emulator, run: Run) -> None:
    emulator.modes("zstack", stored_job_results_lack_secret=True)
    assert run(**CREATE)["secret"] in emulator.secrets()
    assert actions(emulator) == [*NO_KEY, *AGAIN, *JOB, "QueryAccessKey"]


@pytest.mark.parametrize("field", ["inventory", "uuid", "state", "accountUuid", "AccessKeyID", "AccessKeySecret"])
def test_an_incomplete_result_is_completed_by_a_query(emulator: Emulator, run: Run, field: str) -> None:
    fault(emulator, "null_field", "QueryJob", field=field, drop=True)
    result = run(**CREATE)
    assert result["secret"] in emulator.secrets()
    assert result["access_key"]["status"] == "active"
    assert result["access_key"]["id"] == keys_of(emulator, "carol")[0]["uuid"]


@pytest.mark.parametrize("field", ["createDate", "userUuid", "description"])
def test_optional_fields_are_not_required(emulator: Emulator, run: Run, field: str) -> None:
    fault(emulator, "null_field", "QueryAccessKey", field=field, drop=True)
    assert run(**DISABLE)["changed"]


def test_a_state_that_contradicts_the_change_is_an_error(emulator: Emulator, run: Run) -> None:
    wrong = {"inventory": {"uuid": DISABLE["uuid"], "state": "Enabled"}}
    emulator.faults([{"fault": "wrong_type", "action": "ChangeAccessKeyState", "cloud": "zstack", "body": {}}])
    fault(emulator, "wrong_type", "QueryJob", body=wrong)
    result = run(**DISABLE)
    assert "the state is Enabled after the change" in result["msg"]


def test_a_business_error_is_reported_with_its_job(emulator: Emulator, run: Run) -> None:
    result = run(**CREATE, system_tags=["no-such-tag"])
    assert result["error"]["category"] == "invalid"
    assert "no system tag matches no-such-tag" in result["msg"]
    assert result["error"]["request_id"] == result["request_ids"][0]
    assert result["error"]["api_operation"] == "CreateAccessKey"
    assert result["error"]["http_status"] == 503


def test_a_secret_that_was_read_is_shown_by_no_later_error(emulator: Emulator, run: Run) -> None:
    fault(emulator, "error", "QueryJob", code="SYS.1006", message=f"cannot store {BOB[1]}")
    assert "cannot store ********" in run(**DISABLE)["msg"]


NOT_READY = {"fault": "error", "code": "SYS.1010", "message": "not ready"}
BROKEN: list[dict[str, Any]] = [
    {"fault": "reset_before"},
    {"fault": "status", "status": 500},
    {"fault": "html", "status": 503},
    {"fault": "status", "status": 429, "headers": {"Retry-After": "0"}},
    {"fault": "truncated"},
    NOT_READY,
]


@pytest.mark.parametrize(
    ("action", "broken"),
    [
        ("QueryAccessKey", NOT_READY),
        *((action, broken) for action in ("LogInByAccount", "LogOut") for broken in BROKEN),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(map(str, value.values())),
)
def test_a_read_a_login_and_a_logout_are_repeated(
    emulator: Emulator, run: Run, broken: dict[str, Any], action: str
) -> None:
    emulator.faults([{**broken, "action": action, "cloud": "zstack", "times": 2}])
    result = run(**DISABLE, **BY_PASSWORD)
    assert result["changed"]
    assert result["warnings"] == []
    assert keys_of(emulator, "bob")[0]["state"] == "Disabled"
    assert [call["action"] for call in emulator.journal()].count(action) == 3


def test_a_server_that_breaks_down_is_reported_with_its_code(emulator: Emulator, run: Run) -> None:
    emulator.modes("zstack", jobs_expire=True)
    fault(emulator, "error", "CreateAccessKey", code="SYS.1000", message="An internal error")
    error = run(**CREATE)["error"]
    assert (error["category"], error["code"], error["http_status"]) == ("unavailable", "SYS.1000", 503)


@pytest.mark.parametrize(("code", "category"), [("SYS.1001", "unavailable"), ("SYS.1006", "invalid")])
def test_an_error_ends_a_job(emulator: Emulator, run: Run, code: str, category: str) -> None:
    fault(emulator, "error", "QueryJob", code=code, message="broken")
    fault(emulator, "status", "ChangeAccessKeyState", status=500)
    result = run(**DISABLE)
    assert (result["error"]["category"], result["error"]["code"]) == (category, code)
    assert actions(emulator).count("QueryJob") == 1


# --- the caller ---


def test_a_password_logs_in_once_and_out_at_the_end(emulator: Emulator, run: Run) -> None:
    sessions = emulator.state("zstack")["accounts"][0]["sessions"]
    assert run(**CREATE, status="inactive", **BY_PASSWORD)["changed"]
    calls = actions(emulator)
    assert (calls.count("LogInByAccount"), calls.count("LogOut")) == (1, 1)
    assert (calls[0], calls[-1]) == ("LogInByAccount", "LogOut")
    assert emulator.state("zstack")["accounts"][0]["sessions"] == sessions


def test_no_debug_log_shows_the_session(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    # run() does not know the session of a task, because it is not in the result.
    with caplog.at_level(logging.DEBUG):
        assert run(**DISABLE, **BY_PASSWORD)["changed"]
    (line,) = (message for message in caplog.messages if "DELETE /zstack/v1/accounts/sessions/" in message)
    assert not re.search("/sessions/[0-9a-f]", line)


def test_an_odd_header_has_no_session_logged(emulator: Emulator, run: Run, caplog: pytest.LogCaptureFixture) -> None:
    """urllib3 warns of it with the URL, and with a traceback that contains the URL too."""
    with Relay(emulator.port, alter=lambda reply: reply.replace(b"\r\n\r\n", b"\r\nodd line\r\n\r\n", 1)) as way:
        assert run(**DISABLE, **BY_PASSWORD, api_endpoint=way.url)["changed"]
    warnings = [record for record in caplog.records if "Failed to parse headers" in record.message]
    assert any("/zstack/v1/accounts/sessions/" in record.message for record in warnings)
    assert not any(record.exc_info or record.exc_text for record in warnings)
    assert not re.search("/sessions/[0-9a-f]", caplog.text)


def test_a_task_that_fails_logs_out_too(emulator: Emulator, run: Run) -> None:
    assert run(uuid=UNKNOWN_UUID, status="active", **BY_PASSWORD)["failed"]
    assert actions(emulator) == ["LogInByAccount", "QueryAccessKey", "LogOut"]


def test_a_task_that_is_refused_never_logs_in(emulator: Emulator, run: Run) -> None:
    assert run(uuid="x", **BY_PASSWORD)["failed"]
    assert actions(emulator) == []


def test_a_hanging_logout_is_not_waited_for(emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.multicloud.iam.plugins.module_utils._api._BEST_EFFORT_TIMEOUT", 0.2)
    fault(emulator, "hold", "LogOut", seconds=60)
    result = run(**CREATE, **BY_PASSWORD)
    assert result["secret"]
    assert "Could not log out of account admin" in result["warnings"][0]
    assert emulator.hits()


def test_a_logout_that_fails_is_a_warning(emulator: Emulator, run: Run) -> None:
    fault(emulator, "status", "LogOut", status=404)
    result = run(**DISABLE, **BY_PASSWORD)
    assert result["changed"]
    assert "Could not log out of account admin" in result["warnings"][0]


@pytest.mark.parametrize("form", ["absent", "field", "code"])
@pytest.mark.parametrize("action", WRITES)
def test_a_session_that_expires_in_a_job_is_renewed(emulator: Emulator, run: Run, action: str, form: str) -> None:
    emulator.modes("zstack", session_expires_in_job=1, global_error_code=form)
    result = run(**WRITES[action], **BY_PASSWORD)
    assert result["changed"]
    assert actions(emulator) == [
        "LogInByAccount",
        *(["QueryAccessKey", "QueryAccount", *AGAIN] if action == "CreateAccessKey" else ["QueryAccessKey"]),
        *[action, "QueryJob", "LogInByAccount"],
        *[action, "QueryJob", "LogOut"],
    ]
    assert len(keys_of(emulator, "carol")) == (action == "CreateAccessKey")


def test_a_session_that_expires_before_a_read_is_renewed(emulator: Emulator, run: Run) -> None:
    emulator.modes("zstack", session_timeout_seconds=0)
    result = run(**DISABLE, **BY_PASSWORD)
    assert result["error"]["code"] == "ID.1001"
    assert "run fewer tasks at once, or sign with an access key" in result["error"]["advice"]
    assert actions(emulator)[:4] == ["LogInByAccount", "QueryAccessKey"] * 2


def test_a_session_that_was_given_is_not_renewed(emulator: Emulator, run: Run) -> None:
    for session, action in ((EXPIRED_SESSION, "QueryAccessKey"), (SESSION, "QueryJob")):
        emulator.modes("zstack", session_expires_in_job=1)
        result = run(**DISABLE, **{**BY_SESSION, "api_session_uuid": session})
        assert result["error"]["category"] == "authentication"
        assert "api_session_uuid has expired" in result["msg"]
        assert actions(emulator)[-1] == action


@pytest.mark.parametrize("options", [{"description": "x"}, {"status": "active"}, {**CHOSEN}])
def test_a_session_alone_does_not_identify_the_owner(run: Run, options: dict[str, Any]) -> None:
    result = run(**options, **BY_SESSION)
    assert "a session does not identify its account" in result["msg"]
    assert not run(**{**CREATE, **options}, **BY_SESSION).get("failed")


WRONG = [
    ({"api_access_key_secret": "wrong-wrong-wrong"}, "wrong accessKey signature", "api_access_key_secret does not"),
    ({"api_access_key_id": "NobodysKey000000000"}, "does not existed or disabled", "unknown, disabled or deleted"),
    ({"api_timezone": "UTC"}, "requestTimeTooSkewed", "api_timezone must be its time zone and is UTC"),
    ({**BY_PASSWORD, "api_password": "Not-Right-1"}, "wrong account name or password", "api_password"),
    (
        {**BY_PASSWORD, "api_account_name": "nobody", "api_password": "Not-Right-1"},
        "wrong account name or password",
        "api_account_name",
    ),
]


@pytest.mark.parametrize(("options", "text", "advice"), WRONG, ids=lambda value: str(value)[:40])
def test_rejected_credentials_are_sent_once(
    emulator: Emulator, run: Run, options: dict[str, Any], text: str, advice: str
) -> None:
    result = run(**{**DISABLE, **options})
    assert result["error"]["category"] == "authentication"
    assert text in result["msg"]
    assert advice in result["msg"]
    assert len(actions(emulator)) == 1


@pytest.mark.parametrize("parser", ["old", "new"])
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("server", "ours"),
    [("Asia/Shanghai", "+08:00"), ("Asia/Shanghai", "Asia/Shanghai"), ("UTC", "UTC"), ("-03:30", "GMT-03:30")],
)
def test_the_date_matches_the_time_zone_of_the_server(
    emulator: Emulator, run: Run, server: str, ours: str, strict: bool, parser: str
) -> None:
    emulator.modes("zstack", timezone=server, check_time_zone=strict, date_parser=parser)
    key = run(uuid=KEY_UUID["bob"], api_timezone=ours)["access_key"]
    assert key["create_time"] == "2025-05-01T09:05:00Z"


def test_the_zone_comes_from_the_environment(emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator.modes("zstack", timezone="-05:00")
    monkeypatch.setenv("MULTICLOUD_IAM_ZSTACK_TIMEZONE", "-05:00")
    assert run(**DISABLE)["changed"]


def test_an_id_of_two_keys_cannot_sign(emulator: Emulator, run: Run) -> None:
    Client(emulator.url).create("carol", AccessKeyID=ADMIN[0], AccessKeySecret="TwinSecret0001")
    result = run(**DISABLE, api_retries=0)
    assert result["error"]["category"] == "unavailable"
    assert "several keys have the ID that signs" in result["msg"]


def test_a_context_path_of_another_name_is_kept(run: Run, emulator: Emulator) -> None:
    assert run(**DISABLE, api_endpoint=emulator.url + "/zstack/")["changed"]
    result = run(**DISABLE, api_endpoint=emulator.url + "/zstack/v1")
    assert result["error"]["category"] in ("reply", "authentication")


# --- identification of a key ---


def test_a_database_that_ignores_case_does_not_mislead(emulator: Emulator, run: Run) -> None:
    lower = run(access_key_id=BOB[0].lower(), status="inactive")
    assert "there is no key of this access_key_id" in lower["msg"]
    chosen = {**CHOSEN, "access_key_id": BOB[0].swapcase(), "account_uuid": ACCOUNT["carol"]}
    for check_mode in (True, False):
        twin = run(**chosen, check_mode=check_mode)
        assert KEY_UUID["bob"] in twin["msg"]
        assert f"differs from {BOB[0].swapcase()} only in upper and lower case" in twin["msg"]
    assert keys_of(emulator, "carol") == []
    assert "there is no account of this name" in run(account_name="BOB", status="inactive")["msg"]
    assert keys_of(emulator, "bob")[0]["state"] == "Enabled"


@pytest.mark.parametrize(
    "key_id", ["Odd!=Key00001", "Odd>=Key00001", "Odd!?=Key0001", "Odd~=Key00001", "Odd=Key000001"]
)
def test_an_id_that_a_query_cannot_express_is_found(emulator: Emulator, run: Run, key_id: str) -> None:
    emulator.seed({"zstack": {"accounts": [{"name": "carol", "keys": [{"access_key_id": key_id}]}]}})
    assert run(access_key_id=key_id, status="inactive")["changed"]
    assert keys_of(emulator, "carol")[0]["state"] == "Disabled"


def test_a_name_that_a_query_cannot_express_is_found(emulator: Emulator, run: Run) -> None:
    emulator.seed({"zstack": {"accounts": [{"name": "a>=b, c", "keys": [{"access_key_id": "OddOwnerKey01"}]}]}})
    assert run(account_name="a>=b, c", status="inactive")["changed"]


def test_an_id_of_several_keys_is_an_error_with_their_uuids(emulator: Emulator, run: Run) -> None:
    client = Client(emulator.url)
    twin = {"AccessKeyID": "TwinKey000001", "AccessKeySecret": "TwinSecret0001"}
    uuids = [client.create(owner, **twin)["uuid"] for owner in ("carol", "bob")]
    for state in ("present", "absent"):
        result = run(access_key_id="TwinKey000001", state=state)
        assert all(uuid in result["msg"] for uuid in uuids)
    assert run(uuid=uuids[0], state="absent")["changed"]


@pytest.mark.parametrize(
    "which", [{"uuid": KEY_UUID["bob"]}, {"access_key_id": BOB[0]}, {**CHOSEN, "access_key_id": BOB[0]}]
)
def test_a_key_of_another_account_is_not_touched(emulator: Emulator, run: Run, which: dict[str, Any]) -> None:
    for owner in ({"account_name": "alice"}, {"account_uuid": ACCOUNT["alice"]}):
        result = run(**which, **owner, status="inactive")
        assert f"belongs to account {ACCOUNT['bob']}" in result["msg"]
        assert not run(**which, **owner, state="absent")["changed"]
    assert not [call for call in emulator.journal() if call["committed"]]


def test_a_key_of_another_user_is_not_touched(emulator: Emulator, run: Run) -> None:
    result = run(**DISABLE, user_uuid=BOBS_USER)
    assert f"user {ACCOUNT['bob']}" in result["msg"]
    made = run(
        account_uuid=ACCOUNT["bob"], user_uuid=BOBS_USER, description="of the user", allow_unregistered_secret=True
    )
    assert made["access_key"]["user_uuid"] == BOBS_USER
    again = run(account_uuid=ACCOUNT["bob"], user_uuid=BOBS_USER, description="of the user")
    assert (again["changed"], again["access_key"]) == (False, made["access_key"])


def test_the_limit_applies_to_users_but_not_to_administrators(emulator: Emulator, run: Run) -> None:
    third = {"account_uuid": ACCOUNT["alice"], "create": "always", "allow_unregistered_secret": True}
    refused = run(**third)
    assert refused["error"]["category"] == "quota"
    assert len(refused["access_keys"]) == 2
    assert actions(emulator) == ["QueryAccessKey", "QueryAccount"]
    for _unused in range(3):
        assert run(**{**third, "account_uuid": ACCOUNT["admin"]})["changed"]
    for number in range(2):
        assert run(**{**CREATE, "account_uuid": ACCOUNT["bob"], "user_uuid": BOBS_USER, "description": f"b{number}"})[
            "changed"
        ]


def test_a_limit_that_the_cloud_reports_is_a_quota(emulator: Emulator, run: Run) -> None:
    for product in ("cloud", "zsphere"):
        emulator.modes("zstack", max_keys=0, product=product)
        result = run(**CREATE)
        assert (result["error"]["category"], result["error"]["code"]) == ("quota", "SYS.1007")


def test_a_chosen_secret_is_compared_and_never_shown(emulator: Emulator, run: Run) -> None:
    options = {"account_uuid": ACCOUNT["carol"], **CHOSEN}
    made = run(**options)
    assert "secret" not in made
    assert diff_of(made)["after"]["access_key_secret"] == "(new value, not shown)"
    assert not run(**options)["changed"]
    for check_mode in (True, False):
        other = run(**{**options, "access_key_secret": "AnotherSecret001"}, check_mode=check_mode)
        assert "its access_key_secret differs from the given one" in other["msg"]
    for mode in ({"mask_secrets": True}, {"mask_secrets": False, "omit_secret_in_query": True}):
        emulator.modes("zstack", **mode)
        unknown = run(**{**options, "access_key_secret": "AnotherSecret001"})
        assert not unknown["changed"]
        assert "is not known" in unknown["warnings"][0]


def test_a_key_that_is_created_with_a_chosen_pair_signs(run: Run) -> None:
    run(account_uuid=ACCOUNT["carol"], **CHOSEN)
    signing = {"api_access_key_id": CHOSEN["access_key_id"], "api_access_key_secret": CHOSEN["access_key_secret"]}
    keys = run("zstack_accesskey_info", **signing)["access_keys"]
    assert [key["access_key_id"] for key in keys] == [CHOSEN["access_key_id"]]


def test_tags_are_sent_with_a_change_and_never_alone(emulator: Emulator, run: Run) -> None:
    emulator.seed({"zstack": {"system_tags": ["known::tag"]}})
    tags = {"system_tags": ["known::tag"], "user_tags": ["ours"]}
    assert not run(**{**DISABLE, "status": "active"}, **tags)["changed"]
    assert run(**DISABLE, **tags)["changed"]
    (sent,) = (call["params"] for call in emulator.journal() if call["write"])
    assert (sent["systemTags"], sent["userTags"]) == (["known::tag"], ["ours"])
    assert sent["changeAccessKeyState"] == {"stateEvent": "disable"}


def test_white_space_around_a_description_is_refused_because_the_server_cuts_it_off(run: Run) -> None:
    for description in (" two words", "two words\n"):
        for which in (CREATE, {"uuid": KEY_UUID["bob"]}):
            assert "description begins or ends with white space" in run(**{**which, "description": description})["msg"]
    assert not run(uuid=KEY_UUID["bob"], description="")["changed"]
    assert "description is given, but empty" in run(uuid=KEY_UUID["bob"], description=" ")["msg"]


@pytest.mark.parametrize("strict", [True, False])
def test_an_ordinary_account_manages_its_own_keys(emulator: Emulator, run: Run, strict: bool) -> None:
    emulator.modes("zstack", create_checks_owner=strict)
    signing = {"api_access_key_id": ALICE[0], "api_access_key_secret": ALICE[1]}
    assert run(uuid=KEY_UUID["alice disabled"], status="active", **signing)["changed"]
    foreign = run(**DISABLE, **signing)
    assert "there is no key of this uuid, or the caller may not see it" in foreign["msg"]
    assert run(description="third", **signing)["error"]["category"] == "quota"


@pytest.mark.parametrize("action", ["CreateAccessKey", "ChangeAccessKeyState"])
def test_a_missing_permission_is_reported(emulator: Emulator, run: Run, action: str) -> None:
    emulator.seed({"zstack": {"accounts": [{"name": "bob", "deny": [action]}]}})
    signing = {"api_access_key_id": BOB[0], "api_access_key_secret": BOB[1], "allow_self_lockout": True}
    options = {"description": "x", "allow_unregistered_secret": True} if action == "CreateAccessKey" else DISABLE
    assert run(**options, **signing)["error"]["category"] == "denied"


@pytest.mark.parametrize("broken", [[], ["ChangeAccessKeyState"], ["ChangeAccessKeyState", "DeleteAccessKey"]], ids=str)
def test_an_invisible_key_is_left_over_and_not_deleted(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, broken: list[str]
) -> None:
    """The job of a deletion succeeds even if there is nothing to delete."""
    monkeypatch.setattr(
        "ansible_collections.multicloud.iam.plugins.module_utils._creation._PAUSES_UNTIL_VISIBLE", (0.1,)
    )
    emulator.modes("zstack", visibility_delay_seconds=60)
    for action in broken:
        fault(emulator, "error", action, code="SYS.1006", message="no")
    result = run(**CREATE, status="inactive")
    (made,) = keys_of(emulator, "carol")
    assert "created, was deleted" not in result["msg"]
    assert (result["failed"], result["changed"], result["left_over"]["id"]) == (True, True, made["uuid"])
    assert f"look for uuid {made['uuid']}" in result["msg"]
    assert result["secret"] in emulator.secrets()


# --- keys that the caller cannot see ---

BY_BOB = {"api_access_key_id": BOB[0], "api_access_key_secret": BOB[1], "allow_unregistered_secret": True}
WISHES = [
    {"description": "ci"},
    {"create": "if_none", "status": "active"},
    {"create": "always"},
    {"status": "active"},
    CHOSEN,
]
CAROL = [{"account_uuid": ACCOUNT["carol"]}, {"account_name": "carol"}]


def see(emulator: Emulator, **types: str | None) -> None:
    """Let QueryAccount return these accounts to every caller."""
    rows = [{"uuid": ACCOUNT[name], "name": name, **({"type": kind} if kind else {})} for name, kind in types.items()]
    fault(emulator, "wrong_type", "QueryAccount", body={"inventories": rows, "total": len(rows)})


@pytest.mark.parametrize("owner", CAROL, ids=["uuid", "name"])
@pytest.mark.parametrize("wish", WISHES, ids=str)
@pytest.mark.parametrize("check_mode", [True, False])
def test_an_invisible_owner_may_have_keys(
    emulator: Emulator, run: Run, owner: dict[str, Any], wish: dict[str, Any], check_mode: bool
) -> None:
    result = run(**owner, **wish, **BY_BOB, check_mode=check_mode)
    assert result.get("failed"), result
    assert "or the caller may not see it" in result["msg"]
    assert result["error"]["category"] == "not_found"
    assert keys_of(emulator, "carol") == []


@pytest.mark.parametrize("owner", CAROL, ids=["uuid", "name"])
def test_a_key_of_an_invisible_owner_is_not_absent(run: Run, owner: dict[str, Any]) -> None:
    result = run(**owner, description="ci", state="absent", **BY_BOB)
    assert (result["failed"], result["error"]["category"]) == (True, "not_found")
    assert "or the caller may not see it" in result["msg"]
    assert "nothing is known about its keys" in result["msg"]


@pytest.mark.parametrize("owner", CAROL, ids=["uuid", "name"])
@pytest.mark.parametrize("wish", [*WISHES, {"description": "ci", "state": "absent"}], ids=str)
@pytest.mark.parametrize("kind", ["Normal", None])
def test_a_caller_who_sees_an_account_may_not_see_its_keys(
    emulator: Emulator, run: Run, owner: dict[str, Any], wish: dict[str, Any], kind: str | None
) -> None:
    see(emulator, admin="SystemAdmin", bob=kind, carol="Normal")
    result = run(**owner, **wish, **BY_BOB)
    assert f"the caller, account {ACCOUNT['bob']}, is not an administrator" in result["msg"]
    assert result["error"]["category"] == "refused"
    listed = run("zstack_accesskey_info", **{f"{name}s": [value] for name, value in owner.items()}, **signs(BY_BOB))
    assert "is not an administrator" in listed["msg"]
    assert not [call for call in emulator.journal() if call["committed"]]


def signs(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name.startswith("api_")}


def test_an_account_without_keys_sees_itself(emulator: Emulator, run: Run) -> None:
    by_carol = {**BY_PASSWORD, "api_account_name": "carol", "api_password": PASSWORDS["carol"]}
    for owner in ({}, CAROL[0]):
        result = run(**owner, description=f"own {owner}", allow_unregistered_secret=True, **by_carol)
        assert result["changed"]
        assert "QueryAccount" not in actions(emulator)


def test_a_session_sees_its_own_account_or_all(emulator: Emulator, run: Run) -> None:
    client = Client(emulator.url)
    mine = {**BY_SESSION, "api_session_uuid": client.log_in("carol")}
    assert run(**CREATE, **mine, check_mode=True)["changed"]
    foreign = {**BY_SESSION, "api_session_uuid": client.log_in("bob")}
    assert "or the caller may not see it" in run(**CREATE, **foreign)["msg"]
    # On servers that show all accounts to every caller, only keys of several owners prove an administrator.
    see(emulator, admin="SystemAdmin", carol="Normal")
    for session in (mine, foreign):
        result = run(**CREATE, **session)
        assert "a session does not identify its account" in result["msg"]
        assert result["error"]["category"] == "refused"
    assert run(**CREATE, **BY_SESSION)["changed"]


@pytest.mark.parametrize("owner", ["admin", "carol"])
@pytest.mark.parametrize("kept", ["admin", ""])
@pytest.mark.parametrize("name", [False, True])
def test_a_session_can_create_the_first_key(emulator: Emulator, run: Run, owner: str, kept: str, name: bool) -> None:
    """It can do so for its own account if no other is visible, and for any account if keys prove an administrator."""
    client = Client(emulator.url, session_uuid=SESSION, key=None)
    for key in client.listed():
        if not kept or key["accountUuid"] != ACCOUNT[kept]:
            client.call("DELETE", f"/v1/accesskeys/{key['uuid']}")
    mine = {**BY_SESSION, "api_session_uuid": client.log_in(owner)}
    wish = {**({"account_name": owner} if name else {"account_uuid": ACCOUNT[owner]}), "create": "if_none"}
    result = run(**wish, allow_unregistered_secret=True, **mine)
    if owner == "admin" and not kept:
        # On servers that show all accounts to every caller, this session cannot be distinguished from an ordinary one.
        assert "a session does not identify its account" in result["msg"]
        see(emulator, admin="SystemAdmin")
        result = run(**wish, allow_unregistered_secret=True, **mine)
    if owner == kept:
        assert not result["changed"]
        result = run(**{**CREATE, "create": "if_none"}, **mine)
    assert result.get("changed"), result


def test_a_limit_that_the_caller_cannot_see_applies(emulator: Emulator, run: Run) -> None:
    see(emulator)
    result = run(description="third", api_access_key_id=ALICE[0], api_access_key_secret=ALICE[1])
    assert result["error"]["category"] == "quota"
    assert actions(emulator)[-1] == "QueryAccount"


# --- a server that does not do what the task requested ---


def answer_creations(emulator: Emulator, patch: pytest.MonkeyPatch | None, **fields: Any) -> str:
    """Have a creation answered with a key that was created before. Return its uuid. patch: the task chooses this uuid."""
    made = Client(emulator.url).create("carol")
    if patch:
        chosen = SimpleNamespace(hex=made["uuid"])
        patch.setattr("ansible_collections.multicloud.iam.plugins.module_utils._zstack.accesskey.uuid4", lambda: chosen)
    fault(emulator, "status", "CreateAccessKey", status=202, body={"location": f"/v1/api-jobs/{UNKNOWN_UUID}"})
    fault(emulator, "status", "QueryJob", status=200, body={"inventory": {**made, **fields}}, times=1)
    uuid: str = made["uuid"]
    return uuid


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"AccessKeySecret": CHOSEN["access_key_secret"]}, "without the requested access_key_id"),
        ({"AccessKeyID": CHOSEN["access_key_id"]}, "without the requested access_key_secret"),
        ({}, "without the requested access_key_id and access_key_secret"),
        ({"AccessKeyID": CHOSEN["access_key_id"], "AccessKeySecret": None}, ""),
        ({"AccessKeyID": CHOSEN["access_key_id"], "AccessKeySecret": "*****"}, ""),
    ],
)
def test_an_ignored_chosen_pair_is_a_failure(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], what: str
) -> None:
    options = {"account_uuid": ACCOUNT["carol"], **CHOSEN, "create": "if_unmatched"}
    uuid = answer_creations(emulator, monkeypatch, **fields)
    result = run(**options)
    if not what:
        assert result["changed"]
        return
    assert what in result["msg"]
    assert f"uuid {uuid}, which had just been created, was deleted" in result["msg"]
    assert "omit access_key_id and access_key_secret" in result["msg"]
    assert not result["error"]["retryable"]
    assert keys_of(emulator, "carol") == []


def test_a_key_of_an_unexpected_account_is_a_failure(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_creations(emulator, monkeypatch, accountUuid=ACCOUNT["alice"])
    result = run(account_uuid=ACCOUNT["carol"], create="always", allow_unregistered_secret=True)
    assert "without the requested owner" in result["msg"]
    assert "Sign with the credentials of the account" in result["msg"]
    assert keys_of(emulator, "carol") == []


def test_a_key_that_the_task_has_not_created_is_never_deleted(emulator: Emulator, run: Run) -> None:
    foreign = answer_creations(emulator, None, accountUuid=ACCOUNT["alice"])
    result = run(account_uuid=ACCOUNT["carol"], create="always", allow_unregistered_secret=True)
    assert f"it is about the access key {foreign}" in result["msg"]
    assert [key["uuid"] for key in keys_of(emulator, "carol")] == [foreign]


OF_A_USER = {
    "account_uuid": ACCOUNT["bob"],
    "user_uuid": BOBS_USER,
    "description": "ci",
    "allow_unregistered_secret": True,
}


def without_users(emulator: Emulator, product: str) -> None:
    """Have the server report the account as the user, like ZSphere, or no user, like ZSvirt."""
    emulator.modes("zstack", product="zsphere")
    if product == "zsvirt":
        emulator.fault("null_field", cloud="zstack", field="userUuid", drop=True)


@pytest.mark.parametrize("product", ["zsphere", "zsvirt"])
def test_a_server_without_users_creates_no_key_for_a_user(emulator: Emulator, run: Run, product: str) -> None:
    without_users(emulator, product)
    for _unused in range(2):
        result = run(**OF_A_USER)
        assert "without the requested user_uuid" in result["msg"]
        assert "This server has no users: omit user_uuid" in result["msg"]
        assert "was deleted" in result["msg"]
        assert len(keys_of(emulator, "bob")) == 1


@pytest.mark.parametrize("product", ["zsphere", "zsvirt"])
@pytest.mark.parametrize("user", [{}, {"user_uuid": ACCOUNT["bob"]}])
def test_a_server_without_users_returns_the_object_that_check_mode_predicts(
    emulator: Emulator, run: Run, product: str, user: dict[str, Any]
) -> None:
    without_users(emulator, product)
    options = {**CREATE, "account_uuid": ACCOUNT["bob"], **user}
    checked = run(**options, check_mode=True)["access_key"]
    real = run(**options)["access_key"]
    assert {name: value for name, value in real.items() if checked[name] is not None} == {
        name: value for name, value in checked.items() if value is not None
    }
    assert real["user_uuid"] == ACCOUNT["bob"]
    assert run(**options)["access_key"] == real


def test_a_key_of_the_wrong_user_that_cannot_be_deleted_is_reported(emulator: Emulator, run: Run) -> None:
    without_users(emulator, "zsphere")
    fault(emulator, "error", "DeleteAccessKey", code="SYS.1006", message="no")
    result = run(**OF_A_USER)
    made = next(key for key in keys_of(emulator, "bob") if key["uuid"] != KEY_UUID["bob"])
    assert (result["left_over"]["id"], result["changed"]) == (made["uuid"], True)
    assert result["secret"] in emulator.secrets()
    assert f"uuid {made['uuid']}" in result["msg"]


# --- bad input and bad replies ---

REFUSED = [
    ({"uuid": "B0B00001000040008000000000000001"}, "uuid is 'B0B0"),
    ({"uuid": "b0b00001-0000-4000-8000-000000000001"}, "uuid is 'b0b0"),
    ({"account_uuid": "bob"}, "account_uuid is 'bob'"),
    ({"user_uuid": "bob"}, "user_uuid is 'bob'"),
    ({"uuid": ""}, "uuid is given, but empty"),
    ({"access_key_id": ""}, "access_key_id is given, but empty"),
    ({"account_name": ""}, "account_name is given, but empty"),
    ({"access_key_secret": "LongEnough1"}, "access_key_secret is given without access_key_id"),
    ({**CHOSEN, "access_key_id": "Short"}, "access_key_id has 5 characters; 10 to 20 are allowed"),
    ({**CHOSEN, "access_key_id": "x" * 21}, "access_key_id has 21 characters"),
    ({**CHOSEN, "access_key_secret": "Short"}, "access_key_secret has 5 characters; 10 to 40 are allowed"),
    ({**CHOSEN, "access_key_secret": "x" * 41}, "access_key_secret has 41 characters"),
    ({**CHOSEN, "access_key_id": "with:colon1"}, "access_key_id has a ':'"),
    ({**CHOSEN, "access_key_secret": "with:colon1"}, "access_key_secret has a ':'"),
    ({**CHOSEN, "access_key_id": " blank0000001"}, "access_key_id begins or ends with white space"),
    ({**CHOSEN, "access_key_id": "Schlüssel0001"}, "access_key_id has characters that no signed request can carry"),
    ({**CHOSEN, "create": "always"}, "create=always"),
    ({"description": "x" * 2049}, "the description has 2049 characters"),
    ({**DISABLE, "system_tags": ["validationOnly"]}, "with the system tag validationOnly"),
    ({"state": "absent"}, "which key to delete"),
    ({**DISABLE, "wait_timeout": 0}, "wait_timeout is 0"),
    ({**DISABLE, "api_timezone": "CST-8"}, "api_timezone is 'CST-8', which is not a time zone"),
    ({**DISABLE, "api_timezone": ""}, "api_timezone is ''"),
    ({**DISABLE, **BY_SESSION, "api_session_uuid": "not-a-session"}, "api_session_uuid is not a uuid"),
    ({**DISABLE, "api_access_key_id": "with:colon"}, "which cannot sign a call"),
    ({**DISABLE, "api_access_key_id": "ключ"}, "which cannot sign a call"),
    ({**DISABLE, "api_access_key_secret": None}, "without api_access_key_secret"),
    ({**DISABLE, "api_session_uuid": SESSION}, "belong to different kinds of credentials"),
    ({**DISABLE, "api_endpoint": None}, "api_endpoint is missing"),
    ({**DISABLE, "api_endpoint": "http://127.0.0.1:1/?a=b"}, "api_endpoint is"),
]


@pytest.mark.parametrize(("options", "text"), REFUSED, ids=lambda value: str(value)[:50])
@pytest.mark.parametrize("check_mode", [True, False])
def test_impossible_options_are_refused_before_any_call(
    emulator: Emulator, run: Run, options: dict[str, Any], text: str, check_mode: bool
) -> None:
    result = run(**options, check_mode=check_mode)
    assert result["failed"]
    assert text in result["msg"]
    assert result["error"]["category"] == "usage"
    assert actions(emulator) == []


@pytest.mark.parametrize("action", ["QueryAccessKey", "CreateAccessKey"])
def test_an_endlessly_nested_error_is_an_ordinary_one(emulator: Emulator, run: Run, action: str) -> None:
    fault(emulator, "status", action, status=503, body="[" * 200000)
    result = run(**CREATE, api_retries=0)
    assert (result["error"]["category"], result["error"]["http_status"]) == ("unavailable", 503)
    assert f"account {ACCOUNT['carol']}" in result["msg"]


def test_a_secret_that_is_not_unicode_fails_no_listing(emulator: Emulator, run: Run) -> None:
    row = {"uuid": KEY_UUID["bob"], "accountUuid": ACCOUNT["bob"], "AccessKeyID": BOB[0], "state": "Enabled"}
    row["AccessKeySecret"] = "Canary-\ud800-Secret"
    fault(emulator, "wrong_type", "QueryAccessKey", body={"inventories": [row], "total": 1})
    result = run("zstack_accesskey_info", account_uuids=[ACCOUNT["bob"]])
    assert [key["id"] for key in result["access_keys"]] == [KEY_UUID["bob"]]


def test_an_unknown_state_is_never_guessed(emulator: Emulator, run: Run) -> None:
    row = {"uuid": KEY_UUID["bob"], "accountUuid": ACCOUNT["bob"], "AccessKeyID": BOB[0], "state": "Frozen"}
    fault(emulator, "wrong_type", "QueryAccessKey", body={"inventories": [row]})
    assert "the state is 'Frozen', which is not known" in run(**DISABLE)["msg"]


def test_an_error_that_echoes_the_login_shows_no_secret(emulator: Emulator, run: Run) -> None:
    fault(emulator, "echo_request", "LogInByAccount")
    assert run(**DISABLE, **BY_PASSWORD)["failed"]


# --- the list ---


def test_all_pages_are_read(emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.multicloud.iam.plugins.module_utils._zstack.client.PAGE", 3)
    emulator.seed({"zstack": {"generate_accounts": {"count": 10, "prefix": "many-", "keys": 1}}})
    keys = run("zstack_accesskey_info", all_users=True)["access_keys"]
    expected = [key["uuid"] for account in emulator.state("zstack")["accounts"] for key in account["keys"]]
    assert [key["id"] for key in keys] == sorted(expected)
    assert len(actions(emulator)) == -(-len(expected) // 3)


@pytest.mark.parametrize(
    ("options", "names", "calls"),
    [
        ({}, ["admin"], ["QueryAccessKey"] * 2),
        (BY_PASSWORD, ["admin"], ["LogInByAccount", "QueryAccessKey", "LogOut"]),
        ({"account_uuids": [ACCOUNT["bob"], ACCOUNT["alice"]]}, ["bob", "alice"], ["QueryAccessKey"]),
        ({"account_uuids": [ACCOUNT["carol"]]}, [], NO_KEY),
        ({"account_names": ["carol"]}, [], ["QueryAccount", *NO_KEY]),
        (
            {"account_names": ["bob", "alice", "bob"], "account_uuids": [ACCOUNT["alice"]]},
            ["alice", "bob"],
            ["QueryAccount", "QueryAccount", "QueryAccessKey"],
        ),
        ({"account_uuids": []}, [], []),
        ({"all_users": True, **BY_SESSION}, ["alice", "admin", "bob"], ["QueryAccessKey"]),
    ],
)
def test_the_keys_of_the_selected_owners_are_listed(
    emulator: Emulator, run: Run, options: dict[str, Any], names: list[str], calls: list[str]
) -> None:
    keys = run("zstack_accesskey_info", **options)["access_keys"]
    assert list(dict.fromkeys(key["owner"] for key in keys)) == [ACCOUNT[name] for name in names]
    assert actions(emulator) == calls


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"account_uuids": [ACCOUNT["bob"], UNKNOWN_UUID]}, f"Could not read account {UNKNOWN_UUID}"),
        ({"account_names": ["bob", "nobody"]}, "Could not read account nobody"),
        ({"account_uuids": ["x"]}, "account_uuids is 'x'"),
        ({"account_uuids": [], "all_users": True}, "all_users cannot be combined with"),
        (BY_SESSION, "a session does not identify its account"),
        ({"description": "x" * 2049}, "the description has 2049"),
    ],
)
def test_a_failed_list_is_not_an_empty_one(run: Run, options: dict[str, Any], text: str) -> None:
    assert text in run("zstack_accesskey_info", **options)["msg"]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({}, 4),
        ({"status": "inactive"}, 1),
        ({"description": "ci-deploy"}, 1),
        ({"older_than_days": 100000}, 0),
        ({"older_than_days": 1, "status": "active"}, 3),
    ],
)
def test_each_filter_selects_its_keys(run: Run, options: dict[str, Any], count: int) -> None:
    keys = run("zstack_accesskey_info", all_users=True, **options)["access_keys"]
    assert len(keys) == count
    assert {key["last_used_state"] for key in keys} <= {"unknown"}


def test_a_list_that_shrinks_while_it_is_read_is_read_again(
    emulator: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansible_collections.multicloud.iam.plugins.module_utils._zstack.client.PAGE", 2)
    rows = [
        {
            "uuid": f"{number:08x}000040008000000000000001",
            "accountUuid": ACCOUNT["bob"],
            "AccessKeyID": "k",
            "state": "Enabled",
        }
        for number in range(2)
    ]
    fault(emulator, "wrong_type", "QueryAccessKey", body={"inventories": rows, "total": 5}, times=1)
    keys = run("zstack_accesskey_info", all_users=True)["access_keys"]
    expected = [key["uuid"] for account in emulator.state("zstack")["accounts"] for key in account["keys"]]
    assert sorted(key["id"] for key in keys) == sorted(expected)


# --- keys whose owners are not known ---


def find(run: Run, *ids: str, **options: Any) -> Result:
    return run("zstack_accesskey_info", access_key_ids=list(ids), **options)


def test_all_keys_with_one_id_are_found(emulator: Emulator, run: Run) -> None:
    again = {
        "uuid": "ca401001000040008000000000000009",
        "access_key_id": ALICE[0],
        "access_key_secret": "x" * 30,
    }
    emulator.seed({"zstack": {"accounts": [{"name": "carol", "keys": [again]}]}})
    result = find(run, ALICE[0])
    assert sorted(key["owner"] for key in result["access_keys"]) == sorted(ACCOUNT[name] for name in ("alice", "carol"))


@pytest.mark.parametrize("key_id", ["a,EmulatorAliceKey0001", "a?=b", "a>=b", "ключ", "x y"])
def test_an_id_that_no_condition_can_contain_finds_nothing_else(run: Run, key_id: str) -> None:
    assert find(run, key_id)["not_found"] == [key_id]


def test_an_id_in_another_case_is_named(run: Run) -> None:
    result = find(run, BOB[0].upper())
    assert result["not_found"] == [BOB[0].upper()]
    assert any(BOB[0] in warning for warning in result["warnings"])
