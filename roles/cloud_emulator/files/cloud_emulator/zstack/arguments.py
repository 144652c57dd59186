# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert a request to the arguments of its operation, and check every field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from ..exchange import Request
from . import errors
from .errors import TextError
from .installation import Installation
from .operation import Arguments, Field, Operation
from .query import Query
from .routes import Route
from .uuids import is_uuid

DRY_RUN_TAG = "validationOnly"
_TAGS = Field("strings")


def read(request: Request, route: Route) -> tuple[Arguments, tuple[str, ...]]:
    """Return the arguments, converted to their types, and the system tags. Unknown keys are ignored."""
    query = parse_qsl(request.query, keep_blank_values=True)
    operation = route.operation
    # Only DELETE has parameters in the query string.
    given: Any = dict(query) if operation.method == "DELETE" else route.body.get(operation.wrapper)
    given = {} if given is None else given
    if not isinstance(given, dict):
        raise TextError(500, f"the parameter[{operation.wrapper}] is not a JSON object")
    merged = {**given, **route.variables}
    known = {name: _typed(name, each, merged.get(name)) for name, each in operation.fields.items()}
    tags = _system_tags(query, route) if operation.asynchronous else ()
    asked = Query.read(query) if operation.queries and "uuid" not in route.variables else Query()
    return Arguments(known, asked, DRY_RUN_TAG in tags), tags


def validate(operation: Operation, arguments: Arguments, product: str) -> None:
    """Check every field separately, as the real service does before the operation begins."""
    for name, field in operation.fields.items():
        value = arguments.params[name]
        if value is None and product in field.required:
            raise errors.invalid(
                "field[%s] of message[%s] is mandatory, can not be null", given=(name, operation.message)
            )
        if value is not None:
            _check(name, field, value, operation.message)
    resource_uuid = arguments.params.get("resourceUuid")
    if resource_uuid is not None and not is_uuid(resource_uuid):
        raise errors.invalid(
            "resourceUuid[%s] is not a valid uuid. A uuid has 32 characters and no '-'", given=(resource_uuid,)
        )


def check_tags(tags: tuple[str, ...], installation: Installation) -> None:
    """Reject system tags that are not registered."""
    for tag in tags:
        if tag != DRY_RUN_TAG and tag not in installation.system_tags:
            raise errors.invalid("no system tag matches %s", given=(tag,))


def _system_tags(query: list[tuple[str, str]], route: Route) -> tuple[str, ...]:
    if route.operation.method == "DELETE":
        return tuple(value for name, value in query if name == "systemTags")
    for name in ("userTags", "systemTags"):
        tags = _typed(name, _TAGS, route.body.get(name))
    return tuple(tags or ())


def _typed(name: str, field: Field, value: Any) -> Any:
    """Convert a value as Gson does, which converts between scalar types if possible."""
    if value is None:
        return None
    if field.kind == "strings":
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise TextError(500, f"the field[{name}] is not a list of strings")
        return value
    if field.kind == "map":
        if not isinstance(value, Mapping):
            raise TextError(500, f"the field[{name}] is not a map")
        return value
    if isinstance(value, (list, dict)):
        raise TextError(500, f"the field[{name}] is not a scalar")
    if field.kind == "int":
        return _integer(name, value)
    return value.strip() if isinstance(value, str) else json.dumps(value)


def _integer(name: str, value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"[+-]?[0-9]+", value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise TextError(400, f"the field[{name}] is not an integer")
    return value


def _check(name: str, field: Field, value: Any, message: str) -> None:
    if field.choices and value not in field.choices:
        choices = ", ".join(field.choices)
        raise errors.invalid(
            "valid value for field[%s] of message[%s] are [%s], but %s found", given=(name, message, choices, value)
        )
    if field.longest and len(value) > field.longest:
        template = "field[%s] of message[%s] exceeds max length of string. expected was <= %s, actual was %s"
        raise errors.invalid(template, given=(name, message, field.longest, len(value)))
    if field.shortest and len(value) < field.shortest:
        template = "field[%s] of message[%s] less than the min length of string. expected was >= %s, actual was %s"
        raise errors.invalid(template, given=(name, message, field.shortest, len(value)))
    if field.limits and not field.limits[0] <= value <= field.limits[1]:
        raise errors.invalid(
            "field[%s] of message[%s] must be in range of [%s, %s]", given=(name, message, *field.limits)
        )
