# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Explore the states that a rotation can reach, with the shipped planner, and check the rules in each of them.

`make test` explores a sample, and the matrix twenty times as many of most settings.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils import _rotation, _rotation_rules
from ansible_collections.multicloud.iam.tests.rotation import model as world
from ansible_collections.multicloud.iam.tests.rotation.model import BrokenRuleError, Model, Setting, explore
from ansible_collections.multicloud.iam.tests.rotation.settings import SETTINGS
from ansible_collections.multicloud.iam.tests.rotation.traces import history
from ansible_collections.multicloud.iam.tests.support.counts import note

EVERYTHING = bool(os.environ.get("TEST_EVERY_STEP"))
# States of each setting, after removing duplicates. A setting with fewer states is explored completely.
STATES = 40000 if EVERYTHING else 2000
# Of two runs and an operator, fewer states did not contain a key that is disabled twice in a run.
STATES_OF_ALL_ACTORS = 40000
# The settings together.
AT_LEAST = 1_000_000 if EVERYTHING else 100_000
# An undisturbed rotation needs a run until its grace, one until its soak, and one until its end. A failed attempt adds two.
MOST_RUNS = 5
COUNTS: dict[str, int] = {}


@pytest.fixture(autouse=True)
def _cold() -> Iterator[None]:
    """Keep nothing between tests: the caches are large, and a changed planner must not see them."""
    yield
    for name in ("older", "rotation_of", "secrets_in", "write", "_aged", "_settled", "_listed", "_parsed"):
        getattr(world, name).cache_clear()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_state_keeps_the_rules_and_ends(setting: Setting) -> None:
    most = STATES_OF_ALL_ACTORS if setting.runs > 1 and setting.operator else STATES
    states, runs, is_complete = explore(Model(setting), most)
    COUNTS[setting.name] = states
    note("states", {setting.name: {"states": states, "complete": is_complete, "runs": runs}})
    assert is_complete or states >= most
    assert runs <= MOST_RUNS


def test_enough_states_were_explored() -> None:
    if len(COUNTS) < len(SETTINGS):
        pytest.skip("only a part of the settings was selected")
    print(f"{sum(COUNTS.values())} states of {len(COUNTS)} settings")
    assert sum(COUNTS.values()) >= AT_LEAST


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_random_history_can_be_written_and_repeated(setting: Setting) -> None:
    one = history(setting, seed=7)
    assert one == json.loads(json.dumps(history(setting, seed=7)))
    assert one != history(setting, seed=8)
    runs = [event for event in one["events"] if event["do"] == "run"]
    assert runs
    for run in runs:
        faults = [step["fault"] for step in run["steps"]]
        assert not any(faults[:-1])
        assert (run["decision"] is None) == bool(faults and faults[-1])


# A model that finds nothing proves nothing. So each of these rules is left out, and the model must notice.


@pytest.mark.parametrize(
    ("rule", "setting", "message"),
    [
        ("grace_is_running", "described", "without grace or soak"),
        ("cut_over_is_unrecorded", "described", "was not distributed"),
        ("consumer_has_not_the_key", "described", "which a consumer uses"),
        ("late_key_is_unnamed", "described", "orphans remain"),
        ("abandoned_key_is_listed", "described", "it ends with wait"),
        ("old_key_is_enabled_again", "operator-in-soak", "it ends with wait"),
        ("soak_is_running", "described-in-soak", "it ends in disabled"),
        ("tombstone_is_fresh", "described", "before the one before it has settled"),
        ("attempt_was_made", "described", "two attempts"),
        ("current_is_not_listed", "operator", "it ends in none"),
        ("old_key_signs", "signer-in-grace", "in the configured credentials"),
        ("limit_leaves_no_room", "at-the-limit", "it does not converge"),
        ("chosen_key_is_listed", "chosen-id", "orphans remain"),
        ("new_key_is_unproven", "described", "without a proof"),
        ("leaked_key_goes", "leak-at-the-limit", "it does not converge"),
    ],
)
def test_the_model_notices_a_missing_rule(
    rule: str, setting: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = tuple(other for other in _rotation_rules.RULES if other.__name__ != rule)
    assert len(rest) == len(_rotation_rules.RULES) - 1
    monkeypatch.setattr(_rotation, "RULES", rest)
    chosen = next(other for other in SETTINGS if other.name == setting)
    with pytest.raises(BrokenRuleError, match=message):
        explore(Model(chosen), 4000)
