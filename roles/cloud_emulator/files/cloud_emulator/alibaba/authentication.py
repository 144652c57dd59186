# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that a signature is right, fresh, and from a valid key."""

from __future__ import annotations

import hmac
from datetime import datetime, timezone

from . import errors
from .account import Account, Principal
from .claims import Claim

_MOST_SECONDS = 15 * 60
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Authenticator:
    """Check claims, and remember the nonces that were used."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._nonces: dict[tuple[str, str], float] = {}

    def check(self, claim: Claim, now: float) -> Principal:
        """Return the caller who signed."""
        secret = self._secret(claim, now)
        _check_time(claim.time, now)
        expected = claim.sign(secret, claim.text)
        if not hmac.compare_digest(expected.encode(), claim.signature.encode()):
            raise errors.bad_signature(claim.echo)
        self._use(claim, now)
        principal = self._account.principal_of(claim.access_key_id)
        if principal is None:
            raise errors.key_not_found()
        return principal

    def _secret(self, claim: Claim, now: float) -> str:
        temporary = self._account.temporary.get(claim.access_key_id)
        if temporary is not None:
            self._check_token(claim, temporary.token)
            if now >= temporary.expires:
                raise errors.token_expired()
            return temporary.access_key_secret
        key = self._account.keys.get(claim.access_key_id)
        if key is None:
            raise errors.key_not_found()
        if not key.active:
            raise errors.key_inactive()
        if claim.token:
            raise errors.token_of_another_key()
        return key.access_key_secret

    def _check_token(self, claim: Claim, token: str) -> None:
        if not claim.token:
            raise errors.missing("SecurityToken")
        if claim.token == token:
            return
        if claim.token in {each.token for each in self._account.temporary.values()}:
            raise errors.token_of_another_key()
        raise errors.token_malformed()

    def _use(self, claim: Claim, now: float) -> None:
        nonce = (claim.access_key_id, claim.nonce)
        # The oldest come first. Each is remembered as long as a request with it can be in time.
        while self._nonces and now - next(iter(self._nonces.values())) > 2 * _MOST_SECONDS:
            del self._nonces[next(iter(self._nonces))]
        if nonce in self._nonces:
            raise errors.nonce_used()
        self._nonces[nonce] = now


def _check_time(text: str, now: float) -> None:
    try:
        moment = datetime.strptime(text, _TIME).replace(tzinfo=timezone.utc)
    except ValueError as error:
        raise errors.bad_time() from error
    if abs(now - moment.timestamp()) > _MOST_SECONDS:
        raise errors.expired_time()
