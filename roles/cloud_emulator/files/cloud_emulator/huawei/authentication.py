# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identify the caller: by a signature with a permanent or temporary key, or by a token."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from ..exchange import Request
from . import errors, signature
from .account import AccessKey, Account, TemporaryCredential, Token, User
from .lockout import Lockout
from .modes import HuaweiModes
from .operation import Credential
from .times import key_time

_MOST_BYTES = 12 * 1024 * 1024
_MOST_SECONDS = 15 * 60
_LAST_USE_SECONDS = 15 * 60


@dataclass
class Authenticator:
    """Check the keys and tokens of an account, and lock keys."""

    account: Account
    modes: HuaweiModes
    locks: Lockout = field(default_factory=Lockout)

    def authenticate(self, request: Request, now: float) -> Credential:
        """Return the caller. If a request has both, the signature counts and not the token."""
        text = request.headers.get("Authorization", "")
        if text.startswith(signature.ALGORITHM):
            return self._by_key(request, text, now)
        return self._by_token(request.headers.get("X-Auth-Token", ""), now)

    def _by_key(self, request: Request, text: str, now: float) -> Credential:
        authorization = signature.parse_authorization(text)
        if authorization is None:
            raise errors.signature_failure()
        access = authorization.access
        if self.locks.is_locked(access, now):
            raise errors.gateway_authentication("AK access failed to reach the limit,forbidden")
        key = self._key(access, now)
        self._check_date(request, authorization, now)
        self._check_signature(request, authorization, key.secret, now)
        self._check_security_token(key, request.headers.get("X-Security-Token", ""), now)
        user = self.account.users[key.user_id]
        if not user.enabled:
            raise errors.ApiError(403, "The user of the access key is disabled.", "IAM.0080")
        check_access_mode(user)
        if self.modes.record_last_use and isinstance(key, AccessKey):
            _record_use(key, now)
        return Credential(user, access=access, domain_named="X-Domain-Id" in request.headers)

    def _key(self, access: str, now: float) -> AccessKey | TemporaryCredential:
        temporary = self.account.temporary.get(access)
        if temporary is not None:
            return temporary
        key = self.account.keys.get(access)
        if key is None or now < key.visible_at:
            raise errors.unknown_key(access)
        if key.status == "active":
            return key
        if self.modes.inactive_key == "iam_code":
            raise errors.ApiError(400, "The access key is inactive.", "IAM.1107")
        if self.modes.inactive_key == "secret_key_failed":
            raise errors.gateway_authentication("Get secretKey failed")
        raise errors.unknown_key(access)

    def _check_date(self, request: Request, authorization: signature.Authorization, now: float) -> None:
        signed_at = signature.epoch_of(request.headers.get("X-Sdk-Date", ""))
        if signed_at is None or "x-sdk-date" not in authorization.signed_headers:
            raise errors.signature_failure()
        if abs(now - signed_at) > _MOST_SECONDS:
            raise errors.gateway_authentication("calc aksk signature fail:signature expired")
        if len(request.body) > _MOST_BYTES:
            raise errors.gateway_authentication("calc aksk signature fail:body too large")

    def _check_signature(
        self, request: Request, authorization: signature.Authorization, secret: str, now: float
    ) -> None:
        canonical = signature.canonical_request(
            request.method,
            request.path,
            request.query,
            request.headers,
            authorization.signed_headers,
            signature.payload_hash(request.headers, request.body),
        )
        expected = signature.sign(secret, request.headers["X-Sdk-Date"], canonical)
        right = hmac.compare_digest(expected, authorization.signature)
        if not (right and signature.is_honest(request.headers, request.body)):
            self.locks.failed(authorization.access, now)
            raise errors.signature_failure(canonical if self.modes.canonical_in_signature_error else "")
        self.locks.succeeded(authorization.access)

    def _check_security_token(self, key: AccessKey | TemporaryCredential, token: str, now: float) -> None:
        expected = ""
        if isinstance(key, TemporaryCredential):
            if now >= key.expires:
                raise errors.ApiError(400, "The security token has expired.", "IAM.1108")
            if not token:
                # Without a token it is looked up as a permanent key, which does not exist.
                raise errors.unknown_key(key.access)
            expected = key.security_token
        if not hmac.compare_digest(expected.encode(), token.encode()):
            raise errors.gateway_authentication("decrypt token fail")

    def _by_token(self, value: str, now: float) -> Credential:
        if not value:
            raise errors.gateway_authentication("x-auth-token not found")
        token = self.account.tokens.get(value)
        if token is None or token.ended or now >= token.expires:
            raise self._token_error(token, now)
        user = self.account.users[token.user_id]
        check_user(user)
        return Credential(user, token=value, domain_scope=token.project_id is None)

    def _token_error(self, token: Token | None, now: float) -> errors.ApiError:
        if self.modes.token_errors == "iam":
            return errors.invalid_token() if token is None else errors.outdated_token()
        if token is not None and now >= token.expires:
            text = f"token expires, expires_at: {key_time(token.expires, fraction=True)}"
            return errors.gateway_authentication(text)
        return errors.gateway_authentication("decrypt token fail")


def check_user(user: User) -> None:
    """Raise an error for a user who may not have or use a token."""
    if not user.enabled:
        raise errors.ApiError(403, "The user is disabled.", "IAM.0082")
    check_access_mode(user)


def check_access_mode(user: User) -> None:
    """Raise an error for a user who may only use the console."""
    if user.access_mode == "console":
        raise errors.ApiError(403, "The user has console access only.", "IAM.0081")


def _record_use(key: AccessKey, now: float) -> None:
    # Several uses within a quarter of an hour show the time of the first.
    if key.last_used == key.create_time or now - key.last_used >= _LAST_USE_SECONDS:
        key.last_used = now
