# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Relay connections to a server, count them, and record what clients send."""

from __future__ import annotations

import socket
import socketserver
from collections.abc import Callable
from threading import Condition, Lock, Thread

from .loopback import Loopback


def _pass_on(source: socket.socket, target: socket.socket, through: Callable[[bytes], bytes]) -> None:
    """Relay a connection until either side closes it."""
    try:
        while part := source.recv(65536):
            target.sendall(through(part))
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class _Passage(socketserver.BaseRequestHandler):
    server: Relay

    def handle(self) -> None:
        relay = self.server
        with socket.create_connection(("127.0.0.1", relay.target), timeout=120) as upstream:
            relay.begin()
            back = Thread(target=_pass_on, args=(upstream, self.request, relay.alter), daemon=True)
            back.start()
            _pass_on(self.request, upstream, relay.keep)
            relay.end()
            back.join()


class Relay(Loopback):
    """Relay connections to another port of the loopback interface.

    sent: everything that clients have sent. on_connect: called for each connection. alter: changes each piece that the
    server sends. The first piece of a reply begins with its head.
    """

    def __init__(
        self,
        target: int,
        on_connect: Callable[[], None] | None = None,
        alter: Callable[[bytes], bytes] = lambda reply: reply,
    ) -> None:
        self.target = target
        self.alter = alter
        self.sent = b""
        self.connections = 0
        self._open = 0
        self._on_connect = on_connect
        self._changed = Condition(Lock())
        super().__init__(_Passage)

    def is_left(self, timeout: float) -> bool:
        """Return whether the client closes all connections within these seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, timeout)

    def begin(self) -> None:
        """Count a connection."""
        with self._changed:
            self.connections += 1
            self._open += 1
        if self._on_connect:
            self._on_connect()

    def end(self) -> None:
        """Count a closed connection."""
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def keep(self, part: bytes) -> bytes:
        """Record the data, and return it."""
        with self._changed:
            self.sent += part
        return part
