# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start runs of the role from a controller with its own home, which asks a gate at each point."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from ..playbooks.rotation import SIMULATED_TIME
from ..playbooks.runner import COLLECTIONS, environment

PASSPHRASE = "Example-Passphrase-Of-Kills"


class Starter:
    """Start one run after the other. gate: its port. variables: more of the environment."""

    def __init__(self, stack: ExitStack, directory: Path, gate: int, **variables: str) -> None:
        self._directory = directory
        for name in ("home", "work"):
            (directory / name).mkdir()
        (directory / "passphrase").write_text(PASSPHRASE + "\n")
        process = stack.enter_context(self._controlled(gate, variables))
        assert process.stdin
        assert process.stdout
        self._orders: IO[str] = process.stdin
        self._replies: IO[str] = process.stdout

    @contextmanager
    def _controlled(self, gate: int, variables: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
        env = {
            **environment(self._directory / "home"),
            "ANSIBLE_PIPELINING": "true",
            "PYTHONPATH": f"{SIMULATED_TIME}:{COLLECTIONS}",
            "SIMULATED_SECONDS": "1",
            **variables,
        }
        program = str(Path(__file__).with_name("controller.py"))
        with (
            (self._directory / "controller.log").open("wb") as log,
            subprocess.Popen(
                [sys.executable, program, str(gate)],
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            ) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    def prepare(self, variables: Mapping[str, Any]) -> None:
        """Let the next runs have these extra variables."""
        (self._directory / "variables.json").write_text(json.dumps(dict(variables)))

    def start(self, number: int, seconds: float, output: str) -> int:
        """Start the run of this number with clocks that are ahead by these seconds. Return its process ID.

        output: the name of the file with its output.
        """
        order = {
            "run": number,
            "seconds": seconds or 1.0,
            "directory": str(self._directory / "work"),
            "output": str(self._directory / output),
            "arguments": [
                *("-e", f"@{self._directory}/variables.json", "--vault-id", f"dev@{self._directory}/passphrase"),
                "multicloud.iam.rotate_access_keys",
            ],
        }
        self._orders.write(json.dumps(order) + "\n")
        self._orders.flush()
        return int(self._replies.readline())

    def wait(self) -> int:
        """Wait until the run has ended, and return its wait status."""
        return int(self._replies.readline())
