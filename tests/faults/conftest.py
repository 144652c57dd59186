# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the selected cells of the matrix in parallel, because they spend most of their time waiting."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor

import pytest

from ansible_collections.multicloud.iam.tests.faults import cells

LANES = 14


@pytest.fixture(scope="session")
def trials(request: pytest.FixtureRequest) -> Iterator[dict[tuple[str, str], Future[list[str]]]]:
    """Return the problems of each cell, by its name and runtime."""
    chosen: list[tuple[str, str]] = [
        (str(item.callspec.params["cell"]), str(item.callspec.params["runtime"]))
        for item in request.session.items
        if isinstance(item, pytest.Function) and "trials" in item.fixturenames
    ]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([cells.__name__])
    with ProcessPoolExecutor(min(LANES, len(chosen)), context, cells.open_lane) as pool:
        yield {trial: pool.submit(cells.problems_of, *trial) for trial in chosen}
