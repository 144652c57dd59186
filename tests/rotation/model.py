# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Model everything around the planner of rotations: a cloud, a store, a consumer, two runs, and an operator.

A state is a tuple, so that states can be compared and counted. The planner and the functions of the record are the
shipped ones. They are called with the views and records that a state stands for.

Time is reduced to classes: every duration of the planner is one UNIT, and a time is now, one unit ago, or longer ago.
So the model always plans at NOW, and a tick makes every time in the state one unit older.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from ansible_collections.multicloud.iam.plugins.module_utils._rotation import plan
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_record import (
    RecordError,
    next_record,
    state_of,
)
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_time import iso, moment

UNIT = 1000  # more than the tolerance for clocks
NOW = "2026-11-28T12:00:00Z"
LONG_AGO = "2026-01-01T00:00:00Z"
DUE_BEFORE = "2026-02-01T00:00:00Z"
AGES = tuple(iso((moment(NOW) or 0) - age * UNIT) for age in range(3))
_OLDER = {f'"{time}"': f'"{AGES[min(age + 1, 2)]}"' for age, time in enumerate(AGES)}
_TIMES = re.compile("|".join(_OLDER))
DAYS = UNIT / 86400
NAME = {"name": "ci", "account": "root", "owner": "alice"}
READ_ONLY = frozenset({"verify"})
ON_CLOUD = frozenset({"disable", "enable", "delete"})
# The steps of a run that the planner looks at.
REMEMBERED = frozenset({"intend", "create", "apply", "restore", "enable", "disable", "delete"})


class Key(NamedTuple):
    """Describe a key at the cloud. The first letter of its ID says who created it: Old, New, Foreign.

    age: its class, or -1 for long ago. visible: whether a listing shows it. It can also show a deleted key.
    """

    id: str
    exists: bool
    visible: bool
    status: str
    age: int
    description: str


class Run(NamedTuple):
    """Describe a run. stage: plan, act or write.

    listing: the keys as this run has listed them. age: of the listing. step: as JSON. fresh: whether the record still
    has the version that the step was planned with. made: the key in memory that is not escrowed yet.
    """

    stage: str
    listing: tuple[Key, ...]
    age: int
    done: tuple[tuple[str, str, int, str, bool], ...] = ()
    verify: tuple[str, int, str] | None = None
    step: str = ""
    fresh: bool = True
    made: str = ""


Record = tuple[str, str, str]  # access_key_id, secret_access_key, rotation


class World(NamedTuple):
    """Hold a state. record: None if there is none. late: a creation and a write that may still arrive."""

    keys: tuple[Key, ...]
    record: Record | None
    consumers: tuple[str, ...]  # the key that each of them uses
    leaked: str
    late_creation: int
    late_write: Record | None
    distributed: tuple[str, ...]  # keys whose replacement was promoted and distributed
    disturbed: bool  # an operator has changed a key of ours
    drifted: bool  # an operator has changed the consumer
    budget: tuple[int, int, int, int]  # operator, faults, drifts, leaks
    runs: tuple[Run | None, Run | None]


class Setting(NamedTuple):
    """Describe a cloud and a situation. operator, faults, drifts, leaks, attempts, runs: how many there are at most."""

    name: str
    keeps_description: bool = True
    chosen_id: bool = False
    limit: int | None = 2
    operator: int = 0
    faults: int = 1
    drifts: int = 0
    leaks: int = 0
    attempts: int = 2
    runs: int = 2
    keys: tuple[Key, ...] = (Key("OLD", True, True, "active", -1, "ci-app"),)
    knows_secret: bool = True
    consumers: int = 1
    signs: bool = False  # the enrolled key signs the rotation
    begins_after: int = 0  # undisturbed runs

    @property
    def capabilities(self) -> dict[str, Any]:
        return {
            "keeps_description": self.keeps_description,
            "chosen_id": self.chosen_id,
            "last_use": "none",
            "last_use_delay": 0,
            "settle": UNIT,
            "verify_window": UNIT,
            "attempt_time": UNIT,
            "limit": self.limit,
        }


Event = tuple[str, World]


class BrokenRuleError(AssertionError):
    """Report a broken rule."""


def secret_of(key: str) -> str:
    return f"secret of {key}"


def nonce_of(attempt: int) -> str:
    return f"nonce {attempt}"


@cache
def older(text: str) -> str:
    """Return a text with each time one unit older."""
    return _TIMES.sub(lambda found: _OLDER[found.group()], text)


def content_of(record: Record | None) -> dict[str, str]:
    if record is None:
        return {}
    names = ("access_key_id", "secret_access_key", "rotation")
    return {name: value for name, value in zip(names, record) if value}


@cache
def rotation_of(record: Record | None) -> dict[str, Any]:
    """Return the public state of a record, with secrets instead of has_secret. Shared: never change it."""
    state = state_of(content_of(record), **NAME)
    if state["problem"]:
        raise BrokenRuleError(f"the record has a problem: {state['problem']}")
    return state


@cache
def secrets_in(record: Record | None) -> frozenset[str]:
    """Return the keys whose secret is in a record."""
    text = json.dumps(record)
    return frozenset(key for key in re.findall(r"secret of (\w+)", text))


@cache
def write(record: Record | None, change: str, made: str) -> Record:
    """Return the record after a change. made: the ID of the new key."""
    given = json.loads(change)
    attempt = given.get("attempt") or 0
    choice: dict[str, str] = {"nonce": nonce_of(attempt)}
    if given["kind"] == "intend" and made:
        choice.update(access_key_id=made, secret_access_key=secret_of(made))
    reply = {"access_key_id": made, "secret_access_key": secret_of(made)} if made else {}
    content = next_record(content_of(record), given, choice, reply)
    return content.get("access_key_id", ""), content.get("secret_access_key", ""), content["rotation"]


class Model:
    """Compute the successors of a state, and check the rules."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.capabilities = setting.capabilities
        self.plans: dict[Any, dict[str, Any]] = {}
        self.endings: dict[Any, int] = {}
        self.is_calm = False

    def start(self) -> World:
        setting = self.setting
        record: Record | None = ("OLD", secret_of("OLD"), "") if setting.knows_secret else None
        budget = (setting.operator, setting.faults, setting.drifts, setting.leaks)
        consumers = ("OLD",) * setting.consumers
        world = World(setting.keys, record, consumers, "", 0, None, (), False, False, budget, (None, None))
        for _run in range(setting.begins_after):
            world = self.calm_run(world)
        return world

    # Planning

    def decide(self, world: World, run: Run) -> dict[str, Any]:
        """Return the decision of the shipped planner for what a run has listed, and what it reads now."""
        known = (run.listing, run.age, run.done, run.verify, world.record, world.consumers, world.leaked)
        if known not in self.plans:
            self.plans[known] = plan(self.view(world, run))
        return self.plans[known]

    def view(self, world: World, run: Run) -> dict[str, Any]:
        now = AGES[run.age]
        verify = dict(zip(("access_key_id", "attempt", "result"), run.verify)) if run.verify else None
        signer = "OLD" if self.setting.signs else "ADMIN"
        state = rotation_of(world.record)
        replaced = self.setting.signs and state["current"] and state["current"]["access_key_id"] != "OLD"
        consumers = [
            {"name": f"app{number}", "can_check": True, "checked": True, "access_key_id": key, "in_use": True}
            for number, key in enumerate(world.consumers)
        ]
        return {
            **NAME,
            "access_key_id": "OLD",
            "policy": {
                "max_age_days": None,
                "rotate_created_before": DUE_BEFORE,
                "grace_days": DAYS,
                "soak_days": DAYS,
                "leaked": [world.leaked] if world.leaked else [],
            },
            "capabilities": self.capabilities,
            "keys": [self.listed(key) for key in run.listing],
            "keys_problem": None,
            "now": now,
            "controller_now": now,
            "signed_with": state["current"]["access_key_id"] if replaced else signer,
            "signer": signer,
            "consumers": consumers,
            "record": {"version": "v", "found": world.record is not None, "state": state},
            "probed": True,
            "verify": {**verify, "account": "root", "owner": "alice"} if verify else None,
            "done": [dict(zip(("step", "access_key_id", "attempt", "consumer", "failed"), item)) for item in run.done],
        }

    def listed(self, key: Key) -> dict[str, Any]:
        return {
            "id": key.id,
            "owner": "alice",
            "status": key.status,
            "description": key.description if self.setting.keeps_description else None,
            "create_time": LONG_AGO if key.age < 0 else AGES[key.age],
            "last_used": None,
            "last_used_state": "never",
        }

    # Successors

    def successors(self, world: World) -> Iterator[Event]:
        yield from self.time_passes(world)
        yield from self.late_things(world)
        yield from self.operator(world)
        for number, run in enumerate(world.runs[: self.setting.runs]):
            if run is None:
                if number == 0 or world.runs[0] is not None:  # the runs are alike
                    listing = _listed(world.keys)
                    yield f"{number} lists", self.with_run(world, number, Run("plan", listing, 0))
            else:
                yield f"{number} is killed", self.with_run(world, number, None)
                for label, following in getattr(self, "run_" + run.stage)(world, number, run):
                    yield f"{number} {label}", following

    def with_run(self, world: World, number: int, run: Run | None) -> World:
        runs = (run, world.runs[1]) if number == 0 else (world.runs[0], run)
        return world._replace(runs=runs)

    def time_passes(self, world: World) -> Iterator[Event]:
        first, second = world.runs
        following = world._replace(
            keys=_settled(world.keys),
            record=_older(world.record),
            late_write=_older(world.late_write),
            runs=(first and _aged(first), second and _aged(second)),
        )
        if following != world:
            yield "time passes", following

    def late_things(self, world: World) -> Iterator[Event]:
        for index, key in enumerate(world.keys):
            if key.exists != key.visible:
                keys = list(world.keys)
                keys[index] = key._replace(visible=key.exists)
                yield f"{key.id} is listed correctly", world._replace(keys=_exist(keys))
        if world.late_creation:
            yield "a late creation is lost", world._replace(late_creation=0)
            arrived = self.created(world._replace(late_creation=0), world.late_creation, is_visible=False)
            if arrived:
                yield "a late creation arrives", arrived
        if world.late_write:
            yield "a late write is lost", world._replace(late_write=None)
            yield "a late write arrives", self.written(world, world.late_write)

    def operator(self, world: World) -> Iterator[Event]:
        left, faults, drifts, leaks = world.budget
        if left:
            paid = world._replace(budget=(left - 1, faults, drifts, leaks))
            yield from self.operator_creates(paid)
            for key in world.keys:
                if key.exists:
                    yield from self.operator_changes(paid, key)
        old = rotation_of(world.record)["old"]
        if drifts and old and world.consumers and world.consumers[0] != old["access_key_id"]:
            paid = world._replace(budget=(left, faults, drifts - 1, leaks), drifted=True)
            yield "an operator gives app0 the old key", _given(paid, "app0", old["access_key_id"])
        current = rotation_of(world.record)["current"]
        leaking = current["access_key_id"] if current else "OLD"
        if leaks and any(key.id == leaking for key in world.keys):
            paid = world._replace(budget=(left, faults, drifts, leaks - 1))
            yield f"{leaking} leaks", paid._replace(leaked=leaking)

    def operator_creates(self, world: World) -> Iterator[Event]:
        if not self.has_room(world):
            return
        name = "F1" if all(key.id != "F1" for key in world.keys) else "F2"
        if any(key.id == name for key in world.keys):
            return
        descriptions = {"": ""}
        if self.setting.keeps_description and not self.setting.chosen_id:
            descriptions.update({key.description: " with a copied nonce" for key in world.keys if key.id[0] == "N"})
        for description, how in descriptions.items():
            keys = _exist([*world.keys, Key(name, True, True, "active", 0, description)])
            yield f"an operator creates {name}{how}", world._replace(keys=keys)

    def operator_changes(self, world: World, key: Key) -> Iterator[Event]:
        """Change a key. An operator who copies a nonce keeps the original. Otherwise, the copy would count as ours."""
        disturbed = world.disturbed or key.id[0] != "F"
        is_original = any(other.id != key.id and other.description == key.description for other in world.keys)
        if key.status == "active":
            inactive = _replaced(world.keys, key._replace(status="inactive"))
            yield f"an operator disables {key.id}", world._replace(keys=inactive, disturbed=disturbed)
        else:
            active = _replaced(world.keys, key._replace(status="active"))
            yield f"an operator enables {key.id}", world._replace(keys=active, disturbed=disturbed)
        if not (is_original and key.id[0] == "N"):
            gone = _exist(_replaced(world.keys, key._replace(exists=False, visible=False)))
            yield f"an operator deletes {key.id}", world._replace(keys=gone, disturbed=disturbed)

    # A run

    def run_plan(self, world: World, number: int, run: Run) -> Iterator[Event]:
        """Read the record and the consumer, and plan."""
        decision = self.decide(world, run)
        step = decision["step"]
        if step is None:
            yield f"ends: {decision['rule']}", self.with_run(world, number, None)
            return
        if step["name"] == "intend" and step["attempt"] > self.setting.attempts and not self.is_calm:
            return  # the bound of this exploration
        stage = "act" if step["name"] in ON_CLOUD | READ_ONLY | {"create", "apply", "restore"} else "write"
        text = json.dumps(
            {
                name: step[name]
                for name in ("name", "access_key_id", "expected_status", "attempt", "consumer", "change")
            },
            sort_keys=True,
        )
        made = f"N{step['attempt']}" if self.setting.chosen_id and step["name"] == "intend" else ""
        planned = run._replace(stage=stage, step=text, fresh=True, made=made)
        yield f"plans {step['name']} {step['access_key_id'] or ''}", self.with_run(world, number, planned)

    def run_act(self, world: World, number: int, run: Run) -> Iterator[Event]:
        """Act on the cloud or the consumer. A stale step is noticed, or not: the record can change right before the act."""
        step = _parsed(run.step)
        if not run.fresh:
            yield "notices another version", self.with_run(world, number, _replan(run))
        yield from getattr(self, "act_" + step["name"])(world, number, run, step)

    def act_create(self, world: World, number: int, run: Run, step: dict[str, Any]) -> Iterator[Event]:
        attempt = step["attempt"]
        has_budget = bool(world.budget[1])
        for is_visible in (True, False):
            created = self.created(world, attempt, is_visible)
            if created is None:
                yield "cannot create", self.failed(world, number)
                break
            held = run._replace(stage="write", made=f"N{attempt}")
            yield f"creates N{attempt}{'' if is_visible else ' unseen'}", self.with_run(created, number, held)
            if has_budget:
                yield f"loses the reply to N{attempt}", self.failed(self.paid(created), number)
        if has_budget and not world.late_creation:
            late = self.paid(world)._replace(late_creation=attempt)
            yield f"leaves the creation of N{attempt} on its way", self.failed(late, number)

    def act_verify(self, world: World, number: int, run: Run, step: dict[str, Any]) -> Iterator[Event]:
        found = _find(world.keys, step["access_key_id"])
        works = found is not None and found.exists and found.status == "active"
        results = ["proven"] if works else ["rejected"]
        if world.budget[1]:
            results.append("uncertain")
        if works and found is not None and found.age == 0:
            results.append("rejected")  # it is not known everywhere yet
        for result in results:
            after = world if result != "uncertain" else self.paid(world)
            verified = _replan(run)._replace(verify=(step["access_key_id"], step["attempt"], result))
            yield f"verifies {step['access_key_id']}: {result}", self.with_run(after, number, verified)

    def act_apply(self, world: World, number: int, run: Run, step: dict[str, Any]) -> Iterator[Event]:
        """Give the current key of the record to the consumer. The record is read again for its secret."""
        key = step["access_key_id"]
        if key not in secrets_in(world.record):
            yield f"cannot apply {key}", self.with_run(world, number, _replan(run))
            return
        applied = _given(world, step["consumer"], key)
        yield f"applies {key}", self.next_round(applied, number, run, step)
        if world.budget[1]:
            for after in (world, applied):
                yield f"fails to apply {key}", self.next_round(self.paid(after), number, run, step, failed=True)

    def act_restore(self, world: World, number: int, run: Run, step: dict[str, Any]) -> Iterator[Event]:
        yield from self.act_apply(world, number, run, step)

    def act_disable(self, world: World, number: int, run: Run, step: dict[str, Any]) -> Iterator[Event]:
        yield from self.act_on_key(world, number, run, step, "inactive")

    def act_enable(self, world: World, number: int, run: Run, step: dict[str, Any]) -> Iterator[Event]:
        yield from self.act_on_key(world, number, run, step, "active")

    def act_delete(self, world: World, number: int, run: Run, step: dict[str, Any]) -> Iterator[Event]:
        yield from self.act_on_key(world, number, run, step, None)

    def act_on_key(
        self, world: World, number: int, run: Run, step: dict[str, Any], status: str | None
    ) -> Iterator[Event]:
        name = step["access_key_id"]
        key = _find(world.keys, name)
        if key is not None and key.exists and step["expected_status"] not in (None, key.status):
            yield f"refuses to {step['name']} {name}", self.failed(world, number)
            return
        self.check_act(world, run, step)
        variants = [world]
        if key is not None and key.exists:
            after = key._replace(status=status) if status else key._replace(exists=False, visible=False)
            variants = [world._replace(keys=_exist(_replaced(world.keys, after)))]
            if status is None:  # the listing can still show it
                variants.append(world._replace(keys=_replaced(world.keys, key._replace(exists=False))))
        for after_act in variants:
            if step["change"]:
                yield f"did {step['name']} {name}", self.with_run(after_act, number, run._replace(stage="write"))
            else:
                yield f"did {step['name']} {name}", self.next_round(after_act, number, run, step)
        if world.budget[1]:
            yield f"loses the reply to {step['name']} {name}", self.failed(self.paid(variants[-1]), number)
            yield f"fails to {step['name']} {name}", self.failed(self.paid(world), number)

    def run_write(self, world: World, number: int, run: Run) -> Iterator[Event]:
        """Write the change, if the record still has the version that was planned with."""
        step = _parsed(run.step)
        if not run.fresh:
            yield from self.lose_write(world, number, run, step)
            return
        self.check_write(world, run, step)
        record = write(world.record, step["text"], run.made)
        yield f"writes {step['name']}", self.next_round(self.written(world, record), number, run, step)
        if world.budget[1] and world.late_write is None:
            yield (
                f"leaves the write of {step['name']} on its way",
                self.failed(self.paid(world)._replace(late_write=record), number),
            )

    def lose_write(self, world: World, number: int, run: Run, step: dict[str, Any]) -> Iterator[Event]:
        """Read again after a lost check-and-set. A creator names its key if its attempt was abandoned."""
        if step["name"] != "create" or self.setting.chosen_id:
            yield f"loses the write of {step['name']}", self.with_run(world, number, _replan(run))
            return
        state, own = rotation_of(world.record), run.made
        if (state["next"] or {}).get("access_key_id") == own:
            yield "finds its own escrow", self.next_round(world, number, run, step)
        elif state["phase"] == "intended" and state["attempt"] == step["attempt"]:
            record = write(world.record, step["text"], own)
            yield "escrows again", self.next_round(self.written(world, record), number, run, step)
        else:
            yield f"finds that {own} is abandoned", self.failed(world, number)
            change = {"kind": "abandon", "at": AGES[run.age], "access_key_id": own, "attempt": step["attempt"]}
            with suppress(RecordError):
                record = write(world.record, json.dumps(change, sort_keys=True), own)
                yield f"names its abandoned {own}", self.failed(self.written(world, record), number)

    # Effects

    def has_room(self, world: World) -> bool:
        limit = self.setting.limit
        return limit is None or sum(key.exists for key in world.keys) < limit

    def created(self, world: World, attempt: int, is_visible: bool) -> World | None:
        """Return the world with a new key. A chosen ID that exists already is the same key."""
        name = f"N{attempt}"
        key = _find(world.keys, name)
        if key is not None and key.exists:
            return world
        if not self.has_room(world):
            return None
        others = [other for other in world.keys if other.id != name]
        return world._replace(keys=_exist([*others, Key(name, True, is_visible, "active", 0, nonce_of(attempt))]))

    def written(self, world: World, record: Record) -> World:
        """Return the world with another record. Every step that was planned with the one before is stale now."""
        runs = tuple(run and run._replace(fresh=run.fresh and run.stage == "plan") for run in world.runs)
        state = rotation_of(record)
        after = world._replace(record=record, late_write=None, runs=runs)  # type: ignore[arg-type]
        before = rotation_of(world.record)
        if state["phase"] == "promoted" and state["old"] and state["cut_over"] and not before["cut_over"]:
            known = {*world.distributed, state["old"]["access_key_id"]}
            after = after._replace(distributed=tuple(sorted(known)))
        return after

    def paid(self, world: World) -> World:
        operator, faults, drifts, leaks = world.budget
        return world._replace(budget=(operator, faults - 1, drifts, leaks))

    def failed(self, world: World, number: int) -> World:
        """End a run after a failure. The planner is blocked for the rest of it."""
        return self.with_run(world, number, None)

    def next_round(self, world: World, number: int, run: Run, step: dict[str, Any], failed: bool = False) -> World:
        """Plan again. After an act at the cloud, the run lists its keys again."""
        done = run.done
        if step["name"] in REMEMBERED:
            item = (step["name"], step["access_key_id"] or "", step["attempt"] or 0, step["consumer"] or "", failed)
            done = tuple(sorted({*done, item}))
        following = _replan(run)._replace(done=done)
        if step["name"] in ON_CLOUD | {"create"}:
            listing = _listed(world.keys)
            following = following._replace(listing=listing, age=0)
        return self.with_run(world, number, following)

    # Rules

    def check_act(self, world: World, run: Run, step: dict[str, Any]) -> None:
        """Check a destructive act at the moment when it happens."""
        name, key = step["name"], step["access_key_id"]
        if key[0] == "F":
            raise BrokenRuleError(f"{name} touches the foreign key {key}")
        if name not in ("disable", "delete"):
            if key == world.leaked:
                raise BrokenRuleError(f"{name} hits the leaked key {key}")
            return
        if any(item[0] in ("disable", "delete") and item[1] == key for item in run.done) and _acts(world, name, key):
            raise BrokenRuleError(f"{name} is the second one for {key} in a run")
        state = rotation_of(world.record)
        current, following = ((state[which] or {}).get("access_key_id") for which in ("current", "next"))
        if key == following and state["phase"] == "escrowed":
            raise BrokenRuleError(f"{name} hits the escrowed key {key}")
        if self.setting.signs and key == current == "OLD":
            raise BrokenRuleError(f"{name} hits the key that signs")
        if key not in (world.leaked, *state["leaked"]):
            self.check_use(world, name, key, current)

    def check_write(self, world: World, run: Run, step: dict[str, Any]) -> None:
        """Check a write at the moment when it happens."""
        state = rotation_of(world.record)
        if step["name"] == "promote" and run.verify != (step["access_key_id"], step["attempt"], "proven"):
            raise BrokenRuleError(f"{step['access_key_id']} is promoted without a proof")
        if step["name"] == "intend":
            if any(item[0] == "intend" for item in run.done):
                raise BrokenRuleError("a run makes two attempts")
            for stone in state["tombstones"]:
                if stone["attempt"] and not stone["deleted"] and stone["at"] == AGES[0]:
                    raise BrokenRuleError("an attempt begins before the one before it has settled")
        if step["name"] in ("disable", "retire") and step["access_key_id"] not in (world.leaked, *state["leaked"]):
            begun = state["cut_over"] if step["name"] == "disable" else state["disabled_at"]
            if begun == AGES[0]:
                raise BrokenRuleError(f"{step['name']} comes without grace or soak")

    def check_use(self, world: World, name: str, key: str, current: str | None) -> None:
        """Check that a key that has not leaked is no longer in use."""
        if self.setting.signs and key == "OLD":
            raise BrokenRuleError(f"{name} hits the key in the configured credentials")
        if key == current:
            raise BrokenRuleError(f"{name} hits the current key {key}")
        old = rotation_of(world.record)["old"]
        if name == "delete" and old and key == old["access_key_id"] and _acts(world, "disable", key):
            raise BrokenRuleError(f"delete hits {key}, which an operator has enabled")
        if key == "OLD" and key not in world.distributed:
            raise BrokenRuleError(f"{name} hits {key}, whose replacement was not distributed")
        if key in world.consumers and not world.drifted and not world.disturbed:
            raise BrokenRuleError(f"{name} hits {key}, which a consumer uses")

    def check(self, world: World) -> None:
        """Check what must hold in every state."""
        state = rotation_of(world.record)
        stones = state["tombstones"]
        buried = {stone["access_key_id"] for stone in stones}
        nameless = {stone["attempt"] for stone in stones if stone["access_key_id"] is None}
        alive = {state["attempt"]} if state["phase"] == "intended" else set()
        held = {run.made for run in world.runs if run and run.made}
        for key in world.keys:
            if not key.exists or key.id[0] == "F":
                continue
            if key.id in secrets_in(world.record) or key.id in buried:
                continue
            if key.id == "OLD":
                if self.setting.knows_secret:
                    raise BrokenRuleError("the secret of OLD is lost")
                continue
            attempt = int(key.id[1:])
            if attempt not in nameless | alive and key.id not in held:
                raise BrokenRuleError(f"{key.id} is an orphan: nothing knows that it is ours")

    # Convergence

    def settle(self, world: World) -> int:
        """Return how many undisturbed runs it takes until nothing is left to do. Raise BrokenRuleError if it never ends."""
        known = (
            world.keys,
            world.record,
            world.consumers,
            world.leaked,
            world.distributed,
            world.disturbed,
            world.drifted,
        )
        if known not in self.endings:
            self.endings[known] = self.count_runs(world)
        return self.endings[known]

    def count_runs(self, world: World) -> int:
        calm = world._replace(runs=(None, None), late_creation=0, late_write=None, budget=(0, 0, 0, 0))
        begin = calm
        path: list[World] = []
        while calm not in self.endings:
            if len(path) > 12:
                raise BrokenRuleError("it does not converge: " + self.decide(calm, self.listing(calm))["rule"])
            path.append(calm)
            following = self.calm_run(calm)
            if following == calm:
                self.check_end(calm)
                self.endings[calm] = 0
                path.pop()
                break
            calm = following
        runs = self.endings[calm]
        for passed in reversed(path):
            runs += 1
            self.endings[passed] = runs
        return self.endings[begin]

    def listing(self, world: World) -> Run:
        return Run("plan", _listed(world.keys), 0)

    def calm_run(self, world: World) -> World:
        """Return the world after one run without any disturbance, and the time until the next one."""
        world = self.with_run(world, 0, self.listing(world))
        self.is_calm = True
        steps = []
        while world.runs[0] is not None:
            label, world = next(getattr(self, "run_" + world.runs[0].stage)(world, 0, world.runs[0]))
            steps.append(label)
            if len(steps) > 60:
                raise BrokenRuleError(f"a run does not end: {steps}")
        self.is_calm = False
        for _tick in range(2):
            world = next((after for _label, after in self.time_passes(world)), world)
        return world

    def check_end(self, world: World) -> None:
        """Check the state in which nothing is left to do."""
        decision = self.decide(world, self.listing(world))
        state = rotation_of(world.record)
        current = (state["current"] or {}).get("access_key_id")
        if decision["outcome"] == "blocked":
            allowed = {"limit": not self.has_room(world), "signer": self.setting.signs}
            if not allowed.get(decision["blocked"], world.disturbed or world.drifted):
                raise BrokenRuleError(f"it ends blocked: {decision['blocked']}, {decision['reason']}")
            if not world.disturbed:
                self.check_orphans(world, current)
            return
        if decision["outcome"] != "idle":
            raise BrokenRuleError(f"it ends with {decision['outcome']}: {decision['reason']}")
        is_served = world.drifted or set(world.consumers) <= {current}
        if state["phase"] != "idle" or not is_served:
            raise BrokenRuleError(f"it ends in {state['phase']}, and the consumers use {world.consumers}")
        leaked = _find(world.keys, world.leaked)
        if leaked and leaked.status == "active":
            raise BrokenRuleError(f"the leaked key {leaked.id} stays active")
        self.check_orphans(world, current)

    def check_orphans(self, world: World, current: str | None) -> None:
        """Check that no key of ours is left, unless an operator has copied a nonce, so that nothing is proven."""
        extra = [key.id for key in world.keys if key.exists and key.id[0] == "N" and key.id != current]
        copied = [key for key in world.keys if key.id[0] == "F" and key.description]
        if extra and self.setting.keeps_description and not copied:
            raise BrokenRuleError(f"orphans remain: {extra}")


def _given(world: World, consumer: str, key: str) -> World:
    """Return the world with another key in a consumer."""
    number = int(consumer[-1])
    return world._replace(consumers=(*world.consumers[:number], key, *world.consumers[number + 1 :]))


def _acts(world: World, name: str, key: str) -> bool:
    """Return whether an act changes anything."""
    found = _find(world.keys, key)
    return found is not None and found.exists and (name == "delete" or found.status == "active")


@cache
def _aged(run: Run) -> Run:
    listing = tuple(key._replace(age=min(key.age + 1, 2) if key.age >= 0 else -1) for key in run.listing)
    return run._replace(listing=listing, age=min(run.age + 1, 2), step=older(run.step))


@cache
def _settled(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """Return the keys one unit later. By then, every listing is right."""
    return tuple(
        key._replace(age=min(key.age + 1, 2) if key.age >= 0 else -1, visible=True) for key in keys if key.exists
    )


@cache
def _listed(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    return tuple(key for key in keys if key.visible)


@cache
def _parsed(step: str) -> dict[str, Any]:
    """Return a step. Shared: never change it."""
    parsed: dict[str, Any] = json.loads(step)
    return {**parsed, "text": json.dumps(parsed["change"], sort_keys=True)}


def _replan(run: Run) -> Run:
    return run._replace(stage="plan", step="", fresh=True, made="")


def _older(record: Record | None) -> Record | None:
    return record and (record[0], record[1], older(record[2]))


def _find(keys: tuple[Key, ...], name: str) -> Key | None:
    return next((key for key in keys if key.id == name), None)


def _replaced(keys: tuple[Key, ...], key: Key) -> tuple[Key, ...]:
    return tuple(key if other.id == key.id else other for other in keys)


def _exist(keys: Any) -> tuple[Key, ...]:
    """Return the keys that exist or are listed, in the order of their IDs."""
    return tuple(sorted(key for key in keys if key.exists or key.visible))


def canonical(world: World) -> World:
    """Return the same state for both orders of the runs."""
    first, second = world.runs
    if first is None or (second is not None and hash(first) > hash(second)):
        return world._replace(runs=(second, first))
    return world


def explore(
    model: Model, at_most: int, on_broken: Callable[[str, list[str]], None] | None = None
) -> tuple[int, int, bool]:
    """Visit every state, nearest first. Return how many there are, the most runs until calm, and whether all were seen.

    A broken rule is raised with the events that lead to it.
    """
    start = canonical(model.start())
    parents: dict[int, tuple[int, str]] = {hash(start): (0, "")}
    frontier, longest = [start], 0
    while frontier:
        following: list[World] = []
        for world in frontier:
            origin = hash(world)
            label = ""
            try:
                for label, raw in model.successors(world):
                    after = canonical(raw)
                    identity = hash(after)
                    if identity in parents:
                        continue
                    parents[identity] = (origin, label)
                    model.check(after)
                    longest = max(longest, model.settle(after))
                    following.append(after)
            except BrokenRuleError as problem:
                trace = [label, *_path(parents, origin)][::-1]
                raise BrokenRuleError(f"{model.setting.name}: {problem}\n" + "\n".join(trace)) from None
            if len(parents) >= at_most:
                return len(parents), longest, False
        frontier = following
    return len(parents), longest, True


def _path(parents: dict[int, tuple[int, str]], state: int) -> Iterator[str]:
    while state and parents[state][0]:
        state, label = parents[state]
        yield label
