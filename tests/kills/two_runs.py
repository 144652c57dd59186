# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the role on two machines at once, with the same store, in a chosen order of their points.

Only one of the machines continues at a time: up to one of its points, where the other one takes over. So an order is
repeated exactly. No machine stops while it writes a file, because it holds the lock of the file there.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from threading import Condition, RLock, Thread
from typing import Any, NamedTuple

import yaml

from ..playbooks.rotation import DAY
from ..support.clouds import CLOUDS
from ..support.emulator import Emulator
from ..support.modules import run_module
from ..support.openbao import OpenBao
from ..tooling import canary
from .gates import Point
from .harness import NAME, PAUSE, RUNS, FileStore, Situation, VaultStore
from .machine import CLOUD_FACTS, CONSUMER, Machine
from .starter import PASSPHRASE

_GOLDEN = 0.6180339887498949  # its multiples are spread evenly, however many there are
# With HASTY, a run gives up on the attempt of another one at once. With PATIENT, it waits, as a cloud needs it.
PATIENT, HASTY = CLOUD_FACTS, json.loads(json.dumps(CLOUD_FACTS))
for _cloud in HASTY.values():
    _cloud["capabilities"].update(attempt_time=0, settle=0)


class Turn(NamedTuple):
    """Let a machine go on by so many points, until the reply to a call, or to its end."""

    machine: int
    until: int | str | None


class Order:
    """Let two machines go on by turns."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self._turns = deque(turns)
        self._changed = Condition()
        self._passed = 0
        self.switches = 0

    def at(self, machine: int, point: Point) -> bool:
        """Wait for the turn of the machine, and for its next one if this point ends it."""
        if point.kind == "file":
            return True
        with self._changed:
            self._changed.wait_for(lambda: self._turns[0].machine == machine)
            self._passed += 1
            until = self._turns[0].until
            if until is not None and until in (self._passed, point.label if point.side == "after" else ""):
                self._turns.popleft()
                self._passed = 0
                self.switches += 1
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._turns[0].machine == machine)
        return True

    def end(self, machine: int) -> None:
        """Leave out all further turns of a machine whose run has ended."""
        with self._changed:
            if self._turns[0].machine == machine:
                self._passed = 0
            rest = [turn for turn in self._turns if turn.machine != machine]
            self._turns = deque(rest or [Turn(1 - machine, None)])
            self._changed.notify_all()


def orders(number: int, points: int) -> list[list[Turn]]:
    """Return so many orders, without chance: each machine stops once, or, in every third order, twice."""
    chosen = []
    for each in range(number):
        first, second = (int(points * (each * part % 1)) for part in (_GOLDEN, _GOLDEN**2 * 3))
        turns = [Turn(0, first + 1), Turn(1, None if each % 3 == 1 else second + 1)]
        if each % 3 == 2:
            turns += [Turn(0, (points - first) // 2 + 1), Turn(1, (points - second) // 2 + 1)]
        chosen.append([*turns, Turn(0, None), Turn(1, None)])
    return chosen


class TwoMachines:
    """Rotate a key on two machines."""

    def __init__(self, stack: ExitStack, situation: Situation, directory: Path, openbao: OpenBao | None = None) -> None:
        self.situation = situation
        self.emulator = stack.enter_context(Emulator())
        port = int(openbao.url.rpartition(":")[2]) if openbao else None
        self.machines = [
            Machine(stack, directory / name, self.emulator.port, port, self._look) for name in ("one", "two")
        ]
        (directory / "records").mkdir()
        self._app = directory / "app.yml"
        self.stores: list[FileStore | VaultStore] = [
            VaultStore(openbao, machine.vault) if openbao and machine.vault else FileStore(directory / "records")
            for machine in self.machines
        ]
        self._lock = RLock()
        self.points = 0  # of a run that is alone

    def reset(self) -> None:
        """Begin again."""
        cloud = self.situation.rotated.cloud
        self.emulator.reset()
        self.emulator.modes(cloud, **self.situation.rotated.modes)
        self.stores[0].reset({})
        self._app.write_text(json.dumps({"access_key_id": self.situation.key}))
        for machine in self.machines:
            machine.forget()
        self.wrong: list[str] = []
        self.outcomes: list[str] = []
        self.ends: list[str] = []
        self._seen = self.keys()
        self.day = 0.0

    def variables(self, number: int, clouds: Any) -> dict[str, Any]:
        """Return the variables of the runs of a machine."""
        rotated = self.situation.rotated
        # A call that is held takes as long as the other machine does.
        connection = {"api_endpoint": self.machines[number].cloud, "api_retries": 0, "api_timeout": 600}
        store = json.loads(json.dumps(self.stores[number].enrolled))
        if "connection" in store["options"]:
            store["options"]["connection"]["timeout"] = 600
        enrolment = {
            "name": NAME,
            "cloud": rotated.cloud,
            "site": rotated.site,
            "owner": self.situation.owner,
            "access_key_id": self.situation.key,
            "connection": {**connection, **CLOUDS[rotated.cloud].signing()},
            "store": store,
            "consumers": [{"name": "app", "type": str(CONSUMER), "options": {"path": str(self._app)}}],
        }
        return {
            "rotate_access_key_keys": [enrolment],
            "rotate_access_key_verify_delay": 0,
            "rotate_access_key_clouds": clouds,
        }

    def run(self, turns: Sequence[Turn], clouds: Any) -> Order:
        """Run the role on both machines at once, in this order."""
        order = Order(turns)
        threads = [Thread(target=self._run, args=(number, order, clouds)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return order

    def _run(self, number: int, order: Order, clouds: Any) -> None:
        machine = self.machines[number]
        machine.at = lambda point: order.at(number, point)
        try:
            machine.start(self.variables(number, clouds))
            self._judge_run(number, machine.wait())
        finally:
            order.end(number)

    def run_alone(self, clouds: Any, number: int = 0) -> list[Point]:
        """Run the role on one machine, and return the points at which it can stop."""
        machine = self.machines[number]
        machine.at = lambda point: True
        self.emulator.modes(self.situation.rotated.cloud, clock_skew_seconds=self.day * DAY)
        machine.start(self.variables(number, clouds), self.day * DAY)
        self._judge_run(number, machine.wait())
        return [point for point in machine.points if point.kind != "file"]

    def _judge_run(self, number: int, status: int) -> None:
        """Assert that a run succeeds or says in its own words which keys need attention, and shows no secret."""
        machine = self.machines[number]
        result = machine.results.get(NAME) or {}
        self.ends.append(f"{result.get('phase')} {result.get('outcome')}")
        self.outcomes.append(f"{result.get('phase')}, {result.get('outcome')}: {result.get('reason')}")
        is_clean = bool(result) and (status == 0 or "These keys need attention." in machine.output)
        if not is_clean or "Traceback (most recent call last)" in machine.output:
            self.wrong.append(f"machine {number} ended with the status {status}: {machine.output[-3000:]}")
        known = {str(each): secret for each, secret in enumerate([*self.emulator.secrets(), PASSPHRASE])}
        self.wrong += canary.leaks(machine.directory / "output", known)

    def converge(self, clouds: Any) -> int | None:
        """Run again until the new key is in use everywhere. Return the number of runs, or None if that are too many."""
        for number in range(RUNS + 1):
            rotation = self.rotation()
            current = (rotation.get("current") or {}).get("access_key_id")
            if rotation.get("phase") == "promoted" and rotation.get("cut_over") and self._used() == current:
                return number
            if number < RUNS:
                self.day += PAUSE
                self.run_alone(clouds, number % 2)
        return None

    # States

    def keys(self) -> dict[str, str]:
        """Return the status of the owner's keys, by ID."""
        rotated = self.situation.rotated
        return rotated.listed(self.emulator.state(rotated.cloud), self.situation.owner)

    def _used(self) -> str:
        """Return the ID of the key that the consumer uses."""
        return str(yaml.safe_load(self._app.read_text())["access_key_id"])

    def rotation(self) -> dict[str, Any]:
        """Return the rotation in the record, with secrets."""
        return dict(json.loads(self.stores[0].read().get("rotation", "{}")))

    def _look(self, label: str) -> None:
        """Assert that every key in use works, and that no key has gone whose secret is in the record."""
        with self._lock:
            keys, rotation = self.keys(), self.rotation()
            used = {self.situation.key: "the enrolled key", self._used(): "the key of the consumer"}
            if rotation.get("current"):
                used[rotation["current"]["access_key_id"]] = "the current key"
            following = rotation.get("next") or {}
            if rotation.get("phase") == "escrowed":
                used[following["access_key_id"]] = "the escrowed key"
            self.wrong += [
                f"{label}: {what} {key} is {keys.get(key, 'deleted')}"
                for key, what in used.items()
                if keys.get(key) != "active"
            ]
            gone = set(self._seen) - set(keys)
            if following.get("access_key_id") in gone and following.get("secret_access_key"):
                self.wrong.append(
                    f"{label}: the key {following['access_key_id']} has gone, whose secret is in the record"
                )
            self._seen = keys

    def judge_end(self) -> None:
        """Assert that there is exactly one new key, which the record has, and whose secret signs calls."""
        self._look("at the end")
        keys, record, rotation = self.keys(), self.stores[0].read(), self.rotation()
        current = (rotation.get("current") or {}).get("access_key_id")
        old = (rotation.get("old") or {}).get("access_key_id")
        if set(keys) != {self.situation.key, current} or len(keys) != 2 or old != self.situation.key:
            self.wrong.append(f"the keys at the end are {keys}; the record says {current} after {old}")
        cloud = self.situation.rotated.cloud
        key = (record["access_key_id"], record["secret_access_key"])
        options: dict[str, Any] = {"api_endpoint": self.emulator.url, **CLOUDS[cloud].signing(key)}
        (module,) = (module for module in CLOUDS[cloud].modules if module.endswith("_caller_info"))
        self.emulator.modes(cloud, clock_skew_seconds=0)  # as in this process
        reply = run_module(module, **options)
        if record["access_key_id"] != current or reply.get("failed"):
            self.wrong.append(f"the secret in the record does not belong to {current}: {reply.get('msg')}")
