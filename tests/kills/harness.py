# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kill runs of the role rotate_access_key at chosen points, run it again, and judge what was left.

A life is one rotation in a situation. It has stages, days apart, and each of them ends in a known state. A stage is run,
killed at a point, and run again until it has ended. The clocks of a run are set; nothing waits, and nothing is random.
"""

from __future__ import annotations

import json
import os
import re
import select
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, RLock
from typing import Any, NamedTuple

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ..playbooks.cases import Rotated
from ..playbooks.rotation import DAY, VERBS
from ..support.clouds import CLOUDS
from ..support.emulator import Emulator
from ..support.modules import run_module
from ..support.openbao import OpenBao
from .gates import Gate, Passage, Point
from .starter import PASSPHRASE, Starter

NAME = "ci-deploy"
WAYS = ("tree", "main", "worker")
RUNS = 3  # in so many more runs, every stage must have ended
PAUSE = 20 / 1440  # days between two runs
ENTRIES = "alibaba"  # the cloud of the entries in Security Center
ROLE = "multicloud.iam.rotate_access_key : "
# When the worker of a killed run finishes: at this task of the next run.
MOMENTS = ("Begin", "round | Execute the steps", "step | Act, unless the record is not the planned one")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)?")


@dataclass(frozen=True)
class End:
    """Describe how a stage ends: the phase, whether the consumers are known to use the key, and the status of the keys."""

    phase: str
    is_cut_over: bool
    statuses: tuple[str, ...]


@dataclass(frozen=True)
class Disturbance:
    """Describe something that goes wrong once, when a run reaches a task and the record has this phase.

    act: what happens then. task: without the name of the role. None means the beginning of the run.
    """

    act: Callable[[Life], None]
    task: str | None = None
    side: str = "before"
    phase: str | None = None


@dataclass(frozen=True)
class Situation:
    """Describe an owner's keys and a policy. days: when each stage begins.

    seed: more objects at the clouds. record: what the store has at first. was_deleted: whether it had a record before.
    entry: of Security Center, which is the consumer. others: more enrolments. status: of each run. disturbances: of the
    only stage, whose end is promoted. Only a run that is killed is disturbed.
    """

    name: str
    rotated: Rotated
    owner: str
    key: str
    policy: Mapping[str, Any]
    days: Sequence[float]
    seed: Mapping[str, Any] = field(default_factory=dict)
    record: Mapping[str, str] = field(default_factory=dict)
    was_deleted: bool = False
    entry: str = ""
    others: Sequence[Mapping[str, Any]] = ()
    status: int = 0
    disturbances: Sequence[Disturbance] = ()

    @property
    def cloud(self) -> str:
        """Return the cloud, with the site if that is not the main one."""
        site = self.rotated.site
        return self.rotated.cloud if site == "main" else f"{self.rotated.cloud} {site}"


class Reached(NamedTuple):
    """Pair a point of a run with everything that the next run can see, if this one is killed there."""

    point: Point
    state: str


class FileStore:
    """Keep the record in an encrypted file."""

    name = "secret_file"

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._path = directory / f"{NAME}.yml"
        self._aside = directory.parent / "aside"
        self._vault = VaultLib([("dev", VaultSecret(PASSPHRASE.encode()))])
        self.enrolled = {"type": "secret_file", "options": {"path": str(self._path)}}

    def read(self) -> dict[str, Any]:
        """Return the record."""
        path = self._aside if self._path.is_dir() else self._path
        return dict(yaml.safe_load(self._vault.decrypt(path.read_bytes()))) if path.exists() else {}

    def reset(self, record: Mapping[str, str], *, was_deleted: bool = False) -> None:
        """Let the store have this record, or none."""
        for file in self.directory.iterdir():
            file.unlink()
        if record:
            self.write(record)

    def write(self, record: Mapping[str, str]) -> None:
        """Write the record, as another program would."""
        self._path.write_bytes(self._vault.encrypt(json.dumps(dict(record))))

    def block(self) -> None:
        """Let every write fail until `mend` is called."""
        if self._path.exists():
            self._path.rename(self._aside)
        self._path.mkdir()

    def mend(self) -> None:
        """Let writes succeed again."""
        if self._path.is_dir():
            self._path.rmdir()
        if self._aside.exists():
            self._aside.rename(self._path)

    def leftovers(self) -> list[str]:
        """Return what is there beside the record, without random names."""
        return sorted(re.sub("[0-9a-f]{32}", "*", file.name) for file in self.directory.iterdir() if file != self._path)


class VaultStore:
    """Keep the record in OpenBao."""

    name = "vault_kv2"

    def __init__(self, openbao: OpenBao, passage: Passage) -> None:
        self._openbao, self._passage = openbao, passage
        connection = {"url": passage.url, "auth_method": "token", "token": openbao.root_token}
        self.enrolled = {"type": "vault_kv2", "options": {"path": f"ci/{NAME}", "connection": connection}}

    def read(self) -> dict[str, Any]:
        """Return the record."""
        found = self._openbao.call("GET", f"secret/data/ci/{NAME}")
        return dict(found["data"]["data"]) if found else {}

    def reset(self, record: Mapping[str, str], *, was_deleted: bool = False) -> None:
        """Let the store have this record, or none. was_deleted: whether it still counts the versions of one before."""
        self._openbao.call("DELETE", f"secret/metadata/ci/{NAME}")
        if was_deleted:
            self.write({"access_key_id": "deleted"})
            self._openbao.call("DELETE", f"secret/data/ci/{NAME}")
        if record:
            self.write(record)

    def write(self, record: Mapping[str, str]) -> None:
        """Write the record, as another program would."""
        self._openbao.call("POST", f"secret/data/ci/{NAME}", {"data": dict(record)})

    def block(self) -> None:
        """Let every request fail until `mend` is called."""
        self._passage.is_closed = True

    def mend(self) -> None:
        """Let requests succeed again."""
        self._passage.is_closed = False

    def leftovers(self) -> list[str]:
        """Return an empty list."""
        return []


class Life:
    """Run the stages of a situation, killed or not."""

    def __init__(self, stack: ExitStack, situation: Situation, directory: Path, openbao: OpenBao | None = None) -> None:
        self.situation = situation
        self.emulator = stack.enter_context(Emulator())
        self.directory = directory
        gate = stack.enter_context(Gate(self._reach))
        self._cloud = stack.enter_context(Passage("call", self.emulator.port, self._reach, self._look))
        self.store: FileStore | VaultStore
        if openbao:
            port = int(openbao.url.rpartition(":")[2])
            self.store = VaultStore(openbao, stack.enter_context(Passage("request", port, self._reach)))
        else:
            self.store = FileStore(directory / "records")
        (directory / "records").mkdir()
        self._app, self._silent = directory / "app.id", directory / "silent.id"
        self._lock = RLock()
        self.run = 0
        self.runs = self.kills = 0
        self.early: list[str] = []
        self.hung: list[str] = []
        self._forget()
        self._has_started.set()
        self._starter = Starter(stack, directory, gate.port)
        self._write_variables()

    @property
    def name(self) -> str:
        """Return the situation, the cloud and the store."""
        return f"{self.situation.name}, {self.situation.cloud}, {self.store.name}"

    # Runs

    def _write_variables(self, **policy: Any) -> None:
        situation = self.situation
        rotated = situation.rotated
        consumer = {"name": "app", "type": str(VERBS / "consumer"), "options": {"path": str(self._app)}}
        if situation.entry:
            signing = {"api_endpoint": self._cloud.url, "api_retries": 0, **CLOUDS[ENTRIES].signing()}
            consumer.update(type="sas_vendor_ak", options={"vendor_auth_alias": situation.entry, **signing})
        enrolment = {
            "name": NAME,
            "cloud": rotated.cloud,
            "site": rotated.site,
            "owner": situation.owner,
            "access_key_id": situation.key,
            "connection": {"api_endpoint": self._cloud.url, "api_retries": 0, **CLOUDS[rotated.cloud].signing()},
            "store": self.store.enrolled,
            "policy": {**situation.policy, **policy},
            "consumers": [consumer],
        }
        others = [{**enrolment, "consumers": [], "policy": {}, **other} for other in situation.others]
        self._starter.prepare({"rotate_access_key_keys": [enrolment, *others], "rotate_access_key_verify_delay": 0})

    def reset(self) -> None:
        """Begin the life again."""
        rotated = self.situation.rotated
        self.emulator.reset()
        self.emulator.modes(rotated.cloud, **rotated.modes)
        if self.situation.seed:
            self.emulator.seed(self.situation.seed)
        self.store.reset(self.situation.record, was_deleted=self.situation.was_deleted)
        self._app.write_text(self.situation.key)
        self._write_variables()
        self.before = set(self.keys())
        self.foreign = self._others()
        self.day = 0.0

    def start(self) -> None:
        """Start a run, which then waits at its first point."""
        self.run += 1
        self.runs += 1
        seconds = self.day * DAY
        for cloud in {self.situation.rotated.cloud, *([ENTRIES] if self.situation.entry else [])}:
            self.emulator.modes(cloud, clock_skew_seconds=seconds)
        self._main = self._starter.start(self.run, seconds, f"output-{self.run}")
        self._has_started.set()

    def play(self) -> int:
        """Run the role, and return its status."""
        self._has_started.clear()
        self.start()
        return os.waitstatus_to_exitcode(self._starter.wait())

    @property
    def output(self) -> str:
        """Return the output of the last run."""
        return (self.directory / f"output-{self.run}").read_text(encoding="utf-8", errors="replace")

    # Points

    def _forget(self) -> None:
        self.seen: list[Point] = []
        self._is_watched = False
        self._states: list[str] = []
        self.target: tuple[Point, str] | None = None
        self.waiting: list[Disturbance] = []
        self.killed = False
        self._orphans: list[int] = []
        self._moment = ""
        self._released = Event()
        self._has_started = Event()

    def _reach(self, kind: str, label: str, side: str, run: int | None) -> bool:
        self._has_started.wait(60)
        if self.killed:
            return self._after_the_kill(label, side, run)
        with self._lock:
            number = sum(point[:3] == (kind, label, side) for point in self.seen)
            point = Point(kind, label, side, number)
            self.seen.append(point)
            self._disturb(label.removeprefix(ROLE), side)
            if self._is_watched:
                self._states.append(self.fingerprint())
            if not self.target or point != self.target[0]:
                return True
            self.killed = True
            way = self.target[1]
        self.kills += 1
        workers = descendants(self._main)
        kill([] if way == "main" else workers)
        if way == "tree":
            kill([self._main])
        if way != "main":
            return False
        self._orphans = workers
        kill([self._main])
        self._released.wait()
        return True

    def _disturb(self, task: str | None, side: str) -> None:
        for each in [each for each in self.waiting if (each.task, each.side) == (task, side)]:
            if each.phase in {None, self.rotation().get("phase")}:
                self.waiting.remove(each)
                each.act(self)

    def _after_the_kill(self, label: str, side: str, run: int | None) -> bool:
        if self._orphans and run == self.run != self._killed_run and (label, side) == (ROLE + self._moment, "before"):
            self.release()
        return True

    def release(self) -> None:
        """Let the worker of the killed run finish."""
        orphans, self._orphans = self._orphans, []
        self._released.set()
        if not wait(orphans):
            self.hung.append(f"a worker of the run {self._killed_run} has not finished")

    # States

    def keys(self) -> dict[str, str]:
        """Return the status of the owner's keys, by ID."""
        rotated = self.situation.rotated
        return rotated.listed(self.emulator.state(rotated.cloud), self.situation.owner)

    def _others(self) -> dict[str, str]:
        rotated = self.situation.rotated
        other = rotated.full if self.situation.owner == rotated.owner else rotated.owner
        return rotated.listed(self.emulator.state(rotated.cloud), other)

    def used(self) -> str:
        """Return the key that the consumer uses."""
        if not self.situation.entry:
            return (self._app if self._app.exists() else self._silent).read_text()
        entries = self.emulator.state(ENTRIES)["entries"]
        return str(next(each["secret_id"] for each in entries if each["alias"] == self.situation.entry))

    def silence(self) -> None:
        """Let the consumer not answer until the run has ended."""
        self._app.rename(self._silent)

    def replace(self, key: str) -> None:
        """Let the user name the key that is to be replaced."""
        self._write_variables(at_limit="replace_named", replace_named=key)

    def rotation(self) -> dict[str, Any]:
        """Return the rotation in the record, with secrets."""
        return dict(json.loads(self.store.read().get("rotation", "{}")))

    def end(self) -> End:
        """Return what this moment has in common with others."""
        rotation, keys = self.rotation(), self.keys()
        return End(rotation.get("phase", "none"), bool(rotation.get("cut_over")), tuple(sorted(keys.values())))

    def fingerprint(self) -> str:
        """Return everything that the next run can see, without times, and with IDs and secrets by their order."""
        record, keys = self.store.read(), self.keys()
        rotation = json.loads(record.pop("rotation", "{}"))
        everything = [list(keys.items()), record, rotation, self.used(), self.store.leftovers()]
        text = _TIME.sub("time", json.dumps(everything))
        values = [*keys, *self.emulator.secrets()]
        for part in (
            rotation.get("next"),
            rotation.get("old"),
            rotation.get("current"),
            *rotation.get("tombstones", []),
        ):
            values += [
                part[name] for name in ("access_key_id", "secret_access_key", "nonce") if part and part.get(name)
            ]
        found = sorted({value for value in values if value in text}, key=text.index)
        for number, value in enumerate(found):
            text = text.replace(value, f"value {number}")
        return text

    def _look(self, label: str) -> None:
        """Assert that every key in use works, after a call of the cloud."""
        with self._lock:
            used, keys, record = self.used(), self.keys(), self.store.read()
            rotation = json.loads(record.get("rotation", "{}"))
            current = (rotation.get("current") or {}).get("access_key_id")
            if keys.get(used) != "active":
                self.early.append(f"{label}: the consumer uses {used}, which is {keys.get(used, 'deleted')}")
            if current and keys.get(current) != "active":
                self.early.append(f"{label}: the current key {current} is {keys.get(current, 'deleted')}")
            if keys.get(self.situation.key) != "active" and not (
                current not in {None, self.situation.key}
                and (rotation.get("cut_over") or rotation.get("disabled_at") or not rotation.get("old"))
            ):
                self.early.append(
                    f"{label}: {self.situation.key} was replaced before its time: {rotation.get('phase')}"
                )

    def judge(self) -> tuple[list[str], list[str]]:
        """Return the lost secrets and the orphans, at the end of a stage."""
        record, keys = self.store.read(), self.keys()
        rotation = json.loads(record.get("rotation", "{}"))
        current = (rotation.get("current") or {}).get("access_key_id")
        following = rotation.get("next") or {}
        secrets: dict[Any, Any] = {following.get("access_key_id"): following.get("secret_access_key")}
        secrets[current] = record.get("secret_access_key") if record.get("access_key_id") == current else None
        # Only the user ever had the secret of the enrolled key.
        lost = [
            f"{key}: its secret is not in the record, or does not sign a call"
            for key in (set(secrets) & set(keys)) - {self.situation.key}
            if not (secrets[key] and self._signs(key, secrets[key]))
        ]
        known = {current, following.get("access_key_id"), (rotation.get("old") or {}).get("access_key_id")}
        orphans = [key for key in keys if key not in self.before | known]
        if self._others() != self.foreign:
            orphans.append(f"the keys of another owner have changed: {self._others()}")
        return lost, orphans

    def call(self, module: str, **options: Any) -> dict[str, Any]:
        """Return the result of a module, which calls the cloud as a run does."""
        cloud = self.situation.rotated.cloud
        options.update({"api_endpoint": self._cloud.url, **CLOUDS[cloud].signing()})
        return run_module(module, **options)

    def _signs(self, key: str, secret: str) -> bool:
        cloud = self.situation.rotated.cloud
        options: dict[str, Any] = {"api_endpoint": self.emulator.url, **CLOUDS[cloud].signing((key, secret))}
        self.emulator.modes(cloud, clock_skew_seconds=0)  # as in this process
        (module,) = (module for module in CLOUDS[cloud].modules if module.endswith("_caller_info"))
        result = run_module(module, **options)
        self.emulator.modes(cloud, clock_skew_seconds=self.day * DAY)
        return not result.get("failed") and bool(result.get("caller"))

    # Kills

    def dry(self) -> list[Reached]:
        """Run a stage without a kill, and return its points with what a kill there would leave."""
        status = self._disturbed(None)
        assert self.situation.disturbances or status == self.situation.status, self.output[-3000:]
        assert not self.waiting, f"these were not reached: {self.waiting}"
        return [Reached(*each) for each in zip(self.seen, self._states, strict=True)]

    def kill(self, point: Point, way: str, moment: str) -> bool:
        """Run a stage, and kill it at the point. Return whether the point was reached."""
        self._killed_run = self.run + 1
        self._disturbed((point, way), moment)
        return self.killed

    def _disturbed(self, target: tuple[Point, str] | None, moment: str = "") -> int:
        """Play with the disturbances of the situation, and end these afterwards."""
        self._forget()
        self._is_watched = target is None
        self.target, self._moment = target, moment
        self.waiting = list(self.situation.disturbances)
        self._disturb(None, "before")
        status = self.play()
        # The worker of a killed run is still there, and meets no disturbance either.
        self.emulator.clear_faults()
        self.store.mend()
        if self._silent.exists():
            self._silent.rename(self._app)
        return status

    def again(self, goals: Sequence[End], accepts: Callable[[Life], bool]) -> int | None:
        """Run again until one of these ends is reached. Return the number of runs, or None if that are too many."""
        for number in range(1, RUNS + 1):
            status = self.play()
            if self._orphans:
                self.release()
            has_ended = status == self.situation.status and self.end() in goals
            self.day += PAUSE
            if has_ended or accepts(self):
                return number
        return None


def descendants(pid: int) -> list[int]:
    """Return the children of a process, and their children."""
    try:
        children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [*children, *(each for child in children for each in descendants(child))]


def kill(pids: Sequence[int]) -> None:
    """Kill processes, and wait until they have ended."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert wait(pids), f"of the processes {pids}, one has not ended"


def wait(pids: Sequence[int], timeout: float = 60.0) -> bool:
    """Wait until processes have ended, even if they are not children. Return whether they have."""
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        try:
            ended = select.select([handle], [], [], timeout)[0]
        finally:
            os.close(handle)
        if not ended:
            return False
    return True
