# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check what can be checked of the examples without running them. The session `examples` runs them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.support.cloud import ROOT

REPOSITORY = ROOT / "docs" / "examples" / "infrastructure-repository"
IMAGE = ROOT / "playbooks" / "files" / "awx" / "execution-environment.yml"
TARGET = re.compile(r"make ([a-z]+)")


def content(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def requirements(*names: str) -> set[str]:
    """Return the requirements in files of the collection, without comments."""
    lines = [line for name in names for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    return {line for line in lines if line and not line.startswith("#")}


def test_every_target_exists_and_is_described() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    jobs = content(REPOSITORY / ".github" / "workflows" / "access-keys.yml")["jobs"]
    steps = [step.get("run", "") for job in jobs.values() for step in job["steps"]]
    assert {target for step in steps for target in TARGET.findall(step)} == targets
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert set(TARGET.findall(readme)) == targets
    assert set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()) == targets


def test_every_named_file_exists() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| file | content |")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines()[2:] for name in re.findall(r"`([\w./-]+)`", row.split("|")[1])]
    assert len(named) > 5
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    named += re.findall(r"(?:playbooks|vars|emulator)/[\w./-]+\.yml", makefile)
    assert [name for name in named if not (REPOSITORY / name).exists()] == []


def test_the_emulator_has_the_accounts_and_keys_of_the_inventory() -> None:
    hosts = content(REPOSITORY / "inventory" / "accounts.yml")["all"]["hosts"]
    seed = (REPOSITORY / "emulator" / "seed.yml").read_text(encoding="utf-8")
    for name, variables in hosts.items():
        assert variables["access_key_account"]["connection"]["api_expected_account"] in seed
        declared = content(REPOSITORY / "inventory" / "host_vars" / f"{name}.yml")["reconcile_access_keys_declared"]
        assert [entry for entry in declared if entry["access_key_id"] not in seed] == []


@pytest.mark.parametrize("path", [REPOSITORY / "requirements.yml", IMAGE], ids=["repository", "image"])
def test_the_version_of_the_collection_is_the_first_stable_one_or_newer(path: Path) -> None:
    data = content(path)
    (wanted,) = data.get("collections") or data["dependencies"]["galaxy"]["collections"]
    assert wanted == {"name": "multicloud.iam", "version": ">=1.0.0,<2.0.0"}


def test_the_image_has_the_packages_of_the_emulator() -> None:
    assert set(content(IMAGE)["dependencies"]["python"]) == requirements("roles/cloud_emulator/requirements.txt")


def test_the_lowest_versions_are_tested() -> None:
    """With the constraints of the session `oldest`."""
    allowed = requirements("requirements.txt", "roles/cloud_emulator/requirements.txt")
    lowest = {tuple(re.split(">=", requirement.lower())) for requirement in allowed}
    tested = {tuple(line.lower().split("==")) for line in requirements("tests/constraints-oldest.txt")}
    assert {(name, _full(version)) for name, version in lowest} <= {(name, _full(version)) for name, version in tested}


def _full(version: str) -> tuple[int, ...]:
    """Return a version with three parts."""
    parts = [int(part) for part in version.split(".")]
    return (*parts, 0, 0)[:3]
