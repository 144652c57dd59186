# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run random plays with ansible-playbook, in check mode and for real, and compare each task.

`make test` runs a few plays. `make test-matrix` runs more of them, with each runtime and version of ansible-core.
tests/modules/test_check_runs.py runs thousands of plays without ansible-playbook.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.tests.playbooks.runner import AS_MODULE, Player, Run
from ansible_collections.multicloud.iam.tests.support.cases import EVERY_STEP
from ansible_collections.multicloud.iam.tests.support.check_runs import TASKS, differences, facts, tasks_of, values_in
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator, forget_creations

Task = dict[str, Any]
HOSTS = ("one", "two", "three", "four")
RUNTIMES = [
    pytest.param({}, 40 if EVERY_STEP else 20, id="in-process"),
    pytest.param(AS_MODULE, 40 if EVERY_STEP else 6, id="as-module"),
]
pytestmark = pytest.mark.any_core
MATRIX = pytest.mark.skipif(not EVERY_STEP, reason="takes long")
# The marker of a module, whose values a loop provides.
MARKERS = {"sas_vendor_ak": "vendor_auth_alias", "cam_user": "name"}


def plays(some: int) -> settings:
    """Return the settings of a property that runs plays."""
    return settings(
        max_examples=10 * some if EVERY_STEP else some,
        derandomize=not EVERY_STEP,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


@st.composite
def tasks(draw: st.DrawFn) -> Task:
    """Return a task, which may have a loop and may ignore errors."""
    module, options = draw(st.sampled_from(list(TASKS)).flatmap(tasks_of))
    task: Task = {}
    items = draw(st.sampled_from([None, None, ["ci", "two"], ["two", "two", "three"]]))
    if items:
        options = {**options, MARKERS.get(module, "description"): "{{ item }}"}
        task["loop"] = items
    return {**task, f"multicloud.iam.{module}": {**options, "api_retries": 0}, "register": "result"}


def blocks() -> st.SearchStrategy[Task]:
    """Return blocks, whose tasks may fail."""
    some = st.lists(tasks(), min_size=1, max_size=3)
    return st.fixed_dictionaries({"block": some, "rescue": some, "ignore_errors": st.just(True)})


def sequences(most: int) -> st.SearchStrategy[list[Task]]:
    """Return the tasks and blocks of a play. A task in the middle may end the play."""
    ignoring = st.sampled_from([True] * 15 + [False])
    single = st.builds(lambda task, ignore: {**task, "ignore_errors": ignore}, tasks(), ignoring)
    return st.lists(st.one_of(single, single, single, blocks()), min_size=most // 3, max_size=most)


def named(entries: list[Task], prefix: str = "task") -> list[Task]:
    """Return the entries of a play, with a unique name for each task."""
    result = []
    for number, entry in enumerate(entries):
        name = f"{prefix} {number}"
        inner: Task = {part: named(entry[part], f"{name} {part}") for part in ("block", "rescue") if part in entry}
        result.append({**entry, **(inner or {"name": name})})
    return result


def playbook(entries: list[Task], hosts: str = "localhost") -> str:
    return f"- hosts: {hosts}\n  gather_facts: false\n  tasks: {json.dumps(entries)}"


def run(player: Player, text: str, env: Mapping[str, str], *arguments: str) -> Run:
    _place, done = player.run_unsearched(text, *arguments, env=env, verbosity=0)
    assert done.events, done.output
    assert "Traceback" not in done.output
    return done


def differences_of(predicted: Mapping[str, Any], real: Mapping[str, Any], existed: set[str]) -> list[str]:
    """Return where a prediction differs from the result of a real task, which may be hidden because of its secret."""
    if "censored" in real:
        predicted, real = ({name: bool(each.get(name)) for name in ("failed", "changed")} for each in (predicted, real))
        return differences(predicted, real, existed)
    return differences(facts(predicted), facts(real), existed)


def events(done: Run) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return the ends of tasks and items: the task, the event, the host, and the result."""
    return [
        (event["task"], event["event"], event["host"], event["result"])
        for event in done.events
        if "result" in event and event["event"] != "diff"
    ]


def run_both(emulator: Emulator, player: Player, text: str, env: Mapping[str, str], *arguments: str) -> tuple[Run, Run]:
    """Run a playbook in check mode and for real, from the same state."""
    emulator.control("POST", "reset")
    forget_creations()
    predicted = run(player, text, env, "--check", *arguments)
    assert not [call for call in emulator.journal() if call["write"]]
    return predicted, run(player, text, env, *arguments)


@pytest.mark.parametrize(("env", "most"), RUNTIMES)
def test_a_check_run_predicts_the_real_run_of_a_random_play(
    running_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory, env: Mapping[str, str], most: int
) -> None:
    running_emulator.control("POST", "reset")
    existed = values_in(running_emulator)
    player = Player(running_emulator, tmp_path_factory.mktemp("plays"))

    @plays(1 if env else 2)
    @given(sequences(most).map(named))
    def try_plays(entries: list[Task]) -> None:
        predicted, real = run_both(running_emulator, player, playbook(entries), env)
        expected, happened = events(predicted), events(real)
        for one, other in zip(expected, happened):
            assert one[:3] == other[:3]
            found = differences_of(one[3], other[3], existed)
            assert not found, (one[0], found)
        assert len(expected) == len(happened)
        assert predicted.code == real.code

    try_plays()


# Tasks of many hosts. If one identifies an object that exists, only that host changes it.
SHARED = ("ci", "two", "{{ inventory_hostname }}")
OWN = "{{ inventory_hostname }}"


@st.composite
def tasks_of_hosts(draw: st.DrawFn) -> Task:
    """Return a task whose order among the hosts does not matter: it creates an object, or manages one of its host."""
    user = draw(st.sampled_from(["shared", OWN]))
    kind = draw(st.sampled_from(["user", "key", "key", "delete", "disable", "always"]))
    if kind == "user":
        return {"multicloud.iam.cam_user": {"name": user}, "ignore_errors": True}
    options = {
        "key": {"user_name": user, "description": draw(st.sampled_from(SHARED))},
        "delete": {"user_name": user, "description": OWN, "state": "absent"},
        "disable": {"user_name": user, "description": OWN, "status": "inactive", "create": "never"},
        "always": {"user_name": user, "description": "more", "create": "always"},
    }[kind]
    return {"multicloud.iam.cam_access_key": options, "register": "result", "ignore_errors": True}


def outcomes(done: Run) -> dict[str, Counter[tuple[bool, bool, str | None]]]:
    """Return how each task ends, counted over the hosts."""
    found: dict[str, Counter[tuple[bool, bool, str | None]]] = {}
    for task, event, _host, result in events(done):
        category = facts(result)["category"] if "censored" not in result else None
        ended = (event == "failed", bool(result.get("changed")), category)
        found.setdefault(task, Counter())[ended] += 1
    return found


@pytest.mark.parametrize(
    "env", [pytest.param({}, id="in-process"), pytest.param(AS_MODULE, id="as-module", marks=MATRIX)]
)
def test_a_check_run_predicts_how_many_hosts_change_something(
    running_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory, env: Mapping[str, str]
) -> None:
    player = Player(running_emulator, tmp_path_factory.mktemp("plays"))
    inventory = player.directory / "hosts"
    inventory.write_text("".join(f"{host} ansible_connection=local\n" for host in HOSTS), encoding="utf-8")

    @plays(2)
    @given(st.lists(tasks_of_hosts(), min_size=4, max_size=12 if EVERY_STEP else 6).map(named))
    def try_plays(entries: list[Task]) -> None:
        arguments = ("-i", str(inventory), "--forks", "4")
        predicted, real = run_both(running_emulator, player, playbook(entries, "all"), env, *arguments)
        assert outcomes(predicted) == outcomes(real)

    try_plays()
