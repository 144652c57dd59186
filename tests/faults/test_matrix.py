# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test every cell of the fault matrix, in process and as module process.

`make test` runs all of them in process, and a sample as module process. `make test-matrix` runs all as module process.
"""

from __future__ import annotations

import os
from concurrent.futures import Future

import pytest

from ansible_collections.multicloud.iam.tests.faults.runtimes import IN_PROCESS
from ansible_collections.multicloud.iam.tests.faults.table import TRIED

EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
SOME = 7  # no divisor of the number of objects and operations, so that the sample contains all of them

TRIALS = [
    (name, runtime)
    for number, (name, cell) in enumerate(TRIED.items())
    for runtime in cell.fault.runtimes
    if EVERY_STEP or runtime == IN_PROCESS or number % SOME == 0
]


@pytest.mark.parametrize(("cell", "runtime"), TRIALS)
def test_cell(cell: str, runtime: str, trials: dict[tuple[str, str], Future[list[str]]]) -> None:
    problems = trials[cell, runtime].result()
    assert not problems, "\n".join(problems)
