# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry out random histories of the model with the real role: after each run, both must agree.

`make test` replays SAMPLE. With TEST_EVERY_STEP, 200 histories are replayed, 25 at a time. TEST_REPLAYS=3 replays the first
three of each of these.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.kills.replay import Replay
from ansible_collections.multicloud.iam.tests.rotation.settings import SETTINGS
from ansible_collections.multicloud.iam.tests.rotation.traces import history
from ansible_collections.multicloud.iam.tests.support.counts import note

LIMIT = int(os.environ.get("TEST_REPLAYS", "0")) or None
EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP") or LIMIT)
# A history has one run at a time, and the emulated clouds allow two keys. After a leak of the key that signs, a real run
# cannot even list the keys until the user has changed the credentials, which the model leaves out.
REPLAYED = [
    setting._replace(limit=2) for setting in SETTINGS if not setting.name.startswith(("two-runs", "signer-leak"))
]
NUMBER, TOGETHER, LENGTH = 200, 25, 10
# Killed between the creation and the escrow. Then an operator deletes a key.
SAMPLE = [("no-consumer", 288, 3)]


def histories(numbers: Sequence[int]) -> list[dict[str, Any]]:
    """Return random histories, each with a separate seed."""
    return [history(REPLAYED[number % len(REPLAYED)], number, LENGTH) for number in numbers]


def replayed(made: Sequence[Mapping[str, Any]], directory: Path) -> dict[str, Any]:
    """Replay histories, and return what was counted."""
    with ExitStack() as stack:
        replay = Replay(stack, made, directory)
        replay.play()
    assert replay.wrong == []
    runs = [event for each in made for event in each["events"] if event["do"] == "run"]
    steps = [step for run in runs for step in run["steps"]]
    events = Counter(event["do"] for each in made for event in each["events"])
    assert replay.compared == len(runs)
    return {
        "histories": len(made),
        "runs": len(runs),
        "plays": replay.runs,
        "steps": sum(step["step"] is not None for step in steps),
        "kills": replay.kills,
        "lost_calls": replay.cuts,
        "by_operator": sum(events.values()) - events["run"] - events["wait"],
        "different": len(replay.wrong),
    }


@pytest.mark.skipif(not EVERY_STEP, reason="runs in the matrix only")
@pytest.mark.timeout(0)
@pytest.mark.parametrize("first", range(0, NUMBER, TOGETHER))
def test_the_role_agrees_with_the_model(first: int, tmp_path: Path) -> None:
    counted = replayed(histories(range(first, NUMBER)[:TOGETHER][:LIMIT]), tmp_path)
    print(counted)
    note("replay", {f"from {first:03}": counted})


@pytest.mark.timeout(900)
@pytest.mark.skipif(EVERY_STEP, reason="the matrix replays more histories")
def test_the_role_agrees_with_the_model_in_a_sample(tmp_path: Path) -> None:
    named = {setting.name: setting for setting in REPLAYED}
    counted = replayed([history(named[name], seed, length) for name, seed, length in SAMPLE], tmp_path)
    assert counted["kills"]


@pytest.mark.timeout(0)
def test_every_kind_of_history_is_replayed() -> None:
    """Otherwise, what is left out of them would not be noticed."""
    made = histories(range(NUMBER))
    events = {event["do"] for each in made for event in each["events"]}
    assert events == {"run", "wait", "create", "disable", "enable", "delete", "drift", "leak"}
    steps = [step for each in made for event in each["events"] if event["do"] == "run" for step in event["steps"]]
    assert {step["fault"] for step in steps} == {None, "killed before", "killed between", "reply lost", "failed"}
    assert "rejected" in {step["reply"] for step in steps}
