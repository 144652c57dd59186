# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Evaluate replies and errors of the gateway of Alibaba Cloud (docs/dev/apis/alibaba.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .._api import Reply
from .._error_table import HTTP_STATUSES, ErrorTable
from .._errors import AUTHENTICATION, DENIED, NETWORK, REPLY, THROTTLED, UNAVAILABLE, CloudError
from .._http_errors import retry_after, status_error
from .._reply import bad_reply, parse_json, parse_object, quiet_member
from .._requests import Response

# Codes of a success, for the one operation whose success has a code.
_GOOD_CODES = ("", "200", "OK", "success", "Success")

_TABLE = ErrorTable(
    categories={
        THROTTLED: ("Throttling", "Rejected.Throttling"),
        UNAVAILABLE: ("ServerError", "InternalError", "ServiceUnavailable"),
        AUTHENTICATION: (
            "InvalidAccessKeyId",
            "InvalidSecurityToken",
            "InvalidTimeStamp",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "MissingSecurityToken",
        ),
        # Every attempt has its own nonce. This request arrived twice, and the first one may have been processed.
        NETWORK: ("SignatureNonceUsed",),
        DENIED: ("Forbidden", "NoPermission"),
        # This code is about the operation. There is no code for an object that does not exist.
        REPLY: ("InvalidApi", "InvalidAction"),
    },
    advice={
        DENIED: "Allow the operation in a RAM policy of the caller.",
        REPLY: "Check api_endpoint: it does not serve the API.",
        "-101": "The API does not name the parameter. Compare all options with the documentation: auth_modules must be"
        " codes that sas_vendor_ak_info lists for the vendor, and most vendors need domain, even for an update.",
        "Forbidden.RiskControl": "The risk control of the cloud rejected the call. Check the security messages of the account.",
        "IncompleteSignature": "Something in front of the API removes headers or parameters: check the proxy.",
        "InvalidAccessKeyId.NotFound": "The key in api_access_key_id is unknown or deleted.",
        "InvalidAccessKeyId.Inactive": "The key in api_access_key_id is disabled.",
        "InvalidSecurityToken": "The temporary credentials have expired or do not match the key. Get new ones.",
        "InvalidTimeStamp": "Set the clock of the machine that runs the module. It may differ by up to 15 minutes.",
        "MissingSecurityToken": "The key in api_access_key_id is a temporary one: set api_security_token as well.",
        "SignatureDoesNotMatch": "api_access_key_secret does not belong to api_access_key_id.",
        "SignatureNonceUsed": "Something in front of the API sends requests twice: check the proxy.",
    },
    statuses=HTTP_STATUSES,
)

_LONGEST_NUMBER = 10  # digits; a time to wait has fewer

# From here on, the text of a bad signature repeats the request, including the vendor's secret.
_ECHO = re.compile(r"\bserver\s*(?:string\s*to\s*sign|canonical\s*request)", re.IGNORECASE)


def parse_reply(response: Response) -> Reply:
    """Return the JSON object of a success; raises CloudError for everything else."""
    try:
        return _checked(response)
    except CloudError as error:
        raise replace(error, request_id=error.request_id or response.headers.get("x-acs-request-id")) from None


def _checked(reply: Response) -> Reply:
    if reply.status_code >= 400:
        raise _failure(reply)
    if reply.status_code != 200:
        raise status_error(reply)
    body = parse_object(reply.content)
    request_id = quiet_member(body, "RequestId", str)
    code = body.get("Code")
    if body.get("Success") is False or _status_in(body) >= 400 or (code is not None and str(code) not in _GOOD_CODES):
        raise api_error(body, reply)
    if not request_id:
        raise bad_reply("RequestId is missing")
    return Reply(body, request_id)


def _status_in(body: Mapping[str, Any]) -> int:
    """Return the HTTP status in a body, which may differ from that of the reply; 0 if there is none."""
    return quiet_member(body, "HttpStatusCode", int) or 0


def _failure(reply: Response) -> CloudError:
    try:
        body = parse_json(reply.content)
    except ValueError:
        body = None
    # A proxy in front of the API has other errors, in HTML or in another JSON.
    if not isinstance(body, Mapping) or not isinstance(body.get("Code"), (str, int)):
        return status_error(reply)
    return api_error(body, reply)


def api_error(body: Mapping[str, Any], reply: Response) -> CloudError:
    """Return the error that the API reports in its envelope; a code may be a JSON number."""
    code = str(body["Code"]) if body.get("Code") is not None else None
    return _TABLE.error(
        code,
        _without_echo(quiet_member(body, "Message", str) or "the API gives no text for this error"),
        max(reply.status_code, _status_in(body)),
        advice=_missing_permission(body),
        request_id=quiet_member(body, "RequestId", str),
        retry_after=_retry_after(reply),
    )


def _without_echo(message: str) -> str:
    echo = _ECHO.search(message)
    return message[: echo.start()].strip() if echo else message


def _missing_permission(body: Mapping[str, Any]) -> str | None:
    """Return advice with the missing permission, if the API names it. Its encoded diagnosis is for the vendor."""
    detail = body.get("AccessDeniedDetail")
    action = quiet_member(detail, "AuthAction", str)
    if not action:
        return None
    details = [quiet_member(detail, name, str) for name in ("PolicyType", "NoPermissionType")]
    reason = ", ".join(filter(None, details))
    return f"Grant {action} to the caller{f' ({reason})' if reason else ''}."


def _retry_after(reply: Response) -> float | None:
    """Return the seconds that the gateway asks to wait. Its own header is in milliseconds, as in the official SDK."""
    value = reply.headers.get("x-acs-retry-after", "")
    is_number = value.isascii() and value.isdigit() and len(value) < _LONGEST_NUMBER
    return int(value) / 1000 if is_number and int(value) > 0 else retry_after(reply)
