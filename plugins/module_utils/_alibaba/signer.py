# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Sign calls with ACS3-HMAC-SHA256 (docs/dev/apis/alibaba.md)."""

from __future__ import annotations

import hashlib
import hmac
import time
import uuid
from typing import Callable
from urllib.parse import parse_qsl, quote, urlsplit

from .._requests import AuthBase, PreparedRequest
from .._wait import CLOCK

ALGORITHM = "ACS3-HMAC-SHA256"

_DEFAULT_PORTS = {"http": 80, "https": 443}


def _new_nonce() -> str:
    return uuid.uuid4().hex


class Acs3Signer(AuthBase):
    """Sign with a key, and with the security token of a temporary one.

    The signature covers Host, Accept, Content-Type and all x-acs- headers. Each call sets a new date and nonce, because
    the gateway accepts a nonce once. now: seconds since the epoch.
    """

    def __init__(
        self,
        access_key_id: str,
        access_key_secret: str,
        security_token: str | None = None,
        now: Callable[[], float] = CLOCK.time,
        nonce: Callable[[], str] = _new_nonce,
    ) -> None:
        self._access_key_id = access_key_id
        self._access_key_secret = access_key_secret
        self._security_token = security_token
        self._now = now
        self._nonce = nonce

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        url = urlsplit(str(request.url))
        headers = request.headers
        body = request.body or b""
        payload = hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()
        # The signed host must equal the sent one, so the HTTP library does not set it.
        headers["Host"] = _host(url.netloc, _DEFAULT_PORTS.get(url.scheme))
        headers["x-acs-date"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self._now()))
        headers["x-acs-signature-nonce"] = self._nonce()
        headers["x-acs-content-sha256"] = payload
        if self._security_token:
            headers["x-acs-accesskey-id"] = self._access_key_id
            headers["x-acs-security-token"] = self._security_token
        signed = sorted((name.lower(), str(value).strip()) for name, value in headers.items() if _is_signed(name))
        names = ";".join(name for name, _value in signed)
        canonical = "\n".join(
            [
                str(request.method),
                url.path or "/",
                _canonical_query(url.query),
                "".join(f"{name}:{value}\n" for name, value in signed),
                names,
                payload,
            ]
        )
        text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self._access_key_secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        headers["Authorization"] = (
            f"{ALGORITHM} Credential={self._access_key_id},SignedHeaders={names},Signature={signature}"
        )
        return request


def _is_signed(name: str) -> bool:
    return name.lower() in ("host", "accept", "content-type") or name.lower().startswith("x-acs-")


def _host(netloc: str, default_port: int | None) -> str:
    """Return host and port as in a Host header: without the port that the scheme implies."""
    return netloc[: -len(f":{default_port}")] if netloc.endswith(f":{default_port}") else netloc


def _canonical_query(query: str) -> str:
    """Return a query in its canonical form: decoded, sorted by name, and encoded again."""
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
