# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold a run at each of its points: the boundaries of its tasks, the steps of a write, and each call of a server."""

from __future__ import annotations

import json
import re
import socketserver
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple

from ..support.loopback import Loopback

_VARIABLE = re.compile(r"(?=[^/]*\d)[\w-]{16,}")  # an ID in a path
_PER_CONNECTION = {"connection", "content-length", "transfer-encoding"}


class Point(NamedTuple):
    """Name a point of a run. number: how many equal ones came before."""

    kind: str
    label: str
    side: str
    number: int = 0


Reach = Callable[[str, str, str, int | None], bool]
"""Is called at each point with its members and the number of the run, if that is known. Returns whether to go on."""


class _AtGate(socketserver.StreamRequestHandler):
    server: Gate

    def handle(self) -> None:
        message = json.loads(self.rfile.readline())
        # A client that was killed gets no reply.
        if self.server.reach(message["kind"], message["label"], message["side"], message["run"]):
            with suppress(OSError):
                self.wfile.write(b".")


class Gate(Loopback):
    """Answer tests/kills/controller.py."""

    def __init__(self, reach: Reach) -> None:
        self.reach = reach
        super().__init__(_AtGate)


class _Passage(BaseHTTPRequestHandler):
    server: Passage
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing."""

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        passage = self.server
        path = _VARIABLE.sub("*", self.path.partition("?")[0])
        label = self.headers.get("X-TC-Action") or self.headers.get("x-acs-action") or f"{self.command} {path}"
        if not passage.reach(passage.kind, label, "before", None):
            self.close_connection = True
            return
        if passage.is_closed:
            self.send_error(503)
            return
        connection = HTTPConnection("127.0.0.1", passage.target, timeout=60)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        passage.on_reply(label)
        if not passage.reach(passage.kind, label, "after", None):
            self.close_connection = True
            return
        self.send_response_only(reply.status, reply.reason)
        for name, value in reply.getheaders():
            if name.lower() not in _PER_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content)
            self.wfile.flush()
        except OSError:  # the client was killed
            self.close_connection = True


for _method in ("GET", "POST", "PUT", "PATCH", "DELETE", "LIST"):
    setattr(_Passage, f"do_{_method}", _Passage._pass)


class Passage(Loopback):
    """Pass the calls of a server on, and hold each of them before it is committed and before its reply.

    on_reply: called after the server has replied. is_closed: whether it passes nothing on.
    """

    is_closed = False

    def __init__(
        self, kind: str, target: int, reach: Reach, on_reply: Callable[[str], None] = lambda label: None
    ) -> None:
        self.kind, self.target, self.reach, self.on_reply = kind, target, reach, on_reply
        super().__init__(_Passage)
