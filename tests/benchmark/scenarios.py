# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define what is measured: playbooks, and the programs that they are compared with."""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._account import traits_of
from ansible_collections.multicloud.iam.tests.benchmark import playbooks
from ansible_collections.multicloud.iam.tests.benchmark.goals import (
    CALLS_OF_LOOPS,
    DUE,
    LATENCY,
    LOOPS,
    PER_SECOND,
    RENAMED,
    ROUND_TRIP,
)
from ansible_collections.multicloud.iam.tests.benchmark.measuring import Calls, Taken, timed
from ansible_collections.multicloud.iam.tests.benchmark.sizes import Sizes
from ansible_collections.multicloud.iam.tests.benchmark.stage import Key, Stage
from ansible_collections.multicloud.iam.tests.playbooks.runner import (
    ANSIBLE_PLAYBOOK,
    AS_MODULE,
    COLLECTIONS,
    credentials,
    environment,
)
from ansible_collections.multicloud.iam.tests.support.clouds import parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import Client

LIST, UPDATE, LAST_USED = "ListAccessKeys", "UpdateAccessKey", "GetSecurityLastUsed"
LIST_USERS = "ListUsers"
CREATE, GET_USER, CALLER = "CreateAccessKey", "GetUser", "GetUserAppId"
WIRE_STATUS = {"active": "Active", "inactive": "Inactive"}
LARGEST_PAGE = 5_000_000  # bytes
FAILED = 2  # the exit status of ansible-playbook if a host has failed
SEARCHES = {part.SEARCH.cloud: part.SEARCH for part in parts("modules").values() if hasattr(part, "SEARCH")}
IDS_OF_A_CALL = 10  # the maximum of GetSecurityLastUsed


@dataclass(frozen=True)
class Scenario(ABC):
    """Represent a program that is run several times. row: its row in the table, "" for the common baseline."""

    row: str
    name: str
    runs: int

    @property
    def key(self) -> str:
        """Return the unique key of the scenario."""
        return f"{self.row} {self.name}".strip()

    @abstractmethod
    def run(self, stage: Stage, number: int) -> tuple[Taken, Calls]:
        """Run it. number: how often it has run before."""


@dataclass(frozen=True)
class Playbook(Scenario):
    """Run ansible-playbook, which has to succeed.

    variables: of run number n. performed: the calls that every run has to make, None for a peer. keys: the keys that
    have the status in the end. env, options: additional ones. limited: with rate limits. latency: additional seconds
    of every call. prepare: creates objects that the stage does not have.
    """

    text: str
    variables: Callable[[Stage, int], Mapping[str, Any]] = lambda _stage, _number: {}
    performed: Mapping[str, int] | None = field(default_factory=dict)
    keys: Callable[[Stage], list[Key]] = lambda _stage: []
    env: Mapping[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    limited: bool = False
    latency: float = 0.0
    prepare: Callable[[Stage], None] = lambda _stage: None

    def run(self, stage: Stage, number: int) -> tuple[Taken, Calls]:
        self.prepare(stage)
        (stage.directory / "playbook.yml").write_text(self.text, encoding="utf-8")
        variables = dict(self.variables(stage, number))
        (stage.directory / "variables.json").write_text(json.dumps(variables), encoding="utf-8")
        command = [*ANSIBLE_PLAYBOOK, *self.options, "-e", "@variables.json", "playbook.yml"]
        with stage.counted(self.limited) as counted, stage.slow(self.latency):
            taken = timed(command, stage.directory, {**stage.environment, **self.env})
        (calls,) = counted
        assert self.performed in (None, calls.performed), (self.key, calls)
        is_changed = bool(re.search(r"changed=[1-9]", taken.output))
        assert is_changed == ("status" in variables), taken.output
        assert stage.statuses(self.keys(stage)) <= {WIRE_STATUS[variables.get("status", "active")]}, self.key
        return taken, calls


@dataclass(frozen=True)
class Accounts(Scenario):
    """Run a playbook for many accounts. Each is a host, and all accounts of a cloud are the same one in the emulator.

    So they share its rate limits.
    """

    text: str
    is_report: bool

    def run(self, stage: Stage, number: int) -> tuple[Taken, Calls]:
        accounts, keys = stage.sizes.accounts, stage.sizes.keys_of_account
        generated = {"count": keys, "prefix": "load-"}
        seed = {
            "tencent": {"generate_users": {**generated, "keys": 1}},
            "huawei": {"generate_users": {**generated, "keys": 1}},
            "alibaba": {"generate_entries": generated},
        }
        hosts = {}
        for place in range(accounts):
            cloud = sorted(seed)[place % len(seed)]
            traits = traits_of(cloud)
            described = {"access_key_account": {"cloud": cloud}, "module": f"multicloud.iam.{traits.module}"}
            hosts[f"account{place:02}"] = {**described, **traits.options}
        (stage.directory / "accounts.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
        (stage.directory / "playbook.yml").write_text(self.text, encoding="utf-8")
        variables = {
            "access_key_report_directory": str(stage.directory),
            "access_key_report_formats": ["html", "csv", "json", "sarif"],
        }
        (stage.directory / "variables.json").write_text(json.dumps(variables), encoding="utf-8")
        options = ("-i", "accounts.json", "--forks", str(accounts), "-e", "@variables.json")
        with Emulator(seed) as emulator:
            for cloud in seed:
                emulator.modes(cloud, rate_limits=True)
            env = {**environment(stage.directory), **credentials(emulator)}
            taken = timed([*ANSIBLE_PLAYBOOK, *options, "playbook.yml"], stage.directory, env)
            journal = emulator.journal()
        calls = Counter(call["action"] for call in journal if call["code"] is None)
        if self.is_report:
            figures = json.loads((stage.directory / "access_keys.json").read_text(encoding="utf-8"))["figures"]
            assert (figures["accounts"], figures["accounts_failed"]) == (accounts, 0), figures
            assert figures["keys"] >= accounts * keys, figures
            assert (stage.directory / "access_keys.html").stat().st_size < LARGEST_PAGE
        return taken, Calls(calls, len(journal) - calls.total())


@dataclass(frozen=True)
class FirstStop(Scenario):
    """Measure the time from the start of the kill switch until the first key is disabled.

    Meanwhile, another account of the cloud is throttled.
    """

    cloud: str

    def run(self, stage: Stage, number: int) -> tuple[Taken, Calls]:
        (stage.directory / "playbook.yml").write_text(playbooks.FIRST_STOP, encoding="utf-8")
        key_id = next(iter(SEARCHES[self.cloud].owners))
        with Emulator() as emulator, Emulator() as busy, TemporaryDirectory(dir=stage.directory) as undo:
            busy.fault("throttle", cloud=self.cloud)
            connection = {"api_endpoint": busy.url, "api_retries": 5, "api_timeout": 3}
            accounts = {"busy": {"cloud": self.cloud, "connection": connection}, "prod": {"cloud": self.cloud}}
            hosts = {name: {"access_key_account": account} for name, account in accounts.items()}
            (stage.directory / "accounts.json").write_text(json.dumps({"all": {"hosts": hosts}}), encoding="utf-8")
            variables = json.dumps({"disable_access_key_ids": [key_id], "disable_access_key_directory": undo})
            command = [*ANSIBLE_PLAYBOOK, "-i", "accounts.json", "-e", variables, "playbook.yml"]
            env = {**environment(stage.directory), **credentials(emulator)}
            # The run fails, because the key could also be in the throttled account.
            taken = timed(command, stage.directory, env, status=FAILED)
            journal = emulator.journal()
            assert busy.journal()[-1]["fault"], busy.journal()
        (begin,) = set(re.findall(r'"msg": "([0-9T:.+-]+)"', taken.output))
        first = next(call for call in journal if call["write"] and call["committed"])
        seconds = (datetime.fromisoformat(first["time"]) - datetime.fromisoformat(begin)).total_seconds()
        calls = Counter(call["action"] for call in journal if call["code"] is None)
        return Taken(seconds, output=taken.output), Calls(calls)


@dataclass(frozen=True)
class Python(Scenario):
    """Run code in a separate Python process."""

    code: str

    def run(self, stage: Stage, number: int) -> tuple[Taken, Calls]:
        return timed([sys.executable, "-c", self.code], stage.directory, stage.environment), Calls()


@dataclass(frozen=True)
class ParallelReads(Scenario):
    """Read the keys of each user, ten requests at a time, as fast as the rate limit allows. Nothing else."""

    def run(self, stage: Stage, number: int) -> tuple[Taken, Calls]:
        requests = signed_reads(stage, stage.all_keys)
        clients = threading.local()

        def send(numbered: tuple[int, Mapping[str, Any]]) -> None:
            index, request = numbered
            if not hasattr(clients, "own"):
                clients.own = Client(stage.emulator.url)
            # Begin no request earlier than the limit allows, so that none is rejected.
            time.sleep(max(0.0, start + index / PER_SECOND[LIST] - time.perf_counter()))
            clients.own.send(request["headers"], request["body"].encode())

        with stage.counted(limited=False) as counted, stage.slow(ROUND_TRIP), ThreadPoolExecutor(10) as pool:
            start = time.perf_counter()
            list(pool.map(send, enumerate(requests)))
            taken = Taken(time.perf_counter() - start)
        (calls,) = counted
        assert calls.performed == {LIST: len(requests)}, calls
        return taken, calls


@dataclass(frozen=True)
class Replay(Scenario):
    """Send only the reads of the loop: signed in advance, over one connection, with the replies ignored."""

    def run(self, stage: Stage, number: int) -> tuple[Taken, Calls]:
        client = Client(stage.emulator.url)
        requests = signed_reads(stage, stage.keys)
        with client.session, stage.counted(limited=False) as counted:
            start = time.perf_counter()
            for request in requests:
                client.send(request["headers"], request["body"].encode())
            taken = Taken(time.perf_counter() - start)
        (calls,) = counted
        assert calls.performed == {LIST: len(requests)}, calls
        return taken, calls


def signed_reads(stage: Stage, keys: list[Key]) -> list[dict[str, Any]]:
    """Return one read for each key. A signature is valid for five minutes, so every run needs new ones."""
    client = Client(stage.emulator.url)
    bodies = [json.dumps({"TargetUin": int(key["owner"])}) for key in keys]
    return [{"headers": client.headers(LIST, body.encode()), "body": body} for body in bodies]


def another_name(python: str) -> str:
    """Return another name of the same interpreter in the same environment."""
    path = Path(python)
    return str(path.with_name("python3" if path.name == "python" else "python"))


def _changed(number: int) -> str:
    """Return the status that run number n has to set. It alternates, so that each run changes it."""
    return "active" if number % 2 else "inactive"


def scenarios(sizes: Sizes) -> list[Scenario]:
    """Return all scenarios, in the order of the table."""
    return [
        Playbook("", "empty playbook", 9, playbooks.EMPTY),
        *_unchanged(sizes),
        *_changes(sizes),
        *_cold(),
        _report(sizes),
        _hosts(sizes),
        _entries(sizes),
        _makers(sizes),
        *_predictions(sizes),
        *_rotations(sizes),
        *_declared(sizes),
        Accounts("k", "info modules", 1, playbooks.ACCOUNTS, is_report=False),
        Accounts("k", "access_key_report", 1, playbooks.ACCOUNTS_REPORT, is_report=True),
        *(FirstStop("l", f"disable_access_key, {cloud}", 3, cloud) for cloud in SEARCHES),
    ]


def _unchanged(sizes: Sizes) -> list[Scenario]:
    reads = {LIST: sizes.loop}

    def variables(stage: Stage, _number: int) -> Mapping[str, Any]:
        return {"keys": stage.keys}

    def renamed(stage: Stage, number: int) -> Mapping[str, Any]:
        return {**variables(stage, number), "ansible_python_interpreter": another_name(sys.executable)}

    def signed(stage: Stage, _number: int) -> Mapping[str, Any]:
        return {"endpoint": stage.emulator.url, "reads": signed_reads(stage, stage.keys)}

    def of_aws(stage: Stage, _number: int) -> Mapping[str, Any]:
        return {"aws": stage.moto.url, "keys": stage.aws_keys}

    return [
        Playbook("a", "debug", 9, playbooks.DEBUG, variables),
        Replay("a", "reads alone", 9),
        Playbook("a", "cam_access_key", 9, playbooks.KEYS, variables, reads),
        Playbook("a", f"cam_access_key, {RENAMED}", 9, playbooks.KEYS, renamed, reads),
        Playbook("a", "cam_access_key as module", 1, playbooks.KEYS, variables, reads, env=AS_MODULE),
        Playbook("a", "uri", 2, playbooks.URI, signed, reads),
        Playbook("a", "amazon.aws.iam_access_key", 2, playbooks.AMAZON, of_aws, None),
    ]


def _changes(sizes: Sizes) -> list[Scenario]:
    def variables(stage: Stage, number: int) -> Mapping[str, Any]:
        return {"keys": stage.changed_keys, "status": _changed(number)}

    def of_aws(stage: Stage, number: int) -> Mapping[str, Any]:
        return {"aws": stage.moto.url, "keys": stage.changed_aws_keys, "status": _changed(number)}

    calls = {LIST: sizes.loop, UPDATE: sizes.loop}
    return [
        Playbook("b", "cam_access_key", 5, playbooks.KEYS, variables, calls, lambda stage: stage.changed_keys),
        Playbook("b", "amazon.aws.iam_access_key", 1, playbooks.AMAZON, of_aws, None),
    ]


def _cold() -> list[Scenario]:
    def variables(stage: Stage, _number: int) -> Mapping[str, Any]:
        return {"keys": stage.keys[:1]}

    def signed(stage: Stage, _number: int) -> Mapping[str, Any]:
        return {"endpoint": stage.emulator.url, "reads": signed_reads(stage, stage.keys[:1])}

    imports = "from tencentcloud.cam.v20190116 import cam_client, models"
    return [
        Playbook("c", "cam_access_key", 9, playbooks.ONE_KEY, variables, {LIST: 1}),
        Playbook("c", "uri", 9, playbooks.ONE_URI, signed, {LIST: 1}),
        Python("c", "python, nothing", 9, "pass"),
        Python("c", "python, import of the SDK", 9, imports),
    ]


def _report(sizes: Sizes) -> Scenario:
    calls = {"ListUsers": 1, LIST: sizes.users, LAST_USED: -(-sizes.users // IDS_OF_A_CALL)}
    users = {"users": sizes.users}
    return Playbook("d", "cam_access_key_info", 1, playbooks.REPORT, lambda *_unused: users, calls, limited=True)


def _hosts(sizes: Sizes) -> Scenario:
    hosts = [f"host{number:02}" for number in range(sizes.hosts)]

    def variables(stage: Stage, number: int) -> Mapping[str, Any]:
        shares = {host: stage.host_keys[place :: sizes.hosts] for place, host in enumerate(hosts)}
        return {"shares": shares, "status": _changed(number)}

    calls = {LIST: sizes.host_keys, UPDATE: sizes.host_keys}
    options = ("-i", ",".join(hosts), "--forks", str(sizes.hosts))
    return Playbook(
        "e",
        "cam_access_key",
        1,
        playbooks.HOSTS,
        variables,
        calls,
        lambda stage: stage.host_keys,
        options=options,
        limited=True,
    )


def _entries(sizes: Sizes) -> Scenario:
    aliases = [f"load-{number:04}" for number in range(1, sizes.entries + 1)]
    calls = {"DescribeCloudVendorAccountAKList": sizes.entries}
    return Playbook("f", "sas_vendor_ak", 3, playbooks.ENTRIES, lambda *_unused: {"aliases": aliases}, calls)


def _makers(sizes: Sizes) -> Scenario:
    hosts = [f"host{number:02}" for number in range(sizes.makers)]
    names = [f"maker-{number:03}" for number in range(sizes.creations)]
    shares = {host: names[place :: sizes.makers] for place, host in enumerate(hosts)}
    calls = {GET_USER: sizes.creations, LIST: 2 * sizes.creations, CREATE: sizes.creations}

    def add_users(stage: Stage) -> None:
        stage.emulator.seed({"tencent": {"users": [{"name": name} for name in names]}})

    return Playbook(
        "g",
        "cam_access_key",
        1,
        playbooks.MAKERS,
        lambda *_unused: {"shares": shares, "status": "active"},
        calls,
        options=("-i", ",".join(hosts), "--forks", str(sizes.makers)),
        latency=LATENCY,
        prepare=add_users,
    )


def _predictions(sizes: Sizes) -> list[Scenario]:
    """Compare the calls to predictions in a real run with the whole loop. A test limits the number of these calls."""
    imports = f"""import sys
sys.path.insert(0, {str(COLLECTIONS)!r})
from ansible_collections.multicloud.iam.plugins.module_utils import _predictions"""
    calls = f"""{imports}
none = _predictions.NO_PREDICTIONS
kind = _predictions.Kind("access key", is_owned=True)
for _each in range({sizes.loop * LOOPS}):
    none.at("https://cloud.example", "key", None)
    none.over_owner(kind, list, owner=None, view=dict(owner=1, user_name=None), label="owner")
    none.settle(kind, None, bool)
"""
    return [
        Playbook("h", "cam_access_key", 5, playbooks.KEYS, lambda stage, _n: {"keys": stage.keys}, {LIST: sizes.loop}),
        Python("h", f"python, {CALLS_OF_LOOPS}", 5, calls),
        Python("h", "python, import of the predictions", 5, imports),
    ]


def _rotations(sizes: Sizes) -> list[Scenario]:
    """Compare the role with the listing that it needs. With keys that are due, their steps are measured as well."""
    listing = {CALLER: 1, LIST: sizes.users, LAST_USED: -(-sizes.users // IDS_OF_A_CALL)}

    def variables(stage: Stage, due: int) -> Mapping[str, Any]:
        enrolments = [enrolment(stage, number, due) for number in range(sizes.users)]
        return {"rotate_access_key_keys": enrolments, **({"status": "active"} if due else {})}

    def prepare(stage: Stage) -> None:
        (stage.directory / "vault-password").write_text("Example-Passphrase", encoding="utf-8")

    def measured(name: str, text: str, due: int, performed: Mapping[str, int]) -> Playbook:
        vault = ("--vault-password-file", "vault-password")
        return Playbook(
            "i",
            name,
            1,
            text,
            lambda stage, _number: variables(stage, due),
            performed,
            options=vault,
            limited=True,
            prepare=prepare,
        )

    of_due = {CALLER: 1 + sizes.due, LIST: sizes.users + 2 * sizes.due, CREATE: sizes.due}
    return [
        measured("cam_access_key_info", playbooks.LISTING, 0, listing),
        measured("rotate_access_key", playbooks.ROTATION, 0, listing),
        measured(f"rotate_access_key, {DUE}", playbooks.ROTATION, sizes.due, {**listing, **of_due}),
    ]


def _declared(sizes: Sizes) -> list[Scenario]:
    """Compare the role for declared keys with the listing that it needs, with a loop, and with parallel reads."""
    listing = {CALLER: 1, LIST_USERS: 1, LIST: sizes.users, LAST_USED: -(-sizes.users // IDS_OF_A_CALL)}

    def declared(stage: Stage, _number: int) -> Mapping[str, Any]:
        entries = [{"access_key_id": key["id"], "owner": key["owner"], "status": "active"} for key in stage.all_keys]
        account = {"cloud": "tencent"}
        hosts = {"reconcile_access_keys_hosts": "localhost", "access_key_account": account}
        return {**hosts, "reconcile_access_keys_declared": entries}

    def measured(name: str, text: str, variables: Any, performed: Mapping[str, int]) -> Playbook:
        return Playbook("j", name, 1, text, variables, performed, limited=True, latency=ROUND_TRIP)

    return [
        measured("cam_access_key_info", playbooks.ACCOUNT, lambda _stage, _number: {}, listing),
        measured("reconcile_access_keys", playbooks.RECONCILED, declared, listing),
        measured(
            "cam_access_key", playbooks.KEYS, lambda stage, _number: {"keys": stage.all_keys}, {LIST: sizes.users}
        ),
        ParallelReads("j", "reads alone, ten at a time", 1),
    ]


def enrolment(stage: Stage, number: int, due: int) -> dict[str, Any]:
    """Return the enrolment of a key of the stage. The first ones are due."""
    key = stage.all_keys[number]
    return {
        "name": f"key-{number:04}",
        "cloud": "tencent",
        "owner": key["owner"],
        "access_key_id": key["id"],
        "store": {"type": "secret_file", "options": {"path": str(stage.directory / f"key-{number:04}.yml")}},
        "policy": {"max_age_days": 0 if number < due else None},
    }
