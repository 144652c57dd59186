# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that the workflows run what the noxfile defines, on every supported ansible-core."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
NOXFILE = (ROOT / "noxfile.py").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SESSIONS = set(re.findall(r"^def (\w+)\(session: nox\.Session\) -> None:", NOXFILE, re.MULTILINE))
# Those that `make test` does not run.
_NOT_DEFAULT = r'^(?:add_session\((\w+), |nox\.session\(name="(\w+)", ).*default=False'
NOT_DEFAULT = {"".join(names) for names in re.findall(_NOT_DEFAULT, NOXFILE, re.MULTILINE)}


def load(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8"))
    return content


def test_every_session_runs_in_a_workflow() -> None:
    others = set(load("ci.yml")["jobs"]["others"]["strategy"]["matrix"]["session"])
    docs = set(re.findall(r"--session (\w+)", yaml.safe_dump(load("docs.yml")["jobs"], width=1000)))
    assert {"oldest", "release"} <= NOT_DEFAULT
    assert NOT_DEFAULT - {"coverage"} <= others | docs  # a part of `make test`
    assert others <= SESSIONS


def test_the_workflow_tests_every_supported_core() -> None:
    cores = re.findall(r'^    "([\d.]+)": Core\(', NOXFILE, re.MULTILINE)
    assert cores
    assert load("ci.yml")["jobs"]["core"]["strategy"]["matrix"]["core"] == cores


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.stem)
def test_a_workflow_has_no_secret_and_changes_nothing_by_default(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert "secrets." not in text
    assert load(file.name)["permissions"] == {"contents": "read"}
    assert not re.findall(r"uses: (?!\./)\S+@(?![0-9a-f]{40}  # v[\d.]+$).*", text, re.MULTILINE)
