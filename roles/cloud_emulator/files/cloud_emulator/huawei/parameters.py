# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check queries and bodies: no name is unknown, duplicate or missing, and all types are right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..exchange import Request
from . import errors
from .signature import query_pairs

_MOST_BYTES = 32 * 1024


@dataclass(frozen=True)
class Field:
    """Describe one field of a body: a plain type, or the fields of an object."""

    kind: type | Mapping[str, Field] = str
    required: bool = False
    choices: tuple[str, ...] = ()


Schema = Mapping[str, Field]

TEXT = Field()
REQUIRED_TEXT = Field(required=True)
FLAG = Field(bool)


def query_of(request: Request, known: frozenset[str]) -> dict[str, str]:
    """Parse the query. It is unconfirmed that the real service rejects unknown parameters."""
    result: dict[str, str] = {}
    for name, value in query_pairs(request.query):
        if name not in known or name in result:
            raise errors.invalid_parameter(name)
        result[name] = value
    return result


def flag_of(query: Mapping[str, str], name: str) -> bool | None:
    """Parse a parameter that is true or false."""
    text = query.get(name)
    if text is None:
        return None
    if text not in ("true", "false"):
        raise errors.invalid_parameter(name)
    return text == "true"


def body_of(request: Request, schema: Schema) -> dict[str, Any]:
    """Parse and check a body, which is a JSON object."""
    if not 0 < len(request.body) <= _MOST_BYTES:
        raise errors.body_size()
    if not request.headers.get("Content-Type", "").lower().startswith("application/json"):
        raise errors.invalid_body()
    data = parse(request.body)
    if not isinstance(data, dict):
        raise errors.invalid_body()
    _check(data, schema, "")
    return data


def parse(body: bytes) -> Any:
    """Parse JSON text. A name in an object must be unique."""
    try:
        return json.loads(body, object_pairs_hook=_unique)
    except ValueError as error:
        raise errors.invalid_body() from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name occurs twice")
    return result


def _check(data: Mapping[str, Any], schema: Schema, place: str) -> None:
    for name in data:
        if name not in schema:
            raise errors.invalid_parameter(place + name)
    for name, field in schema.items():
        if name in data:
            _check_value(data[name], field, place + name)
        elif field.required:
            raise errors.missing_property(place + name)


def _check_value(value: Any, field: Field, place: str) -> None:
    if isinstance(field.kind, Mapping):
        if not isinstance(value, dict):
            raise errors.invalid_value(place)
        _check(value, field.kind, f"{place}.")
    elif not isinstance(value, field.kind) or (field.choices and value not in field.choices):
        raise errors.invalid_value(place)
