# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Lock creations: the tasks of one user on one machine create an object one after the other.

The tasks of all forks, plays and playbooks share a directory in the system's temporary directory, because that
outlives a run, and works where the home directory is read-only or remote. Files in it serve as locks, and record what
was created a moment ago. They are never removed: the lock of a removed file keeps nobody out.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any, Callable, NamedTuple, Optional
from uuid import uuid4

from ._endpoint import place_of
from ._errors import REFUSED, UNAVAILABLE, CloudError
from ._wait import CLOCK, Clock

Identifiers = Mapping[str, Optional[str]]
"""The names and values that identify an object."""

UNTIL_LISTED = 30.0  # seconds after its creation within which an object must be listed
RECORD_LIFETIME = 60.0  # seconds until a creation is forgotten; longer, so that no waiting task creates another object
_PAUSE = 0.05  # seconds between two attempts to get a lock
_RECORDS_PATIENCE = 5.0  # seconds; a task that holds the records only reads and writes them
_TURNS = 64  # lock files for one kind of object at one endpoint; tasks whose objects share a file wait without need
_LARGEST = 1 << 20  # bytes of records that are read


@dataclass(frozen=True)
class Claim:
    """Describe an object to create, so that no two tasks create it at the same time.

    endpoint, kind: where it is created, and what kind of object it is.
    patience: seconds that a task waits for its turn.
    turns: what only one task at a time may create objects for, such as an owner or a name.
    known_as: what the new object is known by; never a secret.
    sought: an object that matches one of these is the one that the task would create. Empty for a task that always
        creates another one.
    """

    endpoint: str
    kind: str
    patience: float
    turns: tuple[str, ...]
    known_as: Identifiers
    sought: tuple[Identifiers, ...]


@dataclass(frozen=True)
class Record:
    """Record a creation that was begun a moment ago.

    creation: its random ID. time: when it was begun, in seconds since the epoch. named: identifies the new object; None
    while the outcome is not known. settled: when the object reached its desired state; None before.
    """

    creation: str
    time: float
    known_as: Identifiers
    named: str | None = None
    settled: float | None = None

    def is_fresh(self, now: float) -> bool:
        """Return whether the creation is still remembered."""
        # If the clock was set back, a record is in the future. It does not live longer for that.
        return abs(now - self.time) <= RECORD_LIFETIME

    def matches(self, identifiers: Identifiers) -> bool:
        """Return whether the object is known by all of these."""
        return all(self.known_as.get(name) == value for name, value in identifiers.items())


class Turn:
    """Hold one task's turn to create an object. Other tasks that would create the same object wait for its end.

    Raises CloudError if the lock cannot be used: then nothing may be created.
    """

    def __init__(self, claim: Claim, clock: Clock = CLOCK) -> None:
        self._claim = claim
        self._records = Records(claim.endpoint, claim.kind, clock)
        self._clock = clock
        self._record = Record(uuid4().hex, 0.0, dict(claim.known_as))
        self._held = ExitStack()

    def __enter__(self) -> Turn:
        deadline = self._clock.monotonic() + self._claim.patience
        stem = _stem(self._claim.endpoint, self._claim.kind)
        numbers = {int(_digest(text), 16) % _TURNS for text in self._claim.turns}
        with ExitStack() as held:
            for number in sorted(numbers):  # always in this order, so that no two wait for each other
                patience = deadline - self._clock.monotonic()
                held.enter_context(_locked(f"{stem}-{number:02}", patience, self._clock))
            self._held = held.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._held.close()

    def earlier_creation(self) -> Record | None:
        """Return the latest creation of the object by another task, if it was begun a moment ago."""
        found = [
            record
            for record in self._records.read()
            if record.creation != self._record.creation and any(map(record.matches, self._claim.sought))
        ]
        return max(found, key=lambda record: record.time, default=None)

    def age(self, record: Record) -> float:
        """Return the seconds since a creation was begun."""
        return max(0.0, self._clock.time() - record.time)

    @property
    def begun(self) -> str:
        """Return when this creation was about to be sent, as ISO 8601 in UTC."""
        return datetime.fromtimestamp(self._record.time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def note_begun(self) -> None:
        """Record that the creation is about to be sent, because a task that is killed cannot record it later."""
        self._put(time=self._clock.time())

    def note_created(self, named: str) -> None:
        """Record what was created. A failure to do so must not lose the object."""
        with suppress(CloudError):
            self._put(named=named)

    def note_settled(self) -> None:
        """Record that the object has reached its desired state."""
        with suppress(CloudError):
            self._put(settled=self._clock.time())

    def forget(self) -> None:
        """Remove the record: nothing was created, or the object was deleted."""
        with suppress(CloudError):
            self._records.drop(lambda record: record.creation == self._record.creation)

    def _put(self, **changes: Any) -> None:
        self._record = replace(self._record, **changes)
        self._records.put(self._record)


def is_being_created(claim: Claim, named: str, since: float) -> bool:
    """Return whether another task may have been creating an object while it was read, after its first step.

    named: identifies the object. since: the time of day before it was read.
    """
    records: list[Record] = []
    with suppress(CloudError):
        store = Records(claim.endpoint, claim.kind)
        records = store.read() if store.are_recent() else []
    of_object = [record for record in records if record.named == named or any(map(record.matches, claim.sought))]
    return any(record.settled is None or record.settled >= since for record in of_object)


def forget(claim: Claim, named: str) -> None:
    """Remove the record of an object that was deleted or renamed, so that no task waits for it."""
    records = Records(claim.endpoint, claim.kind)
    with suppress(CloudError):
        if records.are_recent():
            records.drop(lambda record: record.named == named)


class Records:
    """Keep the records of one kind of object at one endpoint, in a locked file."""

    def __init__(self, endpoint: str, kind: str, clock: Clock = CLOCK) -> None:
        self._name = f"{_stem(endpoint, kind)}-records"
        self._clock = clock

    def are_recent(self) -> bool:
        """Return whether any record may be fresh; most machines have created nothing for hours, and take no lock then."""
        try:
            written = os.stat(os.path.join(_directory(), self._name)).st_mtime
        except OSError:
            return False
        return self._clock.time() - written <= RECORD_LIFETIME

    def read(self) -> list[Record]:
        """Return the creations that were begun a moment ago."""
        with self._opened() as file:
            return self._fresh(file)

    def put(self, record: Record) -> None:
        """Add a record, or replace the one of the same creation."""
        with self._opened() as file:
            others = [each for each in self._fresh(file) if each.creation != record.creation]
            _write(file, [*others, record])

    def drop(self, is_obsolete: Callable[[Record], bool]) -> None:
        """Remove records."""
        with self._opened() as file:
            found = self._fresh(file)
            left = [record for record in found if not is_obsolete(record)]
            if len(left) < len(found):
                _write(file, left)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        with _locked(self._name, _RECORDS_PATIENCE, self._clock) as file:
            try:
                yield file.descriptor
            except OSError as error:
                raise _unusable(file.path, str(error.strerror)) from None

    def _fresh(self, file: int) -> list[Record]:
        now = self._clock.time()
        return [record for record in _read(file) if record.is_fresh(now)]


def _read(file: int) -> list[Record]:
    """Return the records in a file. Anything else in it is ignored, because a write may have been cut off."""
    try:
        content = json.loads(os.pread(file, _LARGEST, 0))
    except (ValueError, RecursionError):
        return []
    return [record for record in map(_record, content if isinstance(content, list) else []) if record]


def _record(item: Any) -> Record | None:
    try:
        known_as = {str(name): None if value is None else str(value) for name, value in item["known_as"].items()}
        named = None if item["named"] is None else str(item["named"])
        settled = None if item["settled"] is None else float(item["settled"])
        return Record(str(item["creation"]), float(item["time"]), known_as, named, settled)
    except (TypeError, KeyError, AttributeError, ValueError, OverflowError):
        return None


def _write(file: int, records: list[Record]) -> None:
    """Replace the content of a file. A task that is stopped in between must not destroy the records of other tasks."""
    text = json.dumps([vars(record) for record in records]).encode()
    over_all = text.ljust(min(os.fstat(file).st_size, _LARGEST))
    if os.pwrite(file, over_all, 0) < len(over_all):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.ftruncate(file, len(text))


class _File(NamedTuple):
    path: str
    descriptor: int


@contextmanager
def _locked(name: str, patience: float, clock: Clock) -> Iterator[_File]:
    """Hold the lock of a file in the body. patience: seconds to wait for it; then CloudError is raised."""
    deadline = clock.monotonic() + patience
    while True:
        file = _open(name)
        try:
            while not _lock(file):
                if clock.monotonic() >= deadline:
                    raise CloudError(
                        UNAVAILABLE,
                        "another task of this user is creating an object of this kind at the same endpoint, and has"
                        f" not ended after {patience:.0f} s",
                        advice=f"Nothing was sent. Run this again. 'fuser {file.path}' shows the other process.",
                    )
                clock.sleep(_PAUSE)
            # If another process has removed the file, other tasks lock another file of this name.
            if os.fstat(file.descriptor).st_nlink:
                yield file
                return
        finally:
            # Unlocked explicitly, because closing is not enough if a child was forked meanwhile.
            with suppress(OSError):
                fcntl.flock(file.descriptor, fcntl.LOCK_UN)
            os.close(file.descriptor)


def _lock(file: _File) -> bool:
    try:
        fcntl.flock(file.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise _unusable(file.path, str(error.strerror)) from None
    return True


def _directory() -> str:
    return os.path.join(tempfile.gettempdir(), f"multicloud-iam-{os.geteuid()}")


def _open(name: str) -> _File:
    """Open a file that only this user can have created or written."""
    path = "the system's temporary directory"
    flags = os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        path = _directory()
        with suppress(FileExistsError):
            os.mkdir(path, 0o700)
        if stat.S_ISLNK(os.lstat(path).st_mode):
            raise _unusable(path, "it is a link")
        directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY | flags)
        try:
            _check(path, os.fstat(directory))
            path = os.path.join(path, name)
            file = os.open(name, os.O_RDWR | os.O_CREAT | flags, 0o600, dir_fd=directory)
        finally:
            os.close(directory)
    except OSError as error:
        raise _unusable(path, str(error.strerror or error)) from None
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise _unusable(path, "it is not a file")
    return _File(path, file)


def _check(path: str, status: os.stat_result) -> None:
    if status.st_uid != os.geteuid():
        raise _unusable(path, f"it belongs to the user {status.st_uid}")
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _unusable(path, f"others have rights in it (mode {stat.S_IMODE(status.st_mode):04o})")


def _unusable(path: str, why: str) -> CloudError:
    return CloudError(
        REFUSED,
        f"the lock that keeps other tasks from creating the same object cannot be used: {path}: {why}. Nothing was sent",
        advice="Correct that, or set TMPDIR to another directory for all runs. In it, multicloud.iam creates a directory of"
        " mode 0700 that belongs to the user.",
    )


def _stem(endpoint: str, kind: str) -> str:
    """Return the beginning of the file names."""
    return _digest(f"{place_of(endpoint)} {kind}")[:32]


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
