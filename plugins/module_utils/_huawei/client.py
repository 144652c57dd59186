# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""The client of Huawei Cloud IAM: which replies are answers, what its errors mean, who is calling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable, TypeVar

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as kinds
from ansible_collections.multicloud.iam.plugins.module_utils._api import (
    Answer,
    Call,
    Request,
    RestApi,
)
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.options import (
    SOURCES,
    default_endpoint,
)
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.signer import KeySigner, TokenAuth
from ansible_collections.multicloud.iam.plugins.module_utils._options import connection_settings, credentials_of
from ansible_collections.multicloud.iam.plugins.module_utils._reply import member, parse_json, parse_object
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.plugins.module_utils._transport import (
    Response,
    retry_after,
    status_error,
)

T = TypeVar("T")

CREDENTIALS_PATH = "/v3.0/OS-CREDENTIAL/credentials"

# Errors whose HTTP status alone says too little (fact sheet, section 4.3 and 4.4).
_CATEGORY_OF_CODE = {
    "akSkNumExceed": kinds.QUOTA,
    "APIGW.0101": kinds.REPLY,
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
_NEW_TOKEN = "Get a new token. A change of a user's key ends the tokens of that user."
_ADVICE_FOR_CODE = {
    "APIGW.0101": "Check api_endpoint: this one serves no IAM, or another version of it.",
    "IAM.0002": "An account of another site than the endpoint's is answered like this as well: check api_endpoint.",
    "IAM.0066": _NEW_TOKEN,
    "IAM.0067": _NEW_TOKEN,
    "IAM.0081": "The user may only use the console: allow programmatic access.",
}
_ADVICE_FOR_CATEGORY = {
    kinds.THROTTLED: "Run fewer tasks at once, or raise api_retries.",
    kinds.UNAVAILABLE: "Try again later.",
    kinds.AUTHENTICATION: "Check the credentials and the clock of the machine that runs the module. Do not try on:"
    " after five failures the key is locked for minutes.",
    kinds.DENIED: "Allow the operation to the caller; keys of other users need the role Security Administrator, or the"
    " actions iam:credentials:*. The account may have to be named: api_domain_id.",
    kinds.NOT_FOUND: "Check the id; an object made seconds ago may not be visible yet.",
    kinds.QUOTA: "A user has two keys at most, active or not: delete one first.",
}


def _understand(reply: Response) -> Answer:
    """The JSON object of a success, None for one without content; raises CloudError for everything else."""
    request_id = reply.headers.get("X-Request-Id")
    if reply.status_code == 204:
        return Answer(None, request_id)
    try:
        if reply.status_code in (200, 201):
            return Answer(parse_object(reply.content), request_id)
        raise _api_error(reply)
    except CloudError as error:
        error.request_id = error.request_id or request_id
        raise


def _api_error(reply: Response) -> CloudError:
    """The error of a reply in any of the shapes that the service and its gateway use (fact sheet, section 4.1)."""
    code, message, request_id = _error_facts(reply)
    if message is None:
        return status_error(reply)
    status = reply.status_code
    known = "akSkNumExceed" if "akSkNumExceed" in message else str(code)
    if status == 401 and "token" in message.lower() and "aksk" not in message:
        known = "IAM.0067"  # the code of an invalid token; the older form of errors has none
    by_status = kinds.UNAVAILABLE if status >= 500 else _CATEGORY_OF_STATUS.get(status, kinds.INVALID)
    category = _CATEGORY_OF_CODE.get(known, by_status)
    return CloudError(
        category,
        message,
        code=code,
        request_id=request_id,
        http_status=status,
        maybe_done=category == kinds.UNAVAILABLE or status == 408,
        retry_after=retry_after(reply),
        advice=_ADVICE_FOR_CODE.get(known) or _ADVICE_FOR_CATEGORY.get(category) or "Change the request accordingly.",
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


class IamClient:
    """Calls operations of IAM. Safe to share between threads."""

    def __init__(self, task: Task, connections: int = 1) -> None:
        credentials = credentials_of(task, SOURCES)
        secret_key, token = credentials["api_secret_key"], credentials["api_auth_token"]
        with credentials.spelled():
            settings = connection_settings(task.options, default_endpoint(credentials))
        self.own_key_id = credentials["api_access_key"]
        self._token = token
        self._is_temporary = bool(credentials["api_security_token"])
        self._domain_id = credentials["api_domain_id"]
        auth = (
            KeySigner(self.own_key_id, secret_key, credentials["api_security_token"])
            if self.own_key_id and secret_key
            else TokenAuth(str(token))
        )
        self._api = RestApi(task, settings, credentials, auth, _understand, connections)
        self._api.check_account(self._account)

    def call(
        self,
        call: Call,
        method: str,
        path: str,
        read: Callable[[Any], T],
        query: Iterable[tuple[str, str]] = (),
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """What read makes of the reply to one operation."""
        own = {
            "Content-Type": "application/json;charset=utf8" if body is not None else "application/json",
            **({"X-Domain-Id": self._domain_id} if self._domain_id else {}),
            **(headers or {}),
        }
        return self._api.call(call, Request(method, path, query, body, own), read)

    def list(self, call: Call, path: str, read: Callable[[Any], T], query: Iterable[tuple[str, str]] = ()) -> T:
        """What read makes of a listing that is always there, if maybe empty: "not found" is the endpoint's fault."""
        try:
            return self.call(call, "GET", path, read, query)
        except CloudError as error:
            if error.category == kinds.NOT_FOUND:
                error.category = kinds.REPLY
                error.advice = _ADVICE_FOR_CODE["APIGW.0101"]
            raise

    def know_account(self) -> None:
        """See to it that calls say which account they are about; with a key pair, some are denied without."""
        if not self._token and not self._domain_id:
            self._domain_id = self._account()

    def caller_id(self) -> str:
        """The user id of the caller: of the token, or of the key that signs (fact sheet, section 2.8)."""
        if self._token:
            call = Call("KeystoneValidateToken", "identify", "the caller")
            return self.call(call, "GET", "/v3/auth/tokens", _user_of_token, headers={"X-Subject-Token": self._token})
        if self._is_temporary:
            raise CloudError(
                kinds.USAGE, "a temporary key does not tell whose it is", advice="Give user_id or user_name."
            ).during("identify", "the caller")
        call = Call("ShowPermanentAccessKey", "identify", "the caller")
        return self.call(call, "GET", f"{CREDENTIALS_PATH}/{self.own_key_id}", _user_of_key)

    def _account(self) -> str | None:
        call = Call("KeystoneListAuthDomains", "identify", "the account of the caller")
        return self.list(call, "/v3/auth/domains", _only_domain)


def _user_of_token(body: Any) -> str:
    return member(member(member(body, "token", dict), "user", dict), "id", str)


def _user_of_key(body: Any) -> str:
    return member(member(body, "credential", dict), "user_id", str)


def _only_domain(body: Any) -> str | None:
    domains = member(body, "domains", list)
    return member(domains[0], "id", str) if len(domains) == 1 else None
