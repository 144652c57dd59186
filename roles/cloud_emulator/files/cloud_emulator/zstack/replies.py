# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the three kinds of replies: a text, a result, and an error in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..exchange import ABSENT, Reply, Request
from .errors import DESCRIPTIONS, ApiError, TextError
from .modes import ZSPHERE, ZStackModes

# Gson escapes HTML in results.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "=<>&'\u2028\u2029"}
_MASK = "*****"
_SESSION_CODE = "ORG_ZSTACK_IDENTITY_10020"


def text(error: TextError, modes: ZStackModes) -> Reply:
    """Return a problem as plain text."""
    plain = modes.content_type if modes.content_type == ABSENT else "text/plain;charset=utf-8"
    return Reply(error.status, {"Content-Type": plain}, error.text.encode(), code=str(error.status))


def result(fields: Mapping[str, Any], modes: ZStackModes, status: int = 200, job: str | None = None) -> Reply:
    """Return a result without nulls."""
    body = _dump(_shown(fields, modes.mask_secrets)).translate(_ESCAPES)
    return Reply(status, {"Content-Type": modes.content_type}, body.encode(), request_id=job)


def described(fields: Mapping[str, Any], inventory: str, request: Request) -> Mapping[str, Any]:
    """Add the schema if the request asks for it. Queries always have one."""
    if "X-JSON-Schema" in request.headers and "inventory" in fields:
        return {**fields, "schema": {"inventory": inventory}}
    return fields


def error(problem: ApiError, modes: ZStackModes, job: str | None = None) -> Reply:
    """Return an error in the form of the product."""
    fields: dict[str, Any] = {"code": problem.code, **_worded(problem)}
    if modes.product == ZSPHERE:
        arguments = {str(number): value for number, value in enumerate(problem.arguments)}
        fields["i18nDetails"] = problem.details
        fields["causes"] = []
        fields["opaque"] = {"template": problem.template, **arguments}
    if problem.code == "ID.1001" and modes.global_error_code != ABSENT:
        fields["code" if modes.global_error_code == "code" else "globalErrorCode"] = _SESSION_CODE
    body = _dump({"error": fields}).encode()
    return Reply(503, {"Content-Type": modes.content_type}, body, code=fields["code"], request_id=job)


def _worded(problem: ApiError) -> dict[str, str]:
    return {"description": DESCRIPTIONS.get(problem.code, problem.code), "details": problem.details}


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _shown(node: Any, mask: bool) -> Any:
    """Remove nulls, and secrets if they are masked."""
    if isinstance(node, list):
        return [_shown(item, mask) for item in node]
    if not isinstance(node, Mapping):
        return node
    return {
        key: _MASK if mask and key == "AccessKeySecret" else _shown(value, mask)
        for key, value in node.items()
        if value is not None
    }
