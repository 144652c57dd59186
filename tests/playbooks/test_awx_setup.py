# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the playbook awx_setup with modules that accept what those of awx.awx accept, and look at all calls."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION, COLLECTIONS, Player, Run
from ansible_collections.multicloud.iam.tests.support import awx

STUB = Path(__file__).parent / "awx_action.py"
MODULES: dict[str, Any] = yaml.safe_load((Path(awx.__file__).parent / "awx_modules.yml").read_text(encoding="utf-8"))
# What exists in every AWX of the tests.
EXISTING = {"credential / passphrase": {"name": "passphrase"}}
TYPES = awx.credential_types()
GUIDE = (COLLECTION / "docs" / "guide-awx.md").read_text(encoding="utf-8")
EXAMPLE: dict[str, Any] = yaml.safe_load(re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)[0])
QUESTION_TYPES = {"text": str, "textarea": str, "multiplechoice": str, "integer": int}


in_matrix = pytest.mark.skipif(not os.environ.get("TEST_EVERY_STEP"), reason="runs in the matrix only")


def changed(run: Run) -> list[str]:
    """Return the tasks that have changed something, each of them once."""
    return list({event["task"]: None for event in run.events if event.get("result", {}).get("changed")})


class Awx:
    """Run the playbook against an AWX whose objects are in a file."""

    def __init__(self, play: Player, directory: Path) -> None:
        self.play, self.directory = play, directory / "awx"
        actions = directory / "ansible_collections" / "awx" / "awx" / "plugins" / "action"
        actions.mkdir(parents=True)
        for name, rules in MODULES.items():
            text = STUB.read_text(encoding="utf-8")
            for placeholder, value in {'NAME = ""': f"NAME = {name!r}", "Any] = {}": f"Any] = {rules!r}"}.items():
                assert placeholder in text
                text = text.replace(placeholder, value, 1)
            (actions / f"{name}.py").write_text(text, encoding="utf-8")
        self.collections = f"{COLLECTIONS}:{directory}"
        self.directory.mkdir()
        (self.directory / "objects.json").write_text(json.dumps(EXISTING))
        secrets = {"tencent_secret_key": "TheSecretKeyOfTencent", "huawei_secret_key": "TheSecretKeyOfHuawei"}
        self.variables: dict[str, Any] = {**EXAMPLE, **secrets, "awx_setup_more_credentials": ["passphrase"]}
        self.secrets = list(secrets.values())

    def __call__(self, *arguments: str, **variables: Any) -> tuple[Run, list[dict[str, Any]]]:
        """Run the playbook. Return the run and its calls."""
        journal = self.directory / "journal.jsonl"
        journal.write_text("")
        run = self.play(
            "- import_playbook: multicloud.iam.awx_setup",
            *arguments,
            variables={**self.variables, **variables},
            secrets=self.secrets,
            env={
                "ANSIBLE_COLLECTIONS_PATH": self.collections,
                "AWX_STUB": str(self.directory),
            },
        )
        return run, [json.loads(line) for line in journal.read_text().splitlines()]

    def objects(self, module: str) -> dict[str, dict[str, Any]]:
        """Return the objects that a module has created, by the names of their places and their own."""
        every = json.loads((self.directory / "objects.json").read_text())
        return {key.partition(" / ")[2]: value for key, value in every.items() if key.split(" / ")[0] == module}


@pytest.fixture
def controller(play: Player, tmp_path: Path) -> Awx:
    return Awx(play, tmp_path)


def test_the_playbook_sets_up_everything_and_a_second_run_nothing(controller: Awx) -> None:
    run, calls = controller()
    assert run.code == 0, run.failures
    assert {call["module"] for call in calls} == set(MODULES)
    assert not any(call["check_mode"] for call in calls)

    assert {each["name"]: {**each} for each in TYPES.values()} == {
        name: {key: value for key, value in each.items() if key != "state"}
        for name, each in controller.objects("credential_type").items()
    }
    for name, credential in controller.variables["awx_setup_credentials"].items():
        created = controller.objects("credential")[name]
        shown = {
            key: re.sub(r"{{ (.*) }}", lambda found: controller.variables[found[1]], value)
            for key, value in credential["inputs"].items()
        }
        assert created["inputs"] == shown
        assert created["credential_type"] == TYPES[credential["cloud"]]["name"]
    assert {key: each["hosts"] for key, each in controller.objects("group").items()} == {
        "Access keys / reconciled": ["tencent-prod"],
        "Access keys / rotated": [],
    }
    check_templates(controller)
    nodes = {key.rpartition(" / ")[2]: each for key, each in controller.objects("workflow_job_template_node").items()}
    assert nodes["plan"]["success_nodes"] == ["approve"]
    assert nodes["approve"]["success_nodes"] == ["apply"]
    assert nodes["approve"]["approval_node"]["name"]
    assert "success_nodes" not in nodes["apply"]
    for schedule in controller.objects("schedule").values():
        assert re.fullmatch(r"DTSTART:\d{8}T\d{6}Z RRULE:FREQ=DAILY;INTERVAL=1", schedule["rrule"])
        assert schedule["enabled"]

    again, repeated = controller()
    assert again.code == 0, again.failures
    assert changed(again) == []
    assert len(repeated) == len(calls)
    # A secret cannot be compared.
    predicted, repeated = controller("--check", awx_setup_update_secrets=True)
    assert predicted.code == 0, predicted.failures
    assert changed(predicted) == ["awx_setup_credentials | Create the credentials"]
    assert len(repeated) == len(calls)


def test_the_guide_names_every_variable_with_its_default() -> None:
    defaults = yaml.load(
        (COLLECTION / "playbooks" / "vars" / "awx_setup.yml")
        .read_text(encoding="utf-8")
        .partition("\n# Everything below")[0],
        yaml.SafeLoader,
    )
    rows = re.findall(r"^\| `(awx_setup_\w+)` \| (.*?) ?\| ", GUIDE, re.MULTILINE)
    assert sorted(defaults) == sorted(name for name, _default in rows)
    for name, shown in rows:
        if "`" in shown:
            assert yaml.safe_load(shown.strip("`")) == defaults[name], name


@in_matrix
@pytest.mark.any_core
def test_a_check_run_predicts_a_change(controller: Awx) -> None:
    controller.variables["awx_setup_credentials"] = {}
    assert controller()[0].code == 0
    before = controller.objects("project")
    run, _calls = controller("--check", awx_setup_project_branch="1.0.0")
    assert run.code == 0, run.failures
    assert changed(run) == ["awx_setup_project | Create the project"]
    assert controller.objects("project") == before


def check_templates(controller: Awx) -> None:
    """Check what AWX and the playbooks require of job templates."""
    templates = controller.objects("job_template")
    assert len(templates) == 7
    for template in templates.values():
        assert template["project"] == template["inventory"] == template["execution_environment"] == "Access keys"
        assert set(template["credentials"]) == {*controller.variables["awx_setup_credentials"], "passphrase"}
        assert not template["use_fact_cache"]
        playbook = COLLECTION / template["playbook"]
        # AWX takes a file for a playbook if one of its lines begins like this.
        assert re.search(r"^\s*-?\s*(hosts|import_playbook):", playbook.read_text(encoding="utf-8"), re.MULTILINE)
        assert template["survey_enabled"] is ("survey_spec" in template)
        questions = template.get("survey_spec", {"spec": []})["spec"]
        variables = [question["variable"] for question in questions]
        assert set(template["extra_vars"]).isdisjoint(variables)
        assert len(set(variables)) == len(variables)
        for question in questions:
            check_question(question)
        names = {name.partition("_keys_")[0].partition("_key_")[0] for name in (*template["extra_vars"], *variables)}
        assert len(names) == 1, names
    plan, apply = (templates[f"Access keys: {title}"]["extra_vars"] for title in ("plan", "apply"))
    place = "/srv/multicloud_iam/plans/{{ awx_workflow_job_id }}-{{ inventory_hostname }}.json"
    assert plan["reconcile_access_keys_plan_file"] == apply["reconcile_access_keys_apply_plan"] == place
    (workflow,) = controller.objects("workflow_job_template").values()
    assert workflow["survey_spec"] == templates["Access keys: plan"]["survey_spec"]
    assert workflow["survey_spec"] == templates["Access keys: apply"]["survey_spec"]


def check_question(question: Mapping[str, Any]) -> None:
    """Check what AWX requires of a question of a survey."""
    assert {"question_name", "variable", "type", "required"} <= set(question)
    assert isinstance(question["required"], bool)
    assert isinstance(question["default"], QUESTION_TYPES[question["type"]])
    if question["type"] == "multiplechoice":
        assert question["default"] in question["choices"]
        assert all(isinstance(choice, str) for choice in question["choices"])


@in_matrix
@pytest.mark.any_core
@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"awx_setup_credentials": {"odd": {"cloud": "aws", "inputs": {}}}}, "needs a cloud, which is one of alibaba,"),
        (
            {"awx_setup_credentials": {name: {"cloud": "huawei", "inputs": {}} for name in ("a", "b")}},
            "A job template of AWX can have one credential of each type",
        ),
        ({"awx_setup_slices": 0}, "awx_setup_slices must be 1 or more."),
    ],
)
def test_bad_variables_are_refused_before_anything_is_created(
    controller: Awx, variables: Mapping[str, Any], message: str
) -> None:
    run, calls = controller(**variables)
    assert run.code != 0
    assert message in run.failures
    assert calls == []


@pytest.mark.any_core
def test_the_modules_refuse_what_those_of_awx_refuse(controller: Awx) -> None:
    """This is what makes the other tests worth anything."""
    tasks = [
        ("an unknown option", "project", {"name": "x", "url": "y"}, "Unsupported parameters"),
        ("a wrong type", "job_template", {"name": "x", "forks": "many"}, "cannot be converted"),
        ("a wrong choice", "job_template", {"name": "x", "job_type": "scan"}, "must be one of"),
        ("a missing option", "inventory", {"name": "x"}, "missing required arguments"),
        (
            "two owners",
            "credential",
            {"name": "x", "credential_type": "y", "team": "a", "user": "b"},
            "mutually exclusive",
        ),
        ("an object that is not there", "project", {"name": "x", "credential": "y"}, "was not found"),
    ]
    play = [
        {"name": name, f"awx.awx.{module}": options, "ignore_errors": True} for name, module, options, _text in tasks
    ]
    run = controller.play(
        yaml.safe_dump(play),
        env={"ANSIBLE_COLLECTIONS_PATH": controller.collections, "AWX_STUB": str(controller.directory)},
    )
    for name, _module, _options, text in tasks:
        assert text in run.message(name)
