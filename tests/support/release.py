# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Release the next version in a copy of the repository, as docs/release.md describes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from antsibull_fileutils.copier import Copier, GitCopier

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
FIRST = "1.0.0"
_VERSION = re.compile(r"^version: (.*)$", re.MULTILINE)


def load(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def next_version(tree: Path) -> str | None:
    """Return the version that the tree would be released as, or None if it is exactly as a release has left it."""
    version = str(load(tree / "galaxy.yml")["version"])
    released = load(tree / "changelogs" / "changelog.yaml")["releases"]
    if not released:
        return FIRST
    if version not in released:
        return version
    if not any((tree / "changelogs" / "fragments").glob("*.yml")):
        return None
    major, minor, _patch = version.split(".")
    return f"{major}.{int(minor) + 1}.0"


@dataclass
class Release:
    """Hold a copy of the repository right after a release: the version, the output, and what git reports as changed."""

    tree: Path
    version: str
    output: str = ""
    status: list[str] = field(default_factory=list)

    @property
    def collections(self) -> Path:
        return self.tree.parents[2]

    def run(
        self, *command: str | Path, cwd: Path | None = None, timeout: float = 240, env: Mapping[str, str] | None = None
    ) -> str:
        """Run a program in the tree with an empty home directory, and return its output. A failure is an error."""
        with tempfile.TemporaryDirectory(dir=self.collections.parent) as home:
            clean = {"HOME": home, "LC_ALL": "C.UTF-8", "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}
            done = subprocess.run(
                command,
                cwd=cwd or self.tree,
                env={**clean, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=timeout,
                check=False,
            )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def releases(self) -> dict[str, dict[str, Any]]:
        """Return the releases in the changelog."""
        releases: dict[str, dict[str, Any]] = load(self.tree / "changelogs" / "changelog.yaml")["releases"]
        return releases


def rehearse(place: Path) -> Release:
    """Release the next version in a copy of the repository below a folder that is empty."""
    tree = place / "ansible_collections" / "multicloud" / "iam"
    tree.parent.mkdir(parents=True)
    copier = GitCopier() if (ROOT / ".git").exists() else Copier()
    copier.copy(ROOT, tree)
    release = Release(tree, next_version(tree) or str(load(tree / "galaxy.yml")["version"]))
    git = ("git", "-c", "user.name=Test", "-c", "user.email=test@example.org")
    release.run(*git, "init", "--quiet")
    release.run(*git, "add", "--all")
    release.run(*git, "commit", "--quiet", "--message", "Before the release")
    if next_version(tree):
        galaxy = tree / "galaxy.yml"
        text, count = _VERSION.subn(f"version: {release.version}", galaxy.read_text(encoding="utf-8"))
        assert count == 1
        galaxy.write_text(text, encoding="utf-8")
        release.output = release.run("antsibull-changelog", "release")
    release.status = release.run("git", "status", "--porcelain").splitlines()
    return release
