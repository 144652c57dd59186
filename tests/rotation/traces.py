# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write random histories of the model as plain data, so that a test can replay them through the real role.

A history is a dictionary:

    setting       the name of the setting
    capabilities  of the cloud, in units of `unit` seconds
    events        what happens, in order
    ends          phase, current key, existing keys with their status, and the keys of the consumers at the end

An event is a dictionary with the member `do`:

    run           one run of the role. `steps` are the steps that it begins, each with `step`, `access_key_id` and `fault`.
                  The last step of a run can have a fault. A run that is killed before it has planned its next step ends
                  with a step whose name is null. `rule` is the rule that ended the run, or null if a fault did
    wait          one unit of time passes
    create        an operator creates `key`, with the description of the key `copies`, or none
    disable, enable, delete   an operator changes `key`
    drift         an operator gives the old key to a consumer
    leak          the current key is added to `leaked`

Faults of a step: `killed before` the step has done anything, `killed between` its act and its write, `reply lost` (the act
was done, the run does not know), and `failed` (the act was not done).

IDs are symbols: OLD is the enrolled key, N1 the key of attempt 1, F1 the first key of the operator.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from .model import UNIT, Event, Model, Setting, World, rotation_of

# Events that only a network or a listing with delays can produce.
_NOT_REPLAYED = re.compile(
    r"unseen|on its way|late |listed correctly|uncertain|cannot delete|another version|fails to apply"
)
_PLANS = re.compile(r"0 plans (\w+) ?(\w*)")
_ENDS = re.compile(r"0 ends: (\w+)")
_OPERATOR = re.compile(r"an operator (creates|disables|enables|deletes) (\w+)( with a copied nonce)?")


def history(setting: Setting, seed: int, length: int = 60) -> dict[str, Any]:
    """Return a random history of a setting, always the same for a seed. It ends between two runs."""
    chance = random.Random(seed)
    model = Model(setting._replace(runs=1))
    world, events = model.start(), list[dict[str, Any]]()
    while len(events) < length or world.runs[0] is not None:
        label, following = _choose(chance, list(_replayable(model, world)), is_long=len(events) >= length)
        _note(events, label, world, following)
        model.check(following)
        world = following
    state = rotation_of(world.record)
    return {
        "setting": setting.name,
        "unit": UNIT,
        "capabilities": setting.capabilities,
        "consumers": setting.consumers,
        "events": events,
        "ends": {
            "phase": state["phase"],
            "current": (state["current"] or {}).get("access_key_id"),
            "keys": {key.id: key.status for key in world.keys if key.exists},
            "consumers": list(world.consumers),
        },
    }


def _replayable(model: Model, world: World) -> Iterator[Event]:
    """Yield the events that can be replayed. Time passes only between runs, and so does everything that an operator does."""
    for label, following in model.successors(world):
        is_of_run = label.startswith("0 ")
        if not _NOT_REPLAYED.search(label) and (is_of_run or world.runs[0] is None):
            yield label, following


def _choose(chance: random.Random, events: list[Event], is_long: bool) -> Event:
    """Choose an event. Faults are rare, so that a run usually gets somewhere."""

    def weight(label: str) -> int:
        if re.search("killed|loses|fails|operator|leaks", label):
            return 0 if is_long else 1
        return 2 if label == "time passes" else 8

    weights = [weight(label) for label, _world in events]
    return chance.choices(events, weights if any(weights) else None)[0]


def _note(events: list[dict[str, Any]], label: str, before: World, after: World) -> None:
    """Add an event of the model to the history."""
    steps = events[-1]["steps"] if events and events[-1]["do"] == "run" else []
    for pattern, note in _NOTES:
        found = pattern.match(label)
        if found:
            note(events, steps, found, before)
            return


def _plans(events: list[dict[str, Any]], steps: list[Any], found: re.Match[str], _before: World) -> None:
    steps.append({"step": found[1], "access_key_id": found[2] or None, "fault": None})


def _killed(events: list[dict[str, Any]], steps: list[Any], _found: re.Match[str], before: World) -> None:
    run = before.runs[0]
    if run and run.stage != "plan":
        has_acted = run.stage == "write" and steps[-1]["step"] in ("create", "disable", "delete")
        steps[-1]["fault"] = "killed between" if has_acted else "killed before"
    else:
        steps.append({"step": None, "access_key_id": None, "fault": "killed before"})


def _faults(fault: str) -> Callable[[list[dict[str, Any]], list[Any], re.Match[str], World], None]:
    def note(_events: list[dict[str, Any]], steps: list[Any], _found: re.Match[str], _before: World) -> None:
        steps[-1]["fault"] = fault

    return note


def _adds(**members: Any) -> Callable[[list[dict[str, Any]], list[Any], re.Match[str], World], None]:
    def note(events: list[dict[str, Any]], _steps: list[Any], _found: re.Match[str], _before: World) -> None:
        events.append({name: list(value) if isinstance(value, list) else value for name, value in members.items()})

    return note


def _operates(events: list[dict[str, Any]], _steps: list[Any], found: re.Match[str], before: World) -> None:
    event: dict[str, Any] = {"do": found[1][:-1], "key": found[2]}
    if found[1] == "creates":
        copied = [key.id for key in before.keys if key.id[0] == "N"]
        event["copies"] = copied[0] if found[3] else None
    events.append(event)


def _ended(events: list[dict[str, Any]], _steps: list[Any], found: re.Match[str], _before: World) -> None:
    events[-1]["rule"] = found[1]


_NOTES: tuple[tuple[re.Pattern[str], Callable[[list[dict[str, Any]], list[Any], re.Match[str], World], None]], ...] = (
    (re.compile("0 lists"), _adds(do="run", steps=[], rule=None)),
    (_PLANS, _plans),
    (_ENDS, _ended),
    (re.compile("0 is killed"), _killed),
    (re.compile("0 loses the reply"), _faults("reply lost")),
    (re.compile("0 (fails to|cannot create)"), _faults("failed")),
    (re.compile("time passes"), _adds(do="wait")),
    (_OPERATOR, _operates),
    (re.compile("an operator gives"), _adds(do="drift")),
    (re.compile(r"\w+ leaks"), _adds(do="leak")),
)
