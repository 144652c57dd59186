# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return the parameters of a request for the journal: path, query and body, with secrets replaced."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..exchange import Request
from ..secret_log import SecretLog
from . import parameters
from .errors import ApiError
from .operation import Operation
from .signature import query_pairs

HIDDEN = "***"
# Six digits can occur anywhere, so a search of output for them would find other numbers.
_NOT_LOGGED = frozenset({"passcode"})


def collect(request: Request, operation: Operation, path: Mapping[str, str], secret_log: SecretLog) -> dict[str, Any]:
    """Join the parameters of path, query and body. Received passwords are added to the log."""
    params: dict[str, Any] = {**path, **dict(query_pairs(request.query))}
    if operation.body is None:
        return params
    try:
        body = parameters.parse(request.body)
    except ApiError:
        return params
    hidden = _without_secrets(body, operation.secrets, secret_log)
    return {**params, **hidden} if isinstance(hidden, dict) else params


def _without_secrets(node: Any, names: frozenset[str], secret_log: SecretLog) -> Any:
    if isinstance(node, list):
        return [_without_secrets(item, names, secret_log) for item in node]
    if not isinstance(node, dict):
        return node
    result = {}
    for name, value in node.items():
        # In the body of a token request, "password" is also the name of an object.
        if name in names and not isinstance(value, dict):
            if isinstance(value, str) and name not in _NOT_LOGGED:
                secret_log.add(value)
            result[name] = HIDDEN
        else:
            result[name] = _without_secrets(value, names, secret_log)
    return result
