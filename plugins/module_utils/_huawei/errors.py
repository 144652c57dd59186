# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Evaluate replies and errors of IAM and its gateway (docs/dev/apis/huawei.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .._api import Reply
from .._error_table import HTTP_STATUSES, ErrorTable
from .._errors import AUTHENTICATION, DENIED, NOT_FOUND, QUOTA, REPLY, UNAVAILABLE, CloudError
from .._http_errors import retry_after, status_error
from .._reply import parse_json, parse_object
from .._requests import Response

NO_IAM = "Check api_endpoint: it does not serve IAM, or serves another version of it."

_PERMISSION = (
    "Allow the operation in a policy of the caller. Keys of other users require the role Security Administrator, or the"
    " actions iam:credentials:*. The call may have to name the account with api_domain_id."
)
_PERMISSION_OR_SITE = (
    f"{_PERMISSION} An account of a site other than that of the endpoint gets the same error: check api_endpoint."
)
_PROTECTION = (
    "A user needs no permission for its own keys. But access key protection may be enabled in the security settings of"
    " the account. Then only administrators can change keys."
)
_ANOTHER_KEY = "sign with another one."
_NEW_TOKEN = "Get a new token, or new temporary credentials. A change of a user's key ends the tokens of that user."

_TABLE = ErrorTable(
    categories={
        UNAVAILABLE: ("IAM.0020",),
        AUTHENTICATION: ("IAM.1104", "IAM.1105", "IAM.1106", "IAM.1107", "IAM.1108"),
        QUOTA: ("^.*akSkNumExceed",),
        REPLY: ("APIGW.0101",),
    },
    advice={
        AUTHENTICATION: "Check the credentials and the clock of the machine that runs the module. Do not keep retrying:"
        " after five failures the key is locked for minutes.",
        DENIED: _PERMISSION,
        QUOTA: "A user can have two keys, active or not. Delete one first.",
        "APIGW.0101": NO_IAM,
        "IAM.0002": _PERMISSION_OR_SITE,
        "IAM.0005": "Another user is changing the same object. Run this again.",
        "IAM.0020": "Try again later, or set api_endpoint to that of another region.",
        "IAM.0061": "Too many logins have failed: wait for a quarter of an hour at least, and check the credentials.",
        "IAM.0066": _NEW_TOKEN,
        "IAM.0067": _NEW_TOKEN,
        "IAM.0080": "The user of the key that signs is disabled: enable the user, or sign with a key of another one.",
        "IAM.0081": "The user may only use the console: allow programmatic access.",
        "IAM.0082": "The user of the credentials is disabled: enable the user, or use the credentials of another one.",
        "IAM.1104": f"The cloud has blocked the key that signs: {_ANOTHER_KEY}",
        "IAM.1105": f"The key that signs has expired: {_ANOTHER_KEY}",
        "IAM.1106": f"The user of the key that signs no longer exists: {_ANOTHER_KEY}",
        "IAM.1107": f"The key that signs is disabled: enable it, or {_ANOTHER_KEY}",
        "IAM.1108": "The security token has expired: get new temporary credentials.",
        # The code of an invalid token is IAM.0067; the older form of errors has none.
        "^401 (?!.*aksk).*token": _NEW_TOKEN,
        "^401 APIGW.0301: .*reach the limit": "The key is locked for minutes, because too many signatures were wrong. Check"
        " api_secret_key, and wait before you try again.",
        "^401 APIGW.0301: .*not exist": "The key in api_access_key is unknown, disabled or deleted, or of a site other than that of the"
        " endpoint; or it is a temporary one, and api_security_token is missing.",
        "^401 APIGW.0301: .*get secretkey failed": f"The key in api_access_key is disabled or deleted: {_ANOTHER_KEY}",
    },
    statuses={**HTTP_STATUSES, 404: NOT_FOUND},
)


def explain_denied_change(error: CloudError, is_own: bool) -> CloudError:
    """Return the failure of a change of a key, with advice about possible reasons.

    is_own: the key is certainly one of the caller's, so that no permission is missing.
    """
    if error.category == DENIED and error.advice in (_PERMISSION, _PERMISSION_OR_SITE):
        return replace(error, advice=_PROTECTION if is_own else f"{error.advice} {_PROTECTION}")
    return error


def parse_reply(response: Response) -> Reply:
    """Return the JSON object of a success, None for one without content; raises CloudError for everything else."""
    request_id = response.headers.get("X-Request-Id")
    if response.status_code == 204:
        return Reply(None, request_id)
    try:
        if response.status_code in (200, 201):
            return Reply(parse_object(response.content), request_id)
        raise _api_error(response)
    except CloudError as error:
        raise replace(error, request_id=error.request_id or request_id) from None


def _api_error(reply: Response) -> CloudError:
    """Return the error of a reply, in any of the shapes that the service and its gateway use."""
    code, message, request_id = _error_facts(reply)
    if message is None:
        return status_error(reply)
    return _TABLE.error(code, message, reply.status_code, request_id=request_id, retry_after=retry_after(reply))


def _error_facts(reply: Response) -> tuple[str | None, str | None, str | None]:
    """Return (code, message, request ID) of an error, without a message if the body is not an error of the API."""
    try:
        body = parse_json(reply.content)
    except ValueError:
        return None, None, None
    if not isinstance(body, Mapping):
        return None, None, None
    codes = body.get("errorcode")
    if isinstance(codes, list) and codes:
        return str(codes[0]), "the service gives no text for this error", None
    inner = body.get("error")
    if isinstance(inner, Mapping):
        message = inner.get("error_msg") or inner.get("message")
        code = inner.get("error_code") or inner.get("code")
    else:
        message, code = body.get("error_msg"), body.get("error_code")
    request_id = body.get("request_id")
    return (
        None if code is None or str(code) == str(reply.status_code) else str(code),
        message if code and isinstance(message, str) else None,  # one without a code may come from any proxy
        request_id if isinstance(request_id, str) else None,
    )
