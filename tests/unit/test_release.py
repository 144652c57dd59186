# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that a release has to change the version in galaxy.yml only, and that everything else agrees with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
VERSION = str(yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"])
RELEASED = set(yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"])
# galaxy.yml has a version below the first one until the first release.
KNOWN = {*RELEASED, VERSION} if RELEASED else {"1.0.0"}
DOCUMENTED = sorted(
    [
        *ROOT.glob("plugins/*/*.py"),
        *ROOT.glob("plugins/*/*.yml"),
        *ROOT.glob("extensions/**/*.py"),
        *ROOT.glob("roles/*/meta/argument_specs.yml"),
    ]
)


def test_the_versions_follow_semantic_versioning() -> None:
    assert not [version for version in {*KNOWN, VERSION} if not re.fullmatch(r"\d+\.\d+\.\d+", version)]


@pytest.mark.parametrize("file", DOCUMENTED, ids=lambda file: str(file.relative_to(ROOT)))
def test_what_is_new_names_a_version_that_exists_or_comes_next(file: Path) -> None:
    added = re.findall(r"version_added: *(\S+)", file.read_text(encoding="utf-8"))
    assert {version.strip("\"'") for version in added} <= KNOWN


def test_the_versions_in_the_readme_exist_or_come_next() -> None:
    (exact,) = re.findall(r"multicloud\.iam:==(\S+)", README)
    ((oldest, excluded),) = re.findall(r'version: ">=(\S+),<(\S+)"', README)
    assert {exact, oldest} <= KNOWN
    assert excluded == f"{int(max(KNOWN).split('.')[0]) + 1}.0.0"


def test_the_changelog_is_written_inside_the_repository() -> None:
    config = yaml.safe_load((ROOT / "changelogs" / "config.yaml").read_text(encoding="utf-8"))
    assert [output["file"] for output in config["output"]] == ["CHANGELOG.md"]


def test_the_requirements_have_lower_bounds_only() -> None:
    """Certification requires this: an execution environment contains the packages of several collections."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = [line for line in lines if line and not line.startswith("#")]
    assert needed
    assert not [line for line in needed if not re.fullmatch(r"(?!ansible\b)[\w-]+>=[\d.]+", line)]
