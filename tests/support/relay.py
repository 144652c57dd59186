# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way to a server on which connections are counted, and what is sent to it is kept."""

from __future__ import annotations

import socket
import socketserver
from collections.abc import Callable
from threading import Condition, Lock, Thread

from .loopback import Loopback


def _pass_on(source: socket.socket, target: socket.socket, through: Callable[[bytes], bytes]) -> None:
    """Until either side ends it."""
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
    """Passes connections on to another port of loopback.

    sent: all that clients have sent. on_connect: called for each connection. alter: makes another reply of what the
    server sends at once, which begins with the head.
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
        """Whether all connections are closed, by the client, within so many seconds."""
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
        """A connection is closed."""
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def keep(self, part: bytes) -> bytes:
        """Remember what was sent, and give it back."""
        with self._changed:
            self.sent += part
        return part
