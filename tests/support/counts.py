# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Gather the counts of many tests, of any process, in a file for each topic."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def note(topic: str, name: str, entry: Mapping[str, Any]) -> None:
    """Write the entry under this name into the file of the topic, if the session wants it."""
    if not (directory := os.environ.get("ROTATION_COUNTS")):
        return
    path = _path(topic, Path(directory))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        text = file.read()
        entries = {**(json.loads(text) if text else {}), name: entry}
        file.truncate(0)
        file.write(json.dumps(entries, indent=2, sort_keys=True) + "\n")


def noted(topic: str, directory: Path) -> dict[str, Mapping[str, Any]]:
    """Return the entries of the topic."""
    path = _path(topic, directory)
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        entries: dict[str, Mapping[str, Any]] = json.load(file)
    return entries


def _path(topic: str, directory: Path) -> Path:
    return directory / f"rotation-{topic}.json"
