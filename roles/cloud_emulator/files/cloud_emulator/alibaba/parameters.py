# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checking of parameters: nothing unknown, nothing missing, right types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import errors

SYSTEM_PARAMETERS = frozenset(
    {
        "AccessKeyId",
        "Action",
        "Format",
        "RegionId",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureType",
        "SignatureVersion",
        "Timestamp",
        "Version",
    }
)
"""What every operation takes: the fields of the legacy signature, and what old SDKs always send."""

_INTEGER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation."""

    kind: Literal["string", "integer", "strings"] = "string"
    required: bool = False


Parameters = Mapping[str, Parameter]


def check(given: Mapping[str, str | list[str]], known: Parameters, ignore_unknown: bool) -> dict[str, Any]:
    """Give the parameters of the operation with their proper types."""
    own = {name: value for name, value in given.items() if name not in SYSTEM_PARAMETERS}
    for name in own.keys() - known.keys():
        if not ignore_unknown:
            raise errors.invalid(name)
        del own[name]
    for name, parameter in known.items():
        if parameter.required and not own.get(name):
            raise errors.missing(name)
    return {name: _value(name, known[name].kind, value) for name, value in own.items()}


def _value(name: str, kind: str, value: str | list[str]) -> str | int | list[str]:
    if isinstance(value, list) != (kind == "strings"):
        raise errors.invalid(name)
    if kind == "integer" and isinstance(value, str):
        if not _INTEGER.fullmatch(value):
            raise errors.invalid(name)
        return int(value)
    return value
