# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Disable or enable keys by their IDs, each of them as soon as it is found, whatever happens to the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from functools import partial
from threading import Lock
from typing import Any, Protocol

from ._errors import AUTHENTICATION, DENIED, NOT_FOUND, REFUSED, REPLY, CloudError
from ._interrupts import report_of
from ._key_report import add_ages
from ._keys import KEY
from ._module import Module, Result, as_text
from ._options import ArgumentSpec
from ._plan import UNKNOWN, Plan, State
from ._search import OPTION, Search
from ._task import Task
from ._wait import wait_until

CHANGED, UNCHANGED, ABSENT, NOT_KNOWN = "changed", "unchanged", "not_found", "unknown"
REJECTED, LOCKOUT, UNCONFIRMED = "failed", "refused", "unconfirmed"
_DONE = (CHANGED, UNCHANGED, ABSENT)
_UNTIL_VISIBLE = 8.0  # seconds until an accepted change must be visible
_MOST_NAMED = 5  # keys in a message

STATUS_OPTIONS: ArgumentSpec = {
    "access_key_ids": {"type": "list", "elements": "str", "required": True, "no_log": False},
    "status": {"type": "str", "choices": ["active", "inactive"], "required": True},
    "allow_self_lockout": {"type": "bool", "default": False},
}


class Keys(Protocol):
    """Represent the keys of an account. Threads share it. Every method raises CloudError."""

    id_field: str
    """The field of a key with the ID that signs calls."""

    def check(self, key_id: str) -> None:
        """Refuse an ID that cannot be sent."""

    def find(self, search: Search) -> None:
        """Ask for the sought keys."""

    def blank(self) -> State:
        """Return a key about which nothing is known."""

    def signs(self, key: State) -> bool:
        """Return whether a key signs the calls of this task."""

    def set_status(self, key: State, status: str) -> bool:
        """Send the status, and return whether the reply proves it."""

    def reread(self, key: State) -> State | None:
        """Return the key as it is now, or None if it no longer exists."""

    def add_last_use(self, keys: list[State]) -> list[State]:
        """Return the keys with their last use, as far as the cloud reports it, and their ages."""


@dataclass
class _Outcome:
    """Hold what has happened to one key. before: as it was found."""

    before: State
    outcome: str
    status: Any = None
    error: CloudError | None = None

    @property
    def is_changed(self) -> bool:
        return self.outcome in (CHANGED, UNCONFIRMED)


@dataclass
class _Run:
    """Hold the work of one task."""

    task: Task
    keys: Keys
    wanted: str
    outcomes: list[_Outcome] = field(default_factory=list)
    _last: list[State] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def change(self, key: State) -> None:
        """Give a key the status, now or when nothing else has to be sent. Never raises CloudError."""
        if key["status"] == self.wanted:
            self._note(_Outcome(key, UNCHANGED, self.wanted))
        elif self.wanted == "inactive" and self.keys.signs(key):
            self._disable_own(key)
        elif self.task.check_mode:
            self._note(_Outcome(key, CHANGED, self.wanted))
        else:
            self._note(self._send(key))

    def _disable_own(self, key: State) -> None:
        """Refuse to disable the key that signs, or do it after everything else."""
        if self.task.options["allow_self_lockout"]:
            with self._lock:
                self._last.append(key)
            return
        error = CloudError(
            REFUSED,
            "this key signs the calls of this task, and without it the next one fails",
            advice="Sign with another key, or set allow_self_lockout to true.",
        )
        self._note(_Outcome(key, LOCKOUT, key["status"], error.during("disable", self._label(key))))

    def finish(self) -> None:
        """Disable the key that signs."""
        for key in self._last:
            self._note(_Outcome(key, CHANGED, self.wanted) if self.task.check_mode else self._send(key))

    def _note(self, outcome: _Outcome) -> None:
        with self._lock:
            self.outcomes.append(outcome)

    def _label(self, key: State) -> str:
        return f"access key {key[self.keys.id_field]}"

    def _send(self, key: State) -> _Outcome:
        lost = None
        before, after = ({"status": status} for status in (key["status"], self.wanted))
        self.task.announce(key, Plan("update", before=before, after=after))
        try:
            if self.keys.set_status(key, self.wanted):
                return _Outcome(key, CHANGED, self.wanted)
        except CloudError as error:
            if error.category == NOT_FOUND:
                return _Outcome(key, ABSENT, None, error)
            if not error.maybe_done:
                return _Outcome(key, REJECTED, key["status"], error)
            lost = error
        return self._confirm(key, lost)

    def _confirm(self, key: State, lost: CloudError | None) -> _Outcome:
        """Read a key again, because the reply does not prove the change. lost: why there is no reply."""
        seen: list[Any] = []

        def poll() -> bool | None:
            now = self.keys.reread(key)
            seen.append(None if now is None else now["status"])
            return True if now is None or now["status"] == self.wanted else None

        try:
            done = wait_until(poll, 0.0 if lost else _UNTIL_VISIBLE, first_pause=0.25)
        except CloudError as error:
            if error.category == AUTHENTICATION and self.keys.signs(key):
                return _Outcome(key, CHANGED, self.wanted)  # as allow_self_lockout asks for
            return _Outcome(key, UNCONFIRMED, UNKNOWN, lost or error)
        if done:
            return _Outcome(key, ABSENT) if seen[-1] is None else _Outcome(key, CHANGED, self.wanted)
        shown = "it cannot be read" if seen[-1] == UNKNOWN else f"is still {seen[-1]}"
        unseen = CloudError(
            REPLY,
            f"the cloud accepted the change, and the status {shown}",
            advice="Look at the key in the console of the cloud.",
        ).during("confirm the change of", self._label(key))
        return _Outcome(key, UNCONFIRMED if not lost else REJECTED, seen[-1], lost or unseen)


def set_statuses(task: Task, keys: Keys) -> Result:
    """Give all keys with the IDs in the options the status in the options, and return what has happened to each.

    Raises CloudError, with the same, if that is not certain for one of them.
    """
    for key_id in task.options[OPTION]:
        keys.check(key_id)
    run = _Run(task, keys, task.options["status"])
    search = Search(task.options[OPTION], keys.id_field, run.change)
    try:
        keys.find(search)
        found = _with_last_use(run, search)
        run.finish()
    except CloudError as error:
        raise replace(error, details={**_report(run, search, {}, error), **error.details}) from None
    except (Exception, SystemExit):
        raise
    except BaseException as interrupt:
        report = report_of(interrupt)
        raise interrupt from replace(report, details={**_report(run, search, {}, report), **report.details})
    search = _predict(run, search)
    _settle(run)
    result = _report(run, search, found)
    task.warnings += search.warnings()
    failure = _failure(run, search)
    if failure:
        raise replace(failure, details=result)
    return result


def _with_last_use(run: _Run, search: Search) -> dict[str, State]:
    """Return the found keys by the ID of the object, with their last use. Nothing depends on it."""
    found = search.keys()
    try:
        found = run.keys.add_last_use(found)
    except CloudError as error:
        run.task.warnings.append(f"The last use of the keys is unknown: {error}")
    return {key["id"]: key for key in found}


def _predict(run: _Run, search: Search) -> Search:
    """Let later tasks of a check run know what this one would change. Return the search that this is about."""
    predictions = run.task.predictions
    if not (run.task.check_mode and any(each.is_changed for each in run.outcomes)):
        return search
    with predictions.turn() as is_current:
        if not is_current:
            run.outcomes.clear()
            run._last.clear()
            search = Search(search.ids, run.keys.id_field, run.change)
            run.keys.find(search)
            run.finish()
        for each in run.outcomes:
            if each.is_changed:
                predicted = {**each.before, "status": run.wanted}
                predictions.record(KEY, "update", each.before, partial(dict, predicted))
    return search


def _settle(run: _Run) -> None:
    """Let the changes of a real task replace predictions. If that fails, the changes are done nevertheless."""
    if run.task.check_mode:
        return
    for each in run.outcomes:
        if each.is_changed:
            try:
                run.task.predictions.settle(KEY, each.before, lambda _state: False)
            except CloudError as error:
                warning = f"Later tasks of this check run may not know what this task has changed: {error}"
                run.task.warnings.append(warning)


def _report(run: _Run, search: Search, found: dict[str, State], failure: CloudError | None = None) -> Result:
    """Return the outcome for each ID. found: the keys with their last use. failure: why the search has ended early."""
    blank = run.keys.blank()
    reasons = {each["id"]: each["reasons"] for each in search.unknown()}
    rows = []
    with run._lock:
        outcomes = list(run.outcomes)
    for key_id in search.ids:
        some = [each for each in outcomes if each.before[run.keys.id_field] == key_id]
        rows += [_row(key_id, each, {**blank, **found.get(each.before["id"], each.before)}) for each in some]
        if not some:
            why = reasons.get(key_id, []) if failure is None else [str(failure)]
            rows.append(_empty_row(key_id, blank, NOT_KNOWN if why else ABSENT, why))
    result: Result = {"changed": any(each.is_changed for each in outcomes), "access_keys": rows}
    if run.task.diff_mode:
        changed = [each for each in outcomes if each.is_changed]
        sides: dict[str, State] = {
            "before": {each.before[run.keys.id_field]: each.before["status"] or None for each in changed},
            "after": {each.before[run.keys.id_field]: run.wanted for each in changed},
        }
        result["diff"] = {side: as_text(state) for side, state in sides.items()}
    return result


def _row(key_id: str, each: _Outcome, key: State) -> State:
    return {
        **key,
        "status": each.status,
        "access_key_id": key_id,
        "outcome": each.outcome,
        "status_before": each.before["status"],
        "reasons": [str(each.error)] if each.error else [],
    }


def _empty_row(key_id: str, blank: State, outcome: str, reasons: list[str]) -> State:
    return {
        **add_ages(blank, None, "unknown", datetime.now(timezone.utc)),
        "status": None,
        "access_key_id": key_id,
        "outcome": outcome,
        "status_before": None,
        "reasons": reasons,
    }


def _failure(run: _Run, search: Search) -> CloudError | None:
    """Return the failure that names the keys whose status is not certainly the wanted one, or None."""
    errors = [each for each in run.outcomes if each.outcome not in _DONE]
    open_ids = [f"{each.before[run.keys.id_field]} ({each.outcome}: {each.error})" for each in errors]
    open_ids += [f"{each['id']} ({NOT_KNOWN}: {each['reasons'][0]})" for each in search.unknown()]
    if not open_ids:
        return None
    more = len(open_ids) - _MOST_NAMED
    named = "; ".join(open_ids[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
    first = next((each.error for each in errors if each.error), search.first_error)
    return CloudError(
        first.category if first else DENIED,
        f"{len(open_ids)} of {len(search.ids)} keys are not certainly {run.wanted}: {named}",
        attempted="set the status of",
        object_label="all keys",
        advice="The result contains the outcome for each key. Run the same task again when the reasons are gone.",
        retry_helps=any(error.retryable for error in [each.error for each in errors] + [search.first_error] if error),
    )


def status_module(keys: Callable[[Task], Keys], spec: ArgumentSpec) -> Module:
    """Return a module that gives keys a status by their IDs. keys: those of the account."""
    return Module(
        {**spec, **STATUS_OPTIONS},
        lambda task: set_statuses(task, keys(task)),
        never_null=(OPTION, "status"),
        selecting=(OPTION,),
    )
