# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the modules and their peers, as docs/benchmark.md describes.

`bench.py [--rows a,b,...] [--quick] [--output FILE] [--page FILE]` prints the tables, and writes them as JSON. A
complete run also writes the page. The program fails if a run fails, makes unexpected calls, or misses a goal.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection
from pathlib import Path

from ansible_collections.multicloud.iam.tests.benchmark import report
from ansible_collections.multicloud.iam.tests.benchmark.goals import Figures, goals
from ansible_collections.multicloud.iam.tests.benchmark.measuring import Figure
from ansible_collections.multicloud.iam.tests.benchmark.scenarios import Playbook, scenarios
from ansible_collections.multicloud.iam.tests.benchmark.sizes import FULL, QUICK, Sizes
from ansible_collections.multicloud.iam.tests.benchmark.stage import stage
from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION

ROWS = "abcdefghijkl"


def measure(sizes: Sizes, rows: Collection[str]) -> Figures:
    """Run the scenarios of these rows one after the other, and repeat each as often as it requires."""
    chosen = [scenario for scenario in scenarios(sizes) if not scenario.row or scenario.row in rows]
    figures = {each.key: Figure(each.row, each.name, isinstance(each, Playbook)) for each in chosen}
    with stage(sizes) as clouds:
        for number in range(max(scenario.runs for scenario in chosen)):
            for scenario in chosen:
                if number < scenario.runs:
                    taken, calls = scenario.run(clouds, number)
                    figures[scenario.key].runs.append(taken)
                    figures[scenario.key].calls = calls
                    print(f"{scenario.key}: {taken.seconds:.2f} s", flush=True)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows", type=lambda text: text.split(","), default=list(ROWS), help="rows from a to l, separated by commas"
    )
    parser.add_argument("--quick", action="store_true", help="fewer objects")
    parser.add_argument("--output", type=Path, default=COLLECTION / "tests" / "output" / "bench.json")
    parser.add_argument("--page", type=Path, default=COLLECTION / "docs" / "benchmark.md")
    options = parser.parse_args()
    if not set(options.rows) <= set(ROWS):
        parser.error(f"rows are {', '.join(ROWS)}")
    sizes = QUICK if options.quick else FULL
    conditions = report.conditions_here()
    figures = measure(sizes, options.rows)
    found = goals(figures)
    print("", *report.figure_table(figures), "", *report.goal_table(found), sep="\n")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(report.as_json(figures, found, sizes, conditions), encoding="utf-8")
    if options.quick or set(options.rows) != set(ROWS):
        return 0
    options.page.write_text(report.page(figures, found, sizes, conditions), encoding="utf-8")
    return int(not all(goal.reached for goal in found))


if __name__ == "__main__":
    sys.exit(main())
