# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the tasks of the role rotate_access_key for mistakes that its runs would not always show."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_facts import odd_members
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_run import views_of

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "rotate_access_key"
FILES = {
    str(path.relative_to(ROLE / "tasks")): yaml.safe_load(path.read_text()) for path in ROLE.rglob("tasks/**/*.yml")
}
VARS = yaml.safe_load((ROLE / "vars" / "main.yml").read_text())
CLOUDS = VARS["rotate_access_key_clouds"]
SITES = [(cloud, site) for cloud, facts in CLOUDS.items() for site in ("main", *facts.get("sites", {}))]
INCLUDE = "ansible.builtin.include_tasks"
VERBS = ("identify", "list", "create", "set_status", "delete", "verify")


def tasks_in(node: Any) -> Iterator[dict[str, Any]]:
    """Yield all tasks and blocks."""
    for task in node or ():
        yield task
        for part in ("block", "rescue", "always"):
            yield from tasks_in(task.get(part))


TASKS = [(file, task) for file, tasks in FILES.items() for task in tasks_in(tasks)]


def test_no_name_is_a_fact_and_a_variable() -> None:
    """A fact would take precedence over a variable of a task, and last until the end of the play."""
    facts = {name for _file, task in TASKS for name in task.get("ansible.builtin.set_fact", ())}
    facts |= {task["register"] for _file, task in TASKS if "register" in task}
    variables = {name for _file, task in TASKS for name in task.get("vars", ())}
    variables |= {task["loop_control"]["loop_var"] for _file, task in TASKS if "loop_control" in task}
    variables |= {*VARS, *yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())}
    assert facts & variables == set()


def test_what_holds_a_secret_is_hidden_and_emptied() -> None:
    always = {name for task in FILES["step.yml"][0]["always"] for name in task["ansible.builtin.set_fact"]}
    holding = [task for file, task in TASKS if "ansible.builtin.debug" in task and file != "main.yml"]
    assert holding
    for task in holding:
        assert task["no_log"] is True, task["name"]
        assert task["register"] in always, task["name"]
    assert {"rotate_access_key_answer", "rotate_access_key_created", "ansible_failed_result"} <= always


def test_a_loop_has_names_as_its_items() -> None:
    loops = [(file, task["loop"]) for file, task in TASKS if "loop" in task]
    assert len(loops) == 4
    # The names of accounts, owners, enrolments and consumers.
    assert sorted(file for file, _loop in loops) == ["list.yml", "main.yml", "round.yml", "steps/check.yml"]


def test_what_counts_for_one_step_begins_anew_with_each() -> None:
    """Otherwise, the attempts to verify a key would be missing when its record is written."""
    counted = {"rotate_access_key_tries": 0, "rotate_access_key_write_problem": ""}
    for file, place in (("main.yml", 0), ("follow.yml", 0), ("step.yml", -1)):
        facts = [task for task in tasks_in(FILES[file]) if "ansible.builtin.set_fact" in task][place]
        assert counted.items() <= facts["ansible.builtin.set_fact"].items(), file


def test_no_import_has_a_condition() -> None:
    """Everything that an imported file includes would have it as well, when other values hold."""
    imports = [task for _file, task in TASKS if "ansible.builtin.import_tasks" in task]
    assert imports
    assert [task["name"] for task in imports if "when" in task] == []


def test_an_import_is_relative_to_its_file() -> None:
    """Otherwise, ansible-core 2.18 searches in the parents of the file, and ends at an include_role or import_role."""
    imports = [
        (file, task["ansible.builtin.import_tasks"]["file"])
        for file, task in TASKS
        if "ansible.builtin.import_tasks" in task
    ]
    found = [(file, name) for file, name in imports if os.path.normpath(Path(file).parent / name) in FILES]
    assert found == imports


def test_no_file_of_a_step_hides_another_one() -> None:
    """An import in such a file would find itself instead."""
    names = {Path(name).name for name in FILES if name.startswith("steps/")}
    assert names & {name for name in FILES if "/" not in name} == set()


def test_a_verb_is_only_called_with_an_empty_answer_which_is_then_checked() -> None:
    calling = [file for file, task in TASKS if "rotate_access_key_directory" in str(task.get(INCLUDE))]
    assert calling == ["verb.yml"]
    empty, _call, check = FILES["verb.yml"]
    assert empty["ansible.builtin.set_fact"] == {"rotate_access_key_answer": {}}
    assert check["ansible.builtin.assert"]["that"] == "rotate_access_key_is_answered"


def test_the_verbs_of_users_are_hidden() -> None:
    (call,) = [task for task in FILES["verb.yml"] if "ansible.builtin.include_tasks" in task]
    assert call["ansible.builtin.include_tasks"]["apply"] == {"no_log": True, "ignore_unreachable": True}


def test_every_file_that_is_included_exists() -> None:
    named = {
        (file, task[action]["file"])
        for file, task in TASKS
        for action in (INCLUDE, "ansible.builtin.import_tasks")
        if action in task
    }
    fixed = [(file, name) for file, name in named if "{{" not in name]
    # ansible-core looks beside the file first.
    assert [name for file, name in fixed if not {name, os.path.normpath(Path(file).parent / name)} & set(FILES)] == []
    steps = {*VARS["rotate_access_key_tasks_of_steps"].values(), "record", "none"}
    assert {name for name in FILES if name.startswith("steps/")} == {f"steps/{step}.yml" for step in steps}
    for cloud in CLOUDS:
        assert {name for name in FILES if name.startswith(f"{cloud}/")} == {f"{cloud}/{verb}.yml" for verb in VERBS}


def test_the_steps_of_the_planner_are_known() -> None:
    text = (ROOT / "docs" / "dev" / "rotation.md").read_text(encoding="utf-8").split("## Steps")[1]
    steps = set(re.findall(r"^\| `(\w+)` \|", text.partition("### Which records")[0], re.MULTILINE))
    assert set(VARS["rotate_access_key_tasks_of_steps"]) < steps
    recorded = steps - set(VARS["rotate_access_key_tasks_of_steps"])
    assert recorded == {
        "enrol", "mark", "intend", "escrow", "promote", "adopt", "confirm", "reopen", "release", "abandon", "retire", "close"
    }  # fmt: skip


@pytest.mark.parametrize(("cloud", "site"), SITES)
def test_a_view_of_each_cloud_is_complete(cloud: str, site: str) -> None:
    key = {"id": "AK1", "access_key_id": "AK1", "owner": "1", "status": "active", "description": None}
    key.update(create_time="2026-01-01T00:00:00Z", last_used=None, last_used_state="unknown")
    listing = {
        "name": "ci",
        "names": ["ci"],
        "caller": {"account": "1", "owner": "1", "access_key_id": None, "kind": None},
        "keys": [key],
        "problems": {},
        "service_time": "2026-01-02T00:00:00Z",
        "controller_time": "2026-01-02T00:00:00Z",
    }
    enrolment = {"name": "ci", "cloud": cloud, "site": site, "store": {"type": "x"}}
    (view,) = views_of([enrolment], {"listings": [listing], "events": ""}, CLOUDS, {}, "2026-01-02T00:00:00Z")
    assert odd_members(view) == []


def test_the_capabilities_are_those_of_the_documentation() -> None:
    text = (ROOT / "docs" / "dev" / "rotation.md").read_text(encoding="utf-8").split("## Capabilities")[1]
    rows = re.findall(
        r"^\| `(\w+)` \| .* \| (\S+) \| (\S+) \| (\S+) \| (\S+) \|$", text.partition("## The record")[0], re.MULTILINE
    )
    documented = {
        (cloud, site): {name: yaml.safe_load(cells[number].strip("`")) for name, *cells in rows}
        for number, (cloud, site) in enumerate(SITES)
    }
    used = {
        (cloud, site): {**CLOUDS[cloud]["capabilities"], **CLOUDS[cloud].get("sites", {}).get(site, {})}
        for cloud, site in SITES
    }
    assert used == documented
