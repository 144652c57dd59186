# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check values that all parts of a seed have in common."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from ..input_error import InputError
from ..seed import epoch
from .uuids import is_uuid

CREATED = "2026-01-02T03:04:05Z"
"""Default creation time of all objects."""


def check_choice(given: Mapping[str, Any], name: str, choices: tuple[str, ...], where: str) -> None:
    """Reject a value that is not one of the choices."""
    if given.get(name, choices[0]) not in choices:
        raise InputError(f"{where}: {name} must be one of {', '.join(choices)}")


def check_uuid(uuid: str, taken: Mapping[str, Any]) -> None:
    """Reject a value that is not a uuid, or is the uuid of another object."""
    if not is_uuid(uuid):
        raise InputError(f"zstack: {uuid} is not a uuid without hyphens")
    if uuid in taken:
        raise InputError(f"zstack: the uuid {uuid} is already in use")


def read_times(given: dict[str, Any], names: tuple[str, ...]) -> None:
    """Convert the named times to numbers."""
    for name in names:
        if name in given:
            given[name] = epoch(given[name], "zstack")


def derived_uuid(what: str, place: str) -> str:
    """Return a uuid of version 4 that is the same on every run."""
    text = derived(what, place)
    return f"{text[:12]}4{text[13:16]}8{text[17:32]}"


def derived(what: str, place: str) -> str:
    """Return 64 hexadecimal digits that are the same on every run."""
    return hashlib.sha256(f"zstack/{what}/{place}".encode()).hexdigest()
