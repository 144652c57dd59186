# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotate one key on two machines at once, with the same store: whatever the order is, there is one new key at the end.

`make test` tries one order. With TEST_EVERY_STEP, each cloud with each store is tried in 17 orders.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.kills.situations import situations
from ansible_collections.multicloud.iam.tests.kills.two_runs import HASTY, PATIENT, Turn, TwoMachines, orders
from ansible_collections.multicloud.iam.tests.support.counts import note
from ansible_collections.multicloud.iam.tests.support.openbao import OpenBao

EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
# Without descriptions, the key of an abandoned attempt stays until the user names it.
SITUATIONS = {
    each.cloud: each for each, _store in situations() if each.name == "one key" and each.rotated.site == "main"
}
PLACES = [(cloud, store) for store in ("secret_file", "vault_kv2") for cloud in SITUATIONS]
ORDERS = 17


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoMachines]:
    """Return two machines, after one of them has rotated the key alone."""
    cloud, store = request.param
    openbao: OpenBao | None = request.getfixturevalue("openbao") if store == "vault_kv2" else None
    with ExitStack() as stack:
        both = TwoMachines(stack, SITUATIONS[cloud], tmp_path_factory.mktemp("two"), openbao)
        both.reset()
        both.points = len(both.run_alone(PATIENT))
        judge(both, PATIENT)
        yield both


def judge(both: TwoMachines, clouds: Any) -> int:
    """Return how many more runs are needed until all is well."""
    more = both.converge(clouds)
    assert more is not None, both.outcomes
    both.judge_end()
    assert both.wrong == []
    return more


def try_order(both: TwoMachines, turns: list[Turn], clouds: Any) -> dict[str, Any]:
    """Rotate the key in this order, and return what was counted."""
    both.reset()
    order = both.run(turns, clouds)
    ends = list(both.ends)
    # A run that waits long enough for the other one never has to give up its own key.
    assert clouds is HASTY or not any(end.endswith(" blocked") for end in ends), both.outcomes
    more = judge(both, clouds)
    journal = [call["action"] for call in both.emulator.journal() if call["committed"]]
    counted = {
        "switches": order.switches,
        "created": journal.count(both.situation.rotated.create),
        "ends": ends,
        "more_runs": more,
    }
    print(counted)
    return counted


@pytest.mark.skipif(not EVERY_STEP, reason="runs in the matrix only")
@pytest.mark.timeout(0)
@pytest.mark.parametrize("place", PLACES, indirect=True, ids=", ".join)
@pytest.mark.parametrize("number", range(ORDERS))
def test_two_runs_leave_one_new_key(place: TwoMachines, number: int) -> None:
    turns = orders(ORDERS, place.points)[number]
    counted = try_order(place, turns, (HASTY, PATIENT)[number % 2])
    store = place.stores[0].name
    name = f"{place.situation.cloud}, {store}, order {number:02}"
    note("two-runs", {name: {**counted, "hasty": number % 2 == 0}})


# The first run has created the key when the second one begins. That gives up on this attempt, deletes its key, and creates
# another one, before the first run continues and cannot write its secret any more.
@pytest.mark.timeout(900)
@pytest.mark.skipif(EVERY_STEP, reason="the matrix tries many orders")
def test_a_run_does_not_escrow_a_key_that_another_one_has_given_up(tmp_path: Path) -> None:
    with ExitStack() as stack:
        both = TwoMachines(stack, SITUATIONS["tencent"], tmp_path)
        counted = try_order(both, [Turn(0, "CreateAccessKey"), Turn(1, None), Turn(0, None)], HASTY)
        assert (counted["switches"], counted["created"], counted["more_runs"]) == (1, 2, 0)
        assert "its secret could not be written" in both.machines[0].output
