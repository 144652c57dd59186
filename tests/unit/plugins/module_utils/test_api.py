# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test what a call adds to the result of its task, and what the items of a loop share."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._api import Api, Call, Reply
from ansible_collections.multicloud.iam.plugins.module_utils._credentials import Credentials
from ansible_collections.multicloud.iam.plugins.module_utils._endpoint import Settings
from ansible_collections.multicloud.iam.plugins.module_utils._errors import THROTTLED, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._permissions import Operation, Permissions
from ansible_collections.multicloud.iam.plugins.module_utils._recorder import Change, Recorder
from ansible_collections.multicloud.iam.plugins.module_utils._sources import Found
from ansible_collections.multicloud.iam.plugins.module_utils._task import LoopCache, Task
from ansible_collections.multicloud.iam.plugins.module_utils._transport import Http

SETTINGS = Settings("http://127.0.0.1:1")
OPERATIONS = {"Action": Operation("x:Action"), "Write": Operation("x:Write", writes=True)}
PERMISSIONS = Permissions(
    "example", "Example", OPERATIONS, lambda actions: {"allow": actions}, ("https://example.com",)
)


def credentials_of(**members):
    return Credentials({name: Found(value, name) for name, value in members.items()}, signer="somebody")


KEY = credentials_of(id="key", secret="first")
OTHER = credentials_of(id="other", secret="second")


def test_each_request_id_is_noted_once_in_the_order_of_the_calls():
    """A client that chooses the ID itself gets it back with every attempt and every poll of a job."""
    task = Task({})
    answers = [
        CloudError(THROTTLED, "wait", request_id="first"),
        Reply(None, "first"),
        Reply(None, "second"),
        Reply(None, "first"),
        Reply(None, None),
    ]

    def attempt(_seconds):
        answer = answers.pop(0)
        if isinstance(answer, CloudError):
            raise answer
        return answer

    api = Api(task, SETTINGS, KEY, PERMISSIONS)
    while answers:
        api.send(Call("Action", "do", "something"), attempt, lambda content: content)
    assert task.request_ids == ["first", "second"]


@pytest.mark.parametrize(
    ("settings", "credentials", "is_shared"),
    [
        (SETTINGS, credentials_of(secret="first", id="key"), True),
        (SETTINGS, credentials_of(id="key", secret="second"), False),
        (SETTINGS, credentials_of(id="key", secret="first", token="temporary"), False),
        (replace(SETTINGS, endpoint="http://127.0.0.1:2"), KEY, False),
        (replace(SETTINGS, verify=False), KEY, False),
    ],
    ids=["same", "another secret", "another token", "another endpoint", "unverified"],
)
def test_items_share_connections_only_with_the_same_settings_and_credentials(settings, credentials, is_shared):
    first = Task({})
    second = Task({}, cache=first.cache)
    is_same = Api(first, SETTINGS, KEY, PERMISSIONS).http is Api(second, settings, credentials, PERMISSIONS).http
    assert is_same is is_shared


def test_tasks_share_nothing():
    assert Api(Task({}), SETTINGS, KEY, PERMISSIONS).http is not Api(Task({}), SETTINGS, KEY, PERMISSIONS).http


def test_the_account_is_looked_up_once_for_items_with_the_same_credentials():
    asked = []

    def account():
        asked.append("asked")
        return "1234"

    first = Task({})
    for expected, credentials in [("1234", KEY), ("1234", KEY), ("9", KEY), (None, KEY), ("1234", OTHER)]:
        api = Api(Task({"api_expected_account": expected}, cache=first.cache), SETTINGS, credentials, PERMISSIONS)
        if expected == "9":
            with pytest.raises(CloudError, match="belong to account 1234"):
                api.check_account(account)
        else:
            api.check_account(account)
    assert len(asked) == 2


def test_a_failed_look_up_of_the_account_is_repeated():
    answers = [CloudError(THROTTLED, "wait"), "1234"]

    def account():
        answer = answers.pop(0)
        if isinstance(answer, CloudError):
            raise answer
        return answer

    api = Api(Task({"api_expected_account": "1234"}), SETTINGS, KEY, PERMISSIONS)
    with pytest.raises(CloudError, match="wait"):
        api.check_account(account)
    api.check_account(account)
    assert not answers


class Closable:
    is_closed = False

    def close(self):
        self.is_closed = True


def test_a_full_cache_closes_what_was_unused_for_the_longest_time():
    kept = LoopCache(most=2)
    first, second, third = Closable(), Closable(), Closable()
    assert kept.get("first", lambda: first) is first
    kept.get("second", lambda: second)
    assert kept.get("first", Closable) is first
    kept.get("third", lambda: third)
    assert [thing.is_closed for thing in (first, second, third)] == [False, True, False]
    assert kept.get("second", lambda: None) is None
    assert [thing.is_closed for thing in (first, third)] == [True, False]
    kept.clear()
    assert third.is_closed


def test_a_loop_with_many_credentials_keeps_the_last_few_connections(monkeypatch):
    closed = []

    def close(http):
        closed.append(http)

    monkeypatch.setattr(Http, "close", close)
    kept = LoopCache()
    made = [
        Api(Task({}, cache=kept), SETTINGS, credentials_of(id=str(number)), PERMISSIONS).http for number in range(100)
    ]
    assert closed == made[: len(closed)]
    assert 80 < len(closed) < 99


def test_a_recorder_gets_each_call_once_whatever_its_end():
    """A failed call may have been carried out, and an interrupt is recorded as well."""
    recorder = Recorder(None)
    task = Task({"api_expected_account": "1234"}, recorder=recorder)
    task.secrets.add("Very-Secret-Text-1")
    api = Api(task, Settings("http://127.0.0.1:1", retries=0), KEY, PERMISSIONS)
    recorder.about(Change("known", "bob", {"status": "active"}, {"status": "inactive"}))
    write = Call("Write", "change", "key Very-Secret-Text-1")

    def fail(error):
        def attempt(_seconds):
            raise error

        return attempt

    api.send(Call("Action", "read", "key"), lambda _seconds: Reply(None, "first"), lambda content: content)
    api.send(write, lambda _seconds: Reply({"id": "new"}, "second"), lambda content: (content, "secret"))
    for error in (CloudError(THROTTLED, "wait", code="Limit"), CloudError(THROTTLED, "wait", maybe_done=True)):
        with pytest.raises(CloudError):
            api.send(write, fail(error), lambda content: content)
    with pytest.raises(KeyboardInterrupt):
        api.send(write, fail(KeyboardInterrupt()), lambda content: content)
    assert [entry["operation"] for entry in recorder.entries] == ["Action", *["Write"] * 4]
    assert recorder.entries[0]["write"] is None
    writes = [entry["write"] for entry in recorder.entries[1:]]
    assert [each["outcome"] for each in writes] == ["done", "failed", "unknown", "unknown"]
    assert [each["key_id"] for each in writes] == ["new", "known", "known", "known"]
    assert [each["code"] for each in writes] == [None, "Limit", None, None]
    assert {(each["owner"], each["account"], str(each["after"])) for each in writes} == {
        ("bob", "1234", "{'status': 'inactive'}")
    }
    assert "Very-Secret" not in str(recorder.entries)
