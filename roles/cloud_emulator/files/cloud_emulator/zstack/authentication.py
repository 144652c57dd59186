# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Identify the caller. A signature is checked immediately, a session when the work begins."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from ..exchange import Request
from . import dates, errors, signature
from .errors import TextError
from .installation import Account, Installation
from .modes import ZStackModes
from .times import zone

_SESSION = "OAuth"
_MOST_SECONDS = 15 * 60
_DATE_FORMS = {
    "old": "'Date' format error, correct format is 'EEE, dd MMM yyyy HH:mm:ss z'",
    "new": "Date format error. The 'Date' header must conform to one of the supported RFC 1123 or ISO 8601 formats.",
}


@dataclass(frozen=True)
class Claim:
    """Hold a session that is not checked yet, or the account of the key that has signed."""

    session_uuid: str | None = None
    account_uuid: str = ""

    def account(self, installation: Installation, modes: ZStackModes, now: float) -> Account:
        """Return the account. The use of a session renews it."""
        if self.session_uuid is None:
            return installation.accounts[self.account_uuid]
        session = installation.sessions.get(self.session_uuid)
        if session is None or now >= session.expires:
            raise errors.session_expired()
        session.expires = max(session.expires, now + modes.session_timeout_seconds)
        return installation.accounts[session.account_uuid]


def session_of(authorization: str) -> str | None:
    """Return the session in an Authorization header."""
    text = authorization.strip()
    return text.removeprefix(_SESSION).strip() if text.startswith(_SESSION) else None


def authenticate(request: Request, uri: str, installation: Installation, modes: ZStackModes, now: float) -> Claim:
    """Check the headers of a request that requires a caller."""
    authorization = request.headers.get("Authorization")
    if authorization is None:
        raise TextError(400, "missing header 'Authorization'")
    session_uuid = session_of(authorization)
    if session_uuid is not None:
        return Claim(session_uuid=session_uuid)
    if not authorization.strip().startswith(signature.SCHEME):
        raise TextError(400, "Authorization type must be 'OAuth'")
    if not modes.access_key_module:
        raise TextError(500, "")
    return _verified(request, authorization, uri, installation, modes, now)


def _verified(
    request: Request, authorization: str, uri: str, installation: Installation, modes: ZStackModes, now: float
) -> Claim:
    date = request.headers.get("Date")
    if not date:
        raise TextError(400, "'Date' must be incuded in request header")
    moment = dates.parse(date, new=modes.date_parser == "new")
    if moment is None:
        raise TextError(400, _DATE_FORMS[modes.date_parser])
    if _seconds_apart(moment, now, modes) > _MOST_SECONDS:
        raise TextError(403, "requestTimeTooSkewed")
    parsed = signature.parse(authorization)
    if parsed is None:
        raise TextError(400, "accessKey format is 'ZStack AccessKeyId:Signature'")
    key_id, given = parsed
    found = installation.keys_with_id(key_id, modes.case_insensitive_ids)
    if len(found) > 1:
        raise TextError(500, f"more than one access key has the id {key_id}")
    if not found or found[0].state != "Enabled" or now < found[0].visible_at:
        raise TextError(403, f"access key id: {key_id} does not existed or disabled")
    expected = signature.sign(found[0].access_key_secret, signature.string_to_sign(request.method, date, uri))
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise TextError(403, "wrong accessKey signature")
    return Claim(account_uuid=found[0].account_uuid)


def _seconds_apart(moment: datetime, now: float, modes: ZStackModes) -> float:
    """Compare instants, or the local date and time without a zone, as servers do by default."""
    here = datetime.fromtimestamp(now, zone(modes.timezone))
    if not modes.check_time_zone:
        here, moment = here.replace(tzinfo=None), moment.replace(tzinfo=None)
    return abs((here - moment).total_seconds())
