# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compute the signature methods ACS3-HMAC-SHA256 and the older HMAC-SHA1 with SignatureVersion 1.0."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import Headers

from .encoding import Pairs, joined, percent_encoded

ALGORITHM = "ACS3-HMAC-SHA256"
BODY_HASH = "x-acs-content-sha256"
LEGACY_METHOD = "HMAC-SHA1"
_FORM = re.compile(
    rf"{ALGORITHM} Credential=(?P<key_id>[^,\s]+),SignedHeaders=(?P<signed>[a-z0-9;-]+),Signature=(?P<signature>[0-9a-f]{{64}})"
)


@dataclass(frozen=True)
class Authorization:
    """Hold the parts of an Authorization header."""

    access_key_id: str
    signed_headers: tuple[str, ...]
    signature: str


def parse_authorization(text: str) -> Authorization | None:
    """Parse an Authorization header."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    return Authorization(match["key_id"], tuple(match["signed"].split(";")), match["signature"])


def body_hash(body: bytes) -> str:
    """Return the hash of the body, for the header x-acs-content-sha256."""
    return hashlib.sha256(body).hexdigest()


def canonical_request(method: str, query: Pairs, headers: Headers, signed: Sequence[str]) -> str:
    """Join the signed parts of a request. The query is encoded again, because a space is sent as a plus sign."""
    lines = "".join(f"{name}:{_header(name, headers)}\n" for name in signed)
    return "\n".join([method, "/", joined(query), lines, ";".join(signed), _header(BODY_HASH, headers)])


def text_to_sign(canonical: str) -> str:
    """Return the text to sign for a canonical request."""
    return f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def sign(secret: str, text: str) -> str:
    """Compute the signature of a text."""
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def legacy_text_to_sign(method: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return the text to sign with the old method: all parameters of query and body except the signature."""
    signed = joined((name, value) for name, value in pairs if name != "Signature")
    return f"{method}&%2F&{percent_encoded(signed)}"


def legacy_sign(secret: str, text: str) -> str:
    """Compute the old signature of a text."""
    return base64.b64encode(hmac.digest(f"{secret}&".encode(), text.encode(), "sha1")).decode()


def _header(name: str, headers: Headers) -> str:
    return headers.get(name, "").strip()
