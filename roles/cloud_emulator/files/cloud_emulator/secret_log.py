# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Log every secret that the emulator has ever known, so that tests can search other files for them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from threading import Lock

from .own_file import open_to_append


class SecretLog:
    """Append each secret once, as one JSON string per line, to a file that only its owner can read."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: set[str] = set()
        self._lock = Lock()
        if path is not None:
            with open_to_append(path) as file:
                # Continue the file of an earlier run, with any mode.
                os.fchmod(file.fileno(), 0o600)

    def add(self, secret: str) -> None:
        """Add a secret, unless it is empty or known."""
        with self._lock:
            if self._path is None or not secret or secret in self._known:
                return
            self._known.add(secret)
            with open_to_append(self._path) as file:
                file.write(json.dumps(secret) + "\n")
