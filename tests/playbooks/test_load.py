# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many hosts share a rate limit, and several playbooks manage the same objects at the same time."""

from __future__ import annotations

import os
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.faults.objects import CREATE, UPDATE
from ansible_collections.multicloud.iam.tests.faults.table import OBJECTS as ALL
from ansible_collections.multicloud.iam.tests.playbooks.cases import Cases
from ansible_collections.multicloud.iam.tests.playbooks.runner import AS_MODULE, Player, Run
from ansible_collections.multicloud.iam.tests.support import tencent
from ansible_collections.multicloud.iam.tests.support.clouds import parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

pytestmark = pytest.mark.any_core

EVERYTHING = bool(os.environ.get("TEST_EVERY_STEP"))
HOSTS = 20
KEYS_PER_HOST = 25 if EVERYTHING else 2
ROUNDS = 5 if EVERYTHING else 1

Call = Mapping[str, Any]


def play_on_hosts(
    play: Player, hosts: int, tasks: str, variables: Mapping[str, Any], env: Mapping[str, str] | None = None
) -> Run:
    """Run tasks on this number of hosts at once. All hosts are the controller."""
    inventory = play.directory / "hosts"
    inventory.write_text("".join(f"host{n} ansible_connection=local\n" for n in range(hosts)), encoding="utf-8")
    playbook = f"- hosts: all\n  gather_facts: false\n  tasks:\n{tasks}"
    _left, run = play.run_unsearched(
        playbook, "-i", str(inventory), "--forks", str(hosts), variables=variables, env=env, verbosity=0, timeout=280
    )
    assert "Traceback (most recent call last)" not in run.output, run.failures
    return run


def arrival(call: Call) -> float:
    """Return when a call arrived, in seconds."""
    return datetime.fromisoformat(call["time"]).timestamp()


# --- many hosts share a rate limit ---

DISABLE_MINE = """
    - name: Disable
      multicloud.iam.cam_access_key:
        target_uin: "{{ item.uin }}"
        access_key_id: "{{ item.id }}"
        status: inactive
      loop: "{{ keys[inventory_hostname] }}"
"""


def test_all_hosts_that_share_a_limit_succeed(emulator: Emulator, play: Player) -> None:
    """CAM allows 5 changes per second. No change fails, is lost or is sent twice, and throttled hosts retry at random."""
    emulator.seed({"tencent": {"generate_users": {"count": HOSTS * KEYS_PER_HOST, "prefix": "load-", "keys": 1}}})
    keys: dict[str, list[dict[str, str]]] = defaultdict(list)
    host_of: dict[str, str] = {}
    for number, user in enumerate(load(emulator, "tencent", "users", "name")):
        host, key = f"host{number % HOSTS}", user["keys"][0]["access_key_id"]
        keys[host].append({"uin": str(user["uin"]), "id": key})
        host_of[key] = host
    emulator.modes(rate_limits=True)

    run = play_on_hosts(play, HOSTS, DISABLE_MINE, {"keys": keys})

    assert run.code == 0, run.failures
    assert [item["changed"] for item in run.items("Disable")] == [True] * len(host_of)
    assert {key["status"] for user in load(emulator, "tencent", "users", "name") for key in user["keys"]} == {
        "Inactive"
    }
    attempts: dict[str, list[Call]] = defaultdict(list)
    for call in emulator.journal():
        if call["write"]:
            attempts[call["params"]["AccessKeyId"]].append(call)
    assert [len([call for call in calls if call["committed"]]) for calls in attempts.values()] == [1] * len(host_of)
    turned_away = [call for calls in attempts.values() for call in calls[:-1]]
    assert {call["code"] for call in turned_away} == {"RequestLimitExceeded"}
    # Without growing pauses, there would be many times more calls.
    assert len(turned_away) < 6 * len(host_of)
    pauses = [arrival(calls[1]) - arrival(calls[0]) for calls in attempts.values() if len(calls) > 1]
    shorter, _median, longer = statistics.quantiles(pauses, n=4)
    assert shorter < 0.7 * longer
    if EVERYTHING:
        # And no host waits forever while others succeed repeatedly.
        waits = [arrival(calls[-1]) - arrival(calls[0]) for calls in attempts.values()]
        begin, *_others, end = sorted(arrival(call) for calls in attempts.values() for call in calls)
        assert max(waits) < (end - begin) / 3
        in_order = sorted((calls[-1] for calls in attempts.values()), key=arrival)
        first_half = in_order[: len(in_order) // 2]
        assert len({host_of[call["params"]["AccessKeyId"]] for call in first_half}) >= HOSTS - 2


def load(emulator: Emulator, cloud: str, objects: str, name: str) -> list[dict[str, Any]]:
    """Return the objects of a cloud that were created for a load test, identified by their names."""
    return [each for each in emulator.state(cloud)[objects] if each[name].startswith("load-")]


@pytest.mark.parametrize("env", [{}, *([AS_MODULE] if EVERYTHING else [])])
def test_endless_throttling_fails_at_the_deadline(emulator: Emulator, play: Player, env: Mapping[str, str]) -> None:
    """The deadline is api_timeout times api_retries after the first attempt, regardless of the number of attempts."""
    emulator.fault("throttle", "UpdateAccessKey")
    run = play(
        f"""
        - name: Disable
          multicloud.iam.cam_access_key:
            target_uin: {tencent.UIN["bob"]}
            access_key_id: {tencent.BOB[0]}
            status: inactive
            api_timeout: 2
            api_retries: 3
        """,
        env=env,
    )
    assert run.code == 2
    assert "RequestLimitExceeded" in run.message("Disable")
    assert "A retry may help." in run.message("Disable")
    times = [arrival(call) for call in emulator.journal() if call["write"]]
    assert len(times) > 3
    assert times[-1] - times[0] < 6.5


# --- two playbooks at the same time ---

KEYS = 10 if EVERYTHING else 4
THINGS = {thing.module: thing for thing in ALL.values() if not thing.like}
CASES: dict[str, Cases] = {cloud: part.CASES for cloud, part in parts("playbooks").items()}
OBJECTS = {
    cloud: {cases.load.generate: {"count": KEYS, "prefix": "load-", **cases.load.more}}
    for cloud, cases in CASES.items()
}
ACTIVE, INACTIVE = {"Active", "active", "Enabled", "enable", 0}, {"Inactive", "inactive", "Disabled", "disable", 1}


def play_together(
    play: Player, *playbooks: str, env: Mapping[str, str] | None = None, envs: Sequence[Mapping[str, str]] = ()
) -> list[Run]:
    """Run playbooks at the same time. envs: one environment for each, instead of one for all."""

    def run(playbook: str, env: Mapping[str, str] | None) -> Run:
        _left, run = play.run_unsearched(playbook, env=env, verbosity=0)
        assert "Traceback (most recent call last)" not in run.output, run.failures
        return run

    with ThreadPoolExecutor(len(playbooks)) as pool:
        return list(pool.map(run, playbooks, envs or [env] * len(playbooks)))


def is_active(status: Any) -> bool:
    """Return whether a status of any cloud means active."""
    assert status in ACTIVE | INACTIVE
    return status in ACTIVE


def owners(emulator: Emulator, cloud: str) -> list[dict[str, Any]]:
    """Return the owners of the keys that were created for a load test. An object without keys is its own owner."""
    case = CASES[cloud].load
    found = load(emulator, cloud, case.objects, case.name)
    return [{"name": each[case.name], "keys": each.get("keys", [each])} for each in found]


@pytest.mark.parametrize("env", [{}, *([AS_MODULE] if EVERYTHING else [])])
def test_two_playbooks_leave_the_same_keys_as_one_of_them_requested(
    emulator: Emulator, play: Player, env: Mapping[str, str]
) -> None:
    """Each key is in the state of the last write. A task can only fail because its change has been reverted already."""
    emulator.seed(OBJECTS)
    for cloud in OBJECTS:
        # So that each playbook writes between a read and a write of the other one.
        emulator.fault("delay", cloud=cloud, seconds=0.02)
    rounds = 1 if env else ROUNDS  # starting a process for each item takes long
    names = {cloud: [owner["name"] for owner in owners(emulator, cloud)] for cloud in OBJECTS}
    assert {len(each) for each in names.values()} == {KEYS}
    playbooks = [
        "".join(
            f"""
            - name: {cloud}
              multicloud.iam.{cases.load.task}
              loop: "{{{{ {names[cloud]} | product({turns * rounds}) }}}}"
              ignore_errors: true
            """
            for cloud, cases in CASES.items()
        )
        for turns in (["inactive", "active"], ["active", "inactive"])
    ]
    runs = play_together(play, *playbooks, env=env)
    calls = emulator.journal()
    for cloud in OBJECTS:
        case = CASES[cloud].load
        items = [item for run in runs for item in run.items(cloud)]
        failed = [item for item in items if item["status"] == "failed"]
        assert len(items) == 2 * len(playbooks) * KEYS * rounds
        assert all("and still shows" in item["msg"] for item in failed), failed
        assert len(failed) <= KEYS
        assert [item for item in items if item["status"] == "ok" and item["changed"]]
        writes = [call for call in calls if call["cloud"] == cloud and call["write"]]
        assert [call["code"] for call in writes] == [None] * len(writes)
        # Some tasks write a state that the other playbook has written since they read it.
        assert len(writes) == len([item for item in items if item["changed"]])
        written = [case.written(call["params"]) for call in writes if call["committed"]]
        after = {
            str(key[case.key_id]): is_active(key[case.status])
            for owner in owners(emulator, cloud)
            for key in owner["keys"]
        }
        assert after == {key: is_active(status) for key, status in written}
        assert len(after) == KEYS


# --- many hosts, or two playbooks, create the same object ---

# A task, its cloud, and the call that creates the object.
ONCE: dict[str, tuple[str, str, str]] = {
    title: (task, cloud, action) for cloud, cases in CASES.items() for title, (task, action) in cases.once.items()
}
OWNERS = [{"name": f"once-{number}"} for number in (1, 2, 3)]
ASKING = 8


@pytest.mark.parametrize("env", [pytest.param({}, id="in-process"), pytest.param(AS_MODULE, id="as-module")])
@pytest.mark.parametrize("strategy", ["linear", "free", "host_pinned"])
def test_many_hosts_create_the_same_object_once(
    emulator: Emulator, play: Player, strategy: str, env: Mapping[str, str]
) -> None:
    """One object is created, one task is changed and no task fails, however slow the cloud is to create or list it."""
    if not EVERYTHING and (strategy, bool(env)) != ("linear", False):
        pytest.skip("takes long")
    emulator.seed({cloud: {keys.owners: OWNERS} for cloud, cases in CASES.items() for keys in cases.keys})
    for cloud in OBJECTS:
        emulator.modes(cloud, visibility_delay_seconds=1)
    emulator.faults([{"fault": "delay", "seconds": 0.15}])
    tasks = "".join(
        f"""
    - name: {name}
      multicloud.iam.{task}
      register: made
"""
        for name, (task, _cloud, _action) in ONCE.items()
    )
    run = play_on_hosts(play, ASKING, tasks, {}, {"ANSIBLE_STRATEGY": strategy, **env})
    assert run.code == 0, run.failures
    for name in ONCE:
        assert sorted(result["changed"] for result in run.results(name)) == [False] * (ASKING - 1) + [True], name
    writes = Counter((call["cloud"], call["action"]) for call in emulator.journal() if call["committed"])
    expected = Counter((cloud, action) for _task, cloud, action in ONCE.values())
    # Options that a creation cannot use.
    statuses = [(thing.cloud, thing.steps[UPDATE].action) for thing in THINGS.values() if thing.module != "cam_user"]
    assert writes == expected + Counter(statuses)


# The options of a task, and the message of the next run if it fails.
TWICE = {module: twice for cases in CASES.values() for module, twice in cases.twice.items()}


@pytest.mark.parametrize("machines", [1, 2])
@pytest.mark.parametrize("module", TWICE if EVERYTHING else ("cam_access_key", "cam_user"))
def test_two_playbooks_create_the_same_object(
    emulator: Emulator, play: Player, tmp_path: Path, module: str, machines: int
) -> None:
    """A task cannot reserve a description. On two machines, both tasks can create a key, and the next run lists both."""
    options, said = TWICE[module]
    create = THINGS[module].steps[CREATE]
    action = (create.first or create.call).action
    task = f"""
        - name: Create
          multicloud.iam.{module}: {{{options}}}
          register: made
    """
    emulator.fault("delay_after", action, cloud=THINGS[module].cloud, times=2 * machines, seconds=2)
    places = [tmp_path / f"tmp{number % machines}" for number in range(2)]
    for place in places:
        place.mkdir(exist_ok=True)
    runs = play_together(play, task, task, envs=[{"TMPDIR": str(place)} for place in places])
    made = [call for call in emulator.journal() if call["committed"]]
    emulator.clear_faults()
    (again,) = play_together(play, task)
    assert [run.code for run in runs] == [0, 0], [run.failures for run in runs]
    if said and machines > 1:
        assert len(made) == 2
        assert said in again.message("Create")
        assert again.message("Create").count("'twice'") >= 3
    else:
        # A name is unique. The task that comes too late finds the user.
        assert len(made) == 1
        assert sorted(run.results("Create")[0]["changed"] for run in runs) == [False, True]
        assert again.results("Create")[0]["changed"] is False
