# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that every mutant of a condition of the planner is caught by a unit test or by the model.

`make test` tries a sample, and the matrix all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.rotation import model as world
from ansible_collections.multicloud.iam.tests.rotation.equivalents import EQUIVALENT
from ansible_collections.multicloud.iam.tests.rotation.model import Model, explore
from ansible_collections.multicloud.iam.tests.rotation.mutants import Mutant, mutants
from ansible_collections.multicloud.iam.tests.rotation.settings import SETTINGS
from ansible_collections.multicloud.iam.tests.support.counts import note
from ansible_collections.multicloud.iam.tests.unit.plugins.module_utils import test_rotation as unit

EVERYTHING = bool(os.environ.get("TEST_EVERY_STEP"))
STEP = 1 if EVERYTHING else 4
STATES = 250
# They do not call the planner, or read its source.
LEFT_OUT = ("test_the_page", "test_no_file", "test_every_rule")


def checks() -> Iterator[Callable[[], None]]:
    """Yield the unit tests of the planner, with their parameters."""
    for name, test in vars(unit).items():
        if not name.startswith("test_") or name.startswith(LEFT_OUT):
            continue
        marks = [mark for mark in getattr(test, "pytestmark", []) if mark.name == "parametrize"]
        if not marks:
            yield test
        for mark in marks:
            names = mark.args[0]
            for values in mark.args[1]:
                given = {names: values} if isinstance(names, str) else dict(zip(names, values))
                yield partial(test, **given)


CHECKS = tuple(checks())


def fails(check: Callable[[], Any]) -> bool:
    try:
        check()
    except Exception:
        return True
    return False


def catcher(planner: ModuleType, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """Return what catches the mutant: a unit test, the model, or nothing."""
    monkeypatch.setattr(unit, "plan", planner.plan)
    monkeypatch.setattr(unit, "plan_all", planner.plan_all)
    if any(fails(check) for check in CHECKS):
        return "unit test"
    monkeypatch.setattr(world, "plan", planner.plan)
    return "model" if any(fails(partial(explore, Model(setting), STATES)) for setting in SETTINGS) else None


def test_the_shipped_planner_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    one = next(mutants())
    shipped = one._replace(value=getattr(one.node, one.attribute)).load()
    assert catcher(shipped, monkeypatch) is None


@pytest.mark.parametrize("mutant", list(mutants())[::STEP], ids=lambda mutant: mutant.name)
def test_a_mutant_is_caught(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        planner = mutant.load()
    except Exception:
        caught: str | None = "import"
    else:
        caught = catcher(planner, monkeypatch)
    note("mutants", {mutant.name: {"caught": caught, "reason": EQUIVALENT.get(mutant.name)}})
    assert (caught is None) == (mutant.name in EQUIVALENT)


def test_every_equivalent_mutant_exists() -> None:
    assert EQUIVALENT.keys() <= {mutant.name for mutant in mutants()}
