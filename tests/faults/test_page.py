# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that the page about the fault matrix matches the expectations, and that the matrix is complete."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.multicloud.iam.tests.faults import page
from ansible_collections.multicloud.iam.tests.faults.expected import NOTHING
from ansible_collections.multicloud.iam.tests.faults.objects import OPERATIONS
from ansible_collections.multicloud.iam.tests.faults.table import CELLS, FAULTS, OBJECTS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "fault-matrix.md"


def test_the_page_matches_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page.page()


def test_every_cell_has_its_own_name_and_every_fault_its_title() -> None:
    assert len(CELLS) == len(FAULTS) * len(OPERATIONS) * len(OBJECTS)
    assert len({fault.title for fault in FAULTS}) == len(FAULTS)


def test_every_impossible_cell_has_a_reason() -> None:
    assert not [name for name, cell in CELLS.items() if cell.expected.outcome == NOTHING and not cell.expected.why]


def test_every_fault_is_tested_on_an_object() -> None:
    tried = {cell.fault.name for cell in CELLS.values() if cell.expected.outcome != NOTHING}
    assert tried == {fault.name for fault in FAULTS}
