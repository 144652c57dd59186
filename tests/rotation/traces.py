# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write random histories of the model as plain data, so that a test can replay them through the real role.

A history is a dictionary:

    setting, seed what makes the history
    capabilities  of the cloud, in units of `unit` seconds
    consumers     how many there are
    keys          the keys at first
    knows_secret  whether the record has the secret of the enrolled key at first
    signs         whether the enrolled key signs the calls
    events        what happens, in order

After a run, `state` is the public part of the record, `keys` are the existing keys with their status, and `consumers`
the keys of the consumers. Times are how many units ago they were, at most two. `units` of a decision is the number of units to
wait.

An event is a dictionary with the member `do`:

    run           one run of the role. `steps` are the steps that it begins, each with `step`, `access_key_id`, `fault`,
                  `writes` (whether it changes the record) and `reply` (to `verify`). The last step of a run can have a
                  fault. A run that is killed before it has planned its next step ends with a step whose name is null.
                  `decision` is the one that ended the run, or null if a fault did. `left` is as described above
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

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_time import moment

from .model import AGES, NOW, UNIT, Event, Model, Run, Setting, World, rotation_of

# Events that only a network or a listing with delays can produce.
_NOT_REPLAYED = re.compile(r"on its way|late |uncertain|cannot delete|another version|fails to apply")
_OPERATOR = re.compile(r"an operator (creates|disables|enables|deletes) (\w+)( with a copied nonce)?")


def history(setting: Setting, seed: int, length: int = 60) -> dict[str, Any]:
    """Return a random history of a setting, always the same for a seed. It ends between two runs."""
    chance = random.Random(seed)
    model = Model(setting._replace(runs=1))
    world, events = Model(setting._replace(begins_after=0)).start(), list[dict[str, Any]]()
    for _run in range(setting.begins_after):
        world = _calm_run(model, world, events)
    while len(events) < length or world.runs[0] is not None:
        label, following = _choose(chance, list(_replayable(model, world)), events, is_long=len(events) >= length)
        _note(events, label, world, following, model)
        model.check(following)
        world = following
    return {
        "setting": setting.name,
        "unit": UNIT,
        "capabilities": setting.capabilities,
        "seed": seed,
        "consumers": setting.consumers,
        "keys": [{"id": key.id, "status": key.status, "description": key.description} for key in setting.keys],
        "knows_secret": setting.knows_secret,
        "signs": setting.signs,
        "events": events,
    }


def _calm_run(model: Model, world: World, events: list[dict[str, Any]]) -> World:
    """Add an undisturbed run, and the time after it."""
    is_begun = False
    while not is_begun or world.runs[0] is not None:
        is_begun = True
        label, following = next(
            event for event in model.successors(world) if event[0].startswith("0 ") and event[0] != "0 is killed"
        )
        _note(events, label, world, following, model)
        world = following
    for _tick in range(2):
        label, world = next(model.time_passes(world), ("time passes", world))
        _note(events, label, world, world, model)
    return world


def public_state(state: Mapping[str, Any], symbol: Callable[[str], str], age: Callable[[str], int]) -> dict[str, Any]:
    """Return the public part of a record, with symbols instead of IDs, ages instead of times, and without nonces."""

    def key(part: Mapping[str, Any] | None) -> list[Any] | None:
        if not part:
            return None
        return [symbol(part["access_key_id"]) if part["access_key_id"] else None, bool(part["has_secret"])]

    def aged(time: str | None) -> int | None:
        return None if time is None else age(time)

    return {
        "phase": state["phase"],
        "attempt": state["attempt"],
        **{name: key(state[name]) for name in ("current", "next", "old")},
        "flat": [symbol(state["flat_id"]) if state["flat_id"] else None, state["flat_has_secret"]],
        "keys_before": sorted(map(symbol, state["keys_before"] or ())),
        "leaked": sorted(map(symbol, state["leaked"])),
        **{
            name: aged(state[name]) for name in ("since", "escrowed_at", "promoted_at", "cut_over", "disabled_at", "at")
        },
        "tombstones": [
            {
                "attempt": stone["attempt"],
                "key": symbol(stone["access_key_id"]) if stone["access_key_id"] else None,
                "keys_before": sorted(map(symbol, stone["keys_before"] or ())),
                **{name: aged(stone[name]) for name in ("since", "at", "deleted")},
            }
            for stone in state["tombstones"]
        ],
    }


def _left(world: World) -> dict[str, Any]:
    return {
        "state": public_state(rotation_of(world.record), str, AGES.index),
        "keys": {key.id: key.status for key in world.keys if key.exists},
        "consumers": list(world.consumers),
    }


def _replayable(model: Model, world: World) -> Iterator[Event]:
    """Yield the events that can be replayed. Time passes only between runs, and so does everything that an operator does.

    Every listing is right: the role does not list its keys again within a run.
    """
    for label, following in model.successors(world):
        is_of_run = label.startswith("0 ")
        if any(key.exists != key.visible for key in following.keys):
            continue
        if not _NOT_REPLAYED.search(label) and (is_of_run or world.runs[0] is None):
            yield label, following


def _choose(chance: random.Random, events: list[Event], before: list[dict[str, Any]], is_long: bool) -> Event:
    """Choose an event. Faults are rare, so that a run usually gets somewhere, and few runs repeat the one before."""
    has_run = bool(before) and before[-1]["do"] == "run"

    def weight(label: str) -> int:
        if re.search("killed|loses the reply|fails|operator|leaks", label):
            return 0 if is_long else 1
        if label == "0 lists":
            return 2 if has_run else 12
        return 6 if label == "time passes" else 16

    weights = [weight(label) for label, _world in events]
    return chance.choices(events, weights if any(weights) else None)[0]


def _note(events: list[dict[str, Any]], label: str, before: World, after: World, model: Model) -> None:
    """Add an event of the model to the history."""
    run, following = before.runs[0], after.runs[0]
    if not label.startswith("0 "):
        events.append(_outside(label, before, after))
    elif run is None:
        events.append({"do": "run", "steps": [], "decision": None})
    else:
        _note_of_run(events[-1], label[2:], run, following)
        if label.startswith("0 ends: "):
            events[-1]["decision"] = _decision(model.decide(before, run))
        if following is None:
            events[-1]["left"] = _left(after)


def _decision(decision: Mapping[str, Any]) -> dict[str, Any]:
    until = moment(decision["not_before"]) if decision["not_before"] else None
    return {
        **{name: decision[name] for name in ("rule", "outcome", "reason", "phase")},
        "units": None if until is None else (until - (moment(NOW) or 0)) // UNIT,
    }


def _outside(label: str, before: World, after: World) -> dict[str, Any]:
    """Return the event for what is not done by a run."""
    if label == "time passes":
        return {"do": "wait"}
    if label.startswith("an operator gives"):
        return {"do": "drift"}
    found = _OPERATOR.match(label)
    if not found:
        return {"do": "leak", "key": after.leaked}
    event: dict[str, Any] = {"do": found[1][:-1], "key": found[2]}
    if found[1] == "creates":
        copied = [key.id for key in before.keys if key.id[0] == "N"]
        event["copies"] = copied[0] if found[3] else None
    return event


def _note_of_run(event: dict[str, Any], label: str, run: Run, following: Run | None) -> None:
    """Add what a run of the model does to its event."""
    steps = event["steps"]
    if found := re.match(r"plans (\w+) ?(\w*)", label):
        planned = json.loads(following.step if following else "{}")
        writes = planned["change"] is not None
        steps.append(
            {"step": found[1], "access_key_id": found[2] or None, "fault": None, "writes": writes, "reply": None}
        )
    elif found := re.match(r"verifies \w+: (\w+)", label):
        steps[-1]["reply"] = found[1]
    elif label == "is killed" and run.stage != "plan":
        has_acted = run.stage == "write" and steps[-1]["step"] in ("create", "disable", "delete")
        steps[-1]["fault"] = "killed between" if has_acted else "killed before"
    elif label == "is killed":
        steps.append({"step": None, "access_key_id": None, "fault": "killed before", "writes": False, "reply": None})
    elif label.startswith("loses the reply"):
        steps[-1]["fault"] = "reply lost"
    elif re.match("fails to|cannot create", label):
        steps[-1]["fault"] = "failed"
