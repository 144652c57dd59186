# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-builder takes the example of an execution environment, and finds every Python package that the jobs need."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from ansible_collections.multicloud.iam.tests.examples.steps import Steps
from ansible_collections.multicloud.iam.tests.support.cloud import ROOT

EXAMPLE = ROOT / "playbooks" / "files" / "awx" / "execution-environment.yml"


def requirements(text: str) -> set[str]:
    """Return the requirements in a text, without comments. ansible-builder adds a comment with the source of each."""
    lines = (re.sub(r"#.*", "", line).replace(" ", "").lower() for line in text.splitlines())
    return {line for line in lines if line}


def test_the_image_contains_every_package(tmp_path: Path) -> None:
    directory = tmp_path / "image"
    directory.mkdir()
    steps = Steps(directory, installed=True)
    steps.succeed(f"ansible-galaxy collection build {ROOT} --output-path .. --force")
    (artefact,) = tmp_path.glob("*.tar.gz")
    steps.succeed(f"ansible-galaxy collection install {artefact} --collections-path collections")
    steps.succeed(f"ansible-builder create --file {EXAMPLE} --context context")
    build = directory / "context" / "_build"
    (wanted,) = yaml.safe_load((build / "requirements.yml").read_text(encoding="utf-8"))["collections"]
    assert wanted["name"] == "multicloud.iam"
    extra = (build / "requirements.txt").read_text(encoding="utf-8")
    of_the_emulator = (ROOT / "roles" / "cloud_emulator" / "requirements.txt").read_text(encoding="utf-8")
    assert requirements(extra) == requirements(of_the_emulator)

    command = "ansible-builder introspect collections --user-pip context/_build/requirements.txt --write-pip found.txt"
    steps.succeed(command)
    found = requirements((directory / "found.txt").read_text(encoding="utf-8"))
    of_the_modules = requirements((ROOT / "requirements.txt").read_text(encoding="utf-8"))
    assert of_the_modules
    assert found == of_the_modules | requirements(of_the_emulator)
