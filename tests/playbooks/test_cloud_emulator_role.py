# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator role writes secrets only to a directory of the user, and refuses an emulator with another seed or address.

Other processes find its URL and environment in this directory.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.runner import Player
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS
from ansible_collections.multicloud.iam.tests.support.emulator import PROGRAM

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
def test_a_scenario_of_molecule_has_its_own_emulator_which_later_processes_find(play: Player, tmp_path: Path) -> None:
    variables = {"MOLECULE_EPHEMERAL_DIRECTORY": str(tmp_path)}
    place = tmp_path / "cloud_emulator"

    def answers(*attempts: str) -> dict[str, str]:
        tasks = [*attempts, "    - {name: Answers, ansible.builtin.debug: {var: answers}}\n"]
        _left, run = play.run_unsearched("".join(tasks), env=variables, verbosity=0)
        (result,) = run.results("Answers")
        return dict(result["answers"])

    try:
        seed = "{tencent: {users: [{name: zoe}]}}"
        found = answers(
            attempt("start", seed=seed),
            attempt("again", seed=seed),
            attempt("port", seed=seed, port=1),
            attempt("host", seed=seed, host="127.0.0.2"),
        )
        url = (place / "url").read_text().strip()
        assert (found["start"], found["again"]) == ("done", "done")
        for name, address in (("port", "127.0.0.1 on port 1"), ("host", "127.0.0.2 on port 0")):
            assert (
                found[name] == f"The emulator in {place} is already running at {url}, not at {address}. Stop it first."
            )
        lines = (place / "environment").read_text().splitlines()
        readers = "".join(f"- multicloud.iam.{cloud.reader}:\n" for cloud in CLOUDS.values())
        _left, later = play.run_unsearched(readers, env=dict(line.split("=") for line in lines), verbosity=0)
        assert later.code == 0, later.output
    finally:
        stopped = answers(attempt("stop", state="stopped"))
    assert stopped == {"stop": "done"}
    calls = (place / "journal.jsonl").read_text().splitlines()
    assert {json.loads(call)["cloud"] for call in calls} == set(CLOUDS)
    assert not (place / "environment").exists()


@pytest.mark.any_core
def test_a_python_without_the_packages_is_named_with_the_command_that_installs_them(
    play: Player, tmp_path: Path
) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    bare.chmod(0o755)
    tasks = [attempt("bare", python=bare), "    - {name: Answers, ansible.builtin.debug: {var: answers}}\n"]
    _left, run = play.run_unsearched("".join(tasks), env={"TMPDIR": str(tmp_path)}, verbosity=0)
    (result,) = run.results("Answers")
    requirements = PROGRAM.parents[1] / "requirements.txt"
    assert f" -m pip install -r {requirements}" in result["answers"]["bare"]
