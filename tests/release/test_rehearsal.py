# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build what a release publishes, have it judged as Galaxy and the certification do, and use it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.release import Release
from ansible_collections.multicloud.iam.tests.support.tencent import CLOUD

# The settings of Automation Hub. As in the certification checker, ansible-lint is a job by itself: here it has 180 seconds.
IMPORTER = """\
[galaxy-importer]
CHECK_CHANGELOG = True
CHECK_REQUIRED_TAGS = True
REQUIRE_V1_OR_GREATER = True
RUN_ANSIBLE_DOC = True
RUN_ANSIBLE_LINT = False
"""
TASKS = """
- hosts: localhost
  gather_facts: false
  tasks:
    - multicloud.iam.cam_access_key:
        user_name: carol
        description: release
      register: created
    - ansible.builtin.copy:
        content: "{{ created.access_key.status }}"
        dest: "{{ playbook_dir }}/status"
      check_mode: false
"""


@pytest.fixture(scope="module")
def artefact(release: Release, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("artefact")
    release.run("ansible-galaxy", "collection", "build", "--output-path", place)
    (artefact,) = place.iterdir()
    assert artefact.name == f"multicloud-iam-{release.version}.tar.gz"
    return artefact


@pytest.mark.timeout(600)
def test_the_importer_finds_nothing(release: Release, artefact: Path, tmp_path: Path) -> None:
    config = tmp_path / "importer.cfg"
    config.write_text(IMPORTER, encoding="utf-8")
    command: tuple[str | Path, ...] = ("python", "-m", "galaxy_importer.main", artefact)
    log = release.run(*command, cwd=tmp_path, timeout=540, env={"GALAXY_IMPORTER_CONFIG": str(config)})
    assert "Importer processing completed successfully" in log
    assert not [line for line in log.splitlines() if line.startswith(("ERROR", "WARNING"))], log


@pytest.mark.timeout(900)
def test_ansible_lint_passes_in_a_fresh_clone(release: Release) -> None:
    """The certification runs it like this: with an empty home directory, and the collection in no path of Ansible."""
    clone = release.collections.parent / "a-clone"
    release.run("git", "clone", "--quiet", release.tree, clone)
    release.run("ansible-lint", "--profile=production", "--nocolor", cwd=clone, timeout=840)


def test_the_installed_release_works(release: Release, artefact: Path, emulator: Emulator, tmp_path: Path) -> None:
    place, playbook = tmp_path / "collections", tmp_path / "play.yml"
    playbook.write_text(TASKS, encoding="utf-8")
    release.run("ansible-galaxy", "collection", "install", artefact, "-p", place)
    env = {**CLOUD.environment(), CLOUD.endpoint_variable: emulator.url, "ANSIBLE_COLLECTIONS_PATH": str(place)}
    listed = json.loads(release.run("ansible-galaxy", "collection", "list", "--format=json", cwd=tmp_path, env=env))
    assert listed[str(place / "ansible_collections")] == {"multicloud.iam": {"version": release.version}}

    shown = release.run("ansible-playbook", "--check", "--diff", playbook, cwd=tmp_path, env=env)
    assert '+    "description": "release"' in shown
    assert (tmp_path / "status").read_text(encoding="utf-8") == "active"
    assert "CreateAccessKey" not in [call["action"] for call in emulator.journal()]


def test_the_tests_of_texts_and_versions_pass_after_the_release(release: Release) -> None:
    """The release changes only texts. No other test reads them."""
    env = {"PYTHONPATH": str(release.collections), "PYTHONDONTWRITEBYTECODE": "1"}
    release.run("pytest", "-q", "tests/unit/test_references.py", "tests/unit/test_release.py", env=env)
    release.run("python", "tests/tooling/prose.py")
    release.run("yamllint", "--strict", "-c", ".yamllint", "changelogs")
    for name in ("CHANGELOG.md", "changelogs/changelog.yaml"):
        assert not re.search(r"[ \t]+$", (release.tree / name).read_text(encoding="utf-8"), re.MULTILINE), name
