# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interrupt every line between the reply to a creation and the end of the task. No key is lost without being named.

An exception, the timeout of the task and a signal interrupt each line that the action plugin and the module execute
after the reply, in both runtimes. After that, the secret is in the result; or the ID, owner and description of the key
are in the result, a warning or the output; or the key has been deleted. The tests do not run a playbook, but must
pass with every version of ansible-core.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout, suppress
from functools import partial
from itertools import count
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleConnectionFailure
from ansible.module_utils import basic
from ansible.parsing.dataloader import DataLoader

from ansible_collections.multicloud.iam.plugins.module_utils import _creation_lock
from ansible_collections.multicloud.iam.plugins.module_utils._creation_lock import Claim
from ansible_collections.multicloud.iam.plugins.module_utils._interrupts import (
    InterruptedBySignalError,
    release_interrupts,
)
from ansible_collections.multicloud.iam.plugins.module_utils._keys import KEY_SCHEMA, new_key
from ansible_collections.multicloud.iam.plugins.module_utils._module import state_module
from ansible_collections.multicloud.iam.plugins.module_utils._options import KEY_OPTIONS
from ansible_collections.multicloud.iam.plugins.module_utils._plan import State
from ansible_collections.multicloud.iam.plugins.module_utils._predictions import Kind
from ansible_collections.multicloud.iam.plugins.module_utils._resource import ResourceDefaults
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_as_module
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.plugins.plugin_utils import _action, _conditions

PLUGINS = str(Path(_action.__file__).parent.parent)
SECRET = "Canary-Of-Every-Line-0001"
KEY = {**new_key("OWNER-1"), "id": "KEY-ID-1", "description": "marker-1"}
FACTS = (KEY["id"], KEY["owner"], KEY["description"])
PORTS = count(1)
ARGUMENTS = {"description": "marker-1", "owner": "OWNER-1"}


class TaskTimeoutError(BaseException):
    """Stand in for the exception of ansible-core."""


class WorkerEndedError(BaseException):
    """Represent the end of a worker because of a signal."""


class Cloud(ResourceDefaults):
    """Create one key. The lines to interrupt begin with the reply."""

    kind = Kind("access_key")
    label = "access key with description 'marker-1' of OWNER-1"
    schema = KEY_SCHEMA
    yields_secret = True
    there: State | None = None
    has_replied = False

    def __init__(self, task: Task) -> None:
        self.task = task
        self.desired = {"status": task.options["status"], "description": task.options["description"]}
        marks = {"owner": "OWNER-1", "description": "marker-1"}
        # A different server each time, so that there are no recent creations.
        self.claim = Claim(f"http://192.0.2.1:{next(PORTS)}", "key", 5.0, ("OWNER-1",), marks, (marks,))
        Cloud.there, Cloud.has_replied = None, False
        task.at_end.append(lambda: None)
        task.warnings.append("a warning")

    def identify(self, state: State) -> str:
        return f"access_key_id {state['id']}"

    def is_same(self, state: State) -> bool:
        return False

    def read(self) -> State | None:
        return None

    def blank(self) -> State:
        return new_key("OWNER-1")

    def guard(self, todo: Any, current: State | None) -> None:
        pass

    def create(self, attributes: Any) -> tuple[State, str | None]:
        Cloud.there = dict(KEY)
        Cloud.has_replied = True
        return dict(KEY), SECRET

    def appeared(self) -> list[State]:
        return [Cloud.there] if Cloud.there else []

    def update(self, current: State, attributes: Any) -> None:
        pass

    def delete(self, current: State) -> None:
        Cloud.there = None


MODULE = state_module(
    "access_key", Cloud, {**KEY_OPTIONS, "owner": {"type": "str"}}, identity=("owner",), marker="description"
)


class Plugin(_action.CloudActionModule):
    """Act as the action plugin of that module."""

    module_name = "c.d.m"
    module = MODULE


class Injection:
    """Interrupt one of the lines that are executed after the reply, or only count these lines."""

    def __init__(self, happens: Callable[[], None] | None = None, where: tuple[str, int] | None = None) -> None:
        self.happens = happens
        self.where = where
        self.lines: dict[tuple[str, int], None] = {}

    def __enter__(self) -> Injection:
        Cloud.has_replied = False
        sys.settrace(self._called)
        return self

    def __exit__(self, *_error: object) -> None:
        sys.settrace(None)

    def _called(self, frame: FrameType, _event: str, _argument: Any) -> Any:
        return self._traced if frame.f_code.co_filename.startswith(PLUGINS) else None

    def _traced(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line" and Cloud.has_replied:
            line = (frame.f_code.co_filename, frame.f_lineno)
            self.lines[line] = None
            if line == self.where and self.happens:
                sys.settrace(None)
                self.where = None
                self.happens()
        return self._traced


def fail() -> None:
    raise ValueError("a defect")


def lose_the_connection() -> None:
    raise AnsibleConnectionFailure("gone")


def let_time_out() -> None:
    os.kill(os.getpid(), signal.SIGALRM)


def end() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.fixture(autouse=True)
def messages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """Collect all output besides the result, and let signals behave as in a worker."""
    lines: list[str] = []
    for name in ("warning", "display"):
        monkeypatch.setattr(_action.display, name, lambda msg, *_more, **_options: lines.append(msg))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(_action, "_final", [])
    # An exception can leave locks behind here. In a real run, they end with the process.
    monkeypatch.setattr(_creation_lock, "_RECORDS_PATIENCE", 0.05)

    def time_out(*_unused: Any) -> None:
        raise TaskTimeoutError("in time")

    def end_worker(*_unused: Any) -> None:
        raise WorkerEndedError

    before = {
        number: signal.signal(number, handler)
        for number, handler in ((signal.SIGALRM, time_out), (signal.SIGTERM, end_worker))
    }
    yield lines
    for number, handler in before.items():
        signal.signal(number, handler)


def as_process(injection: Injection) -> dict[str, Any]:
    """Return the result of the module process, as ansible-core passes it to the action plugin."""
    arguments = {**ARGUMENTS, "allow_unregistered_secret": True, "_ansible_diff": True, "_ansible_module_name": "m"}
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    output = io.StringIO()
    status: Any = 1
    try:
        with redirect_stdout(output), injection:
            run_as_module(MODULE)
    except SystemExit as ended:
        status = ended.code
    except (Exception, WorkerEndedError, TaskTimeoutError, InterruptedBySignalError):
        status = 1
    finally:
        # Locks of the process that has ended.
        release_interrupts()
    try:
        result: dict[str, Any] = json.loads(output.getvalue())
    except ValueError:
        return {"failed": True, "module_stdout": output.getvalue(), "rc": status, "msg": "MODULE FAILURE"}
    result.pop("_ansible_new_secrets", None)
    return result


def plugin(monkeypatch: pytest.MonkeyPatch, execute: Callable[..., Any] | None = None, **keywords: Any) -> Any:
    """Return the action plugin of a task. execute: run the module as a process."""
    task = SimpleNamespace(
        args=dict(ARGUMENTS),
        action="c.d.m",
        register="made",
        no_log=False,
        check_mode=False,
        diff=True,
        async_val=0,
        environment=[],
        delegate_to=None,
        loop=None,
        loop_with=None,
        loop_control=None,
        until=[],
        retries=None,
        changed_when=[],
        failed_when=[],
        _uuid="1",
        **keywords,
    )
    shell = SimpleNamespace(tmpdir="/nowhere")
    connection = SimpleNamespace(
        ansible_name="ansible.builtin.local",
        transport="local",
        become=None,
        _shell=shell,
        _play_context=SimpleNamespace(no_log=False),
        has_option=lambda _name: False,
    )
    made: Any = Plugin(task, connection, connection._play_context, DataLoader(), None, None)
    monkeypatch.setattr(made, "_compute_environment_string", lambda _raw: "")
    monkeypatch.setattr(made, "_interpreter", lambda _variables: None)
    if execute:
        monkeypatch.setattr(made, "_why_not_in_process", lambda _variables: "this test says so")
        monkeypatch.setattr(made, "_execute_module", execute)
    return made


def attempt(runs: Callable[[], dict[str, Any]], messages: list[str]) -> dict[str, Any]:
    """Return the result that arrives, with all other output."""
    messages.clear()
    result: dict[str, Any] = {}
    with suppress(TaskTimeoutError, WorkerEndedError, InterruptedBySignalError, ValueError, AnsibleConnectionFailure):
        result = runs()
    return result


def lost(result: dict[str, Any], messages: list[str]) -> str:
    """Return what is wrong with the result of a creation, or ""."""
    visible = json.dumps({**result, "secret": ""}) + "\n".join(messages)
    if SECRET in visible:
        return "the secret is shown"
    key = result.get("access_key") or result.get("left_over") or {}
    if result.get("secret") == SECRET and key.get("id") == KEY["id"]:
        return ""
    # An interrupt at the moment when the process ends finds no result.
    facts = FACTS[1:] if "maybe after it had created an access key" in visible else FACTS
    if Cloud.there is None or all(fact in visible for fact in facts):
        return ""
    return f"the key is lost: {visible}"


WAYS = [fail, let_time_out, end]


@pytest.mark.parametrize("happens", WAYS, ids=lambda way: way.__name__)
def test_no_line_of_the_worker_loses_a_key(
    monkeypatch: pytest.MonkeyPatch, messages: list[str], happens: Callable[[], None]
) -> None:
    def run(injection: Injection) -> dict[str, Any]:
        action = plugin(monkeypatch)
        with injection:
            result: dict[str, Any] = action.run(None, {"inventory_hostname": "localhost"})
        return result

    counted = Injection()
    assert attempt(lambda: run(counted), messages)["secret"] == SECRET
    assert "created access key KEY-ID-1" in "".join(messages)
    check(run, counted, happens, messages)


@pytest.mark.parametrize("happens", WAYS, ids=lambda way: way.__name__)
def test_no_line_of_the_process_loses_a_key(
    monkeypatch: pytest.MonkeyPatch, messages: list[str], happens: Callable[[], None]
) -> None:
    def run(injection: Injection) -> dict[str, Any]:
        result: dict[str, Any] = plugin(monkeypatch, lambda **_options: as_process(injection)).run(None, {})
        return result

    counted = Injection()
    assert attempt(lambda: run(counted), messages)["secret"] == SECRET
    check(run, counted, happens, messages)


@pytest.mark.parametrize("happens", WAYS, ids=lambda way: way.__name__)
def test_no_line_after_the_process_loses_a_key(
    monkeypatch: pytest.MonkeyPatch, messages: list[str], happens: Callable[[], None]
) -> None:
    def run(injection: Injection) -> dict[str, Any]:
        def execute(**_options: Any) -> dict[str, Any]:
            Cloud.there, Cloud.has_replied = dict(KEY), True
            return {"changed": True, "access_key": dict(KEY), "secret": SECRET, "request_ids": []}

        action = plugin(monkeypatch, execute)
        with injection:
            result: dict[str, Any] = action.run(None, {})
        return result

    counted = Injection()
    assert attempt(lambda: run(counted), messages)["secret"] == SECRET
    check(run, counted, happens, messages)


def check(
    run: Callable[[Injection], dict[str, Any]], counted: Injection, happens: Callable[[], None], messages: list[str]
) -> None:
    """Interrupt each of the counted lines."""
    problems = []
    for where in counted.lines:
        problem = lost(attempt(partial(run, Injection(happens, where)), messages), messages)
        assert Cloud.has_replied
        if problem:
            problems.append(f"{Path(where[0]).name}:{where[1]}: {problem}")
    assert not problems, "\n".join(problems)
    assert len(counted.lines) > 20


@pytest.mark.parametrize(
    "ends",
    [
        lose_the_connection,
        let_time_out,
        end,
        lambda: {"failed": True, "module_stdout": "", "module_stderr": "", "rc": 137, "msg": "MODULE FAILURE"},
    ],
    ids=["the connection fails", "the time is up", "a signal", "the process is killed"],
)
def test_without_a_reply_a_warning_says_how_to_find_the_key(
    monkeypatch: pytest.MonkeyPatch, messages: list[str], ends: Callable[[], Any]
) -> None:
    def execute(**_options: Any) -> Any:
        ended = ends()
        return next(ended) if hasattr(ended, "__next__") else ended

    attempt(lambda: plugin(monkeypatch, execute).run(None, {}), messages)
    text = "\n".join(messages)
    assert "maybe after it had created an access key (description 'marker-1', owner 'OWNER-1', after 2" in text
    assert "Look for one before you run this again" in text


def test_a_prediction_does_not_hold_back_interrupts_from_the_creation(
    monkeypatch: pytest.MonkeyPatch, messages: list[str]
) -> None:
    """Otherwise, the timeout of the task has no effect, and the module process does not receive an interrupt."""
    held: dict[bool, bool] = {}
    time_out = signal.getsignal(signal.SIGALRM)

    def execute(**_options: Any) -> dict[str, Any]:
        is_predicted = bool(action._task.check_mode)
        held[is_predicted] = signal.getsignal(signal.SIGALRM) is not time_out
        secret = None if is_predicted else SECRET
        return {"changed": True, "access_key": dict(KEY), "secret": secret, "request_ids": []}

    action = plugin(monkeypatch, execute)
    action._task.until = [True]
    assert action.run(None, {})["secret"] == SECRET
    assert held == {True: False, False: False}


def test_a_prediction_that_finds_nothing_to_change_is_the_only_run(
    monkeypatch: pytest.MonkeyPatch, messages: list[str]
) -> None:
    runs = []

    def execute(**_options: Any) -> dict[str, Any]:
        runs.append(action._task.check_mode)
        return {"changed": False, "access_key": dict(KEY), "request_ids": ["1"]}

    action = plugin(monkeypatch, execute)
    action._task.until = [True]
    assert action.run(None, {})["request_ids"] == ["1"]
    assert runs == [True]


def test_the_conditions_of_a_task_are_evaluated_once_with_the_prediction(
    monkeypatch: pytest.MonkeyPatch, messages: list[str]
) -> None:
    """Regardless of how often the object is read before it is created, because lookups can be slow or have side effects."""
    evaluated: list[bool] = []

    def evaluate(_task: Any, _loader: Any, _variables: Any, result: dict[str, Any]) -> None:
        evaluated.append(result["secret"] == SECRET)

    monkeypatch.setattr(_conditions, "_evaluate", evaluate)
    action = plugin(monkeypatch)
    action._task.until = [True]
    assert action.run(None, {})["secret"] == SECRET
    assert evaluated == [False, True]
