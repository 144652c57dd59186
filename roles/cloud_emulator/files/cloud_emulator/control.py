# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the control API under ``/_emulator/``. It is unsigned, and for tests only."""

from __future__ import annotations

import os
from typing import Any

from flask import Blueprint, request

from .emulator import Emulator
from .input_error import InputError

PREFIX = "/_emulator"


class Control:
    """Implement the operations that inspect and control the emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def routes(self) -> Blueprint:
        """Register the operations under their paths."""
        routes = Blueprint("control", __name__, url_prefix=PREFIX)
        for method, path, operation in (
            ("GET", "/health", self.health),
            ("GET", "/journal", self.read_journal),
            ("DELETE", "/journal", self.clear_journal),
            ("POST", "/reset", self.reset),
            ("GET", "/state", self.state),
            ("GET", "/faults", self.armed_faults),
            ("POST", "/faults", self.arm_faults),
            ("DELETE", "/faults", self.clear_faults),
            ("POST", "/modes", self.set_modes),
            ("POST", "/seed", self.seed),
        ):
            routes.add_url_rule(path, operation.__name__, operation, methods=[method])
        return routes

    def health(self) -> dict[str, Any]:
        """Report that the server works, and its pid."""
        return {"status": "ok", "pid": os.getpid(), "clouds": sorted(self._emulator.modes())}

    def read_journal(self) -> dict[str, Any]:
        """Return the calls, optionally only those after a number."""
        since = request.args.get("since", "0")
        if not since.isdecimal():
            raise InputError("since must be a number")
        return {"calls": self._emulator.journal.since(int(since))}

    def clear_journal(self) -> dict[str, Any]:
        """Clear the journal."""
        self._emulator.journal.clear()
        return {"status": "ok"}

    def reset(self) -> dict[str, Any]:
        """Restore the seed."""
        self._emulator.reset()
        return {"status": "ok"}

    def state(self) -> dict[str, Any]:
        """Return all objects, without secrets."""
        return self._emulator.state()

    def armed_faults(self) -> dict[str, Any]:
        """Return the armed faults, each with the number of calls that it has hit."""
        return {"faults": self._emulator.faults.snapshot()}

    def arm_faults(self) -> dict[str, Any]:
        """Arm one fault or a list of faults."""
        self._emulator.faults.arm(request.get_json(force=True))
        return {"status": "ok"}

    def clear_faults(self) -> dict[str, Any]:
        """Disarm all faults."""
        self._emulator.faults.clear()
        return {"status": "ok"}

    def set_modes(self) -> dict[str, Any]:
        """Set modes, and return all modes."""
        self._emulator.set_modes(request.get_json(force=True))
        return self._emulator.modes()

    def seed(self) -> dict[str, Any]:
        """Merge more objects."""
        self._emulator.seed(request.get_json(force=True))
        return {"status": "ok"}
