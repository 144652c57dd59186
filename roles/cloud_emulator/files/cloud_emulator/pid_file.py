# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage a pid file that its process keeps locked as long as it lives.

The kernel releases the lock with the process, so a stale file or a reused pid does no harm.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .input_error import InputError
from .own_file import descriptor_of

_PATIENCE = 2.0


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Write the pid of this process, hold the lock, and remove the file at the end.

    The descriptor is never closed, so the lock is released when the process has exited.
    """
    descriptor = descriptor_of(path, os.O_RDWR | os.O_CREAT)
    _lock(descriptor, path)
    os.truncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def is_held(path: Path) -> bool:
    """Return whether a running emulator holds the file."""
    try:
        with _opened(path) as file:
            return _is_locked(file.fileno())
    except FileNotFoundError:
        return False


def end_holder(path: Path, seconds: float) -> bool:
    """Stop the emulator that holds the file, and wait until it has exited. Return whether there was one."""
    try:
        file = _opened(path)
    except FileNotFoundError:
        return False
    with file:
        if not _is_locked(file.fileno()):
            path.unlink(missing_ok=True)
            return False
        pid = int(file.read())
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while _is_locked(file.fileno()):
            if time.monotonic() > deadline:
                raise InputError(f"the emulator with pid {pid} did not stop")
            time.sleep(0.02)
    return True


def _opened(path: Path) -> IO[bytes]:
    return os.fdopen(descriptor_of(path, os.O_RDONLY), "rb")


def _is_locked(descriptor: int) -> bool:
    """Return whether another process holds the lock, by taking it for an instant."""
    if not _locked(descriptor, fcntl.LOCK_SH):
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _lock(descriptor: int, path: Path) -> None:
    # A process that only checks the lock holds it for an instant, so try again.
    deadline = time.monotonic() + _PATIENCE
    while not _locked(descriptor, fcntl.LOCK_EX):
        if time.monotonic() > deadline:
            raise InputError(f"another emulator holds the pid file {path}")
        time.sleep(0.05)


def _locked(descriptor: int, kind: int) -> bool:
    """Try to take the lock, and return whether that worked."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
