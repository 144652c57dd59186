# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the emulator as a separate process, and stop it."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from . import pid_file, seed
from .input_error import InputError
from .own_file import open_anew

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_MARK_SECONDS = 5.0
_PAUSE = 0.02
_TAIL = 2000


def start(arguments: Sequence[str], options: argparse.Namespace) -> str:
    """Start the emulator with these arguments unless it is running, and wait until it listens.

    Raise InputError if the running one was started with another seed, because its objects are not the requested ones.
    """
    fingerprint = seed.fingerprint(options.seed, rate_limits=options.rate_limits)
    if pid_file.is_held(options.pid_file):
        return _running(options.pid_file, fingerprint)
    options.port_file.unlink(missing_ok=True)
    log: Path = options.background
    with open_anew(log) as output:
        child = subprocess.Popen(  # noqa: S603, this program
            [sys.executable, str(Path(__file__).parent), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    while not options.port_file.exists() or child.poll() is not None:
        if child.poll() is not None and pid_file.is_held(options.pid_file):
            return _running(options.pid_file, fingerprint)  # another process was faster
        if child.poll() is not None:
            raise InputError(f"the emulator ended with status {child.returncode}:\n{_tail(log)}")
        if time.monotonic() > deadline:
            child.kill()
            raise InputError(f"the emulator did not start to listen:\n{_tail(log)}")
        time.sleep(_PAUSE)
    return "started"


def _running(pid_path: Path, fingerprint: str) -> str:
    """Describe the running emulator, or raise InputError if it has another configuration."""
    mark = seed.mark_of(pid_path)
    deadline = time.monotonic() + _MARK_SECONDS
    while not mark.exists() and time.monotonic() < deadline:  # it may have started just now
        time.sleep(_PAUSE)
    if not mark.exists() or mark.read_text(encoding="ascii") != fingerprint:
        raise InputError(
            f"the emulator of {pid_path} is already running with another seed or other rate limits: stop it"
            " first, or use another directory"
        )
    return "already running"


def stop(pid_path: Path) -> str:
    """Stop the emulator that holds the pid file, if any, and wait until it has exited."""
    return "stopped" if pid_file.end_holder(pid_path, _STOP_SECONDS) else "not running"


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-_TAIL:].strip()
