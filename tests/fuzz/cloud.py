# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the emulated clouds in this process, behind a real socket, and tamper with their replies."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.parser import BytesParser
from http import HTTPStatus
from typing import Any

from cloud_emulator import seed
from cloud_emulator.emulator import Emulator
from cloud_emulator.exchange import ABSENT, Call, Request
from werkzeug.datastructures import Headers

from ..support.emulator import forget_creations
from ..support.loopback import Loopback


@dataclass(frozen=True)
class Reply:
    """Hold the reply to one call. params: the parameters of the call. length: the Content-Length, or None."""

    action: str
    params: Any
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    length: str | None

    @property
    def content(self) -> Any:
        """Return the JSON of the body, or raise ValueError."""
        return json.loads(self.body)


Tamper = Callable[[int, str, Callable[[], Reply]], Reply]
"""Return the reply to a call, by its number and operation. The function performs it, and returns the true reply."""


def honest(_number: int, _action: str, perform: Callable[[], Reply]) -> Reply:
    """Return the true reply."""
    return perform()


class _Secrets:
    """Collect the secrets of the emulator."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def add(self, secret: str) -> None:
        if secret:
            self.known.add(secret)


class Cloud(Loopback):
    """Serve all emulated clouds at one address."""

    def __init__(self) -> None:
        self._secrets = _Secrets()
        self._emulator = Emulator(seed.load(None))
        self._emulator._secret_log = self._secrets  # type: ignore[assignment]
        self._lock = threading.Lock()
        self.begin()
        self.seeded_secrets = frozenset(self._secrets.known)
        super().__init__(_Handler)

    def begin(self, tamper: Tamper = honest) -> None:
        """Restore the seed, and reply with this function from now on."""
        self._secrets.known.clear()
        self._emulator.reset()
        forget_creations()
        self.replies: list[Reply] = []
        self._tamper = tamper
        self._number = -1

    def state(self, name: str) -> dict[str, Any]:
        """Return the objects of a cloud, without secrets."""
        objects: dict[str, Any] = self._emulator.state()[name]
        return objects

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that were performed."""
        return self._emulator.journal.since(0)

    def new_secrets(self) -> set[str]:
        """Return the secrets since the beginning."""
        return self._secrets.known - self.seeded_secrets

    def answer(self, request: Request) -> Reply:
        """Return the reply to a request."""
        with self._lock:
            self._number += 1

            call = self._call(request)

            def perform() -> Reply:
                reply = self._emulator.serve(request)
                headers = tuple((name, value) for name, value in reply.headers.items() if value != ABSENT)
                return Reply(call.action, call.params, reply.status, headers, reply.body, str(len(reply.body)))

            sent = self._tamper(self._number, call.action, perform)
            self.replies.append(sent)
            return sent

    def _call(self, request: Request) -> Call:
        claimed = (each.describe(request) for each in self._emulator._clouds.values() if each.claims(request))
        return next(claimed, Call(f"{request.method} {request.path}"))


class _Handler(socketserver.StreamRequestHandler):
    server: Cloud
    disable_nagle_algorithm = True

    def handle(self) -> None:
        """Reply to one request and close, so that no client waits for more, even if the length is wrong."""
        line = self.rfile.readline().decode("latin-1").split(" ")
        if len(line) != 3:
            return
        head = b"".join(iter(self.rfile.readline, b"\r\n"))
        headers = BytesParser().parsebytes(head)
        body = self.rfile.read(int(headers.get("Content-Length") or 0))
        path, _mark, query = line[1].partition("?")
        reply = self.server.answer(Request(line[0], path, query, Headers(list(headers.items())), body, time.time()))
        self.wfile.write(_wire(reply))


def _wire(reply: Reply) -> bytes:
    reason = HTTPStatus(reply.status).phrase if reply.status in list(HTTPStatus) else "Odd"
    lines = [f"HTTP/1.1 {reply.status} {reason}", *(f"{name}: {value}" for name, value in reply.headers)]
    if reply.length is not None:
        lines.append(f"Content-Length: {reply.length}")
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1", "replace") + reply.body
