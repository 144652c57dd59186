# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run took, and what the runs of one scenario took together."""

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
    """API calls by operation: those that were performed, and the number of those that a rate limit turned away."""

    performed: Mapping[str, int] = {}
    throttled: int = 0


@dataclass(frozen=True)
class Taken:
    """What one run took.

    megabytes: the largest resident set of any one process, 0 where it was not measured. output: what it printed.
    """

    seconds: float
    megabytes: float = 0.0
    output: str = field(default="", repr=False)


@dataclass
class Figure:
    """What the runs of one scenario took.

    is_playbook: an empty playbook takes time too. calls: of the last run; all runs of a scenario perform the same ones.
    """

    row: str
    name: str
    is_playbook: bool
    runs: list[Taken] = field(default_factory=list)
    calls: Calls = field(default_factory=Calls)

    @property
    def key(self) -> str:
        """What is unique among all figures."""
        return f"{self.row} {self.name}".strip()

    @property
    def seconds(self) -> float:
        """The median."""
        return median(run.seconds for run in self.runs)

    @property
    def megabytes(self) -> float:
        """The largest one."""
        return max(run.megabytes for run in self.runs)


def timed(command: Sequence[str], directory: Path, env: Mapping[str, str]) -> Taken:
    """Run a command, which has to succeed."""
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
    assert taken["status"] == 0, done.stdout
    return Taken(taken["seconds"], taken["kibibytes"] * _KIBIBYTE / _MEGABYTE, done.stdout)
