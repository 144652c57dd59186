# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the signature method SDK-HMAC-SHA256 as the page "AK/SK Signing" of API Gateway describes it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from werkzeug.datastructures import Headers

ALGORITHM = "SDK-HMAC-SHA256"
_UNSIGNED = "UNSIGNED-PAYLOAD"
_FORM = re.compile(
    rf"{ALGORITHM} Access=(?P<access>[^,\s]+), ?SignedHeaders=(?P<signed>[a-z0-9;_-]+)"
    r", ?Signature=(?P<signature>[0-9a-f]{64})"
)
_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")


@dataclass(frozen=True)
class Authorization:
    """Hold the parts of an Authorization header."""

    access: str
    signed_headers: tuple[str, ...]
    signature: str


def parse_authorization(text: str) -> Authorization | None:
    """Parse an Authorization header. The names of the signed headers are sorted."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    signed = tuple(match["signed"].split(";"))
    if list(signed) != sorted(set(signed)):
        return None
    return Authorization(match["access"], signed, match["signature"])


def epoch_of(date: str) -> float | None:
    """Parse an X-Sdk-Date."""
    if not _DATE.fullmatch(date):
        return None
    try:
        return datetime.strptime(date, "%Y%m%dT%H%M%S%z").timestamp()
    except ValueError:
        return None


def payload_hash(headers: Headers, body: bytes) -> str:
    """Return the hash of the body, or the declaration that the client sent with a body that is not empty."""
    actual = hashlib.sha256(body).hexdigest()
    return headers.get("X-Sdk-Content-Sha256", actual) if body else actual


def is_honest(headers: Headers, body: bytes) -> bool:
    """Return whether a declared hash is that of the body, or declares the body unsigned."""
    return payload_hash(headers, body) in (_UNSIGNED, hashlib.sha256(body).hexdigest())


def canonical_request(
    method: str, path: str, query: str, headers: Headers, signed_headers: Sequence[str], payload: str
) -> str:
    """Join the signed parts of a request, with path and query as sent."""
    lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in signed_headers)
    parts = [method, _canonical_path(path), _canonical_query(query), lines, ";".join(signed_headers), payload]
    return "\n".join(parts)


def sign(secret: str, date: str, canonical: str) -> str:
    """Compute the signature of a canonical request."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return hmac.digest(secret.encode(), f"{ALGORITHM}\n{date}\n{digest}".encode(), "sha256").hex()


def query_pairs(query: str) -> list[tuple[str, str]]:
    """Decode a query string. A plus sign stays, because clients of this method encode a space as %20."""
    parts = [part.partition("=") for part in query.split("&") if part]
    return [(unquote(name), unquote(value)) for name, _unused, value in parts]


def _canonical_path(path: str) -> str:
    # Decode the path before the split, because an encoded slash separates as well.
    encoded = "/".join(_encoded(part) for part in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def _canonical_query(query: str) -> str:
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(query_pairs(query)))


def _encoded(text: str) -> str:
    return quote(text, safe="")
