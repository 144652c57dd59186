# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the bodies of replies: in JSON, or in XML for a legacy request without a format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

from ..exchange import Reply, Request
from . import claims, errors
from .encoding import all_pairs
from .errors import ApiError
from .modes import AlibabaModes

_HOST = "tds.cn-shanghai.aliyuncs.com"
_XML = "text/xml;charset=utf-8"


def wants_xml(request: Request) -> bool:
    """Return whether the reply is XML: the default of a legacy request, which has no headers of this vendor."""
    if claims.is_acs3(request):
        return False
    default = "JSON" if "x-acs-action" in request.headers else "XML"
    return dict(all_pairs(request)).get("Format", default).upper() != "JSON"


def success(modes: AlibabaModes, fields: dict[str, Any], action: str, *, xml: bool = False) -> Reply:
    """Return the reply of an operation."""
    request_id = str(uuid4()).upper()
    return _reply(modes, 200, {**fields, "RequestId": request_id}, f"{action}Response", xml=xml, request_id=request_id)


def failure(modes: AlibabaModes, error: ApiError, host: str = _HOST, *, xml: bool = False) -> Reply:
    """Return the reply of an error. The modes define the form of throttling."""
    request_id = str(uuid4()).upper()
    code, status, headers = _form(modes, error.code)
    body = {
        "RequestId": request_id,
        "HostId": host,
        "Code": int(code) if modes.numeric_error_code and code == errors.INVALID_VALUE else code,
        "Message": error.message,
        "Recommend": f"https://api.aliyun.com/troubleshoot?q={code}&product=Sas&requestId={request_id}",
        **error.more,
    }
    return _reply(modes, status, body, "Error", xml=xml, request_id=request_id, code=code, headers=headers)


def _form(modes: AlibabaModes, code: str) -> tuple[str, int, Mapping[str, str]]:
    if code == errors.THROTTLED:
        if modes.throttle_form == "429_retry_after":
            return code, 429, {"x-acs-retry-after": str(modes.retry_after_milliseconds)}
        code = {
            "503_service_unavailable": "ServiceUnavailable",
            "rejected_throttling": "Rejected.Throttling",
        }.get(modes.throttle_form, code)
    return *errors.code_and_status(code, modes.alternate_errors), {}


def _reply(
    modes: AlibabaModes,
    status: int,
    fields: dict[str, Any],
    name: str,
    *,
    xml: bool,
    request_id: str,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    if xml:
        text, content_type = "<?xml version='1.0' encoding='UTF-8'?>" + _element(name, fields), _XML
    else:
        text, content_type = json.dumps(fields, ensure_ascii=False, separators=(",", ":")), modes.content_type
    headers = {"Content-Type": content_type, "x-acs-request-id": request_id, **(headers or {})}
    return Reply(status, headers, text.encode(), code=code, request_id=request_id)


def _element(name: str, value: Any) -> str:
    """Write a value. Each item of a list has the name of the list."""
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, dict):
        inner = "".join(_element(key, each) for key, each in value.items())
    elif isinstance(value, bool):
        inner = str(value).lower()
    else:
        inner = "" if value is None else escape(str(value))
    return f"<{name}>{inner}</{name}>"
