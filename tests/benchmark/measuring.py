# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the figures of a run, and of all runs of a scenario."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import NamedTuple

TIMED_RUN = Path(__file__).with_name("timed_run.py")
_KIBIBYTE = 1024
_MEGABYTE = 1e6


class Calls(NamedTuple):
    """Count API calls by operation: performed calls, and all calls that a rate limit rejected."""

    performed: Mapping[str, int] = {}
    throttled: int = 0


@dataclass(frozen=True)
class Taken:
    """Hold the figures of one run.

    megabytes: the largest resident set of a single process, 0 if not measured. output: the text that it printed.
    """

    seconds: float
    megabytes: float = 0.0
    output: str = field(default="", repr=False)


@dataclass
class Figure:
    """Hold the figures of all runs of one scenario.

    is_playbook: the time of an empty playbook is subtracted. calls: of the last run; all runs make the same calls.
    """

    row: str
    name: str
    is_playbook: bool
    runs: list[Taken] = field(default_factory=list)
    calls: Calls = field(default_factory=Calls)

    @property
    def key(self) -> str:
        """Return the unique key of the figure."""
        return f"{self.row} {self.name}".strip()

    @property
    def seconds(self) -> float:
        """Return the median."""
        return median(run.seconds for run in self.runs)

    @property
    def megabytes(self) -> float:
        """Return the maximum."""
        return max(run.megabytes for run in self.runs)

    @property
    def tasks(self) -> int:
        """Return the number of tasks in the last run, including those that were skipped. A loop counts once."""
        return self.runs[-1].output.count("\nTASK [")


def timed(command: Sequence[str], directory: Path, env: Mapping[str, str], status: int = 0) -> Taken:
    """Run a command. Raise an error if it does not end with this exit status."""
    report = directory / "taken.json"
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(TIMED_RUN), str(report), *command],
        cwd=directory,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    taken = json.loads(report.read_text(encoding="utf-8"))
    assert taken["status"] == status, done.stdout
    return Taken(taken["seconds"], taken["kibibytes"] * _KIBIBYTE / _MEGABYTE, done.stdout)
