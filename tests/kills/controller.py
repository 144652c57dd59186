# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fork a run of ansible-playbook for each line of standard input, and ask a gate before and after each thing that it does.

The fork saves the time of the imports. The gate is a server of the tests: it replies to let the run go on, or kills it
instead. Nothing in the product knows of it.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible.cli import playbook
from ansible.executor.process.worker import WorkerProcess
from ansible.executor.task_executor import TaskExecutor
from ansible.plugins.loader import filter_loader, init_plugin_loader

_time: Any = importlib.import_module("sitecustomize")  # that of tests/support/simulated_time
_gate: tuple[str, int] = ("127.0.0.1", int(sys.argv[1]))
_now: dict[str, Any] = {"run": 0, "task": ""}


def pause(kind: str, label: str, side: str) -> None:
    """Wait until the gate replies."""
    with socket.create_connection(_gate) as connection:
        message = {"run": _now["run"], "kind": kind, "label": label, "side": side}
        connection.sendall(json.dumps(message).encode() + b"\n")
        connection.recv(1)


def _work(self: Any) -> Any:
    _now["task"] = self._task.get_name()
    pause("task", _now["task"], "before")
    return _real_work(self)


def _execute(self: Any) -> Any:
    result = _real_execute(self)
    pause("skipped" if result.skipped else "task", _now["task"], "after")
    return result


def _paused(step: str) -> Callable[..., Any]:
    """Return the function of os with pauses, if a file with secrets is written."""
    real = getattr(os, step)

    def function(*arguments: Any, **named: Any) -> Any:
        if not sys._getframe(1).f_globals["__name__"].endswith("_secret_path"):
            return real(*arguments, **named)
        what = arguments[0]
        is_directory = isinstance(what, int) and os.path.isdir(f"/proc/self/fd/{what}")
        label = f"{step} of the directory" if is_directory else step
        pause("file", label, "before")
        result = real(*arguments, **named)
        pause("file", label, "after")
        return result

    return function


_worker: Any = WorkerProcess
_executor: Any = TaskExecutor
_real_work, _real_execute = _worker._run, _executor.run
_worker._run, _executor.run = _work, _execute
for _step in ("write", "fsync", "rename", "unlink"):
    setattr(os, _step, _paused(_step))

# Import what every worker would otherwise import for itself.
init_plugin_loader()
_iam = importlib.import_module("ansible_collections.multicloud.iam")
_plugins = Path(next(iter(_iam.__path__)), "plugins")
for _kind in ("plugin_utils", "module_utils", "modules"):
    for _file in sorted((_plugins / _kind).glob("*.py")):
        importlib.import_module(f"{_iam.__name__}.plugins.{_kind}.{_file.stem}")
for _file in (_plugins / "filter").glob("*.py"):
    filter_loader.get(f"multicloud.iam.{_file.stem}")
gc.freeze()
for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if not pid:
        _now["run"] = order["run"]
        os.setsid()
        os.chdir(order["directory"])
        os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
        output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(output, 1)
        os.dup2(output, 2)
        _time.AHEAD = order["seconds"]
        os.environ["SIMULATED_SECONDS"] = str(order["seconds"])
        playbook.main(["ansible-playbook", *order["arguments"]])
        os._exit(0)
    print(pid, flush=True)
    print(os.waitpid(pid, 0)[1], flush=True)
