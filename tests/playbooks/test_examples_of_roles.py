# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in the guides and in the READMEs of the roles work as they are, except for the directory /srv.

Each scenario saves the YAML examples of a page under the names that the page gives them, and runs its commands.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.playbooks.runner import (
    COLLECTION,
    PROGRAMS,
    Player,
    credentials,
    environment,
)
from ansible_collections.multicloud.iam.tests.playbooks.test_examples import SEED, VARIABLES, vault_secrets
from ansible_collections.multicloud.iam.tests.playbooks.test_rotation_guide import OLD
from ansible_collections.multicloud.iam.tests.playbooks.test_rotation_guide import SEED as ROTATED
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.huawei import ROOT as HUAWEI_ADMINISTRATOR
from ansible_collections.multicloud.iam.tests.support.openbao import OpenBao
from ansible_collections.multicloud.iam.tests.support.tencent import ROOT as TENCENT_ADMINISTRATOR
from ansible_collections.multicloud.iam.tests.tooling import canary

in_matrix = pytest.mark.skipif(not os.environ.get("TEST_EVERY_STEP"), reason="runs in the matrix only")
pytestmark = [pytest.mark.any_core, pytest.mark.timeout(900)]

GUIDES = {path.stem: path for path in sorted((COLLECTION / "docs").glob("guide*.md"))}
READMES = {path.parent.name: path for path in sorted((COLLECTION / "roles").glob("*/README.md"))}
PAGES = {
    **GUIDES,
    **READMES,
    "README": COLLECTION / "README.md",
    "rotation-stores": COLLECTION / "docs" / "rotation-stores.md",
}
PROFILE = dict(zip(("secretId", "secretKey"), TENCENT_ADMINISTRATOR))
ALICE, BOB = "AKIDexample0alice0000000000000000001", "HSTEXAMPLEBOB0000001"
BUILD, BACKUP = "0bbbbbbbbbbbbbbbbbbbbbbbbbbbbb02", "ac000000000040008000000000000002"
PASSPHRASE = "Example-Passphrase"
VAULT = "https://vault.example.com:8200"


def blocks(path: Path, language: str) -> list[str]:
    """Return the examples of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


class Desk:
    """Save files and run commands as a reader of a page does, in an own directory that also stands for /srv."""

    def __init__(self, emulator: Emulator, directory: Path) -> None:
        self.emulator, self.directory = emulator, directory
        for name in ("home/.tccli", "reports", "undo", "plans", "soak", "secrets", "host_vars/tencent-prod"):
            (directory / name).mkdir(parents=True)
        self.save("home/.tccli/production.credential", json.dumps(PROFILE))
        self.save("passphrase.txt", PASSPHRASE)
        key, secret = HUAWEI_ADMINISTRATOR[:2]
        self.env = {
            **environment(directory / "home"),
            **credentials(emulator),
            "HUAWEI_PROD_KEY": key,
            "HUAWEI_PROD_SECRET": secret,
        }
        self.env["PATH"] = f"{PROGRAMS}:{self.env['PATH']}"

    def save(self, name: str, text: str) -> Path:
        file = self.directory / name
        file.write_text(self._moved(text), encoding="utf-8")
        return file

    def _moved(self, text: str) -> str:
        return text.replace("/srv/", f"{self.directory}/")

    def run(self, commands: str, code: int = 0, env: Mapping[str, str] | None = None) -> str:
        """Run commands, and return what they print. A secret in it, or in a file, is an error."""
        script = ["bash", "-euxc", self._moved(commands)]
        ran = subprocess.run(
            script,
            cwd=self.directory,
            env={**self.env, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=False,
        )
        assert ran.returncode == code, ran.stdout
        assert "Traceback" not in ran.stdout
        known = {str(number): secret for number, secret in enumerate(self.emulator.secrets())}
        output = self.save("output.txt", ran.stdout)
        files = [file for name in ("reports", "undo", "plans", "soak") for file in (self.directory / name).iterdir()]
        assert not [leak for file in (output, *files) for leak in canary.leaks(file, known)]
        return ran.stdout

    def statuses(self, cloud: str) -> dict[str, str]:
        """Return the status of each key of the users of a cloud."""
        name = {"tencent": "access_key_id", "huawei": "access"}[cloud]
        users = self.emulator.state(cloud)["users"]
        return {key[name]: key["status"].lower() for user in users for key in user["keys"]}


@pytest.fixture(scope="module")
def running_emulator():
    with Emulator(SEED) as emulator:
        yield emulator


@pytest.fixture
def desk(emulator: Emulator, tmp_path: Path) -> Desk:
    return Desk(emulator, tmp_path)


@in_matrix
def test_reports(desk: Desk) -> None:
    readme, guide = READMES["access_key_report"], GUIDES["guide-report"]
    accounts, exceptions = blocks(readme, "yaml")
    (first,) = blocks(readme, "console")
    gate, declared, of_slice, merge = blocks(guide, "yaml")
    (desk.directory / "reports").rmdir()
    desk.save("accounts.yml", accounts)
    desk.run(first)
    page = desk.directory / "reports" / "access_keys.html"
    assert ALICE in page.read_text(encoding="utf-8")

    again = first.splitlines()[-1]
    for name, text, code in (("exceptions", exceptions, 0), ("gate", gate, 2), ("declared", declared, 0)):
        desk.save(f"{name}.yml", text)
        desk.run(f"{again} -e @{name}.yml", code)
    report = json.loads((desk.directory / "reports" / "access_keys.json").read_text(encoding="utf-8"))
    assert report["accounts"]

    desk.save("slice.yml", of_slice)
    for number, account in enumerate(yaml.safe_load(accounts)["all"]["hosts"], 1):
        desk.run(
            "ansible-playbook multicloud.iam.access_key_report -i accounts.yml -e @slice.yml "
            f"-e awx_job_id={number} --limit {account}"
        )
    desk.save("merge.yml", merge)
    desk.run("ansible-playbook merge.yml")
    assert {path.suffix for path in (desk.directory / "reports").glob("access_keys.*")} == {
        ".html",
        ".csv",
        ".json",
        ".sarif",
    }
    merged = json.loads((desk.directory / "reports" / "access_keys.json").read_text(encoding="utf-8"))
    assert len(merged["accounts"]) == len(report["accounts"]) == 2


@in_matrix
def test_incidents(desk: Desk) -> None:
    readme, guide = READMES["disable_access_key"], GUIDES["guide-incident"]
    accounts, leak = blocks(readme, "yaml")
    desk.save("accounts.yml", accounts)
    desk.save("leak.yml", leak)
    check, real = blocks(readme, "console")[0].splitlines()
    before = {cloud: desk.statuses(cloud) for cloud in ("tencent", "huawei")}
    assert before["tencent"][ALICE] == "active"
    desk.run(check)
    assert {cloud: desk.statuses(cloud) for cloud in before} == before
    desk.run(real)
    assert (desk.statuses("tencent")[ALICE], desk.statuses("huawei")[BOB]) == ("inactive", "inactive")

    stop, _rulebook, undo = blocks(guide, "console")
    desk.run(undo)
    assert {cloud: desk.statuses(cloud) for cloud in before} == before
    desk.run(stop)
    assert desk.statuses("tencent")[ALICE] == "inactive"
    desk.run(undo)
    assert {cloud: desk.statuses(cloud) for cloud in before} == before


@in_matrix
def test_declared_keys(desk: Desk) -> None:
    readme, guide = READMES["reconcile_access_keys"], GUIDES["guide-reconcile"]
    (accounts,) = blocks(readme, "yaml")
    (check,) = blocks(readme, "console")
    desk.save("accounts.yml", accounts)
    before = desk.statuses("tencent")
    assert "changed=0" not in desk.run(check).splitlines()[-1]
    assert desk.statuses("tencent") == before

    export, compare, drift, plan, remove = blocks(guide, "console")
    desk.run(export)
    assert ALICE in (desk.directory / "host_vars/tencent-prod/keys.yml").read_text(encoding="utf-8")
    for commands in (compare, drift):
        desk.run(commands)
    # Without this entry, a key is not declared any more.
    exported = yaml.safe_load((desk.directory / "host_vars/tencent-prod/keys.yml").read_text(encoding="utf-8"))
    name = "reconcile_access_keys_declared"
    entries = [entry for entry in exported[name] if entry["access_key_id"] != ALICE]
    desk.save("host_vars/tencent-prod/keys.yml", yaml.safe_dump({name: entries}))
    assert ALICE in desk.run(drift, code=2)
    desk.run(plan)
    assert desk.statuses("tencent") == before
    desk.run(remove)
    assert desk.statuses("tencent") == {**before, ALICE: "inactive"}

    (purge,) = blocks(guide, "yaml")
    desk.save("purge.yml", purge)
    desk.run("ansible-playbook multicloud.iam.reconcile_access_keys -i accounts.yml -e @purge.yml")
    assert desk.statuses("tencent") == {**before, ALICE: "inactive"}


@in_matrix
def test_pipelines(desk: Desk) -> None:
    """The commands of the jobs, except for those that install something."""
    workflow, gitlab = (yaml.safe_load(block) for block in blocks(GUIDES["guide-ci"], "yaml"))
    _install, report, compare = (step["run"] for step in workflow["jobs"]["drift"]["steps"] if "run" in step)
    (desk.directory / "reports").rmdir()
    (accounts,) = blocks(READMES["reconcile_access_keys"], "yaml")
    desk.save("accounts.yml", accounts)
    desk.run(report)
    assert {path.suffix for path in (desk.directory / "reports").iterdir()} == {".html", ".sarif"}
    same = "\n".join(gitlab["drift"]["script"])
    for commands in (compare, same):
        assert "build-server" in desk.run(commands, code=2)
    desk.run(blocks(GUIDES["guide-reconcile"], "console")[0])
    for commands in (compare, same):
        desk.run(commands)


@in_matrix
def test_rotations(tmp_path: Path) -> None:
    """The keys of the guide, with the playbook, and with the file for a project of AWX."""
    with Emulator(ROTATED) as emulator:
        rotate(Desk(emulator, tmp_path))


def rotate(desk: Desk) -> None:
    keys, project, _keeping = blocks(GUIDES["guide-rotation"], "yaml")
    _first, run = blocks(READMES["rotate_access_key"], "console")
    desk.save("keys.yml", keys)
    desk.run(f"{run.strip()} --check")
    assert not list((desk.directory / "secrets").iterdir())
    desk.run(run)
    assert {path.name for path in (desk.directory / "secrets").iterdir()} == {"build-server.yml", "backup.yml"}
    desk.save("project.yml", project)
    assert "phase promoted" in desk.run("ansible-playbook project.yml -e @keys.yml --vault-id prod@passphrase.txt")


STORED = {
    "tencent": {"users": [{"name": "build", "uin": 100000000012, "keys": [{"access_key_id": ALICE, **OLD}]}]},
    "huawei": {"users": [{"name": "build", "id": BUILD, "keys": [{"access": "HSTEXAMPLEBUILD00001", **OLD}]}]},
    "zstack": ROTATED["zstack"],
}


@in_matrix
def test_stores(tmp_path: Path, openbao: OpenBao) -> None:
    """Each example of a store keeps the record of a rotation. The policy is that of the page."""
    page = PAGES["rotation-stores"]
    in_file, in_vault = blocks(page, "yaml")[:2]
    openbao.call("PUT", "sys/policies/acl/rotation", {"policy": blocks(page, "text")[0]})
    openbao.call("POST", "sys/auth/approle", {"type": "approle"})
    openbao.call("POST", "auth/approle/role/rotation", {"token_policies": ["rotation"]})
    role = openbao.call("GET", "auth/approle/role/rotation/role-id")["data"]["role_id"]
    secret = openbao.call("POST", "auth/approle/role/rotation/secret-id")["data"]["secret_id"]
    keys = [
        {"name": "ci", "cloud": "tencent", "owner": "100000000012", "access_key_id": ALICE},
        {"name": "backup", "cloud": "zstack", "owner": BACKUP, "access_key_id": "ExampleBackupKey0001"},
    ]
    stores = [in_file.replace("/var/lib/rotation", "/srv/secrets"), in_vault]
    enrolments = [{**key, **yaml.safe_load(store)} for key, store in zip(keys, stores)]
    (_first, of_readme, _consumer) = blocks(READMES["rotate_access_key"], "yaml")
    with Emulator(STORED) as emulator:
        desk = Desk(emulator, tmp_path)
        variables = {"rotate_access_key_keys": enrolments, "vault_role_id": role, "vault_secret_id": secret}
        desk.save("keys.yml", yaml.safe_dump(variables).replace(VAULT, openbao.url))
        options = "--vault-id rotation@passphrase.txt"
        desk.run(f"ansible-playbook multicloud.iam.rotate_access_keys -e @keys.yml {options}")
        assert (desk.directory / "secrets" / "ci-deploy.yml").exists()
        assert openbao.call("GET", "secret/data/ci/ci-deploy")["data"]["data"]["access_key_id"]
        desk.save("rotate.yml", of_readme.replace(VAULT, openbao.url))
        desk.run("ansible-playbook rotate.yml", env={"VAULT_TOKEN": openbao.root_token})
        assert openbao.call("GET", "secret/data/keys/build-server")["data"]["data"]["access_key_id"]


CALL = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.include_tasks: verb.yml
      vars:
        rotate_access_key_name: build
        rotate_access_key_attempt: first
        rotate_access_key_options: {path: /srv/key}
    - ansible.builtin.assert:
        that:
          - rotate_access_key_answer.name == 'build'
          - rotate_access_key_answer.attempt == 'first'
          - (rotate_access_key_answer.record | default(rotate_access_key_answer)).access_key_id == 'EXAMPLE'
"""


@in_matrix
def test_verbs_of_your_own_stores_and_consumers(desk: Desk) -> None:
    desk.save("key", "EXAMPLE\n")
    desk.save("playbook.yml", CALL)
    program = desk.save(
        "keep", """#!/bin/sh\necho '{"found": true, "version": "7", "record": {"access_key_id": "EXAMPLE"}}'\n"""
    )
    program.chmod(0o755)
    consumer = blocks(READMES["rotate_access_key"], "yaml")[2].replace("app.example.com", "localhost")
    for verb in (blocks(PAGES["rotation-stores"], "yaml")[2], consumer):
        desk.save("verb.yml", verb)
        desk.run("ansible-playbook playbook.yml", env={"PATH": f"{desk.directory}:{desk.env['PATH']}"})


@in_matrix
def test_a_merge_request_is_checked(desk: Desk) -> None:
    *tasks, job = blocks(GUIDES["guide-check-mode"], "yaml")
    head = "- hosts: localhost\n  gather_facts: false\n  tasks:\n"
    desk.save("site.yml", head + textwrap.indent("\n".join(tasks), "    "))
    (script,) = yaml.safe_load(job)["check"]["script"]
    output = desk.run(script, env={"ANSIBLE_VAULT_PASSWORD_FILE": "passphrase.txt"})
    assert '+    "description": "ci"' in output
    assert not [call for call in desk.emulator.journal() if call["committed"]]


@in_matrix
def test_the_accounts_of_awx(desk: Desk) -> None:
    """With the variables that a credential type sets. The inventory in AWX contains them without the tag."""
    project, accounts = blocks(GUIDES["guide-awx"], "yaml")[1:3]
    desk.save("project.yml", project)
    text = accounts.replace("!unsafe ", "").replace("100000000099", "100000000000")
    desk.save("accounts.yml", yaml.safe_dump({"all": {"hosts": yaml.safe_load(text)["awx_setup_accounts"]}}))
    signing = dict(zip(("STAGING_SECRET_ID", "STAGING_SECRET_KEY"), TENCENT_ADMINISTRATOR))
    desk.run("ansible-playbook project.yml -i accounts.yml -e access_key_report_directory=reports", env=signing)
    assert ALICE in (desk.directory / "reports" / "access_keys.html").read_text(encoding="utf-8")


@in_matrix
def test_the_first_example_of_the_emulator_works(play: Player, tmp_path: Path) -> None:
    (example, *_seeds) = blocks(READMES["cloud_emulator"], "yaml")
    arguments = ("-e", f"cloud_emulator_directory={tmp_path / 'emulator'}")
    # The secret of an administrator is in the example itself.
    _place, run = play.run_unsearched(example, *arguments)
    assert run.code == 0, run.failures
    (created,) = run.results("Make sure that carol has a key")
    assert created["changed"] is True


@in_matrix
def test_the_emulator_starts_with_each_seed_of_its_readme() -> None:
    (_example, *seeds) = blocks(READMES["cloud_emulator"], "yaml")
    for seed in seeds:
        content = yaml.safe_load(seed)
        with Emulator(content) as emulator:
            for cloud in content:
                assert emulator.state(cloud)


OF_CLOUDS = [f"guide-{cloud}" for cloud in CLOUDS]
# The examples of each page that are tasks or plays, by their numbers.
TASKS = {
    "README": {3},
    "guide": {0, 1, 2, 3, 5, 6},
    **{name: set(range(2, len(blocks(PAGES[name], "yaml")))) for name in OF_CLOUDS},
    "guide-check-mode": {0, 1},
    "guide-loops": {0, 1, 2},
    "guide-migration": {0, 1},
}
# Other examples, and the file that uses them. None: an example that needs Galaxy, or files that the page only describes.
ELSEWHERE: dict[str, dict[int, str | None]] = {
    "README": {0: None, 1: "test_readme.py", 2: "test_readme.py"},
    "guide": {4: "test_examples.py"},
    **{name: {0: "test_awx.py", 1: "test_awx.py"} for name in OF_CLOUDS},
    "guide-awx": {0: "test_awx_setup.py", 3: "test_awx_jobs.py"},
    "guide-rotation": {2: "test_rotation_guide.py"},
    "guide-testing": dict.fromkeys(range(9), "test_testing_guide.py"),
    "rotate_access_key": {0: "test_rotation.py"},
    "rotation-stores": {3: None},
}
# The pages whose other examples are used by a scenario above.
SCENARIOS = {
    "access_key_report",
    "cloud_emulator",
    "disable_access_key",
    "guide-awx",
    "guide-check-mode",
    "guide-ci",
    "guide-incident",
    "guide-reconcile",
    "guide-report",
    "guide-rotation",
    "reconcile_access_keys",
    "rotate_access_key",
    "rotation-stores",
}
NEW_KEY = {"access_key": {"id": "AKIAEXAMPLEROTATED01"}, "secret": "Example-Rotated-Secret-1/%"}


def test_every_example_of_a_page_is_used() -> None:
    for name, path in PAGES.items():
        known = TASKS.get(name, set()) | set(ELSEWHERE.get(name, {}))
        every = set(range(len(blocks(path, "yaml"))))
        assert known <= every if name in SCENARIOS else known == every, name
    files = {file for uses in ELSEWHERE.values() for file in uses.values() if file}
    assert files <= {path.name for path in (COLLECTION / "tests").rglob("test_*.py")}


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=() if page == "README" else in_matrix) for page, numbers in TASKS.items() if numbers],
)
def test_the_tasks_of_a_page_work(emulator: Emulator, play: Player, tmp_path: Path, page: str) -> None:
    """Whole plays run before the other tasks."""
    (tmp_path / "production.credential").write_text(json.dumps(PROFILE), encoding="utf-8")
    env = {**vault_secrets(play, page), "TENCENTCLOUD_SHARED_CREDENTIALS_DIR": str(tmp_path)}
    emulator.seed({"zstack": {"accounts": [{"name": "backup"}]}})
    examples = [text for number, text in enumerate(blocks(PAGES[page], "yaml")) if number in TASKS[page]]
    plays = [text for text in examples if re.search(r"^  hosts:", text, re.MULTILINE)]
    tasks = "\n".join(text for text in examples if text not in plays)
    variables: dict[str, Any] = {**VARIABLES, "new_key": NEW_KEY}
    for text in (*plays, tasks):
        run = play(text, variables=variables, env=env)
        assert run.code == 0, run.failures
        assert not [event["task"] for event in run.events if event["event"] == "skipped"]
