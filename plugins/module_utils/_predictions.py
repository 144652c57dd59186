# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Remember what the tasks of a check run would change, so that later tasks of the run know it.

The predictions are an overlay between reading and planning: they are applied to the states that a listing returns. The
processes of a run share a directory. Each account at each endpoint has a file in it. Every prediction is appended to
that file under a lock. States contain no secret.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any, Callable, NamedTuple, TypeVar, Union
from uuid import uuid4

from ._endpoint import place_of
from ._errors import AUTHENTICATION, NOT_FOUND, UNAVAILABLE, CloudError
from ._plan import ChosenByTheCloud, State, Unknown

T = TypeVar("T")
Id = Union[str, ChosenByTheCloud]

VARIABLE = "MULTICLOUD_IAM_PREDICTIONS"
"""The environment variable that gives a module process the directory of the run."""

_CHOSEN, _UNKNOWN = "multicloud.iam: chosen by the cloud", "multicloud.iam: unknown"  # members of JSON objects
_KNOWN = "known"  # the file with accounts and callers that were looked up


class Kind(NamedTuple):
    """Describe a kind of object.

    id_field: the field of its state with an ID that no other object ever has. is_owned: its owner is an object as well.
    """

    name: str
    id_field: str = "id"
    is_owned: bool = False


def _any(_state: State) -> bool:
    return True


class Predictions:
    """Apply and record no predictions: what a task of a real run does."""

    is_check_run = False

    def at(self, endpoint: str, signer: str | None, account: Callable[[], str | None] | None) -> None:
        """Note which account the task is about.

        signer: the ID of the key that signs, or a token. account: looks up the account, or returns None if it cannot be
        known. It is called only if there are predictions. None if all accounts at the endpoint belong together.
        Raises CloudError AUTHENTICATION if an earlier task would create, disable or delete the key that signs.
        """

    def caller(self, look_up: Callable[[], str]) -> str:
        """Return the ID of the caller as an owner. look_up: called once in a run for each key that signs."""
        return look_up()

    def over(self, kind: Kind, listed: list[State], belongs: Callable[[State], bool] = _any) -> list[State]:
        """Return what a listing of all owners would return after everything that was predicted.

        listed: the objects as they are. belongs: returns whether the listing contains an object with this state.
        """
        return listed

    def over_owner(
        self,
        kind: Kind,
        read: Callable[[], list[State]],
        owner: Callable[[], Id | None],
        view: Mapping[str, Any] | None = None,
        label: str = "",
    ) -> list[State]:
        """Return what a listing of one owner would return after everything that was predicted.

        read: lists the objects as they are. It is not called for an owner who does not exist yet.
        owner: returns the owner. Called only if there are predictions. label: describes the owner.
        view: fields of a state that depend on how the task names the owner.
        Raises CloudError NOT_FOUND if an earlier task would delete the owner.
        """
        return read()

    def found(self, kind: Kind, read: Callable[[], State], belongs: Callable[[State], bool], label: str) -> State:
        """Return the object that read() returns, as it would be. Raises CloudError NOT_FOUND if there is none.

        belongs: returns whether a predicted object is the one that read() looks for. label: describes it.
        """
        return read()

    def without_deleted(self, kind: Kind, ids: set[str]) -> set[str]:
        """Return the IDs without those of objects that an earlier task would delete."""
        return ids

    def concern(self, kind: Kind, state: State | None) -> bool:
        """Return whether an earlier task would have created or changed the object."""
        return False

    def would_create(self, kind: Kind, state: State) -> bool:
        """Return whether an earlier task would have created the object. It may have chosen the ID."""
        return False

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Let no other task predict anything in the body. Yield whether none has since this task has read."""
        yield True

    def record(self, kind: Kind, action: str, current: State | None, listed: Callable[[], State] | None) -> None:
        """Record what a plan would do. To be called in the turn of the task.

        listed: returns the object as a listing would, with the ID of its owner. None for a deletion.
        """

    def settle(self, kind: Kind, state: State | None, is_same: Callable[[State], bool]) -> None:
        """Forget the predictions about the object of a real task.

        state: the object; None if there is none. is_same: returns whether a predicted object is the same.
        """

    def show_reality(self) -> None:
        """Return all objects as they are from now on, because the task is a report."""

    def warnings(self) -> list[str]:
        """Return what the reader of a report has to know about predictions."""
        return []


NO_PREDICTIONS = Predictions()


def predictions_of(directory: str | None, check_mode: bool, journals: dict[str, Journal] | None = None) -> Predictions:
    """Return the predictions for a task.

    directory: of the check run, or None in a real run. check_mode: of the task. journals: shared by the items of a loop.
    """
    if not directory:
        return NO_PREDICTIONS
    shared = {} if journals is None else journals
    return CheckRun(directory, shared) if check_mode else RealTask(directory, shared)


@dataclass
class _Object:
    """Hold what is predicted of one object. changes: of an object that exists; None if it would be created."""

    state: State
    changes: dict[str, Any] | None
    is_gone: bool = False

    def over(self, real: State) -> State:
        """Return the predicted state of an object that is listed."""
        return {**real, **(self.state if self.changes is None else self.changes)}


_Objects = dict[str, dict[Id, _Object]]  # by kind and ID


class Journal:
    """Read the predictions in a file, and later only those that were added. size: of what was read."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._objects: _Objects = {}
        self._lock = Lock()
        self.size = 0

    def objects(self) -> _Objects:
        """Return what is predicted of each object. Threads may do so at the same time."""
        with self._lock:
            added = _read(self._path, self.size)
            for line in _parsed(self._path, added):
                _replay(self._objects, line)
            self.size += len(added)
            return self._objects


class _Account(Predictions):
    """Keep the predictions about one account in a file."""

    def __init__(self, directory: str, journals: dict[str, Journal]) -> None:
        self._directory = directory
        self._journals = journals
        self._endpoint = ""
        self._signer: str | None = None
        self._look_up_account: Callable[[], str | None] | None = None
        self._path: str | None = None

    def at(self, endpoint: str, signer: str | None, account: Callable[[], str | None] | None) -> None:
        self._endpoint, self._signer, self._look_up_account = place_of(endpoint), signer, account
        self._path = None

    @property
    def _stem(self) -> str:
        return _digest(self._endpoint)

    def _file(self) -> str:
        """Return the path of the file, which need not exist."""
        if self._path is None:
            account = self._known("account", self._look_up_account) if self._look_up_account else ""
            self._path = os.path.join(self._directory, f"{self._stem}-{_digest(account)}")
        return self._path

    def _known(self, fact: str, look_up: Callable[[], str | None]) -> str:
        """Return a fact about the caller, which is looked up once in a run for each signer."""
        path = os.path.join(self._directory, _KNOWN)
        signer = _digest(self._signer or "")  # because a token is a secret
        key = [self._endpoint, signer, fact]
        known = _noted(path, key)
        if known is not None:
            return known
        with _locked(path) as file:
            value = _noted(path, key)  # another task may have looked it up meanwhile
            if value is None:
                # If it cannot be known, tasks with the same signer are about the same account.
                value = _result_if_any(look_up) or f"of {signer}"
                _append(path, file, {"key": key, "value": value})
        return value

    def caller(self, look_up: Callable[[], str]) -> str:
        return self._known("caller", look_up)

    def _has_any(self) -> bool:
        """Return whether anything is predicted about any account at the endpoint."""
        try:
            return any(name.startswith(self._stem) for name in os.listdir(self._directory))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _unusable(self._directory, error) from None

    def _journal(self) -> Journal:
        path = self._file()
        return self._journals.setdefault(path, Journal(path))

    def _objects(self) -> _Objects:
        return self._journal().objects() if self._has_any() else {}


class CheckRun(_Account):
    """Apply and record predictions: what a task in check mode of a check run does."""

    is_check_run = True

    def __init__(self, directory: str, journals: dict[str, Journal]) -> None:
        super().__init__(directory, journals)
        self._shows_reality = False
        self._size_read: int | None = None  # of the file, when the task read it first

    def at(self, endpoint: str, signer: str | None, account: Callable[[], str | None] | None) -> None:
        super().at(endpoint, signer, account)
        _refuse_signer(self._objects(), signer)

    def _objects(self) -> _Objects:
        if self._shows_reality:
            return {}
        objects = super()._objects()
        if self._size_read is None:
            self._size_read = self._journal().size if objects else 0
        return objects

    def over(self, kind: Kind, listed: list[State], belongs: Callable[[State], bool] = _any) -> list[State]:
        predicted = self._objects().get(kind.name, {})
        return _overlaid(kind, listed, predicted, belongs) if predicted else listed

    def over_owner(
        self,
        kind: Kind,
        read: Callable[[], list[State]],
        owner: Callable[[], Id | None],
        view: Mapping[str, Any] | None = None,
        label: str = "",
    ) -> list[State]:
        objects = self._objects()
        if not objects:
            return read()
        of_owner = owner()
        _refuse_gone(objects, of_owner, label)
        listed = [] if isinstance(of_owner, ChosenByTheCloud) else read()
        seen = {state[kind.id_field] for state in listed}
        predicted = {
            named: each
            for named, each in objects.get(kind.name, {}).items()
            if named in seen or each.state["owner"] == of_owner
        }
        return _overlaid(kind, listed, predicted, view=view)

    def found(self, kind: Kind, read: Callable[[], State], belongs: Callable[[State], bool], label: str) -> State:
        missing: CloudError | None = None
        listed = []
        try:
            listed = [read()]
        except CloudError as error:
            if error.category != NOT_FOUND:
                raise
            missing = error
        for state in self.over(kind, listed, belongs):
            return state
        raise missing or _deleted(label)

    def without_deleted(self, kind: Kind, ids: set[str]) -> set[str]:
        predicted = self._objects().get(kind.name, {})
        return ids - {named for named, each in predicted.items() if each.is_gone and isinstance(named, str)}

    def concern(self, kind: Kind, state: State | None) -> bool:
        return state is not None and state[kind.id_field] in self._objects().get(kind.name, {})

    def would_create(self, kind: Kind, state: State) -> bool:
        each = self._objects().get(kind.name, {}).get(state[kind.id_field])
        return each is not None and each.changes is None

    @contextmanager
    def turn(self) -> Iterator[bool]:
        with _locked(self._file()) as file:
            yield os.fstat(file).st_size == self._size_read

    def record(self, kind: Kind, action: str, current: State | None, listed: Callable[[], State] | None) -> None:
        state = listed() if listed else None
        line: dict[str, Any] = {"kind": kind.name, "action": action}
        if current is None:
            named = (state or {})[kind.id_field] or ChosenByTheCloud(uuid4().hex)
            line.update(id=named, state={**(state or {}), kind.id_field: named})
        else:
            changes = {name: value for name, value in (state or {}).items() if current.get(name, Unknown) != value}
            if kind.is_owned:
                changes.pop("owner", None)  # it never changes, and depends on how the task names it
            line.update(id=current[kind.id_field], state=state or current, changes=changes)
        with _opened(self._file()) as file:  # its lock is held
            _append(self._file(), file, line)

    def show_reality(self) -> None:
        self._shows_reality = True

    def warnings(self) -> list[str]:
        if not super()._objects():
            return []
        return [
            "This report shows the account as it is. It does not contain what earlier tasks of this check run would change."
        ]


class RealTask(_Account):
    """Forget what a task replaces that really changes something in a check run, because of check_mode: false."""

    def settle(self, kind: Kind, state: State | None, is_same: Callable[[State], bool]) -> None:
        if state is None or not self._has_any():
            return
        path = self._file()
        with _locked(path) as file:
            predicted = self._objects().get(kind.name, {})
            same = [
                named
                for named, each in predicted.items()
                if each.changes is None and not each.is_gone and is_same(each.state)
            ]
            for named in [state[kind.id_field], *same]:
                if named in predicted:
                    line = {"kind": kind.name, "action": "settle", "id": named, "real": state[kind.id_field]}
                    _append(path, file, line)


def _replay(objects: _Objects, line: Mapping[str, Any]) -> None:
    """Apply one record to what was predicted before."""
    action, named = line["action"], line["id"]
    of_kind = objects.setdefault(line["kind"], {})
    known = of_kind.get(named)
    if action == "settle":
        of_kind.pop(named, None)
        _give_owner(objects, named, line["real"])
    elif action == "create":
        of_kind[named] = _Object(line["state"], None)
    elif known is None:
        of_kind[named] = _Object(line["state"], line["changes"], action == "delete")
    else:
        changes = None if known.changes is None else {**known.changes, **line["changes"]}
        of_kind[named] = _Object(line["state"], changes, action == "delete")


def _overlaid(
    kind: Kind,
    listed: list[State],
    predicted: Mapping[Id, _Object],
    belongs: Callable[[State], bool] = _any,
    view: Mapping[str, Any] | None = None,
) -> list[State]:
    """Return the listed objects as they would be, and after them those that would be created."""
    result = []
    for state in listed:
        each = predicted.get(state[kind.id_field])
        if each is None:
            result.append(state)
        elif not each.is_gone and belongs(each.over(state)):
            result.append(each.over(state))
    seen = [state[kind.id_field] for state in listed]
    return result + [
        {**each.state, **(view or {})}
        for named, each in predicted.items()
        if named not in seen and not each.is_gone and belongs(each.state)
    ]


def _give_owner(objects: _Objects, predicted: Id, real: Id) -> None:
    """Give the predicted objects of a predicted owner to the real one that has replaced it."""
    for of_kind in objects.values():
        for each in of_kind.values():
            if each.state.get("owner") == predicted:
                each.state["owner"] = real


def _refuse_gone(objects: _Objects, owner: Id | None, label: str) -> None:
    """Refuse to list objects of an owner that an earlier task would delete."""
    for of_kind in objects.values():
        if owner in of_kind and of_kind[owner].is_gone:
            raise _deleted(label)


def _refuse_signer(objects: _Objects, signer: str | None) -> None:
    """Refuse to sign with a key that an earlier task would create, disable or delete."""
    for of_kind in objects.values():
        for named, each in of_kind.items():
            if not signer or signer not in (named, each.state.get("access_key_id")):
                continue
            if each.is_gone or each.state.get("status") == "inactive":
                verb, advice = "disable or delete", "Sign with another key, or change the order of the tasks."
            elif each.changes is None:
                verb, advice = "create", "Only a real run can sign with it. Skip this task in check mode."
            else:
                continue
            reason = f"an earlier task of this check run would {verb} the key {signer}, which signs"
            raise CloudError(AUTHENTICATION, reason, advice=advice)


def _deleted(label: str) -> CloudError:
    return CloudError(
        NOT_FOUND,
        "an earlier task of this check run would delete it",
        advice="Check the order of the tasks.",
    ).during("read", label)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _noted(path: str, key: list[str]) -> str | None:
    """Return a fact about a caller that was looked up before."""
    return next((str(line["value"]) for line in _parsed(path, _read(path, 0)) if line["key"] == key), None)


def _result_if_any(look_up: Callable[[], str | None]) -> str | None:
    """Return what a look-up returns, or None if it fails: the real run does not need it.

    Raises CloudError AUTHENTICATION, because the real run would be rejected as well.
    """
    try:
        return look_up()
    except CloudError as error:
        if error.category == AUTHENTICATION:
            raise
        return None


def _read(path: str, start: int) -> bytes:
    """Return the complete lines of a file from a position on. The last one may still be being written."""
    try:
        with open(path, "rb") as file:
            file.seek(start)
            text = file.read()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise _unusable(path, error) from None
    return text[: text.rfind(b"\n") + 1]


def _parsed(path: str, text: bytes) -> list[dict[str, Any]]:
    try:
        return [json.loads(line, object_hook=_decoded) for line in text.splitlines()]
    except ValueError as error:
        raise _unusable(path, error) from None


def _append(path: str, file: int, record: Mapping[str, Any]) -> None:
    """Write a line at the end of a file, or nothing. Its lock is held."""
    line = (json.dumps(record, default=_encoded) + "\n").encode()
    size = os.fstat(file).st_size
    try:
        written = os.write(file, line)
        if written < len(line):
            os.ftruncate(file, size)
    except OSError as error:
        raise _unusable(path, error) from None
    if written < len(line):
        raise _unusable(path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))


def _encoded(value: Any) -> Any:
    if isinstance(value, ChosenByTheCloud):
        return {_CHOSEN: value.token}
    if isinstance(value, Unknown):
        return {_UNKNOWN: value.why}
    raise TypeError(f"{type(value).__name__} in a state")


def _decoded(members: dict[str, Any]) -> Any:
    if _CHOSEN in members:
        return ChosenByTheCloud(members[_CHOSEN])
    return Unknown(members[_UNKNOWN]) if _UNKNOWN in members else members


@contextmanager
def _opened(path: str) -> Iterator[int]:
    try:
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        yield file
    finally:
        os.close(file)


@contextmanager
def _locked(path: str) -> Iterator[int]:
    """Open a file, and hold its lock in the body."""
    with _opened(path) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            raise _unusable(path, error) from None
        try:
            yield file
        finally:
            # Unlocked explicitly, because closing is not enough if a child was forked meanwhile.
            fcntl.flock(file, fcntl.LOCK_UN)


def _unusable(path: str, error: Exception) -> CloudError:
    why = error.strerror if isinstance(error, OSError) else error  # without the path once more
    return CloudError(
        UNAVAILABLE,
        f"what earlier tasks of this check run would change cannot be read or written: {path}: {why}",
        advice="Check the directory of ANSIBLE_LOCAL_TEMP.",
    )
