# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Replies of Huawei Cloud IAM and of the gateway before it: which are answers, and what the errors mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as kinds
from ansible_collections.multicloud.iam.plugins.module_utils._api import Reply
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._reply import parse_json, parse_object
from ansible_collections.multicloud.iam.plugins.module_utils._transport import (
    Response,
    retry_after,
    status_error,
)

NO_IAM = "Check api_endpoint: this one serves no IAM, or another version of it."

# Errors whose HTTP status alone says too little (docs/dev/apis/huawei.md, Errors).
_CATEGORY_OF_CODE = {
    "akSkNumExceed": kinds.QUOTA,
    "APIGW.0101": kinds.REPLY,
    "IAM.0020": kinds.UNAVAILABLE,
    "IAM.1104": kinds.AUTHENTICATION,
    "IAM.1105": kinds.AUTHENTICATION,
    "IAM.1106": kinds.AUTHENTICATION,
    "IAM.1107": kinds.AUTHENTICATION,
    "IAM.1108": kinds.AUTHENTICATION,
}
_CATEGORY_OF_STATUS = {
    401: kinds.AUTHENTICATION,
    403: kinds.DENIED,
    404: kinds.NOT_FOUND,
    429: kinds.THROTTLED,
}
_PERMISSION = (
    "Allow the operation to the caller; keys of other users need the role Security Administrator, or the actions"
    " iam:credentials:*. The account may have to be named: api_domain_id."
)
_NEW_TOKEN = "Get a new token, or new temporary credentials. A change of a user's key ends the tokens of that user."
_ANOTHER_KEY = "sign with another one."
_ADVICE_FOR_CODE = {
    "APIGW.0101": NO_IAM,
    "IAM.0002": f"{_PERMISSION} An account of another site than the endpoint's is answered like this as well: check"
    " api_endpoint.",
    "IAM.0005": "Somebody else changes the same at this moment: run this again.",
    "IAM.0020": "Try again later, or give the api_endpoint of another region.",
    "IAM.0061": "Too many logins have failed: wait for a quarter of an hour at least, and check the credentials.",
    "IAM.0066": _NEW_TOKEN,
    "IAM.0067": _NEW_TOKEN,
    "IAM.0080": "The user of the key that signs is disabled: enable the user, or sign with a key of another one.",
    "IAM.0081": "The user may only use the console: allow programmatic access.",
    "IAM.0082": "The user of the credentials is disabled: enable the user, or use the credentials of another one.",
    "IAM.1104": f"The cloud has put the key that signs on a list of keys that it refuses: {_ANOTHER_KEY}",
    "IAM.1105": f"The key that signs has expired: {_ANOTHER_KEY}",
    "IAM.1106": f"The user of the key that signs does not exist any more: {_ANOTHER_KEY}",
    "IAM.1107": f"The key that signs is disabled: enable it, or {_ANOTHER_KEY}",
    "IAM.1108": "The security token has expired: get new temporary credentials.",
}
_GATEWAY = "APIGW.0301"
# What the gateway says under one code, by a part of its text, in lower case.
_ADVICE_FOR_TEXT = {
    "reach the limit": "The key is locked for minutes, because too many signatures were wrong. Check api_secret_key, and"
    " wait before you try again.",
    "not exist": "The key in api_access_key is unknown, disabled or deleted, or of another site than the endpoint; or it"
    " is a temporary one, and api_security_token is missing.",
    "get secretkey failed": f"The key in api_access_key is disabled or deleted: {_ANOTHER_KEY}",
}
_ADVICE_FOR_CATEGORY = {
    kinds.THROTTLED: "Run fewer tasks at once, or raise api_retries.",
    kinds.UNAVAILABLE: "Try again later.",
    kinds.AUTHENTICATION: "Check the credentials and the clock of the machine that runs the module. Do not try on:"
    " after five failures the key is locked for minutes.",
    kinds.DENIED: _PERMISSION,
    kinds.NOT_FOUND: "Check the id; an object made seconds ago may not be visible yet.",
    kinds.QUOTA: "A user has two keys at most, active or not: delete one first.",
}
_PROTECTION = (
    "A user needs no permission for the own keys; but access key protection may be on in the security settings of the"
    " account, and then only administrators change keys."
)


def explain_denied_change(error: CloudError, is_own: bool) -> CloudError:
    """Return the failure of a change of a key; one that was denied says what may stand against it.

    is_own: the key is certainly one of the caller's, so that no permission is missing.
    """
    if error.category == kinds.DENIED and error.advice in (_PERMISSION, _ADVICE_FOR_CODE["IAM.0002"]):
        return replace(error, advice=_PROTECTION if is_own else f"{error.advice} {_PROTECTION}")
    return error


def understand(reply: Response) -> Reply:
    """The JSON object of a success, None for one without content; raises CloudError for everything else."""
    request_id = reply.headers.get("X-Request-Id")
    if reply.status_code == 204:
        return Reply(None, request_id)
    try:
        if reply.status_code in (200, 201):
            return Reply(parse_object(reply.content), request_id)
        raise _api_error(reply)
    except CloudError as error:
        raise replace(error, request_id=error.request_id or request_id) from None


def _api_error(reply: Response) -> CloudError:
    """The error of a reply in any of the shapes that the service and its gateway use (docs/dev/apis/huawei.md)."""
    code, message, request_id = _error_facts(reply)
    if message is None:
        return status_error(reply)
    status = reply.status_code
    known = "akSkNumExceed" if "akSkNumExceed" in message else str(code)
    if status == 401 and "token" in message.lower() and "aksk" not in message:
        known = "IAM.0067"  # the code of an invalid token; the older form of errors has none
    by_status = kinds.UNAVAILABLE if status >= 500 else _CATEGORY_OF_STATUS.get(status, kinds.INVALID)
    category = _CATEGORY_OF_CODE.get(known, by_status)
    by_text = (advice for part, advice in _ADVICE_FOR_TEXT.items() if known == _GATEWAY and part in message.lower())
    advice = _ADVICE_FOR_CODE.get(known) or next(by_text, None) or _ADVICE_FOR_CATEGORY.get(category)
    return CloudError(
        category,
        message,
        code=code,
        request_id=request_id,
        http_status=status,
        maybe_done=category == kinds.UNAVAILABLE or status == 408,
        retry_after=retry_after(reply),
        advice=advice or "Change the request accordingly.",
    )


def _error_facts(reply: Response) -> tuple[str | None, str | None, str | None]:
    """(code, message, request id) of an error; no message where the body is none of the API's errors."""
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
        message if code and isinstance(message, str) else None,  # one without a code is any proxy's
        request_id if isinstance(request_id, str) else None,
    )
