# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check a request as the gateway does: caller, operation, rate and parameters.

The order of the checks is not documented. Clients must not rely on it.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..exchange import Request
from ..rate_limits import RateCounter
from ..secret_log import SecretLog
from . import errors, identity_operations, key_operations, parameters, signature, user_operations
from .account import Account
from .modes import TencentModes
from .operation import Context, Operation

_MOST_BYTES = 10 * 1024 * 1024
_MOST_SECONDS = 300

SERVICES: Mapping[tuple[str, str], Mapping[str, Operation]] = {
    ("cam", "2019-01-16"): {
        **key_operations.OPERATIONS,
        **user_operations.OPERATIONS,
        **identity_operations.CAM_OPERATIONS,
    },
    ("sts", "2018-08-13"): identity_operations.STS_OPERATIONS,
}


@dataclass
class Gateway:
    """Check the requests to an account."""

    account: Account
    modes: TencentModes
    secret_log: SecretLog
    counter: RateCounter = field(default_factory=RateCounter)

    def perform(self, request: Request, request_id: str, now: float) -> dict[str, Any]:
        """Check and perform a request, and return the fields of its reply."""
        authorization = _check_form(request)
        caller = authenticate(request, authorization, self.account, now)
        action = request.headers["X-TC-Action"]
        operation = _operation(authorization.service, request.headers["X-TC-Version"], action)
        self._throttle(request, action, operation, caller)
        params = parameters.check(parameters.parse(request), operation.parameters, self.modes.international)
        context = Context(self.account, self.modes, self.secret_log, caller, now)
        if context.denied(action):
            resource = operation.resource(context, params)
            raise errors.unauthorized(request_id, action, resource)
        return operation.run(context, params)

    def _throttle(self, request: Request, action: str, operation: Operation, caller: int) -> None:
        if not self.modes.rate_limits:
            return
        bucket = (action, request.headers.get("X-TC-Region", ""), caller)
        times = self.counter.count(bucket, request.arrived)
        if times > operation.per_second:
            raise errors.throttled(times, operation.per_second)


def _check_form(request: Request) -> signature.Authorization:
    if request.method != "POST":
        raise errors.ApiError("UnsupportedProtocol", "The emulator supports POST only.")
    if len(request.body) > _MOST_BYTES:
        raise errors.ApiError("RequestSizeLimitExceeded", "The request is larger than 10 MB.")
    for name in ("Action", "Version", "Timestamp"):
        if not request.headers.get(f"X-TC-{name}"):
            raise errors.missing_parameter(name)
    authorization = signature.parse_authorization(request.headers.get("Authorization", ""))
    if authorization is None:
        raise errors.invalid_authorization()
    return authorization


def authenticate(request: Request, authorization: signature.Authorization, account: Account, now: float) -> int:
    """Return the number of the account that signed the request."""
    credential = _credential(account, authorization.secret_id, now)
    if credential is None:
        raise errors.secret_id_not_found()
    uin, secret_key = credential
    timestamp = request.headers["X-TC-Timestamp"]
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise errors.wrong_type("Timestamp")
    # Check the difference first, because a date in the far future cannot be computed.
    if abs(now - int(timestamp)) > _MOST_SECONDS or (signature.utc_date(int(timestamp)) != authorization.date):
        raise errors.signature_expired()
    _check_token(account, authorization.secret_id, request.headers.get("X-TC-Token", ""), now)
    canonical = signature.canonical_request(
        request.method,
        request.query,
        request.headers,
        authorization.signed_headers,
        signature.payload_hash(request.headers, request.body),
    )
    expected = signature.sign(secret_key, authorization, timestamp, canonical)
    if not hmac.compare_digest(expected, authorization.signature):
        raise errors.signature_failure()
    return uin


def _credential(account: Account, secret_id: str, now: float) -> tuple[int, str] | None:
    key = account.keys.get(secret_id)
    if key is not None:
        usable = key.status == "Active" and now >= key.visible_at
        return (key.uin, key.secret_access_key) if usable else None
    temporary = account.temporary.get(secret_id)
    return None if temporary is None else (temporary.uin, temporary.secret_access_key)


def _check_token(account: Account, secret_id: str, token: str, now: float) -> None:
    temporary = account.temporary.get(secret_id)
    if temporary is None:
        expected = ""
    elif now >= temporary.expires:
        raise errors.token_failure()
    else:
        expected = temporary.token
    if not hmac.compare_digest(expected.encode(), token.encode()):
        raise errors.token_failure()


def _operation(service: str, version: str, action: str) -> Operation:
    if service not in {name for name, _unused in SERVICES}:
        raise errors.no_such_product(service)
    operations = SERVICES.get((service, version))
    if operations is None:
        raise errors.no_such_version(service, version)
    if action not in operations:
        raise errors.invalid_action()
    return operations[action]
