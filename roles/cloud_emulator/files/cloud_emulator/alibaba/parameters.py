# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check parameters: none is unknown, none is missing, all types are right."""

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
"""Parameters of every operation: the fields of the legacy signature, and parameters that old SDKs always send."""

_INTEGER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True)
class Parameter:
    """Describe one parameter of an operation."""

    kind: Literal["string", "integer", "strings"] = "string"
    required: bool = False


Parameters = Mapping[str, Parameter]


def check(given: Mapping[str, str | list[str]], known: Parameters, ignore_unknown: bool) -> dict[str, Any]:
    """Return the parameters of the operation, converted to their types."""
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
