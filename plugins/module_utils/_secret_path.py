# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Read, replace and delete one file so that it holds the old or the new content after any failure, and never less.

New content goes into a temporary file in the same directory, which then replaces the file. A process that is killed may
leave a temporary file and a lock file behind. Neither is ever read, and the next writer removes both.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import NamedTuple
from uuid import uuid4

from ._errors import DENIED, NOT_FOUND, QUOTA, REFUSED, UNAVAILABLE, CloudError
from ._wait import CLOCK, Clock

PATIENCE = 30.0  # seconds to wait for another writer
_PAUSE = 0.02  # seconds between two attempts to get the lock
_OPEN = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # of a file that may be anything; a FIFO must not block
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_FULL = "Free space, or raise the limit of the user."
# The category and the advice for an error of the system.
_ERRORS = {
    errno.EACCES: (DENIED, "Check the owner and the mode of the file and of its directory."),
    errno.EPERM: (DENIED, "Check the owner, the mode and the attributes of the file and of its directory."),
    errno.EROFS: (DENIED, "Choose a path in a file system that can be written."),
    errno.ENOENT: (NOT_FOUND, "Create the directory, or correct the path."),
    errno.ENOTDIR: (NOT_FOUND, "Correct the path. A part of it is not a directory."),
    errno.ELOOP: (REFUSED, "Replace the link by a file."),
    errno.ENAMETOOLONG: (REFUSED, "Choose a shorter name."),
    errno.ENOSPC: (QUOTA, _FULL),
    errno.EDQUOT: (QUOTA, _FULL),
    errno.EFBIG: (QUOTA, _FULL),
}


class Stored(NamedTuple):
    """Hold a file as it was read. stamp: differs for every file that ever had this name."""

    data: bytes
    mode: int
    owner: int
    stamp: str


class SecretPath:
    """Hold the directory of a file open, so that all steps are about the same directory.

    Every method raises CloudError for what it refuses, and OSError for what the system refuses. `reported` turns an
    OSError into a CloudError.
    """

    def __init__(self, path: str, clock: Clock = CLOCK) -> None:
        self.path = path
        self._clock = clock
        self._parent, self._name = os.path.split(path)
        self._directory = -1

    def __enter__(self) -> SecretPath:
        if self._name in ("", ".", ".."):
            raise CloudError(REFUSED, "the path names a directory", advice="Add the name of a file.")
        self._directory = os.open(self._parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        os.close(self._directory)

    def read(self) -> Stored | None:
        """Return the file, or None if it does not exist. A link, and anything else that is not a file, is refused."""
        try:
            _check(os.stat(self._name, dir_fd=self._directory, follow_symlinks=False))
            file = os.open(self._name, os.O_RDONLY | _OPEN, dir_fd=self._directory)
        except FileNotFoundError:
            return None
        with open(file, "rb") as stream:
            status = os.fstat(file)
            _check(status)
            stamp = f"{status.st_dev} {status.st_ino} {status.st_mtime_ns} {status.st_size}"
            return Stored(stream.read(), stat.S_IMODE(status.st_mode), status.st_uid, stamp)

    def check_writable(self, stored: Stored | None) -> None:
        """Refuse a write that would fail, as far as that is known without writing. stored: the file, if there is one."""
        user = os.geteuid()
        if stored and user not in (0, stored.owner):
            raise CloudError(
                DENIED,
                f"the file belongs to the user {stored.owner}, who could lose access to it",
                advice=f"Run this as the user {stored.owner}, or change the owner.",
            )
        # access() is the only call that also knows of a read-only file system.
        if not os.access(".", os.W_OK | os.X_OK, dir_fd=self._directory, effective_ids=True):
            is_read_only = os.fstatvfs(self._directory).f_flag & os.ST_RDONLY
            number = errno.EROFS if is_read_only else errno.EACCES
            raise OSError(number, os.strerror(number))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other writers of the file out of the body."""
        name, deadline = f".{self._name}.lock", self._clock.monotonic() + PATIENCE
        while True:
            lock = os.open(name, os.O_RDWR | os.O_CREAT | _OPEN, 0o600, dir_fd=self._directory)
            try:
                while not _lock(lock):
                    if self._clock.monotonic() >= deadline:
                        raise CloudError(
                            UNAVAILABLE,
                            f"another process has been writing the file for {PATIENCE:.0f} s",
                            advice=f"'fuser {os.path.join(self._parent, name)}' shows this process.",
                        )
                    self._clock.sleep(_PAUSE)
                # The writer before has removed the lock file, so that others lock a new one.
                if os.fstat(lock).st_nlink:
                    try:
                        yield
                    finally:
                        with suppress(OSError):
                            os.unlink(name, dir_fd=self._directory)
                    return
            finally:
                # Unlocked explicitly, because closing is not enough if a child was forked meanwhile.
                with suppress(OSError):
                    fcntl.flock(lock, fcntl.LOCK_UN)
                os.close(lock)

    def replace(self, data: bytes, mode: int, stored: Stored | None) -> Stored:
        """Replace the file, under the lock, and return the new one. stored: the file that it replaces."""
        temporary = f".{self._name}.{uuid4().hex}.tmp"
        self._remove_leftovers()
        file = os.open(temporary, _CREATE, 0o600, dir_fd=self._directory)
        try:
            status = _fill(file, data, mode, stored)
            os.rename(temporary, self._name, src_dir_fd=self._directory, dst_dir_fd=self._directory)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary, dir_fd=self._directory)
            raise
        self._sync()
        stamp = f"{status.st_dev} {status.st_ino} {status.st_mtime_ns} {status.st_size}"
        return Stored(data, mode, status.st_uid, stamp)

    def set_mode(self, mode: int) -> None:
        """Set the mode of the file, under the lock."""
        file = os.open(self._name, os.O_RDONLY | _OPEN, dir_fd=self._directory)
        try:
            _check(os.fstat(file))
            os.fchmod(file, mode)
        finally:
            os.close(file)

    def delete(self) -> None:
        """Delete the file, under the lock."""
        self._remove_leftovers()
        os.unlink(self._name, dir_fd=self._directory)
        self._sync()

    def _remove_leftovers(self) -> None:
        """Remove what killed writers of the file have left behind. The lock proves that none of them still works."""
        leftover = re.compile(rf"\.{re.escape(self._name)}\.[0-9a-f]{{32}}\.tmp")
        for name in os.listdir(self._directory):
            if leftover.fullmatch(name):
                os.unlink(name, dir_fd=self._directory)

    def _sync(self) -> None:
        """Make sure that a power failure does not undo the last step."""
        try:
            os.fsync(self._directory)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that cannot do this for a directory
                raise CloudError(
                    UNAVAILABLE,
                    f"the change was made, but might not survive a power failure: {error.strerror}",
                    advice="Read the file again. Check the disk.",
                ) from None


def _fill(file: int, data: bytes, mode: int, stored: Stored | None) -> os.stat_result:
    """Write a new file, make sure that it is on the disk, close it, and return its status."""
    try:
        if stored and stored.owner != os.fstat(file).st_uid:
            os.fchown(file, stored.owner, -1)
        os.fchmod(file, mode)
        left = memoryview(data)
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
        return os.fstat(file)
    finally:
        os.close(file)


def _lock(file: int) -> bool:
    try:
        _check(os.fstat(file))
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _check(status: os.stat_result) -> None:
    """Refuse everything except a file with one name: through another name, others could read or replace it."""
    kind = stat.S_IFMT(status.st_mode)
    what = _KINDS.get(kind, "no file") if kind != stat.S_IFREG else "a hard link" if status.st_nlink > 1 else None
    if what:
        raise CloudError(
            REFUSED,
            f"it is {what}" + (f", the file has {status.st_nlink} names" if kind == stat.S_IFREG else ""),
            advice="Choose the path of a file, or remove what is in its place.",
        )


@contextmanager
def reported() -> Iterator[None]:
    """Turn an error of the system into a CloudError."""
    try:
        yield
    except OSError as error:
        category, advice = _ERRORS.get(error.errno or 0, (UNAVAILABLE, None))
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise CloudError(category, reason[:1].lower() + reason[1:], advice=advice, retry_helps=False) from None
