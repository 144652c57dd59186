# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hold the number of files that a new cloud has to be added to, and compare it with CONTRIBUTING.md."""

from __future__ import annotations

import re

from ansible_collections.multicloud.iam.tests.support.cloud import ROOT
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS

MOST = 16
GUIDE = "CONTRIBUTING.md"
TABLE = re.compile(r"^Shared files:\n\n(.*?)\n\n", re.MULTILINE | re.DOTALL)
# A release note is about the clouds of its time.
PAST = ("changelogs/", "CHANGELOG.md")


def names_every_cloud(text: str) -> bool:
    """Return whether a text names all clouds, each by its name or by one of its modules."""
    return all(re.search("|".join([cloud.name, *cloud.modules]), text, re.IGNORECASE) for cloud in CLOUDS.values())


def files() -> list[str]:
    """Return the files of the repository that are texts."""
    patterns = ("*.py", "*.md", "*.yml", "*.toml", "*.txt", "Makefile")
    found = [path.relative_to(ROOT) for pattern in patterns for path in ROOT.rglob(pattern)]
    return [path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts)]


def test_a_file_that_names_every_cloud_is_in_the_guide() -> None:
    """A file that names all clouds has to name a new one. A file about some of them does not."""
    (table,) = TABLE.findall((ROOT / GUIDE).read_text(encoding="utf-8"))
    listed = set(re.findall(r"`([^`]+)`", table.replace("\\", "")))
    found = {
        name
        for name in files()
        if name != GUIDE
        and not name.startswith((*PAST, "tests/output/"))
        and names_every_cloud((ROOT / name).read_text(encoding="utf-8"))
    }
    assert found
    assert found <= listed
    assert len(listed) <= MOST
