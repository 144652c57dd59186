# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one task in a separate process, which is forked, so that everything is already imported.

The process is like one of ansible-core's: a worker, or a module process with its arguments, output and exit status. It
receives signals in the same way.
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
# Import these modules before the first fork, because every task needs them.
for _cloud in CLOUDS.values():
    for _name in _cloud.state_modules:
        load_module(_name)

PATIENCE = 60.0  # maximum seconds for a task
# The exit status of ansible-core's worker after SIGTERM and SIGINT, when it ends without a result.
WORKER_ENDED = 99


@dataclass(frozen=True)
class Task:
    """Describe a call of a module."""

    module: str
    options: Mapping[str, Any]
    check_mode: bool = False


@dataclass(frozen=True)
class Ended:
    """Hold the outcome of a task.

    result: the result that ansible-core would receive, or None. interrupt: the exception that ended the task in a
    worker, with its text. output: everything else that was written.
    """

    status: int
    result: dict[str, Any] | None
    interrupt: tuple[str, str] | None
    output: str


class Running:
    """Represent a task that has been started."""

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
        """Wait for the end. A task that does not end is killed, and has no result."""
        deadline = time.monotonic() + PATIENCE
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        while not pid:
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.005)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        left = {name: path.read_text(encoding="utf-8") for name, path in self._files.items()}
        is_module = self._runtime == AS_MODULE
        # Parse all of it, because any other output would make it invalid JSON.
        text = left.pop("stdout" if is_module else "outcome")
        result = json.loads(text) if text.strip() else None
        if result and is_module:
            result.pop("_ansible_new_secrets", None)  # from ansible-core 2.22 on, so that the worker hides them
        interrupt = result.pop("interrupt", None) if result and not is_module else None
        return Ended(
            os.waitstatus_to_exitcode(status),
            None if interrupt else result,
            tuple(interrupt) if interrupt else None,
            "".join(left.values()),
        )


def _become(begin: Callable[[Task, Path], None], task: Task, files: Mapping[str, Path]) -> NoReturn:
    """Run the task in the forked process, and nothing that its parent would do afterwards."""
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
    """Act like ansible-core's wrapper of modules."""
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
    """Act like ansible-core's worker, with its signal handlers."""

    def end(_number: int, _frame: Any) -> None:
        sys.stderr.flush()  # ansible-core's display has already sent it to the parent
        os._exit(WORKER_ENDED)

    def time_is_up(_number: int, _frame: Any) -> None:
        raise TaskTimeoutError(1)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGALRM, time_is_up)
    result: dict[str, Any]
    try:
        result = run_in_worker(task.module, task.options, task.check_mode)
    except BaseException as interrupt:
        result = {"interrupt": (type(interrupt).__name__, str(interrupt))}
    outcome.write_text(json.dumps(result), encoding="utf-8")
