# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check what a release writes: the changelog, inside the repository, with everything that the release contains."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.support.release import ROOT, Release, load

pytestmark = pytest.mark.any_core


def introduced(tree: Path, kind: str) -> dict[str, str]:
    """Return the version that has introduced each plugin of a kind, or each role."""
    if kind == "role":
        specs = {file.parts[-3]: load(file) for file in tree.glob("roles/*/meta/argument_specs.yml")}
        return {name: spec["argument_specs"]["main"]["version_added"] for name, spec in specs.items()}
    return {file.stem: documentation(file)["version_added"] for file in (tree / "plugins" / kind).glob("*.py")}


def documentation(file: Path) -> dict[str, str]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
            content: dict[str, str] = yaml.safe_load(ast.literal_eval(node.value))
            return content
    raise AssertionError(f"{file} has no documentation")


def test_a_release_writes_only_the_changelog_and_the_version(release: Release) -> None:
    changed = {line[3:] for line in release.status if not line.startswith(" D changelogs/fragments/")}
    assert changed <= {"CHANGELOG.md", "changelogs/changelog.yaml", "galaxy.yml"}
    assert not list((release.tree / "changelogs" / "fragments").glob("*.yml"))
    assert [path.name for path in release.tree.parent.iterdir()] == [release.tree.name]
    # A fragment names an object that is found without it.
    assert "Ignore adding" not in release.output


def test_the_version_stands_in_every_place(release: Release) -> None:
    assert load(release.tree / "galaxy.yml")["version"] == release.version
    page = (release.tree / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = [line[3:].replace("\\", "") for line in page.splitlines() if line.startswith("## ")]
    assert sections[0] == f"v{release.version}"
    assert sections == [f"v{version}" for version in sorted(release.releases(), key=parts, reverse=True)]
    assert release.releases()[release.version]["changes"]["release_summary"]


def parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


# The changelog lists neither code that users do not call, nor action plugins, which have the names of their modules.
NOT_LISTED = {"action", "doc_fragments", "module_utils", "plugin_utils"}
LISTED = {folder.name for folder in (ROOT / "plugins").iterdir()} - NOT_LISTED | {"role"}


@pytest.mark.parametrize("kind", sorted(LISTED))
def test_everything_new_stands_in_the_release_that_introduced_it(release: Release, kind: str) -> None:
    versions = introduced(release.tree, kind)
    listed = {
        entry["name"]: version for version, content in release.releases().items() for entry in entries(content, kind)
    }
    assert listed == versions
    page = (release.tree / "CHANGELOG.md").read_text(encoding="utf-8").replace("\\", "")
    assert not [name for name in versions if f"* multicloud.iam.{name} - " not in page]


def test_every_playbook_stands_in_a_release(release: Release) -> None:
    listed = [entry["name"] for content in release.releases().values() for entry in entries(content, "playbook")]
    assert sorted(listed) == sorted(file.stem for file in release.tree.glob("playbooks/*.yml"))


def entries(content: dict[str, Any], kind: str) -> list[dict[str, str]]:
    member = "objects" if kind in {"role", "playbook"} else "plugins"
    found: list[dict[str, str]] = (content if kind == "modules" else content.get(member, {})).get(kind, [])
    return found


def test_every_action_plugin_belongs_to_a_module_of_the_release(release: Release) -> None:
    actions = {file.stem for file in (release.tree / "plugins" / "action").glob("*.py")}
    assert actions == set(introduced(release.tree, "modules"))
