# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the signature method TC3-HMAC-SHA256 as the page "Signature Method v3" describes it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from werkzeug.datastructures import Headers

ALGORITHM = "TC3-HMAC-SHA256"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_FORM = re.compile(
    rf"{ALGORITHM} Credential=(?P<secret_id>[^/,\s]+)/(?P<date>\d{{4}}-\d\d-\d\d)"
    r"/(?P<service>[a-z0-9]+)/tc3_request, ?SignedHeaders=(?P<signed>[a-z0-9;-]+)"
    r", ?Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Authorization:
    """Hold the parts of an Authorization header."""

    secret_id: str
    date: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        """Return the credential scope."""
        return f"{self.date}/{self.service}/tc3_request"


def parse_authorization(text: str) -> Authorization | None:
    """Parse an Authorization header. It must sign at least Content-Type and Host."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    signed = tuple(match["signed"].split(";"))
    if not {"content-type", "host"} <= set(signed):
        return None
    return Authorization(match["secret_id"], match["date"], match["service"], signed, match["signature"])


def utc_date(timestamp: int) -> str:
    """Return the date in the scope of a request with this timestamp."""
    return datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")


def payload_hash(headers: Headers, body: bytes) -> str:
    """Return the hash of the body as sent, or of a fixed word if the client chose not to sign it."""
    unsigned = headers.get("X-TC-Content-SHA256") == _UNSIGNED
    return _sha256(_UNSIGNED.encode() if unsigned else body)


def canonical_request(method: str, query: str, headers: Headers, signed_headers: Sequence[str], payload: str) -> str:
    """Join the signed parts of a request."""
    lines = "".join(f"{name}:{_signed_value(name, headers)}\n" for name in signed_headers)
    return "\n".join([method, "/", query, lines, ";".join(signed_headers), payload])


def sign(secret_key: str, authorization: Authorization, timestamp: str, canonical: str) -> str:
    """Compute the signature of a canonical request."""
    text = "\n".join([ALGORITHM, timestamp, authorization.scope, _sha256(canonical.encode())])
    key = f"TC3{secret_key}".encode()
    for part in (authorization.date, authorization.service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def _signed_value(name: str, headers: Headers) -> str:
    value = headers.get(name, "").strip()
    # Clients sign these two as sent, and the value of X-TC-Action in lower case.
    return value if name in ("content-type", "host") else value.lower()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
