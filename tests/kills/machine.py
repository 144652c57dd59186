# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the role as on a separate machine: with its own home, its own temporary files, and its own way to each server."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from threading import Event, RLock
from typing import Any

import yaml

from ..playbooks.runner import COLLECTION
from .gates import Gate, Passage, Point
from .harness import descendants, kill
from .starter import Starter

CLOUD_FACTS: dict[str, Any] = yaml.safe_load(
    (COLLECTION / "roles" / "rotate_access_key" / "vars" / "main.yml").read_text(encoding="utf-8")
)["rotate_access_key_clouds"]
CONSUMER = Path(__file__).parent / "verbs" / "consumer"
_CALLBACKS = COLLECTION / "tests" / "playbooks" / "callback_plugins"


class Machine:
    """Run the role, and call `at` at each point of the run. It returns whether the run may go on there.

    If it may not, a call is not passed on, or its reply is not. Everything else must have been killed.
    """

    def __init__(
        self,
        stack: ExitStack,
        directory: Path,
        cloud: int,
        vault: int | None = None,
        on_reply: Callable[[str], None] = lambda label: None,
    ) -> None:
        directory.mkdir()
        self.directory = directory
        # The path of a socket in it must be short.
        self._temporary = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.at: Callable[[Point], bool] = lambda point: True
        self.points: list[Point] = []
        self._lock = RLock()
        self._has_started = Event()
        self._run = 0
        gate = stack.enter_context(Gate(self._reach))
        self.cloud = stack.enter_context(Passage("call", cloud, self._reach, on_reply)).url
        self.vault = stack.enter_context(Passage("request", vault, self._reach)) if vault else None
        self._starter = Starter(
            stack,
            directory,
            gate.port,
            ANSIBLE_CALLBACKS_ENABLED="record",
            ANSIBLE_CALLBACK_PLUGINS=str(_CALLBACKS),
            RECORD_FILE=str(directory / "record"),
            TMPDIR=str(self._temporary),
        )

    def start(self, variables: Mapping[str, Any], seconds: float = 0.0) -> None:
        """Start a run with clocks that are ahead by these seconds."""
        self._run += 1
        self.points = []
        self._has_started.clear()
        (self.directory / "record").write_text("")
        self._starter.prepare(variables)
        self._main = self._starter.start(self._run, seconds, "output")
        self._has_started.set()

    def wait(self) -> int:
        """Wait until the run has ended, and return its wait status."""
        return self._starter.wait()

    def kill(self) -> None:
        """Kill the run and its workers."""
        kill([*descendants(self._main), self._main])

    def forget(self) -> None:
        """Delete what runs have left for the next ones in the directory of temporary files."""
        for left in self._temporary.glob("multicloud-iam-*"):
            shutil.rmtree(left)

    @property
    def output(self) -> str:
        """Return the output of the last run."""
        return (self.directory / "output").read_text(encoding="utf-8", errors="replace")

    @property
    def results(self) -> dict[str, Any]:
        """Return what the last run has reported about each key, or nothing if it was killed."""
        for line in reversed((self.directory / "record").read_text(encoding="utf-8").splitlines()):
            event = json.loads(line)
            if event["event"] == "ok" and event["task"].endswith(" : Report the outcome"):
                return dict(event["result"]["ansible_facts"]["rotate_access_key_result"])
        return {}

    def _reach(self, kind: str, label: str, side: str, run: int | None) -> bool:
        self._has_started.wait(60)
        with self._lock:
            point = Point(kind, label, side, sum(seen[:3] == (kind, label, side) for seen in self.points))
            self.points.append(point)
        return self.at(point)
