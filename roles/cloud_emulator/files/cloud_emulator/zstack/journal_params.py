# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Return the parameters of a request for the journal: everything except secrets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from ..exchange import Request
from .routes import Route

HIDDEN = "***"
_SECRETS = frozenset(("password", "oldpassword", "accesskeysecret", "sessionuuid", "verifycode"))
_SECRET_CONDITION = re.compile(r"\s*(AccessKeySecret)(.*)", re.IGNORECASE | re.DOTALL)
_SESSION_IN_PATH = re.compile(r"(/sessions/)[^/]+")


def shown_params(request: Request, route: Route, secret: Callable[[str], None]) -> dict[str, Any]:
    """Join path variables, body and query string. Every secret found is passed to the callback."""
    query: dict[str, Any] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        query.setdefault(name, []).append(_condition(value, secret) if name == "q" else value)
    single = {name: values if name == "q" else values[0] for name, values in query.items()}
    shown: dict[str, Any] = _without_secrets({**single, **route.body, **route.variables}, secret)
    return shown


def shown_path(path: str) -> str:
    """Return a path without the session in it."""
    return _SESSION_IN_PATH.sub(rf"\g<1>{HIDDEN}", path)


def _condition(text: str, secret: Callable[[str], None]) -> str:
    match = _SECRET_CONDITION.fullmatch(text)
    if match is None:
        return text
    for value in match[2].lstrip("!=~?<> ").split(","):
        secret(value)
    return match[1] + HIDDEN


def _without_secrets(node: Any, secret: Callable[[str], None]) -> Any:
    if isinstance(node, list):
        return [_without_secrets(item, secret) for item in node]
    if not isinstance(node, Mapping):
        return node
    for name, value in node.items():
        if name.lower() in _SECRETS and isinstance(value, str):
            secret(value)
    return {
        name: HIDDEN if name.lower() in _SECRETS else _without_secrets(value, secret) for name, value in node.items()
    }
