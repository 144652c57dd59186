# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many hosts at one limit, and several playbooks at the same objects at the same time."""

from __future__ import annotations

import os
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.runner import AS_MODULE, Player, Run
from ansible_collections.multicloud.iam.tests.support import huawei, tencent, zstack
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
    """Run tasks on so many hosts at once, all of which are the controller."""
    inventory = play.directory / "hosts"
    inventory.write_text("".join(f"host{n} ansible_connection=local\n" for n in range(hosts)), encoding="utf-8")
    playbook = f"- hosts: all\n  gather_facts: false\n  tasks:\n{tasks}"
    _left, run = play.run_unsearched(
        playbook, "-i", str(inventory), "--forks", str(hosts), variables=variables, env=env, verbosity=0, timeout=280
    )
    assert "Traceback (most recent call last)" not in run.output, run.failures
    return run


def arrival(call: Call) -> float:
    """When a call arrived, in seconds."""
    return datetime.fromisoformat(call["time"]).timestamp()


# --- many hosts at one limit ---

DISABLE_MINE = """
    - name: Disable
      multicloud.iam.cam_access_key:
        target_uin: "{{ item.uin }}"
        access_key_id: "{{ item.id }}"
        status: inactive
      loop: "{{ keys[inventory_hostname] }}"
"""


def test_hosts_at_one_limit_all_have_their_turn(emulator: Emulator, play: Player) -> None:
    """CAM takes 5 changes a second: nothing fails, is lost or done twice, and who is turned away comes back at random."""
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
    # Without pauses that grow it would be many times as many.
    assert len(turned_away) < 6 * len(host_of)
    pauses = [arrival(calls[1]) - arrival(calls[0]) for calls in attempts.values() if len(calls) > 1]
    shorter, _median, longer = statistics.quantiles(pauses, n=4)
    assert shorter < 0.7 * longer
    if EVERYTHING:
        # And nobody waits for ever while others have their turn again and again.
        waits = [arrival(calls[-1]) - arrival(calls[0]) for calls in attempts.values()]
        begin, *_others, end = sorted(arrival(call) for calls in attempts.values() for call in calls)
        assert max(waits) < (end - begin) / 3
        in_order = sorted((calls[-1] for calls in attempts.values()), key=arrival)
        first_half = in_order[: len(in_order) // 2]
        assert len({host_of[call["params"]["AccessKeyId"]] for call in first_half}) >= HOSTS - 2


def load(emulator: Emulator, cloud: str, objects: str, name: str) -> list[dict[str, Any]]:
    """The objects of a cloud that were made for a load, as their names tell."""
    return [each for each in emulator.state(cloud)[objects] if each[name].startswith("load-")]


@pytest.mark.parametrize("env", [{}, *([AS_MODULE] if EVERYTHING else [])])
def test_a_limit_that_never_lifts_is_given_up_at_the_deadline(
    emulator: Emulator, play: Player, env: Mapping[str, str]
) -> None:
    """api_timeout times api_retries after the first attempt, however many attempts that are."""
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


# --- two playbooks at once ---

KEYS = 10 if EVERYTHING else 4
# What a load is made of, a task that sets the status of one of these objects, and how the cloud spells it.
OBJECTS = {
    "tencent": {"generate_users": {"count": KEYS, "prefix": "load-", "keys": 1}},
    "huawei": {"generate_users": {"count": KEYS, "prefix": "load-", "keys": 1}},
    "alibaba": {"generate_entries": {"count": KEYS, "prefix": "load-", "vendor": "Tencent"}},
    "zstack": {"generate_accounts": {"count": KEYS, "prefix": "load-", "keys": 1}},
}
SET_STATUS = {
    "tencent": "cam_access_key: {user_name: '{{ item.0 }}', status: '{{ item.1 }}'}",
    "huawei": "iam_credential: {user_name: '{{ item.0 }}', status: '{{ item.1 }}'}",
    "alibaba": "sas_vendor_ak: {vendor_auth_alias: '{{ item.0 }}', status: '{{ item.1 }}'}",
    "zstack": "zstack_accesskey: {account_name: '{{ item.0 }}', status: '{{ item.1 }}'}",
}
# Where the call that does it has the object and the status, and where the cloud's objects have both.
WRITTEN: dict[str, Callable[[Mapping[str, Any]], tuple[str, Any]]] = {
    "tencent": lambda sent: (sent["AccessKeyId"], sent["Status"]),
    "huawei": lambda sent: (sent["access_key"], sent["credential"]["status"]),
    "alibaba": lambda sent: (sent["AuthIds"], int(sent["Status"])),
    "zstack": lambda sent: (sent["uuid"], sent["changeAccessKeyState"]["stateEvent"]),
}
SHOWN = {
    "tencent": ("access_key_id", "status"),
    "huawei": ("access", "status"),
    "alibaba": ("auth_id", "status"),
    "zstack": ("uuid", "state"),
}
ACTIVE, INACTIVE = {"Active", "active", "Enabled", "enable", 0}, {"Inactive", "inactive", "Disabled", "disable", 1}


def play_together(
    play: Player, *playbooks: str, env: Mapping[str, str] | None = None, envs: Sequence[Mapping[str, str]] = ()
) -> list[Run]:
    """Run playbooks at the same time. envs: one for each, instead of one for all."""

    def run(playbook: str, env: Mapping[str, str] | None) -> Run:
        _left, run = play.run_unsearched(playbook, env=env, verbosity=0)
        assert "Traceback (most recent call last)" not in run.output, run.failures
        return run

    with ThreadPoolExecutor(len(playbooks)) as pool:
        return list(pool.map(run, playbooks, envs or [env] * len(playbooks)))


def is_active(status: Any) -> bool:
    """What a status of any cloud means."""
    assert status in ACTIVE | INACTIVE
    return status in ACTIVE


def owners(emulator: Emulator, cloud: str) -> list[dict[str, Any]]:
    """Who has the keys that were made for a load; an entry has itself, under the name of its alias."""
    if cloud == "alibaba":
        return [{"name": entry["alias"], "keys": [entry]} for entry in load(emulator, cloud, "entries", "alias")]
    return load(emulator, cloud, "accounts" if cloud == "zstack" else "users", "name")


@pytest.mark.parametrize("env", [{}, *([AS_MODULE] if EVERYTHING else [])])
def test_two_playbooks_at_the_same_keys_leave_them_as_one_of_them_asked(
    emulator: Emulator, play: Player, env: Mapping[str, str]
) -> None:
    """Each key as the last of them wrote it. A task that fails at all says that its change is undone already."""
    emulator.seed(OBJECTS)
    for cloud in OBJECTS:
        # So that each comes between a read and a write of the other.
        emulator.fault("delay", cloud=cloud, seconds=0.02)
    rounds = 1 if env else ROUNDS  # a process for each item takes its time
    names = {cloud: [owner["name"] for owner in owners(emulator, cloud)] for cloud in OBJECTS}
    assert {len(each) for each in names.values()} == {KEYS}
    playbooks = [
        "".join(
            f"""
            - name: {cloud}
              multicloud.iam.{task}
              loop: "{{{{ {names[cloud]} | product({turns * rounds}) }}}}"
              ignore_errors: true
            """
            for cloud, task in SET_STATUS.items()
        )
        for turns in (["inactive", "active"], ["active", "inactive"])
    ]
    runs = play_together(play, *playbooks, env=env)
    calls = emulator.journal()
    for cloud in OBJECTS:
        items = [item for run in runs for item in run.items(cloud)]
        failed = [item for item in items if item["status"] == "failed"]
        assert len(items) == 2 * len(playbooks) * KEYS * rounds
        assert all("and still shows" in item["msg"] for item in failed), failed
        assert len(failed) <= KEYS
        assert [item for item in items if item["status"] == "ok" and item["changed"]]
        writes = [call for call in calls if call["cloud"] == cloud and call["write"]]
        assert [call["code"] for call in writes] == [None] * len(writes)
        # Some write what the other has written since they read it.
        assert len(writes) == len([item for item in items if item["changed"]])
        written = [WRITTEN[cloud](call["params"]) for call in writes if call["committed"]]
        key_id, status = SHOWN[cloud]
        after = {str(key[key_id]): is_active(key[status]) for owner in owners(emulator, cloud) for key in owner["keys"]}
        assert after == {key: is_active(status) for key, status in written}
        assert len(after) == KEYS


# --- many hosts, or two playbooks, that make the same object ---

# The options of a task, and the call that makes what it asks for.
ONCE: dict[str, tuple[str, str, str]] = {
    "user": ("cam_user: {name: once, remark: once}", "tencent", "AddUser"),
    "CAM key by marker": (
        "cam_access_key: {user_name: once-1, description: once, status: inactive}",
        "tencent",
        "CreateAccessKey",
    ),
    "CAM key if none": ("cam_access_key: {user_name: once-2, create: if_none}", "tencent", "CreateAccessKey"),
    "IAM key by marker": (
        "iam_credential: {user_name: once-1, description: once, status: inactive}",
        "huawei",
        "CreatePermanentAccessKey",
    ),
    "IAM key if none": ("iam_credential: {user_name: once-2, create: if_none}", "huawei", "CreatePermanentAccessKey"),
    "entry by alias": (
        (
            "sas_vendor_ak: {vendor: Tencent, ak_type: sub, secret_id: AKIDonce1, secret_key: Canary-Once-1,"
            " auth_modules: [HOST], vendor_auth_alias: once, status: inactive, wait: false}"
        ),
        "alibaba",
        "AddCloudVendorAccountAK",
    ),
    "entry by secret_id": (
        (
            "sas_vendor_ak: {vendor: Tencent, ak_type: sub, secret_id: AKIDonce2, secret_key: Canary-Once-2,"
            " auth_modules: [HOST]}"
        ),
        "alibaba",
        "AddCloudVendorAccountAK",
    ),
    "ZStack key by marker": (
        "zstack_accesskey: {account_name: once-1, description: once, status: inactive}",
        "zstack",
        "CreateAccessKey",
    ),
    "ZStack key if none": ("zstack_accesskey: {account_name: once-2, create: if_none}", "zstack", "CreateAccessKey"),
    "ZStack key by its ID": (
        (
            "zstack_accesskey: {account_name: once-3, access_key_id: OnceKey0000000000001,"
            " access_key_secret: CanaryOnceSecret00000000000000000000001}"
        ),
        "zstack",
        "CreateAccessKey",
    ),
}
OWNERS = [{"name": f"once-{number}"} for number in (1, 2, 3)]
ASKING = 8


@pytest.mark.parametrize("env", [pytest.param({}, id="in-process"), pytest.param(AS_MODULE, id="as-module")])
@pytest.mark.parametrize("strategy", ["linear", "free", "host_pinned"])
def test_many_hosts_that_ask_for_one_object_get_one(
    emulator: Emulator, play: Player, strategy: str, env: Mapping[str, str]
) -> None:
    """One object, one task changed, none failed, as slow and as slow to show itself as the cloud may be."""
    if not EVERYTHING and (strategy, bool(env)) not in {("linear", False), ("free", True)}:
        pytest.skip("takes long")
    emulator.seed(
        {"tencent": {"users": OWNERS}, "huawei": {"users": OWNERS}, "zstack": {"accounts": OWNERS}},
    )
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
    # What a creation cannot take.
    statuses = [
        ("tencent", "UpdateAccessKey"),
        ("huawei", "UpdatePermanentAccessKey"),
        ("alibaba", "ModifyCloudVendorAccountAK"),
        ("zstack", "ChangeAccessKeyState"),
    ]
    assert writes == expected + Counter(statuses)


# The task, where its first read is, and what the next run says, if it fails.
CREATIONS: dict[str, tuple[str, str, str, str | None]] = {
    "cam_access_key": (f"target_uin: {tencent.UIN['carol']}", "tencent", "ListAccessKeys", "2 keys have the desc"),
    "iam_credential": (f"user_id: {huawei.ID['carol']}", "huawei", "ListPermanentAccessKeys", "2 keys have the desc"),
    "zstack_accesskey": (
        f"account_uuid: {zstack.ACCOUNT['carol']}",
        "zstack",
        "QueryAccessKey",
        "2 keys have the desc",
    ),
    "sas_vendor_ak": (
        "vendor: AWS, ak_type: sub, secret_id: AKIAtwice, secret_key: Canary-Twice-1, domain: global, auth_modules: [HOST], vendor_auth_alias: twice",
        "alibaba",
        "DescribeCloudVendorAccountAKList",
        "2 entries fit",
    ),
    "cam_user": ("name: twice", "tencent", "GetUser", None),
}


@pytest.mark.parametrize("machines", [1, 2])
@pytest.mark.parametrize("module", CREATIONS if EVERYTHING else ("cam_access_key", "cam_user"))
def test_two_playbooks_that_make_the_same_object(
    emulator: Emulator, play: Player, tmp_path: Path, module: str, machines: int
) -> None:
    """No cloud lets a task claim a description: on two machines both may make one, and the next run names them."""
    options, cloud, action, said = CREATIONS[module]
    if "key" in (said or ""):
        options += ", description: twice"
    task = f"""
        - name: Create
          multicloud.iam.{module}: {{{options}}}
          register: made
    """
    emulator.fault("delay_after", action, cloud=cloud, times=2 * machines, seconds=2)
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
        # A name is claimed: who is told that it came too late finds the user.
        assert len(made) == 1
        assert sorted(run.results("Create")[0]["changed"] for run in runs) == [False, True]
        assert again.results("Create")[0]["changed"] is False
