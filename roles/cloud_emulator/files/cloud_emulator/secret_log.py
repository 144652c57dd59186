# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file of every secret the emulator ever knew, so that tests can search other files for them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import Lock

from .own_file import open_to_append


class SecretLog:
    """Appends each secret once, as one JSON string per line, to a file only its owner may read."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: set[str] = set()
        self._lock = Lock()
        if path is not None:
            with open_to_append(path) as file:
                # A file of an earlier run is continued, whatever its mode was.
                os.fchmod(file.fileno(), 0o600)

    def add(self, secret: str) -> None:
        """Remember a secret; empty and known ones are left out."""
        with self._lock:
            if self._path is None or not secret or secret in self._known:
                return
            self._known.add(secret)
            with open_to_append(self._path) as file:
                file.write(json.dumps(secret) + "\n")
