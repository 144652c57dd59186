# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Sign calls in two ways: SDK-HMAC-SHA256 with a key pair, and a token (docs/dev/apis/huawei.md)."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Callable
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from .._requests import AuthBase, PreparedRequest
from .._wait import CLOCK

ALGORITHM = "SDK-HMAC-SHA256"


class KeySigner(AuthBase):
    """Sign with a key pair, and with the security token of a temporary one.

    The signature covers Host, Content-Type and all X- headers. now: returns seconds since the epoch.
    """

    def __init__(
        self, access_key: str, secret_key: str, security_token: str | None = None, now: Callable[[], float] = CLOCK.time
    ) -> None:
        self._access_key = access_key
        self._secret_key = secret_key
        self._security_token = security_token
        self._now = now

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        url = urlsplit(str(request.url))
        headers = request.headers
        headers["Host"] = url.netloc
        headers["X-Sdk-Date"] = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(self._now()))
        if self._security_token:
            headers["X-Security-Token"] = self._security_token
        signed = sorted(
            (name.lower(), str(value))
            for name, value in headers.items()
            if name.lower() in ("host", "content-type") or name.lower().startswith("x-")
        )
        names = ";".join(name for name, _value in signed)
        body = request.body or b""
        canonical = "\n".join(
            [
                str(request.method),
                _canonical_path(url.path),
                _canonical_query(url.query),
                "".join(f"{name}:{value.strip()}\n" for name, value in signed),
                names,
                hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest(),
            ]
        )
        text = "\n".join([ALGORITHM, headers["X-Sdk-Date"], hashlib.sha256(canonical.encode()).hexdigest()])
        signature = hmac.new(self._secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
        headers["Authorization"] = (
            f"{ALGORITHM} Access={self._access_key}, SignedHeaders={names}, Signature={signature}"
        )
        return request


def _canonical_path(path: str) -> str:
    """Return the canonical path: decoded before it is split, and with a final slash that is not sent."""
    pieces = "/".join(quote(piece, safe="") for piece in unquote(path).split("/"))
    return pieces if pieces.endswith("/") else pieces + "/"


def _canonical_query(query: str) -> str:
    """Return a query that is sorted before it is encoded."""
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


class TokenAuth(AuthBase):
    """Send a token of an IAM user."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["X-Auth-Token"] = self._token
        return request
