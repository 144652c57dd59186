# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read seed files, and check their content."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from .input_error import InputError

_HERE = Path(__file__).parent


def load(path: Path | None) -> dict[str, Any]:
    """Read a seed file, or without one the examples of all clouds."""
    return _mapping(path) if path else {file.parent.name: _mapping(file) for file in _HERE.glob("*/example_seed.yml")}


def _mapping(path: Path) -> dict[str, Any]:
    import yaml  # only here, because `--stop` must work without it

    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"cannot read the seed {path}: {error}") from error
    if not isinstance(data, dict):
        raise InputError(f"the seed {path} is not a mapping")
    return data


def fingerprint(path: Path | None, *, rate_limits: bool) -> str:
    """Return a digest of the configuration: the seed, and whether rate limits are enforced."""
    configuration = json.dumps([load(path), rate_limits], sort_keys=True, default=str)
    return hashlib.sha256(configuration.encode()).hexdigest()


def mark_of(pid_file: Path) -> Path:
    """Return the path of the file beside a pid file that contains the fingerprint of the running emulator."""
    return pid_file.with_name(f"{pid_file.name}.seed")


def checked(data: Any, types: Mapping[str, type], where: str) -> dict[str, Any]:
    """Return the mapping if its names are known and its types are right. A null counts as omitted."""
    if not isinstance(data, Mapping):
        raise InputError(f"{where} is not a mapping")
    for name, value in data.items():
        if name not in types:
            raise InputError(f"{where} has the unknown name {name!r}, choose one of {', '.join(types)}")
        if value is not None and not _fits(value, types[name]):
            raise InputError(f"{where}: {name} is not of type {types[name].__name__}")
    return {name: value for name, value in data.items() if value is not None}


def epoch(value: str | date, where: str) -> float:
    """Read an ISO 8601 time, which YAML may have parsed already. Without a zone it is in UTC."""
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise InputError(f"{where}: {value!r} is not an ISO 8601 time") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()


def _fits(value: Any, expected: type) -> bool:
    if expected is datetime:
        return isinstance(value, (str, date))
    if expected is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, expected)
