# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with secrets in real runs: the vault secrets of the play, hidden content, and a run that is killed.

Every run has -vvvv and --diff, and everything that it leaves behind is searched for the secrets. See runner.py.
"""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__

from ansible_collections.multicloud.iam.tests.playbooks.runner import Player, Run, ansible_vault
from ansible_collections.multicloud.iam.tests.support.cases import EVERY_STEP
from ansible_collections.multicloud.iam.tests.tooling import canary

OLDEST = __version__.startswith("2.18.")
SECRETS = {
    "secret": "Example-File-Secret-1/%",
    "other_secret": "Example+File\"Secret'2 \\ü",
    "template": "{{ Example-File-Secret-3 }}",
}
CONTENT = "{id: ExampleId, secret: '{{ secret }}'}"


class Files:
    """Run tasks with vault secrets, and search the files that they write as well."""

    def __init__(self, play: Player, directory: Path) -> None:
        self.play = play
        self.directory = directory
        directory.mkdir()
        self.ids: list[str] = []

    def add_vault_id(self, name: str) -> Path:
        key = self.directory.parent / f"{name}.passphrase"
        key.write_text(f"Example-Passphrase-Of-{name}\n")
        self.ids.append(f"{name}@{key}")
        return key

    def run(self, tasks: str, *arguments: str, ids: list[str] | None = None, **more: Any) -> Run:
        vault = [part for each in (self.ids if ids is None else ids) for part in ("--vault-id", each)]
        variables = {**SECRETS, "directory": str(self.directory)}
        run = self.play(tasks, *vault, *arguments, variables=variables, secrets=SECRETS.values(), **more)
        assert not self.leaks()
        return run

    def leaks(self) -> list[str]:
        secrets = {str(number): secret for number, secret in enumerate(SECRETS.values())}
        return list(canary.leaks_below(self.directory, secrets))

    def view(self, name: str) -> str:
        """Return the content of a file, as ansible-vault shows it."""
        ids = [part for each in self.ids for part in ("--vault-id", each)]
        return ansible_vault(self.play, "view", *ids, self.directory / name)


@pytest.fixture
def files(play: Player, tmp_path: Path) -> Files:
    found = Files(play, tmp_path / "files")
    found.add_vault_id("dev")
    return found


def test_a_secret_is_kept_found_used_and_never_shown(files: Files) -> None:
    run = files.run("""
    - hosts: far
      gather_facts: false
      become: true
      tasks:
        - name: Write
          multicloud.iam.secret_file:
            path: "{{ directory }}/ci.yml"
            content: {id: ExampleId, secret: "{{ secret }}", deep: [{other: "{{ other_secret }}"}], template: "{{ raw }}"}
            expected_version: ""
          register: written
        - name: Write again until it is so
          multicloud.iam.secret_file:
            path: "{{ directory }}/ci.yml"
            content: {id: ExampleId, secret: "{{ secret }}", deep: [{other: "{{ other_secret }}"}], template: "{{ raw }}"}
          register: again
          until: again.attempts == 2
          retries: 2
          delay: 0
        - name: Write stale
          multicloud.iam.secret_file:
            path: "{{ directory }}/ci.yml"
            content: {secret: "{{ other_secret }}"}
            expected_version: stale
          register: stale
          failed_when: stale is not failed
        - name: Read
          multicloud.iam.secret_file_info: {paths: ["{{ directory }}/ci.yml", "{{ directory }}/no/such.yml"]}
          register: found
        - name: Read in a loop
          multicloud.iam.secret_file_info: {paths: ["{{ item }}"]}
          loop: ["{{ directory }}/ci.yml"]
          register: looped
        - name: Use
          multicloud.iam.secret_file:
            path: "{{ directory }}/copy.yml"
            content: "{{ found.files[0].content }}"
          register: used
        - name: Write in a loop over secrets
          multicloud.iam.secret_file:
            path: "{{ directory }}/{{ item.name }}.yml"
            content: {secret: "{{ item.value }}"}
          loop: [{name: one, value: "{{ secret }}"}, {name: two, value: "{{ other_secret }}"}]
        - name: Fail in a loop over secrets
          multicloud.iam.secret_file:
            path: "{{ directory }}/missing/ci.yml"
            content: {secret: "{{ item }}"}
          loop: ["{{ secret }}"]
          ignore_errors: true
        - name: Write in a loop over names
          multicloud.iam.secret_file:
            path: "{{ directory }}/{{ item }}.yml"
            content: {secret: "{{ secret }}"}
          loop: [three, four]
        - name: Judge
          ansible.builtin.assert:
            that:
              - written is changed
              - again is not changed
              - written.version == again.version
              - written.version == found.files[0].version
              - found.files[0].content.secret == secret
              - found.files[0].content.deep[0].other == other_secret
              - found.files[0].content.template == raw
              - found.files[0].content.template is search('Example')
              - not found.files[1].found
              - looped.results[0].files[0].content.secret == secret
              - used is changed
              - stale.msg is search('another version')
            quiet: true
      vars:
        raw: "{{ '{' ~ '{ Example-File-Secret-3 }' ~ '}' }}"
    """, "-i", "far,", "-e", "ansible_host=192.0.2.1")  # fmt: skip
    assert run.code == 0, run.failures
    assert run.statuses("Write") == ["ok"]
    assert "no such file or directory" in words(run)
    assert "(item=three)" in run.output
    (written,) = run.results("Write")
    assert json.loads(written["diff"]["after"])["content"]["secret"] == "(new value, not shown)"
    assert '"previous"' not in files.view("ci.yml")


def words(run: Run) -> str:
    """Return the output without line breaks. ansible-core 2.18 shows the message of a hidden result as a warning, in lines."""
    return " ".join(run.output.split())


def write(name: str = "ci.yml", content: str = CONTENT, more: str = "") -> str:
    return textwrap.dedent(f"""
    - name: Write
      multicloud.iam.secret_file:
        path: "{{{{ directory }}}}/{name}"
        content: {content}
        {more}
    """)


@pytest.mark.parametrize("arguments", [("--check",), ()], ids=["check mode", "for real"])
def test_vault_secrets_are_needed_and_one_is_chosen(files: Files, arguments: tuple[str, ...]) -> None:
    none = files.run(write(), *arguments, ids=[])
    assert "there are no vault secrets to encrypt the file with" in none.message("Write")
    assert "encrypt to false" in none.message("Write")
    files.add_vault_id("prod")
    several = files.run(write(), *arguments)
    assert "several vault secrets, with the IDs dev, prod" in several.message("Write")
    unknown = files.run(write(more="vault_id: test"), *arguments)
    assert "no vault secret with the ID test. Use one of the known IDs: dev, prod." in unknown.message("Write")
    assert list(files.directory.iterdir()) == []
    configured = files.run(write(), *arguments, env={"ANSIBLE_VAULT_ENCRYPT_IDENTITY": "prod"})
    assert [result["vault_id"] for result in configured.results("Write")] == ["prod"]


def test_a_file_is_encrypted_again_with_another_vault_id_and_its_failure_names_the_ids(files: Files) -> None:
    files.add_vault_id("prod")
    assert files.run(write(more="vault_id: dev")).code == 0
    assert files.run(write()).results("Write")[0]["vault_id"] == "dev"
    again = files.run(write(more="vault_id: prod"))
    assert again.results("Write")[0]["changed"] is True
    assert (files.directory / "ci.yml").read_text().startswith("$ANSIBLE_VAULT;1.2;AES256;prod\n")
    read = """
    - name: Read
      multicloud.iam.secret_file_info: {paths: ["{{ directory }}/ci.yml"]}
    """
    wrong = files.run(read, ids=files.ids[:1])
    assert wrong.code != 0
    assert "marked with the vault ID prod. The vault IDs dev were tried" in words(wrong)
    assert "there are no vault secrets" in words(files.run(read, ids=[]))


def test_a_file_of_ansible_vault_is_taken_over(files: Files, tmp_path: Path) -> None:
    plain = tmp_path / "plain.yml"
    # With a comment, a date, and a value that is vaulted by itself.
    plain.write_text(f"---\n# by hand\nid: ExampleId\nsecret: {SECRETS['secret']}\nsince: 2026-01-02\n")
    ansible_vault(files.play, "encrypt", "--vault-id", files.ids[0], "--output", files.directory / "ci.yml", plain)
    unchanged = files.run(write(content="{id: ExampleId, secret: '{{ secret }}', since: '2026-01-02'}"))
    assert unchanged.results("Write")[0]["changed"] is False
    changed = files.run(write(content="{id: ExampleId, secret: '{{ other_secret }}', since: '2026-01-02'}"))
    assert changed.results("Write")[0]["members"] == {"added": [], "changed": ["secret"], "removed": []}
    assert SECRETS["secret"] in files.view("ci.yml").partition('"previous"')[2]


@pytest.mark.skipif(OLDEST, reason="ansible-core 2.18 templates arguments before it calls a plugin")
def test_the_message_of_a_template_that_fails_is_not_shown(files: Files) -> None:
    run = files.run(write(content="\"{{ {'a': secret | ansible.builtin.from_json} }}\""))
    assert "could not be templated" in run.message("Write")
    undefined = files.run(write(content='{secret: "{{ missing }}"}'))
    assert "'missing' is undefined" in undefined.message("Write")


@pytest.mark.parametrize("content", ["'{{ secret }}'", "['{{ secret }}']", "{previous: '{{ secret }}'}"])
def test_refused_content_is_not_shown(files: Files, content: str) -> None:
    run = files.run(write(content=content))
    assert run.statuses("Write") == ["failed"]
    assert "content" in run.message("Write")


@pytest.mark.any_core
@pytest.mark.parametrize("path", ["['{{ directory }}/ci.yml']", "{a: b}", "null", "''", "true"])
def test_a_path_that_is_no_text_is_refused(files: Files, path: str) -> None:
    run = files.run(f"""
    - name: Write
      multicloud.iam.secret_file: {{path: {path}, content: {{secret: "{{{{ secret }}}}"}}}}
      ignore_errors: true
    - name: Read
      multicloud.iam.secret_file_info: {{paths: [{path}]}}
    """)
    assert "path is" in run.message("Write")
    assert run.statuses("Read") == ["failed"]


# Kills the worker of ansible-core before or after one step of a write. Nothing in the product knows of it.
KILLER = """
import os, signal, sys
step, side = os.environ.get("KILL_AT", ":").split(":")
original = getattr(os, step) if step else None
def killing(*arguments, **named):
    if not sys._getframe(1).f_globals["__name__"].endswith("_secret_path"):
        return original(*arguments, **named)
    if side == "after":
        original(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)
if step:
    setattr(os, step, killing)
"""


@pytest.mark.any_core
@pytest.mark.parametrize(
    ("step", "side"),
    [
        (step, side)
        for step in ("write", "fsync", "rename")
        for side in ("before", "after")
        if EVERY_STEP or (step, side) in {("write", "after"), ("rename", "before")}
    ],
)
def test_a_killed_run_leaves_the_old_or_the_new_content(files: Files, tmp_path: Path, step: str, side: str) -> None:
    """The steps of a write are killed one by one in tests/unit/plugins/module_utils/test_secret_file.py."""
    assert files.run(write(content="{secret: '{{ other_secret }}'}")).code == 0
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(KILLER)
    killed = files.run(write(), env={"KILL_AT": f"{step}:{side}", "PYTHONPATH": str(site)})
    assert killed.code != 0
    is_new = (step, side) == ("rename", "after")
    again = files.run(write())
    assert again.results("Write")[0]["changed"] is not is_new
    assert '"id": "ExampleId"' in files.view("ci.yml")
    assert files.run(write(content="{}")).code == 0
    assert [file.name for file in files.directory.iterdir()] == ["ci.yml"]
