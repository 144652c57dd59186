# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test one cell of the matrix, and report the problems.

In addition to the expectations in the table, every cell must satisfy these rules: The number of objects is right. No
creation is sent twice. A failure names everything that is known. Nothing shows a secret or a traceback. The next run
reaches the desired state.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils import _api, _creation
from ansible_collections.multicloud.iam.plugins.module_utils._creation_lock import Claim, Turn

from ..support.clouds import foreign_variables
from ..support.emulator import Emulator, forget_creations
from ..tooling import canary
from .expected import AMBIGUOUS, AUTHENTICATION, INTERRUPTED, MAY_CHANGE, REFUSED, RETRIES, SUCCEEDS
from .neighbours import Neighbours
from .objects import DELETE, OTHERS_VALUE, POLL, READ, Object, View
from .runtimes import IN_PROCESS, WORKER_ENDED, Ended, Running, Task
from .table import HELD, TRIED, UNUSABLE, Cell

Result = dict[str, Any]

_JOB = re.compile(r"[0-9a-f]{32}")
LONGEST_WAIT = (
    3.0  # seconds to wait for an object that is not listed, and after a call for the creation of another task
)
_PATIENCE = 20.0  # seconds for every short operation
NETRC = ("nobody-of-netrc", "Canary-Netrc-Secret-1")


class Lane:
    """Test one cell after the other, with a separate emulator."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="faults-"))
        self._open = ExitStack()
        self.emulator = self._open.enter_context(Emulator())
        self.neighbours = Neighbours(self.directory, self.emulator.port)
        self.known_secrets = frozenset(self.emulator.secrets())
        home = self.directory / "home"
        home.mkdir()
        # Only the tasks of this lane share the records of new objects.
        tempfile.tempdir = str(self.directory / "tmp")
        os.mkdir(tempfile.tempdir)
        self.lock = Path(tempfile.tempdir, f"multicloud-iam-{os.geteuid()}")
        # Limit the waits that would not end.
        for module in (_api, _creation):
            module.UNTIL_LISTED = LONGEST_WAIT  # type: ignore[attr-defined]
        for name in foreign_variables():
            del os.environ[name]
        os.environ["HOME"] = str(home)
        (home / ".netrc").write_text("default login {} password {}\n".format(*NETRC), encoding="utf-8")
        (home / ".netrc").chmod(0o600)

    def close(self) -> None:
        self.neighbours.stop()
        self._open.close()
        shutil.rmtree(self.directory)

    def run(self, runtime: str, thing: Object, options: Mapping[str, Any], check_mode: bool = False) -> Ended:
        """Run one task without any fault, or with the armed faults."""
        return self.start(runtime, thing, options, check_mode).wait()

    def start(self, runtime: str, thing: Object, options: Mapping[str, Any], check_mode: bool = False) -> Running:
        # On a busy machine, a task without timeout faults needs time.
        common = {"api_endpoint": self.emulator.url, "api_timeout": 20, "api_retries": RETRIES}
        return Running(runtime, Task(thing.module, {**common, **thing.signing, **options}, check_mode), self.directory)

    def view(self, thing: Object) -> View:
        return thing.view(self.emulator.state(thing.cloud))


_lane: Lane | None = None


def open_lane() -> None:
    """Create the lane of this process."""
    global _lane  # noqa: PLW0603 - each process of the pool has one lane
    _lane = Lane()
    Finalize(None, _lane.close, exitpriority=1)


def problems_of(name: str, runtime: str) -> list[str]:
    """Test the cell with this name. Return its problems, or nothing if it is as expected."""
    if _lane is None:
        raise RuntimeError("this process has no lane")
    return Trial(_lane, TRIED[name], runtime).problems()


def wait_until(condition: Callable[[], Any], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        time.sleep(0.005)


@dataclass
class Met:
    """Hold what a run did at the emulator. actions: the calls, in the order of their end. view: the objects."""

    calls: list[dict[str, Any]]
    view: View


class Trial:
    """Test a cell."""

    def __init__(self, lane: Lane, cell: Cell, runtime: str) -> None:
        self.lane = lane
        self.cell = cell
        self.fault = cell.fault
        self.thing = cell.thing
        self.step = cell.thing.steps[cell.operation]
        self.expected = cell.expected
        self.runtime = runtime
        self.found: list[str] = []

    def check(self, is_right: object, problem: str) -> None:
        if not is_right:
            self.found.append(problem)

    def problems(self) -> list[str]:
        checked = self._hit(check_mode=True)[0] if self.cell.operation == READ and not self.fault.meanwhile else None
        ended, before, met = self._hit()
        described = _described(ended)
        if checked:
            self.check(_category(checked.result) == _category(ended.result), f"in check mode: {_described(checked)}")
        self._check_end(ended, met)
        self._check_calls(met)
        self._check_objects(before, met.view)
        self._check_quiet(ended)
        self._converge(ended, before, met.view)
        return [f"{problem}\n  {described}\n  calls: {_calls(met.calls)}" for problem in self.found]

    # --- the task with the fault ---

    def _hit(self, check_mode: bool = False) -> tuple[Ended, View, Met]:
        """Run the task with the fault. Return the objects before it, and what it did."""
        emulator, fault = self.lane.emulator, self.fault
        way = self.lane.neighbours.options(fault.neighbour, self._calls_before)
        emulator.reset()
        self.lane.neighbours.forget()
        self._lines = len(emulator.secrets_file.read_text().splitlines())
        if fault.seed:
            emulator.seed(fault.seed)
        before = self.lane.view(self.thing)
        if self.thing.cloud in fault.modes:
            emulator.modes(self.thing.cloud, **fault.modes[self.thing.cloud])
        where = {"cloud": self.thing.cloud, "action": self.step.action, "after": self.step.after}
        for_this_call = (
            spec
            for spec in fault.call
            if spec.get("cloud", self.thing.cloud) == self.thing.cloud
            and spec.get("action", self.step.action) == self.step.action
        )
        emulator.faults([{**where, **self.lane.neighbours.fill_in(spec)} for spec in for_this_call])
        options = {**self.step.options, **fault.options, **self._signing, **way}
        with self._lock():
            running = self.lane.start(self.runtime, self.thing, options, check_mode)
            if fault.meanwhile:
                self._meanwhile(running, before)
            ended = running.wait()
        hits = emulator.hits()
        self.check(hits or fault.meanwhile or not fault.call, "the fault has hit nothing")
        if fault.lock == UNUSABLE:
            self.lane.lock.unlink()
        emulator.clear_faults()
        # A call is processed even if its client has given up.
        wait_until(lambda: sum(call["fault"] is not None for call in emulator.journal()) >= hits, "late calls")
        time.sleep(fault.modes.get(self.thing.cloud, {}).get("visibility_delay_seconds", 0))
        met = Met(emulator.journal(), self.lane.view(self.thing))
        if fault.modes:
            emulator.modes(self.thing.cloud, clock_skew_seconds=0, visibility_delay_seconds=0)
        return ended, before, met

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Apply the fault to the creation lock."""
        if self.fault.lock == UNUSABLE:
            self.lane.lock.symlink_to(self.lane.directory)
        if self.fault.lock != HELD:
            yield
            return
        self._holder = os.fork()
        if not self._holder:
            try:
                with Turn(self._all_turns()):
                    self.lane.lock.joinpath("held").touch()
                    time.sleep(_PATIENCE)
            finally:
                os._exit(0)
        wait_until(self.lane.lock.joinpath("held").exists, "another task's turn")
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                os.kill(self._holder, signal.SIGKILL)
            os.waitpid(self._holder, 0)

    def _all_turns(self) -> Claim:
        return Claim(
            self.lane.emulator.url + self.thing.path, self.thing.kind, _PATIENCE, tuple(map(str, range(1000))), {}, ()
        )

    def _calls_before(self) -> int:
        """Return the number of calls in the task before the call that the fault hits."""
        emulator = self.lane.emulator
        emulator.reset()
        self.lane.run(self.runtime, self.thing, self.step.options)
        numbers = [number for number, call in enumerate(emulator.journal()) if call["action"] == self.step.action]
        return numbers[self.step.after]

    @property
    def _signing(self) -> Mapping[str, Any]:
        return self.fault.signing.get(self.thing.cloud, {})

    def _meanwhile(self, running: Running, before: View) -> None:
        """Apply the fault while the call is held."""
        if self.fault.lock:
            self._while_it_waits(running)
            return
        wait_until(self.lane.emulator.hits, "the call that is held")
        url, meanwhile = self.lane.emulator.url, self.fault.meanwhile
        if isinstance(meanwhile, signal.Signals):
            if self.fault.call[0].get("commit") and self.cell.operation not in (READ, POLL):
                wait_until(lambda: self.lane.view(self.thing) != before, "the effect of the call that is held")
            running.send(meanwhile)
            return
        if meanwhile == "another user creates":
            self.thing.other_user_creates(url)
        elif meanwhile == "another user deletes":
            self.thing.other_user_deletes(url, self._target(before))
        elif self.thing.other_user_updates:
            self.thing.other_user_updates(url)
        self.lane.emulator.clear_faults()

    def _while_it_waits(self, running: Running) -> None:
        """Apply the fault while the task waits for the creation lock."""
        if self._creates:
            wait_until(self.lane.emulator.journal, "the first read")
            time.sleep(0.3)
        if isinstance(self.fault.meanwhile, signal.Signals):
            running.send(self.fault.meanwhile)
        else:
            os.kill(self._holder, signal.SIGKILL)

    def _target(self, before: View) -> str:
        """Return the target of the task."""
        new = [name for name in self.lane.view(self.thing) if name not in before]
        return new[0] if new else self.thing.target

    # --- its result ---

    def _check_end(self, ended: Ended, met: Met) -> None:
        result, expected = ended.result, self.expected
        if expected.outcome == INTERRUPTED:
            self._check_interrupt(ended)
            return
        if result is None:
            self.check(False, "no result")
            return
        has_failed = bool(result.get("failed"))
        self.check(has_failed is (expected.outcome != SUCCEEDS), f"expected: {expected.outcome}")
        self.check(
            ended.status == (1 if has_failed and self.runtime != IN_PROCESS else 0), f"exit status {ended.status}"
        )
        if has_failed:
            self._check_failure(result, met)
        elif expected.outcome == SUCCEEDS:
            self.check(result["changed"] is (self.cell.operation != READ), f"changed is {result['changed']}")
            has_secret = self.thing.yields_secret and self._creates
            self.check(bool(result.get("secret")) is has_secret, "secret of a creation")

    def _check_failure(self, result: Result, met: Met) -> None:
        error = result.get("error") or {}
        category = self.expected.category
        self.check(not category or error.get("category") == category, f"expected category: {category}")
        for name in ("attempted", "object", "api_operation", "message", "advice"):
            # No call reports an endless validation, or which task holds the lock.
            reported_by_no_call = name == "api_operation" and (self.fault.lock or error.get("attempted") == "validate")
            self.check(error.get(name) or reported_by_no_call, f"no {name}")
            self.check(str(error.get(name) or "").rstrip(". ") in result["msg"], f"msg does not contain {name}")
        for name in ("code", "request_id", "http_status"):
            value = error.get(name)
            self.check(value is None or str(value) in result["msg"], f"msg does not contain {name}")
        self._check_facts(error, met)
        # Only if a valid reply has confirmed it.
        is_changed = self.cell.operation == POLL and self.expected.outcome != AMBIGUOUS
        self.check(result["changed"] is is_changed, f"changed is {result['changed']}")
        can_help = error.get("retryable")
        says = "" if category == REFUSED else "A retry may help" if can_help else "A retry will not help"
        self.check(says in result["msg"], "msg does not say whether a retry helps")
        if self.expected.outcome == AMBIGUOUS:
            self._check_ambiguous(result)
        else:
            self.check(can_help is (category in MAY_CHANGE), f"retryable is {can_help}")

    def _check_facts(self, error: Mapping[str, Any], met: Met) -> None:
        """Check that the error describes the call that the fault has hit, with the journal's facts about its reply."""
        if error.get("attempted") == "validate":  # no call reports an endless validation
            return
        if self.fault.lock:
            self.check("Nothing was sent" in error["message"] + error["advice"], "does not say that nothing was sent")
            return
        call = self.step.first if self.fault.hits_the_first_call and self.step.first else self.step.call
        self.check(error.get("attempted") == call.doing, f"expected attempted: {call.doing}")
        self.check(error.get("api_operation") == call.action, f"expected API operation: {call.action}")
        self.check(call.names in str(error.get("object")), f"the object is not {call.names}")
        for name, value in self._reply(met).items():
            is_job = value is None and name == "request_id" and call.action in self.thing.jobs
            is_right = _JOB.fullmatch(error.get(name) or "") if is_job else error.get(name) == value
            self.check(is_right, f"{name} is not {'that of a job' if is_job else value}")

    def _reply(self, met: Met) -> dict[str, Any]:
        """Return the facts about the last reply that the fault has hit."""
        hits = self._those_hit(met)
        if not hits or not self.fault.has_whole_reply:
            return {"code": None, "http_status": self.fault.status, "request_id": None}
        hit = hits[-1]
        if hit["status"] == 202:  # a job, whose end is reported later
            hit = next(call for call in reversed(met.calls) if call["action"] == "QueryJob")
        is_in_lost_half = hit["fault"] == "truncated" and self.thing.has_id_at_end
        return {
            # For a reply without a code, the journal has the status instead.
            "code": None if hit["code"] == str(hit["status"]) else hit["code"],
            "http_status": hit["status"],
            "request_id": None if is_in_lost_half else hit["request_id"],
        }

    def _those_hit(self, met: Met) -> list[dict[str, Any]]:
        """Return the calls that the fault has hit."""
        if self.fault.call:
            return [call for call in met.calls if call["fault"]]
        return met.calls if self.fault.hits_the_first_call else []

    def _check_ambiguous(self, result: Result) -> None:
        """Check a creation with an unknown outcome: new objects are named, and a retry is not recommended."""
        appeared = [each["id"] if "id" in each else each["name"] for each in result.get("appeared") or []]
        self.check(bool(appeared) is self.expected.appears, f"appeared: {appeared}")
        for name in appeared:
            self.check(name in result["msg"], f"msg does not name {name}")
        can_run_again = bool(appeared) and not self.thing.yields_secret
        self.check(result["error"]["retryable"] is can_run_again, "retryable")

    def _check_interrupt(self, ended: Ended) -> None:
        """Check that the task ends, and names the operation and its object, and after a creation the new objects."""
        if self.runtime == IN_PROCESS and self.fault.meanwhile == signal.SIGALRM:
            self.check(ended.interrupt, f"no interrupt, status {ended.status}")
            text = ended.output
        elif self.runtime == IN_PROCESS:
            self.check(ended.status == WORKER_ENDED, f"status {ended.status}")
            text = ended.output
        else:
            self.check((ended.result or {}).get("failed") and ended.status == 1, f"status {ended.status}")
            text = (ended.result or {}).get("msg", "")
        call = self.step.call
        how = "Nothing was sent" if self.fault.lock else f"({call.action}"
        required = ["Could not", f"{call.doing} ", call.names, how, "nterrupted", "un this again"]
        if self.expected.appears:
            required += self.thing.marked(self.lane.view(self.thing)) or ["what appeared"]
        for part in required:
            self.check("".join(part.split()) in "".join(text.split()), f"does not say {part!r}: {text}")

    def _check_calls(self, met: Met) -> None:
        creations = [call for call in met.calls if call["action"] == self.thing.create_action]
        is_once = self.fault.is_rejection or len(creations) - (self.fault.meanwhile == "another user creates") <= 1
        self.check(is_once, f"{len(creations)} creations were sent")
        sent = sum(call["action"] == self.step.action for call in met.calls)
        if self.expected.sent is not None and self.cell.operation != POLL:
            by_other_user = self.fault.meanwhile == f"another user {self.cell.operation}s"
            self.check(sent == self.expected.sent + by_other_user, f"{self.step.action} was sent {sent} times")
        self.check(not self.lane.neighbours.arrived(), f"credentials went to {self.lane.neighbours.arrived()}")
        if self.expected.category == AUTHENTICATION:
            first = self._those_hit(met)[0]
            signed = [call["action"] for call in met.calls if call["n"] > first["n"] and any(call["caller"].values())]
            self.check(set(signed) <= {"LogOut"}, f"signed with rejected credentials: {signed}")
        else:
            is_wrong = any(call["code"] == self.thing.wrong_signature for call in met.calls)
            self.check(not is_wrong, "a signature was wrong")

    @property
    def _step(self) -> int:
        """Return by how much the number of objects changes."""
        return 1 if self._creates else -1 if self.cell.operation == DELETE else 0

    @property
    def _creates(self) -> bool:
        return self.thing.creates(self.cell.operation)

    def _check_objects(self, before: View, after: View) -> None:
        step = self._step if self.expected.done else 0
        meanwhile = {"another user creates": 1, "another user deletes": -1}.get(str(self.fault.meanwhile), 0)
        if self.cell.operation == DELETE and meanwhile:
            step = 0  # the same object
        self.check(len(after) - len(before) == step + meanwhile, f"{len(after) - len(before):+} objects")
        if not meanwhile and self.expected.outcome != SUCCEEDS:
            is_done = self.thing.is_done(self.cell.operation, after)
            self.check(is_done is (self.expected.done or self.cell.operation == READ), f"in effect: {is_done}")

    def _check_quiet(self, ended: Ended) -> None:
        """Check that there is no secret except that of a created key, no traceback, and no output except the result."""
        result = dict(ended.result or {})
        result.pop("secret", None)
        text = json.dumps([result, ended.interrupt], ensure_ascii=False) + ended.output
        lines = self.lane.emulator.secrets_file.read_text().splitlines()[self._lines :]
        given = {
            str(value)
            for name, value in self._signing.items()
            if value and name.endswith(("secret", "secret_key", "token", "session_uuid"))
        }
        secrets = {*self.lane.known_secrets, *map(json.loads, lines), *given, *self.thing.secrets, NETRC[1]}
        raw = text.encode()
        for secret in secrets:
            kinds = {kind for form, kind in _forms(secret) if form in raw}
            self.check(not kinds, f"a secret is shown: {', '.join(kinds)}")
        self.check("Traceback" not in text, "a traceback")

    # --- the next run ---

    def _converge(self, ended: Ended, before: View, view: View) -> None:
        """Check that the task reaches the desired state without the fault, once the advice in the message is followed."""
        if self.expected.appears and self.thing.yields_secret:
            for name in self.thing.marked(view):  # the message names it, as checked before
                key = {"id": name}
                options = {**self.thing.names_by(key), "state": "absent"}
                removed = self.lane.run(self.runtime, self.thing, options)
                self.check(
                    (removed.result or {}).get("changed"), f"deletion of what the message names: {_described(removed)}"
                )
        if not self.expected.done or self.fault.meanwhile == "another user deletes":
            forget_creations()  # as after a minute: until then, a task waits for an object that may exist
        was_changed = True
        for _attempt in range(2):
            again = self.lane.run(self.runtime, self.thing, self.step.options)
            result = again.result or {"failed": True}
            self.check(
                (_category(result) if result.get("failed") else "") == self.expected.again,
                f"the next run: {_described(again)}",
            )
            was_changed = bool(result.get("changed"))
            if not was_changed:
                break
        self.check(not was_changed, "the third run still changes something")
        after = self.lane.view(self.thing)
        if self.fault.meanwhile == "another user updates":
            state = json.dumps(self.lane.emulator.state(self.thing.cloud))
            self.check(OTHERS_VALUE in state, "the change by another user is lost")
        if not self.expected.again:
            self.check(self.thing.is_done(self.cell.operation, after), f"not in the desired state: {after}")
            self.check(len(after) - len(before) == self._step, f"in the end {len(after) - len(before):+} objects")


def _category(result: Result | None) -> Any:
    return ((result or {}).get("error") or {}).get("category", "none" if result else "no result")


def _described(ended: Ended) -> str:
    result = ended.result or {}
    text = result.get("msg") or f"changed={result.get('changed')}"
    return f"{ended.status} {text} {ended.interrupt or ''} {_category(ended.result)}"


def _calls(calls: list[dict[str, Any]]) -> str:
    return ", ".join(f"{call['action']} {call['status']} {call['code'] or ''}".strip() for call in calls)


@lru_cache(maxsize=4096)
def _forms(secret: str) -> tuple[tuple[bytes, str], ...]:
    return tuple(canary.forms(secret).items())
