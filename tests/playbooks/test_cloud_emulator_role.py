# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator role writes secrets only to a directory of the user, and refuses an emulator with another seed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.runner import Player

_ATTEMPT = """
    - name: {name}
      block:
        - ansible.builtin.include_role:
            name: multicloud.iam.cloud_emulator
          vars: {{{variables}}}
        - ansible.builtin.set_fact:
            answers: "{{{{ answers | default({{}}) | combine({{'{name}': 'done'}}) }}}}"
      rescue:
        - ansible.builtin.set_fact:
            answers: "{{{{ answers | default({{}}) | combine({{'{name}': ansible_failed_result.msg}}) }}}}"
"""


def attempt(name: str, **variables: object) -> str:
    return _ATTEMPT.format(
        name=name, variables=", ".join(f"cloud_emulator_{key}: {value}" for key, value in variables.items())
    )


@pytest.mark.any_core
def test_only_a_directory_of_the_user_is_accepted(play: Player, tmp_path: Path) -> None:
    """Without USER in the environment, and with a temporary directory that everyone can write to."""
    temporary, victim = tmp_path / "shared", tmp_path / "victim"
    temporary.mkdir()
    temporary.chmod(0o1777)
    victim.mkdir()
    link, open_to_all = temporary / "link", temporary / "open"
    link.symlink_to(victim)
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    refused = {"link": link, "open": open_to_all}
    if os.geteuid() == 0:
        refused["foreign"] = temporary / "foreign"
        refused["foreign"].mkdir(mode=0o755)
        os.chown(refused["foreign"], 12345, 12345)
    tasks = [
        *(attempt(name, directory=path) for name, path in refused.items()),
        attempt("link with a slash", directory=f"{link}/./"),
        attempt("stop of another", directory=link, state="stopped"),
        attempt("first", seed="{tencent: {users: [{name: zoe}]}}"),
        attempt("another seed", seed="{tencent: {users: [{name: max}]}}"),
        attempt("stop", state="stopped"),
        "    - {name: Answers, ansible.builtin.debug: {var: answers}}\n",
    ]
    _left, run = play.run_unsearched("".join(tasks), env={"TMPDIR": str(temporary)}, verbosity=0)
    (result,) = run.results("Answers")
    answers = result["answers"]
    done = [name for name, text in answers.items() if text == "done"]
    assert done == ["first", "stop"], answers
    for name, path in refused.items():
        assert f"{path} is a symbolic link, is not a directory, belongs to another user" in answers[name]
        assert not list(path.iterdir())
    assert f"{link}/./ is a symbolic link" in answers["link with a slash"]
    assert f"{link} is a symbolic link" in answers["stop of another"]
    assert "already running with another seed" in answers["another seed"]
    own = temporary / f"cloud_emulator-{os.geteuid()}"
    assert own.stat().st_mode & 0o777 == 0o700


@pytest.mark.any_core
def test_a_scenario_of_molecule_has_its_own_emulator(play: Player, tmp_path: Path) -> None:
    tasks = [
        attempt("start", seed="{tencent: {users: [{name: zoe}]}}"),
        attempt("stop", state="stopped"),
        "    - {name: Answers, ansible.builtin.debug: {var: answers}}\n",
    ]
    scenario = tmp_path / "scenario"
    scenario.mkdir()
    _left, run = play.run_unsearched("".join(tasks), env={"MOLECULE_EPHEMERAL_DIRECTORY": str(scenario)}, verbosity=0)
    (result,) = run.results("Answers")
    assert result["answers"] == {"start": "done", "stop": "done"}
    assert (scenario / "cloud_emulator" / "journal.jsonl").exists()
