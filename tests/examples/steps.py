# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the steps of a CI job in a directory, with an empty home."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ansible_collections.multicloud.iam.tests.support.cloud import ROOT


class Steps:
    """Run commands in a directory. With `installed`, Ansible does not find this clone, but only what they install."""

    def __init__(self, directory: Path, *, installed: bool = False) -> None:
        self.directory = directory
        home = directory.parent / "home"
        home.mkdir()
        self._environment = {
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
            # All packages are installed already, so pip only checks that it has nothing to install.
            "PIP_NO_INDEX": "1",
            "TMPDIR": str(home),
        }
        if not installed:
            self._environment["ANSIBLE_COLLECTIONS_PATH"] = str(ROOT.parents[2])

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script."""
        return subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=self.directory,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
            check=False,
        )

    def succeed(self, script: str) -> str:
        """Run a script, check that it succeeds, and return its output."""
        done = self.run(script)
        assert done.returncode == 0, done.stdout
        return done.stdout
