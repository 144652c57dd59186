# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting the emulator as a process of its own, and ending it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from . import pid_file
from .input_error import InputError

_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_TAIL = 2000


def start(arguments: Sequence[str], pid_path: Path, port_path: Path, log: Path) -> str:
    """Start the emulator with these arguments unless it runs, and wait until it listens."""
    if pid_file.is_held(pid_path):
        return "already running"
    port_path.unlink(missing_ok=True)
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603, this very program
            [sys.executable, str(Path(__file__).parent), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    while not port_path.exists():
        if child.poll() is not None:
            raise InputError(f"the emulator ended with status {child.returncode}:\n{_tail(log)}")
        if time.monotonic() > deadline:
            child.kill()
            raise InputError(f"the emulator did not start to listen:\n{_tail(log)}")
        time.sleep(0.02)
    return "started"


def stop(pid_path: Path) -> str:
    """End the emulator that holds the pid file, if there is one, and wait until it is gone."""
    return "stopped" if pid_file.end_holder(pid_path, _STOP_SECONDS) else "not running"


def _tail(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-_TAIL:].strip()
