# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check parameters: none is unknown, none is missing, all types are right."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..exchange import Request
from . import errors

_UINT64 = 2**64


@dataclass(frozen=True)
class Parameter:
    """Describe one parameter of an operation. A flag is an integer that is 0 or 1."""

    kind: Literal["string", "uint64", "flag", "strings", "uint64s"]
    required: bool = False
    main_site_only: bool = False


Parameters = Mapping[str, Parameter]


def parse(request: Request) -> dict[str, Any]:
    """Read the JSON object of a request body."""
    if not request.headers.get("Content-Type", "").startswith("application/json"):
        raise errors.ApiError("InvalidRequest", "The emulator supports JSON bodies only.")
    try:
        data = json.loads(request.body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise errors.ApiError("InvalidParameter", "The request body is not a JSON object.")
    return data


def check(data: Mapping[str, Any], known: Parameters, international: bool) -> dict[str, Any]:
    """Return the parameters, converted to their types."""
    known = {name: parameter for name, parameter in known.items() if not (international and parameter.main_site_only)}
    for name in data:
        if name not in known:
            raise errors.unknown_parameter(name)
    for name, parameter in known.items():
        if parameter.required and name not in data:
            raise errors.missing_parameter(name)
    return {name: _value(name, known[name].kind, value) for name, value in data.items()}


def _value(name: str, kind: str, value: Any) -> Any:
    if kind in ("strings", "uint64s"):
        if not isinstance(value, list):
            raise errors.wrong_type(name)
        return [_value(name, kind.removesuffix("s"), item) for item in value]
    if kind == "string":
        if not isinstance(value, str):
            raise errors.wrong_type(name)
        return value
    number = _number(name, value)
    if kind == "flag" and number > 1:
        raise errors.ApiError("InvalidParameterValue", f"The parameter `{name}` must be 0 or 1.")
    return number


def _number(name: str, value: Any) -> int:
    # Official samples contain integers as strings of digits, so the gateway accepts both.
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,20}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _UINT64:
        raise errors.wrong_type(name)
    return value
