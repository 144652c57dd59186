# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interrupt real runs of ansible-playbook during a creation, to check that the matrix imitates the worker correctly."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.faults.cells import wait_until
from ansible_collections.multicloud.iam.tests.faults.objects import CREATE, Object
from ansible_collections.multicloud.iam.tests.faults.table import OBJECTS
from ansible_collections.multicloud.iam.tests.playbooks.runner import (
    ANSIBLE_PLAYBOOK,
    AS_MODULE,
    Player,
    credentials,
    environment,
)
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

ZSTACK_KEY = OBJECTS["zstack_key"]
IN_TIME = 10  # maximum seconds for the tasks


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


def hold(emulator: Emulator, thing: Object) -> None:
    """Process the creation, and hold its reply."""
    emulator.fault("hold", thing.create_action, thing.cloud, seconds=60, commit=True, times=1)


def made(emulator: Emulator, thing: Object) -> list[str]:
    return thing.marked(thing.view(emulator.state(thing.cloud)))


def secrets(thing: Object) -> dict[str, Any]:
    """Return the options as variables, because output that shows the task would show its options."""
    return {name: value for name, value in thing.steps[CREATE].options.items() if value in thing.secrets}


def task(thing: Object, **keywords: Any) -> dict[str, Any]:
    options = {**thing.steps[CREATE].options, **{name: f"{{{{ {name} }}}}" for name in secrets(thing)}}
    return {"name": thing.name, f"multicloud.iam.{thing.module}": options, "register": "made", **keywords}


def test_the_timeout_of_a_task_names_what_it_has_created(emulator: Emulator, tmp_path: Path) -> None:
    """Test a timeout in process: ansible-core reports the timeout, and a warning names the new object."""
    things = {name: thing for name, thing in OBJECTS.items() if not thing.like}
    for thing in things.values():
        hold(emulator, thing)
    tasks = [task(thing, timeout=IN_TIME, when=f"inventory_hostname == '{name}'") for name, thing in things.items()]
    # All of them wait in parallel.
    play = {"hosts": "all", "gather_facts": False, "connection": "local", "strategy": "free", "tasks": tasks}
    run = Player(emulator, tmp_path)(
        yaml.safe_dump([play], sort_keys=False),
        "--inventory",
        ",".join([*things, ""]),
        variables={name: value for thing in things.values() for name, value in secrets(thing).items()},
    )
    text = " ".join(run.stderr.split())
    for name, thing in things.items():
        (result,) = [result for result in run.results(name) if result["status"] == "failed"]
        assert "timedout" in result
        names = made(emulator, thing)
        assert len(names) == (0 if thing is ZSTACK_KEY else 1)
        (warning,) = re.findall(
            rf"multicloud\.iam\.{thing.module}: (?:Timed out [^.]*\. )?Could not create [^\[]*", text
        )
        assert (f"{names[0]} appeared" if names else "and deleted it.") in warning


def test_the_timeout_of_a_task_does_not_end_a_module_process(emulator: Emulator, tmp_path: Path) -> None:
    """Test the gap in docs/fault-matrix.md: the key exists, is found by its description, and its secret is lost."""
    emulator.fault("delay_after", "CreateAccessKey", seconds=IN_TIME + 2, times=1)
    thing = OBJECTS["cam_key"]
    play = Player(emulator, tmp_path)
    tasks = [task(thing, timeout=IN_TIME, ignore_errors=True), {**task(thing), "name": "again"}]
    run = play("\n".join(f"- {json.dumps(each)}" for each in tasks), env=AS_MODULE)
    assert "timedout" in run.results(thing.name)[0]
    (again,) = run.results("again")
    assert (again["status"], again["changed"]) == ("ok", False)
    assert made(emulator, thing) == [again["access_key"]["id"]]


@pytest.mark.parametrize("env", [{}, AS_MODULE], ids=["in_process", "as_module"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cleans_up_what_was_created(
    emulator: Emulator, tmp_path: Path, number: signal.Signals, env: dict[str, str]
) -> None:
    """Test that a key with a chosen uuid is deleted, because its secret is lost."""
    hold(emulator, ZSTACK_KEY)
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "playbook.yml").write_text(
        json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task(ZSTACK_KEY)]}]), encoding="utf-8"
    )
    with (tmp_path / "output").open("wb") as output:
        process = subprocess.Popen(
            [*ANSIBLE_PLAYBOOK, "-vvvv", "playbook.yml"],
            cwd=tmp_path,
            env={**environment(home), **credentials(emulator), **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # like a terminal, and so that the signal does not reach this process
        )
        try:
            wait_until(lambda: made(emulator, ZSTACK_KEY), "the creation")
            os.killpg(process.pid, number)
            assert process.wait(timeout=60) != 0
            wait_until(lambda: not made(emulator, ZSTACK_KEY), "the deletion")
        finally:
            emulator.clear_faults()
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    time.sleep(0.5)  # a held call could be processed now
    assert not made(emulator, ZSTACK_KEY)
    leaks = Player(emulator, tmp_path / "home").leaks(tmp_path)
    assert not leaks
