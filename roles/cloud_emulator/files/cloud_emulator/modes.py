# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define modes: switches for behaviour that differs between accounts, sites or times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, asdict, dataclass, fields
from typing import Any

from .input_error import InputError


@dataclass
class Modes:
    """Hold the modes that every cloud has. A cloud adds its own in a subclass.

    A field's default gives its type; ``metadata["choices"]`` limits its values.
    """

    rate_limits: bool = False
    clock_skew_seconds: float = 0.0
    visibility_delay_seconds: float = 0.0
    content_type: str = "application/json"

    def change(self, values: Any) -> None:
        """Set the given modes, all or none."""
        if not isinstance(values, Mapping):
            raise InputError("modes must be a mapping of mode names to values")
        known = {field.name: field for field in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise InputError(f"unknown mode {name!r}, choose one of {', '.join(sorted(known))}")
            _check(known[name], value)
        for name, value in values.items():
            setattr(self, name, value)

    def snapshot(self) -> dict[str, Any]:
        """Return all modes by name."""
        return asdict(self)


def _check(field: Field[Any], value: Any) -> None:
    choices = field.metadata.get("choices")
    if choices and value not in choices:
        raise InputError(f"mode {field.name!r} must be one of {', '.join(map(repr, choices))}")
    if isinstance(field.default, float):
        right = isinstance(value, (int, float)) and not isinstance(value, bool)
    else:
        right = isinstance(value, type(field.default))
    if not right:
        raise InputError(f"mode {field.name!r} must be a {type(field.default).__name__}")
