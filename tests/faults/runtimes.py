# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task in a process of its own, that is forked and not started: everything is imported already.

The process is what core makes of it, either the worker, or the module with its arguments, output and exit status.
Signals reach it as they reach those.
"""

from __future__ import annotations

import json
import os
import runpy
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ansible.module_utils import basic

from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS
from ansible_collections.multicloud.iam.tests.support.modules import load_module, run_in_worker

try:
    from ansible._internal._errors._task_timeout import TaskTimeoutError
except ImportError:  # ansible-core 2.18
    from ansible.executor.task_executor import TaskTimeoutError  # type: ignore[attr-defined,no-redef]

IN_PROCESS, AS_MODULE = RUNTIMES = ("in_process", "as_module")
MODULES = "ansible_collections.multicloud.iam.plugins.modules"
# What every task imports is there before the first one is forked.
for _cloud in CLOUDS.values():
    for _name in _cloud.state_modules:
        load_module(_name)

PATIENCE = 60.0  # seconds that a task may take at most
# What core's worker does on its own SIGTERM and SIGINT: it ends at once, and nobody hears of the task again.
WORKER_ENDED = 99


@dataclass(frozen=True)
class Task:
    """A call of a module."""

    module: str
    options: Mapping[str, Any]
    check_mode: bool = False


@dataclass(frozen=True)
class Ended:
    """What a task left behind.

    result: what core would make a task result of; None where there is none. interrupt: the exception that ended the
    task in a worker, with its text. output: all that was written beside it.
    """

    status: int
    result: dict[str, Any] | None
    interrupt: tuple[str, str] | None
    output: str


class Running:
    """A task that has been started."""

    def __init__(self, runtime: str, task: Task, directory: Path) -> None:
        self._runtime = runtime
        self._files = {name: directory / name for name in ("stdout", "stderr", "outcome")}
        for path in self._files.values():
            path.write_bytes(b"")
        begin = _work if runtime == IN_PROCESS else _be_module
        self.pid = os.fork()
        if self.pid == 0:
            _become(begin, task, self._files)

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self) -> Ended:
        """Wait for the end; a task that does not come to one is killed, and has no result."""
        deadline = time.monotonic() + PATIENCE
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        while not pid:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.005)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        left = {name: path.read_text(encoding="utf-8") for name, path in self._files.items()}
        is_module = self._runtime == AS_MODULE
        # The whole of it: what else stood there would be no JSON.
        text = left.pop("stdout" if is_module else "outcome")
        told = json.loads(text) if text.strip() else None
        if told and is_module:
            told.pop("_ansible_new_secrets", None)  # from ansible-core 2.22 on, for the worker to hide them
        interrupt = told.pop("interrupt", None) if told and not is_module else None
        return Ended(
            os.waitstatus_to_exitcode(status),
            None if interrupt else told,
            tuple(interrupt) if interrupt else None,
            "".join(left.values()),
        )


def _become(begin: Callable[[Task, Path], None], task: Task, files: Mapping[str, Path]) -> NoReturn:
    """What the forked process does: the task, and nothing of what its parent would do afterwards."""
    status = 70
    try:
        for number, name in ((1, "stdout"), (2, "stderr")):
            file = os.open(files[name], os.O_WRONLY)
            os.dup2(file, number)
            os.close(file)
        sys.stdout = os.fdopen(1, "w", closefd=False)
        sys.stderr = os.fdopen(2, "w", closefd=False)
        begin(task, files["outcome"])
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(status)


def _be_module(task: Task, _outcome: Path) -> None:
    """Do what core's wrapper of modules does."""
    arguments = {
        **task.options,
        "_ansible_check_mode": task.check_mode,
        "_ansible_diff": True,
        "_ansible_no_log": False,
        "_ansible_verbosity": 4,
        "_ansible_module_name": task.module,
    }
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    basic._ANSIBLE_PROFILE = "legacy"
    runpy.run_module(f"{MODULES}.{task.module}", run_name="__main__", alter_sys=True)


def _work(task: Task, outcome: Path) -> None:
    """Do what core's worker does, with its handlers of signals."""

    def end(_number: int, _frame: Any) -> None:
        sys.stderr.flush()  # core's display has told the parent already
        os._exit(WORKER_ENDED)

    def time_is_up(_number: int, _frame: Any) -> None:
        raise TaskTimeoutError(1)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGALRM, time_is_up)
    told: dict[str, Any]
    try:
        told = run_in_worker(task.module, task.options, task.check_mode)
    except BaseException as interrupt:
        told = {"interrupt": (type(interrupt).__name__, str(interrupt))}
    outcome.write_text(json.dumps(told), encoding="utf-8")
