# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Sign calls with a key (HMAC-SHA1, scheme "ZStack"), or name a session in them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime, tzinfo
from typing import Callable
from urllib.parse import unquote, urlsplit

from .._requests import AuthBase, PreparedRequest
from .times import date_header


def signature(secret: str, method: str, date: str, uri: str) -> str:
    """Return the signature of a request: of its method in capitals, its Date header as sent, and its uri.

    uri: the path after the server's context path, percent-decoded, without the query.
    """
    text = f"{method}\n{date}\n{uri}"
    return base64.b64encode(hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()).decode("ascii")


class KeyAuth(AuthBase):
    """Sign with an access key. The server compares local times without zones, so the Date is in its zone.

    context_path: the part of the path that the server, or a proxy in front of it, removes. zone: the server's.
    """

    def __init__(
        self,
        key_id: str,
        secret: str,
        context_path: str,
        zone: tzinfo,
        clock: Callable[[tzinfo], datetime] = datetime.now,
    ) -> None:
        self._key_id = key_id
        self._secret = secret
        self._context_path = context_path
        self._zone = zone
        self._clock = clock

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        path = unquote(urlsplit(str(request.url)).path)
        prefix = unquote(self._context_path)
        uri = path[len(prefix) :] if path.startswith(prefix) else path
        date = date_header(self._clock(self._zone))
        signed = signature(self._secret, str(request.method), date, uri)
        request.headers["Date"] = date
        request.headers["Authorization"] = f"ZStack {self._key_id}:{signed}"
        return request


class SessionAuth(AuthBase):
    """Send the uuid of a session."""

    def __init__(self, session_uuid: str) -> None:
        self.session_uuid = session_uuid

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"OAuth {self.session_uuid}"
        return request
