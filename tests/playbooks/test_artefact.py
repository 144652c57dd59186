# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check that the artefact contains the files that users need, and no files that only developers need."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OF_A_COLLECTION = {"FILES.json", "MANIFEST.json", "README.md", "CHANGELOG.md", "changelogs", "docs", "meta", "plugins"}
OF_THIS_ONE = {
    "COPYING",
    "LICENSES",
    "REUSE.toml",
    "CHANGELOG.md.license",
    "SECURITY.md",
    "requirements.txt",
    "extensions",  # the Molecule scenarios show how to test a role with the emulator
    "playbooks",
    "roles",
}


@pytest.mark.any_core
def test_the_artefact_contains_no_files_for_developers(tmp_path: Path) -> None:
    galaxy = Path(sys.executable).parent / "ansible-galaxy"
    command = [sys.executable, str(galaxy), "collection", "build", str(ROOT), "--output-path", str(tmp_path)]
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    subprocess.run(command, check=True, capture_output=True, env=environment, timeout=120)
    (artefact,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(artefact) as archive:
        names = archive.getnames()
    assert {name.split("/")[0] for name in names} == OF_A_COLLECTION | OF_THIS_ONE
    assert not [name for name in names if name.split("/")[-1].startswith(".") or "__pycache__" in name]
