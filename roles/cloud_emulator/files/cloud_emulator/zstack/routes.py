# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the operation of a request: by its path, its method, and for actions by a key in its body."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ..exchange import Request
from . import account_operations, key_operations, management_operations, session_operations
from .errors import TextError
from .modes import ZStackModes
from .operation import Operation

CONTEXT_PATH = "/zstack"
_NOUNS = {"GET": "query", "POST": "creational", "PUT": "action", "DELETE": "delete"}
OPERATIONS: Sequence[Operation] = (
    *key_operations.OPERATIONS,
    *session_operations.OPERATIONS,
    *account_operations.OPERATIONS,
    *management_operations.OPERATIONS,
)


@dataclass(frozen=True)
class Route:
    """Hold a request with its operation, its path variables and the object in its body."""

    operation: Operation
    variables: Mapping[str, str]
    body: Mapping[str, Any]


def uri(request: Request) -> str:
    """Return the decoded path below the context path, which is matched and signed."""
    return unquote(request.path).removeprefix(CONTEXT_PATH)


def find(request: Request, modes: ZStackModes) -> Route:
    """Return the operation of a request."""
    path = uri(request)
    candidates = [each for each in OPERATIONS if _offered(each, modes)]
    # A path without variables takes precedence over one that matches any segment.
    for with_variables in (False, True):
        fitting = [
            each for each in candidates if ("{" in each.path) == with_variables and _match(each, path) is not None
        ]
        if fitting:
            body = _body(request)
            operation = _choose(fitting, request, body)
            return Route(operation, _match(operation, path) or {}, body)
    raise TextError(404, f"no api mapping to {path}")


def _offered(operation: Operation, modes: ZStackModes) -> bool:
    missing = operation.path.startswith("/v1/accesskeys") and not modes.access_key_module
    return modes.product in operation.products and not missing


def _match(operation: Operation, path: str) -> Mapping[str, str] | None:
    """Return the path variables, or None if the path does not match."""
    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path)
    match = re.fullmatch(pattern, path)
    return None if match is None else match.groupdict()


def _body(request: Request) -> Mapping[str, Any]:
    if not request.body.strip():
        return {}
    try:
        data = json.loads(request.body)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise TextError(500, "the body is not a JSON object")
    return data


def _choose(fitting: Sequence[Operation], request: Request, body: Mapping[str, Any]) -> Operation:
    method, path = request.method, unquote(request.path)
    if method not in _NOUNS or (len(fitting) == 1 and method != fitting[0].method):
        raise TextError(405, f"The method[{method}] is not allowed for the path[{path}]")
    if len(fitting) == 1:
        return fitting[0]
    same = [each for each in fitting if each.method == method]
    if method == "PUT":
        same = [each for each in same if each.wrapper in body]
        if not same:
            raise TextError(400, f"the body doesn't contain action mapping to the URL[{uri(request)}]")
    if not same:
        raise TextError(500, f"No {_NOUNS[method]} API found for the path[{path}]")
    return same[0]
