# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carry out histories of the model with the real role, and compare what each run leaves with what the model says.

Every history has a separate owner, and time is the same for all of them. So one run of the role is a run of each history
that has come to one, unless something goes wrong in it. That run is alone, so that it can be killed, or its calls disturbed.

A unit of the model is a day here, so that the minutes that the runs take are nothing beside it.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_record import state_of
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_time import iso, moment

from ..playbooks.cases import Rotated
from ..playbooks.rotation import DAY, READING, ROTATED
from ..rotation.traces import public_state
from ..support.clouds import CLOUDS
from ..support.emulator import Emulator
from ..support.modules import run_module
from .gates import Point
from .machine import CLOUD_FACTS, CONSUMER, Machine
from .starter import PASSPHRASE

History = Mapping[str, Any]
_LONG_AGO, _DUE_BEFORE = "2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z"
_VERBS = {"create": "create", "disable": "set_status", "enable": "set_status", "delete": "delete", "verify": "verify"}
_WRITING = re.compile("(Create|Update|Delete)|(POST|PUT|DELETE) ")  # of the labels of calls
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z")


class _Cloud(NamedTuple):
    """Describe how a cloud is seeded with owners and keys, and what deletes a key. key: returns the ID of a symbol."""

    owner: Callable[[int], str]
    seed: Callable[[str, str, Sequence[Mapping[str, str]]], Mapping[str, Any]]
    delete: Callable[[str, str], tuple[str, Mapping[str, str]]]
    key: Callable[[str, int], str]


def _users(id_name: str, names: Mapping[str, str], statuses: Mapping[str, str], kind: str = "users") -> Any:
    """Return the function that makes a seed. names: of the members of a key, where the cloud has other ones."""

    def seed(name: str, owner: str, keys: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:
        given = [
            {names.get(member, member): statuses.get(value, value) for member, value in key.items()} for key in keys
        ]
        return {kind: [{"name": name, id_name: int(owner) if id_name == "uin" else owner, "keys": given}]}

    return seed


_CLOUDS = {
    "tencent": _Cloud(
        owner=lambda number: str(100001000000 + number),
        seed=_users(
            "uin", {"id": "access_key_id", "secret": "secret_access_key"}, {"active": "Active", "inactive": "Inactive"}
        ),
        delete=lambda owner, key: ("cam_access_key", {"target_uin": owner, "access_key_id": key}),
        key=lambda symbol, number: f"AKIDReplay{symbol:0>4}{number:022}",
    ),
    "huawei": _Cloud(
        owner=lambda number: f"{number + 4096:032x}",
        seed=_users("id", {"id": "access"}, {}),
        delete=lambda owner, key: ("iam_credential", {"user_id": owner, "access_key": key}),
        key=lambda symbol, number: f"HSTREPLAY{symbol:0>4}{number:07}",
    ),
    "zstack": _Cloud(
        owner=lambda number: f"{number + 4096:012x}40008000{0:012x}",
        seed=_users(
            "uuid",
            {"id": "access_key_id", "secret": "access_key_secret", "status": "state"},
            {"active": "Enabled", "inactive": "Disabled"},
            "accounts",
        ),
        delete=lambda owner, key: ("zstack_accesskey", {"account_uuid": owner, "access_key_id": key}),
        key=lambda symbol, number: f"Replay{symbol:0>4}{number:010}",
    ),
}


@dataclass
class Tenant:
    """Hold the owner of a history. ids: by symbol. place: the next event."""

    history: History
    number: int
    rotated: Rotated
    emulator: Emulator
    directory: Path
    ids: dict[str, str] = field(default_factory=dict)
    leaked: list[str] = field(default_factory=list)
    place: int = 0

    def __post_init__(self) -> None:
        self.name = f"replay-{self.number}"
        self.cloud = _CLOUDS[self.rotated.cloud]
        self.owner = self.cloud.owner(self.number)
        self.record = self.directory / f"{self.name}.yml"
        self.consumers = [self.directory / f"{self.name}-{each}.yml" for each in range(self.history["consumers"])]

    @property
    def event(self) -> Mapping[str, Any] | None:
        """Return the next event."""
        events = self.history["events"]
        return events[self.place] if self.place < len(events) else None

    def keys(self) -> dict[str, str]:
        """Return the status of the owner's keys, by ID."""
        return self.rotated.listed(self.emulator.state(self.rotated.cloud), self.owner)

    def seed(self, *keys: Mapping[str, str]) -> None:
        """Add keys, or change them."""
        self.emulator.seed({self.rotated.cloud: self.cloud.seed(self.name, self.owner, keys)})

    def give(self, number: int, key: str) -> None:
        """Let a consumer use this key."""
        self.consumers[number].write_text(json.dumps({"access_key_id": key}))

    def key_id(self, symbol: str) -> str:
        """Return the ID of a key, which is chosen here if the operator creates it."""
        return self.ids.setdefault(symbol, self.cloud.key(symbol, self.number))

    def description(self, key: str) -> str:
        """Return the description of a key at the cloud."""
        return next(_descriptions(self.emulator.state(self.rotated.cloud), key))


def _descriptions(part: Any, key: str) -> Iterator[str]:
    """Yield the descriptions of all objects that have this ID as a member."""
    if isinstance(part, dict) and key in [value for value in part.values() if isinstance(value, str)]:
        yield part["description"]
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _descriptions(each, key)


class Target(NamedTuple):
    """Name a point of a run: the first points with this beginning of the label are passed, as many as number."""

    kind: str
    beginning: str
    side: str
    number: int


def effects(tenant: Tenant, step: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a step does, in its order, as kinds and labels of points."""
    cloud, name = tenant.rotated.cloud, step["step"]
    acts = [("task", f"multicloud.iam.rotate_access_key : {cloud} | {_VERBS[name]} | ")] if name in _VERBS else []
    writes = step["writes"] or name in ("apply", "restore")
    return [*acts, *([("file", "rename")] if writes else [])]


def target_of_kill(tenant: Tenant, steps: Sequence[Mapping[str, Any]]) -> Target:
    """Return where to kill a run whose last step is killed."""
    passed = [effect for step in steps[:-1] for effect in effects(tenant, step)]
    step = steps[-1]
    if step["step"] is None:
        if not passed:
            return Target("call", "", "after", 0)
        return Target(*passed[-1], "after", passed.count(passed[-1]) - 1)
    effect = effects(tenant, step)[0]
    side = "after" if step["fault"] == "killed between" else "before"
    return Target(*effect, side, passed.count(effect))


class _Disturbance:
    """Disturb a run: kill it, cut the network from its writing call to the end of that task, or reject a new key."""

    def __init__(self, replay: Replay, tenant: Tenant, machine: Machine, steps: Sequence[Mapping[str, Any]]) -> None:
        self._tenant, self._machine = tenant, machine
        self._fault = steps[-1]["fault"] or ""
        self.is_killing = self._fault.startswith("killed")
        self.is_cutting = self._fault in ("reply lost", "failed")
        self.target: Target | None = None
        if self.is_killing:
            self.target = target_of_kill(tenant, steps)
        elif self.is_cutting:
            passed = [effect for step in steps[:-1] for effect in effects(tenant, step)]
            effect = effects(tenant, steps[-1])[0]
            self.target = Target(*effect, "before", passed.count(effect))
        self._rejects = replay.rejected(tenant) is not None
        self._state = replay.state
        self._passed = 0
        self._is_there = self._is_cut = False
        self.is_done = not self.target

    def at(self, point: Point) -> bool:
        """Return whether the run may go on."""
        if self._rejects and point.kind == "task" and f"{self._tenant.rotated.cloud} | verify | " in point.label:
            state = self._state(self._tenant)
            key = (state["next"] or state["current"])["access_key_id"]
            self._tenant.seed({"id": key, "status": "inactive" if point.side == "before" else "active"})
        if self._is_there and self.is_cutting:
            return self._cut(point)
        target = self.target
        if self._is_there or not target or (point.kind, point.side) != (target.kind, target.side):
            return True
        if not point.label.startswith(target.beginning):
            return True
        self._passed += 1
        if self._passed <= target.number:
            return True
        self._is_there = True
        if self.is_killing:
            self.is_done = True
            self._machine.kill()
            return False
        return True

    def _cut(self, point: Point) -> bool:
        """Lose the writing call, or its reply, and all further ones of its task, so that nothing can find out the outcome."""
        if point.kind == "task":
            self._is_there = self._is_cut = False
        elif point.kind == "call":
            side = "before" if self._fault == "failed" else "after"
            if point.side == side and _WRITING.match(point.label):
                self._is_cut = self.is_done = True
        return not (self._is_cut and point.kind == "call")


class Replay:
    """Carry out histories."""

    def __init__(self, stack: ExitStack, histories: Sequence[History], directory: Path) -> None:
        self.emulators = {site: stack.enter_context(Emulator()) for site in ("main", "international")}
        self.directory = directory / "replay"
        self.directory.mkdir()
        self._vault = VaultLib([("dev", VaultSecret(PASSPHRASE.encode()))])
        # The calls of a run that is alone go through gates. The machine has one way to a cloud, so there are two machines.
        self.machines = {
            site: Machine(stack, directory / site, emulator.port) for site, emulator in self.emulators.items()
        }
        self.units = 0
        self.runs = self.compared = self.kills = self.cuts = 0
        self.wrong: list[str] = []
        described = [rotated for rotated in ROTATED if rotated.site == "main" and not rotated.chosen_id]
        self.tenants = []
        for number, history in enumerate(histories):
            candidates = described
            if history["capabilities"]["chosen_id"]:
                candidates = [rotated for rotated in ROTATED if rotated.chosen_id]
            elif not history["capabilities"]["keeps_description"]:
                candidates = [rotated for rotated in ROTATED if rotated.site != "main"]
            rotated = candidates[number % len(candidates)]
            self.tenants.append(Tenant(history, number, rotated, self.emulators[rotated.site], self.directory))
        for rotated in ROTATED:
            self.emulators[rotated.site].modes(rotated.cloud, **rotated.modes)
        for tenant in self.tenants:
            self._prepare(tenant)

    def _prepare(self, tenant: Tenant) -> None:
        for key in tenant.history["keys"]:
            given = {"id": tenant.key_id(key["id"]), "status": key["status"], "create_time": _LONG_AGO}
            tenant.seed({**given, "secret": _secret(tenant, key["id"]), "description": key["description"]})
        if tenant.history["knows_secret"]:
            content = {"access_key_id": tenant.ids["OLD"], "secret_access_key": _secret(tenant, "OLD")}
            tenant.record.write_bytes(self._vault.encrypt(json.dumps(content)))
        for number in range(len(tenant.consumers)):
            tenant.give(number, tenant.ids["OLD"])

    # Time

    @property
    def ahead(self) -> float:
        """Return how many seconds the simulated time is ahead."""
        return float(self.units * DAY)

    def _set_clocks(self, seconds: float) -> None:
        for rotated in ROTATED:
            self.emulators[rotated.site].modes(rotated.cloud, clock_skew_seconds=seconds)

    # Events

    def play(self) -> None:
        """Carry out all histories."""
        while any(tenant.event for tenant in self.tenants):
            for tenant in self.tenants:
                while (event := tenant.event) and event["do"] not in ("run", "wait"):
                    getattr(self, "_" + event["do"])(tenant, event)
                    tenant.place += 1
            ready = [tenant for tenant in self.tenants if tenant.event and tenant.event["do"] == "run"]
            if ready:
                self._run_all(ready)
            else:
                self.units += 1
                self._set_clocks(self.ahead)
                for tenant in self.tenants:
                    tenant.place += 1

    def _create(self, tenant: Tenant, event: Mapping[str, Any]) -> None:
        key = {"id": tenant.key_id(event["key"]), "secret": _secret(tenant, event["key"]), "status": "active"}
        description = tenant.description(tenant.ids[event["copies"]]) if event["copies"] else ""
        tenant.seed({**key, "description": description, "create_time": iso(int(time.time() + self.ahead))})

    def _disable(self, tenant: Tenant, event: Mapping[str, Any]) -> None:
        tenant.seed({"id": tenant.ids[event["key"]], "status": "inactive"})

    def _enable(self, tenant: Tenant, event: Mapping[str, Any]) -> None:
        tenant.seed({"id": tenant.ids[event["key"]], "status": "active"})

    def _delete(self, tenant: Tenant, event: Mapping[str, Any]) -> None:
        key = tenant.ids[event["key"]]
        tenant.seed({"id": key, "status": "inactive"})
        module, named = tenant.cloud.delete(tenant.owner, key)
        options: dict[str, Any] = {**CLOUDS[tenant.rotated.cloud].signing(), **named}
        self._set_clocks(0)  # as in this process
        result = run_module(module, api_endpoint=tenant.emulator.url, state="absent", **options)
        self._set_clocks(self.ahead)
        assert result["changed"], result

    def _drift(self, tenant: Tenant, _event: Mapping[str, Any]) -> None:
        tenant.give(0, self.state(tenant)["old"]["access_key_id"])

    def _leak(self, tenant: Tenant, event: Mapping[str, Any]) -> None:
        tenant.leaked = [tenant.ids[event["key"]]]

    # Runs

    def _run_all(self, ready: Sequence[Tenant]) -> None:
        together = [tenant for tenant in ready if not self._is_disturbed(tenant)]
        if together:
            machine = self.machines["main"]
            machine.at = lambda point: True
            self._start(machine, together)
        for tenant in ready:
            if tenant not in together:
                self._run_alone(tenant)
        for tenant in ready:
            tenant.place += 1

    def _start(self, machine: Machine, tenants: Sequence[Tenant]) -> None:
        self.runs += 1
        machine.start(self._variables(machine, tenants), self.ahead)
        machine.wait()
        results = machine.results
        assert results or len(tenants) == 1, machine.output[-3000:]
        for tenant in tenants:
            self._compare(tenant, results.get(tenant.name))

    def _is_disturbed(self, tenant: Tenant) -> bool:
        assert tenant.event
        return any(step["fault"] for step in tenant.event["steps"]) or self.rejected(tenant) is not None

    def rejected(self, tenant: Tenant) -> str | None:
        """Return the symbol of a key that works, and is rejected because it is not known everywhere yet."""
        assert tenant.event
        keys = tenant.keys()
        for step in tenant.event["steps"]:
            key = tenant.ids.get(step["access_key_id"])
            if step["reply"] == "rejected" and (key is None or keys.get(key) == "active"):
                return str(step["access_key_id"])
        return None

    def _run_alone(self, tenant: Tenant) -> None:
        """Run one history, and disturb it."""
        assert tenant.event
        machine, steps = self.machines[tenant.rotated.site], tenant.event["steps"]
        disturbance = _Disturbance(self, tenant, machine, steps)
        machine.at = disturbance.at
        self._start(machine, [tenant])
        self.kills += disturbance.is_killing and disturbance.is_done
        self.cuts += disturbance.is_cutting and disturbance.is_done
        if not disturbance.is_done:
            self._report(tenant, f"the point of its fault was not reached: {disturbance.target}")

    def _variables(self, machine: Machine, tenants: Sequence[Tenant]) -> dict[str, Any]:
        limits = dict.fromkeys(("settle", "verify_window", "attempt_time"), DAY)
        capabilities = {"last_use": "none", "last_use_delay": 0, **limits}
        clouds = json.loads(json.dumps(CLOUD_FACTS))
        for cloud in clouds.values():
            cloud["capabilities"].update(capabilities)
        return {
            "rotate_access_key_keys": [self._enrolment(machine, tenant) for tenant in tenants],
            "rotate_access_key_verify_attempts": 1,
            "rotate_access_key_verify_delay": 0,
            "rotate_access_key_clouds": clouds,
        }

    def _enrolment(self, machine: Machine, tenant: Tenant) -> dict[str, Any]:
        cloud, is_alone = tenant.rotated.cloud, machine is self.machines[tenant.rotated.site]
        key = (tenant.ids["OLD"], _secret(tenant, "OLD")) if tenant.history["signs"] else None
        signing = CLOUDS[cloud].signing(key) if key else CLOUDS[cloud].signing()
        endpoint = machine.cloud if is_alone else tenant.emulator.url
        return {
            "name": tenant.name,
            "cloud": cloud,
            "site": tenant.rotated.site,
            "owner": tenant.owner,
            "access_key_id": tenant.ids["OLD"],
            "connection": {"api_endpoint": endpoint, "api_retries": 0, **signing},
            "store": {"type": "secret_file", "options": {"path": str(tenant.record)}},
            "policy": {
                "max_age_days": None,
                "rotate_created_before": _DUE_BEFORE,
                "grace_days": 1,
                "soak_days": 1,
                "leaked": tenant.leaked,
            },
            "consumers": [
                {"name": f"app{number}", "type": str(CONSUMER), "options": {"path": str(file)}}
                for number, file in enumerate(tenant.consumers)
            ],
        }

    # Comparing

    def _content(self, tenant: Tenant) -> dict[str, str]:
        return dict(yaml.safe_load(self._vault.decrypt(tenant.record.read_bytes()))) if tenant.record.exists() else {}

    def state(self, tenant: Tenant) -> dict[str, Any]:
        content = self._content(tenant)
        named = json.loads(content.get("rotation", "{}"))
        return state_of(content, tenant.name, named.get("account", ""), tenant.owner)

    def _compare(self, tenant: Tenant, result: Mapping[str, Any] | None) -> None:
        assert tenant.event
        self.compared += 1
        symbols = self._symbols(tenant)
        left, expected = self._left(tenant, symbols), tenant.event["left"]
        for name, value in left.items():
            if value != expected[name]:
                self._report(tenant, f"{name}: the model says {expected[name]}, and the role {value}")
        decision = tenant.event["decision"]
        if decision and result:
            self._compare_decision(tenant, decision, result, symbols)
        elif decision:
            self._report(tenant, "the role has reported nothing")

    def _symbols(self, tenant: Tenant) -> dict[str, str]:
        """Return the symbols of all keys, by ID. A key that is unknown so far is that of the last attempt."""
        state = self.state(tenant)
        assert not state["problem"], state["problem"]
        for key in [*tenant.keys(), *((state[part] or {}).get("access_key_id") for part in ("current", "next", "old"))]:
            if key and key not in tenant.ids.values():
                tenant.ids[f"N{state['attempt']}"] = key
        return {key: symbol for symbol, key in tenant.ids.items()}

    def _left(self, tenant: Tenant, symbols: Mapping[str, str]) -> dict[str, Any]:
        """Return what a run has left, in the form of the histories."""
        now = int(time.time() + self.ahead)

        def age(text: str) -> int:
            return min(max(now - (moment(text) or 0), 0) // DAY, 2)

        return {
            "state": public_state(self.state(tenant), symbols.__getitem__, age),
            "keys": {symbols[key]: status for key, status in tenant.keys().items()},
            "consumers": [symbols[yaml.safe_load(file.read_text())["access_key_id"]] for file in tenant.consumers],
        }

    def _compare_decision(
        self, tenant: Tenant, decision: Mapping[str, Any], result: Mapping[str, Any], symbols: Mapping[str, str]
    ) -> None:
        assert tenant.event
        steps = [step["step"] for step in tenant.event["steps"]]
        done = [step for step in result["steps"] if step not in READING]
        if steps != done:
            self._report(tenant, f"the model does {steps}, and the role {done}")
        reason = result["reason"]
        for key, symbol in symbols.items():
            reason = reason.replace(key, symbol)
        now = time.time() + self.ahead
        reached = {
            **{name: result[name] for name in ("outcome", "phase")},
            "reason": _plain(reason),
            "units": result["not_before"] and round(((moment(result["not_before"]) or 0) - now) / DAY),
        }
        wanted = {name: value for name, value in decision.items() if name != "rule"}
        wanted["reason"] = _plain(decision["reason"]).replace("alice", tenant.owner)
        if reached != wanted:
            self._report(tenant, f"the model ends with {wanted}, and the role with {reached}")

    def _report(self, tenant: Tenant, problem: str) -> None:
        history = f"{tenant.history['setting']}, seed {tenant.history['seed']}, {tenant.rotated.cloud}"
        self.wrong.append(f"{history}, event {tenant.place} {json.dumps(tenant.event)}: {problem}")


def _plain(reason: str) -> str:
    """Return a reason without times, because the clock of the model stands still."""
    return re.sub(r"\d+ days", "days", _TIME.sub("time", reason))


def _secret(tenant: Tenant, symbol: str) -> str:
    return f"Example-Secret-{tenant.number:04}-{symbol:0>10}"
