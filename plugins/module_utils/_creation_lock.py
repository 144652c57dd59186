# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Creations of one user on one machine, one after the other: whose turn it is, and what was made a moment ago.

The tasks of all forks, plays and playbooks meet in a directory below the system's temporary one, which outlives a run
and is there where the home directory is read-only or remote. Its files are locked, and never removed by us: who holds
a removed one keeps nobody out.
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
from urllib.parse import urlsplit
from uuid import uuid4

from ansible_collections.multicloud.iam.plugins.module_utils._errors import REFUSED, UNAVAILABLE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._wait import CLOCK, Clock

Marks = Mapping[str, Optional[str]]
"""What an object is known by: names and values."""

UNTIL_LISTED = 30.0  # seconds after its creation until which an object that is not listed is waited for
REMEMBERED = 60.0  # seconds until a creation is forgotten; longer, so that none of many that wait makes another one
_PAUSE = 0.05  # seconds between two attempts to get a lock
_RECORDS_PATIENCE = 5.0  # seconds; who holds the records only reads and writes them
_TURNS = 64  # files of turns, for one kind of object at one endpoint; what shares one waits without need
_LARGEST = 1 << 20  # bytes of records that are read
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Claim:
    """What the creation of an object takes, so that nobody makes the same one at the same time.

    endpoint, kind: where, and of what. patience: seconds that a task waits for its turn. turns: what only one task at
    a time may make an object for: an owner, say, or a name. known_as: what the new object is known by; never a secret.
    sought: an object that is known by all of one of these is the one that the task would make; empty for a task that
    makes another one in any case.
    """

    endpoint: str
    kind: str
    patience: float
    turns: tuple[str, ...]
    known_as: Marks
    sought: tuple[Marks, ...]


@dataclass(frozen=True)
class Record:
    """A creation that was begun a moment ago.

    time: of day, in seconds. made: what names the object that it made; None where its outcome is not known.
    settled: the time when the object was as the task wanted it; None before.
    """

    creation: str
    time: float
    known_as: Marks
    made: str | None = None
    settled: float | None = None

    def is_fresh(self, now: float) -> bool:
        # Of the future only, if the clock was set back meanwhile: then for no longer, too.
        return abs(now - self.time) <= REMEMBERED

    def is_of(self, marks: Marks) -> bool:
        return all(self.known_as.get(name) == value for name, value in marks.items())


class Turn:
    """One task's turn to create an object; others that would make the same wait for its end.

    Raises CloudError where nothing may be created, because nobody can be kept from doing the same.
    """

    def __init__(
        self,
        claim: Claim,
        clock: Clock = CLOCK,
    ) -> None:
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

    def made_before(self) -> Record | None:
        """The latest creation, begun a moment ago, of an object that would be the one of this turn."""
        found = [
            record
            for record in self._records.read()
            if record.creation != self._record.creation and any(map(record.is_of, self._claim.sought))
        ]
        return max(found, key=lambda record: record.time, default=None)

    def age(self, record: Record) -> float:
        """Seconds since that creation was begun."""
        return max(0.0, self._clock.time() - record.time)

    @property
    def begun(self) -> str:
        """When the creation was about to be sent."""
        return datetime.fromtimestamp(self._record.time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def begin(self) -> None:
        """Leave word that a creation is about to be sent: whoever is killed cannot do so any more."""
        self._put(time=self._clock.time())

    def made(self, named: str) -> None:
        """Leave word what was made; a courtesy, because the object must not be lost over it."""
        with suppress(CloudError):
            self._put(made=named)

    def settled(self) -> None:
        """Leave word that the object is as the task wants it."""
        with suppress(CloudError):
            self._put(settled=self._clock.time())

    def forget(self) -> None:
        """Leave no word: nothing was made, or it was deleted again."""
        with suppress(CloudError):
            self._records.drop(lambda record: record.creation == self._record.creation)

    def _put(self, **changes: Any) -> None:
        self._record = replace(self._record, **changes)
        self._records.put(self._record)


def is_being_made(claim: Claim, named: str, since: float) -> bool:
    """Whether an object that was read since a time, of day, may have been read before its creation left it as wanted.

    Another task's creation may have steps behind the first.
    """
    records: list[Record] = []
    with suppress(CloudError):
        store = Records(claim.endpoint, claim.kind)
        records = store.read() if store.are_recent() else []
    meant = [record for record in records if record.made == named or any(map(record.is_of, claim.sought))]
    return any(record.settled is None or record.settled >= since for record in meant)


def forget(claim: Claim, named: str) -> None:
    """Take back the word of a creation whose object was deleted or renamed, so that nobody waits for it."""
    records = Records(claim.endpoint, claim.kind)
    with suppress(CloudError):
        if records.are_recent():
            records.drop(lambda record: record.made == named)


class Records:
    """The creations, begun a moment ago, of one kind of object at one endpoint."""

    def __init__(
        self,
        endpoint: str,
        kind: str,
        clock: Clock = CLOCK,
    ) -> None:
        self._name = f"{_stem(endpoint, kind)}-records"
        self._clock = clock

    def are_recent(self) -> bool:
        """Return whether any record may be fresh; most machines have created nothing for hours, and take no lock then."""
        try:
            written = os.stat(os.path.join(_directory(), self._name)).st_mtime
        except OSError:
            return False
        return self._clock.time() - written <= REMEMBERED

    def read(self) -> list[Record]:
        with self._opened() as file:
            return self._fresh(file)

    def put(self, record: Record) -> None:
        with self._opened() as file:
            others = [each for each in self._fresh(file) if each.creation != record.creation]
            _write(file, [*others, record])

    def drop(self, is_meant: Callable[[Record], bool]) -> None:
        with self._opened() as file:
            found = self._fresh(file)
            left = [record for record in found if not is_meant(record)]
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
    """What a file tells; what is no record in it is none, because a write may have been cut off."""
    try:
        told = json.loads(os.pread(file, _LARGEST, 0))
    except (ValueError, RecursionError):
        return []
    return [record for record in map(_record, told if isinstance(told, list) else []) if record]


def _record(told: Any) -> Record | None:
    try:
        known_as = {str(name): None if value is None else str(value) for name, value in told["known_as"].items()}
        made = None if told["made"] is None else str(told["made"])
        settled = None if told["settled"] is None else float(told["settled"])
        return Record(str(told["creation"]), float(told["time"]), known_as, made, settled)
    except (TypeError, KeyError, AttributeError, ValueError, OverflowError):
        return None


def _write(file: int, records: list[Record]) -> None:
    """Replace what a file tells, so that whoever is stopped in between takes no other task's word with it."""
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
    """Hold the lock of a file."""
    deadline = clock.monotonic() + patience
    while True:
        file = _open(name)
        try:
            while not _lock(file):
                if clock.monotonic() >= deadline:
                    raise CloudError(
                        UNAVAILABLE,
                        "another task of this user is making an object of this kind at the same endpoint, and has not"
                        f" ended after {patience:.0f} s",
                        advice=f"Nothing was sent. Run this again; 'fuser {file.path}' names the other process.",
                    )
                clock.sleep(_PAUSE)
            if os.fstat(
                file.descriptor
            ).st_nlink:  # else somebody has tidied up, and others hold another file of this name
                yield file
                return
        finally:
            # Explicitly, because a child that was forked meanwhile keeps what is only closed.
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
    """A file that nobody but this user can have made or written."""
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
        raise _unusable(path, "it is no file")
    return _File(path, file)


def _check(path: str, status: os.stat_result) -> None:
    if status.st_uid != os.geteuid():
        raise _unusable(path, f"it belongs to the user {status.st_uid}")
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise _unusable(path, f"others have rights in it (mode {stat.S_IMODE(status.st_mode):04o})")


def _unusable(path: str, why: str) -> CloudError:
    return CloudError(
        REFUSED,
        f"the lock that keeps other tasks from making the same object cannot be used: {path}: {why}. Nothing was sent",
        advice="Remove it, or set TMPDIR to another directory for all runs; multicloud.iam makes in it a directory of"
        " mode 0700 that belongs to the user.",
    )


def _stem(endpoint: str, kind: str) -> str:
    """The beginning of the names of the files, however an endpoint is written."""
    url = urlsplit(endpoint)
    return _digest(f"{url.hostname} {url.port or _PORTS.get(url.scheme)} {url.path} {kind}")[:32]


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
