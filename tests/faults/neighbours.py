# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run servers in place of the API or in front of it: a closed port, a broken proxy, another host, a bad certificate.

Also run relays to the API: one that checks the traffic, and one that closes in the middle of a task.

One process serves all of them, and records credentials that arrive at the wrong place.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import socketserver
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import trustme

from ..support.relay import Relay

_SILENCE = 30.0  # seconds


class Neighbours:
    """Start the servers, and report what arrived."""

    def __init__(self, directory: Path, emulator_port: int) -> None:
        self._arrivals = directory / "arrivals"
        self._arrivals.write_text("", encoding="utf-8")
        ports, writer = os.pipe()
        lane = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            _serve(self._arrivals, emulator_port, writer, lane)
        os.close(writer)
        with os.fdopen(ports) as file:
            self._ports: dict[str, int] = json.loads(file.readline())
        self._ports["emulator"] = emulator_port

    def stop(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)

    def forget(self) -> None:
        self._arrivals.write_text("", encoding="utf-8")

    def arrived(self) -> list[str]:
        """Return the servers that received credentials by mistake."""
        return sorted(set(self._arrivals.read_text(encoding="utf-8").split()))

    def fill_in(self, spec: Mapping[str, Any]) -> dict[str, Any]:
        """Return a fault of the emulator with the address of the other host."""
        return {
            name: value.replace("OTHER_HOST", self.url("other_host")) if isinstance(value, str) else value
            for name, value in spec.items()
        }

    def url(self, name: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self._ports[name]}"

    def options(self, name: str, calls_before: Callable[[], int]) -> dict[str, str]:
        """Return the options that lead to the server. calls_before: the number of calls before the relay closes."""
        if not name:
            return {}
        if name == "closing":
            return {"api_endpoint": f"http://127.0.0.1:{self._closing_after(calls_before())}"}
        if name in ("closed", "tls", "passage"):
            return {"api_endpoint": self.url(name, "https" if name == "tls" else "http")}
        if name == "no tls":
            return {"api_endpoint": self.url("emulator", "https")}
        if name == "forward":  # the emulator is the proxy, and the name is not resolved
            return {"api_endpoint": "http://api.example", "api_proxy": self.url("emulator")}
        how, _blank, proxy = name.partition(" ")
        secure = how == "tunnel"
        return {
            "api_endpoint": self.url("emulator", "https") if secure else self.url("emulator"),
            "api_proxy": self.url(proxy),
        }

    def _closing_after(self, calls: int) -> int:
        """Return the port of a relay to the emulator that closes after this number of calls."""
        with socket.create_connection(("127.0.0.1", self._ports["gate"])) as gate:
            gate.sendall(b"%d" % calls)
            return int(gate.recv(16))


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    arrivals: Path
    context: ssl.SSLContext
    emulator_port: int


class _Handler(socketserver.BaseRequestHandler):
    server: _Server
    name = ""
    may_hear = True  # a proxy for plain HTTP sees everything

    def handle(self) -> None:
        try:
            heard = self.hear()
            if heard and not self.may_hear:
                with self.server.arrivals.open("a", encoding="utf-8") as file:
                    file.write(f"{self.name}\n")
            self.answer()
        except OSError:
            pass

    def hear(self) -> bytes:
        heard: bytes = self.request.recv(65536)
        return heard

    def answer(self) -> None:
        raise NotImplementedError


class _OtherHost(_Handler):
    name, may_hear = "other_host", False

    def answer(self) -> None:
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


class _Tls(_Handler):
    name, may_hear = "tls", False

    def hear(self) -> bytes:
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        return super().hear()

    def answer(self) -> None:
        self.request.close()


def _status(status: str) -> type[_Handler]:
    class Proxy(_Handler):
        def answer(self) -> None:
            body = f"<html><h1>{status}</h1></html>"
            head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\nConnection: close"
            self.request.sendall(f"{head}\r\n\r\n{body}".encode())

    return Proxy


class _Resetting(_Handler):
    def answer(self) -> None:
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.request.close()


class _Silent(_Handler):
    def answer(self) -> None:
        time.sleep(_SILENCE)


class _Gate(_Handler):
    def hear(self) -> bytes:
        self.calls = int(super().hear())
        return b""

    def answer(self) -> None:
        def count() -> None:
            self.calls -= 1
            if not self.calls:
                relay.__exit__()

        relay = _Closing(self.server.emulator_port, count, _and_then_close).__enter__()
        # Keep the port, so that no other lane gets it. Its server would accept the call that must be refused.
        reserved = socket.socket()
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(("127.0.0.1", relay.port))
        _reserved.append(reserved)
        self.request.sendall(b"%d" % relay.port)


_reserved: list[socket.socket] = []


class _Closing(Relay):
    """Bind a port that another socket has only reserved."""

    allow_reuse_port = True


def _and_then_close(reply: bytes) -> bytes:
    """Close the connection after each reply, so that each call is one connection."""
    return re.sub(rb"\A(HTTP/1\.1 .*\r\n)", rb"\1Connection: close\r\n", reply)


class _Passage(Relay):
    """Check that only requests pass that the API should receive."""

    def __init__(self, target: int, arrivals: Path) -> None:
        super().__init__(target)
        self._arrivals = arrivals

    def keep(self, part: bytes) -> bytes:
        if b"authorization: basic " in part.lower():
            self._arrivals.write_text("passage\n", encoding="utf-8")
        return part


_HANDLERS: Mapping[str, type[_Handler]] = {
    "other_host": _OtherHost,
    "tls": _Tls,
    "502": _status("502 Bad Gateway"),
    "407": _status("407 Proxy Authentication Required"),
    "resetting": _Resetting,
    "silent": _Silent,
    "gate": _Gate,
}


def _serve(arrivals: Path, emulator_port: int, writer: int, lane: int) -> NoReturn:
    """Run the servers as long as the lane exists."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    ports = {"passage": _Passage(emulator_port, arrivals).__enter__().port}
    for name, handler in _HANDLERS.items():
        server = _Server(("127.0.0.1", 0), handler)
        server.arrivals, server.context, server.emulator_port = arrivals, context, emulator_port
        ports[name] = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))  # no process listens
    ports["closed"] = closed.getsockname()[1]
    os.write(writer, f"{json.dumps(ports)}\n".encode())
    while os.getppid() == lane:
        time.sleep(1)
    os._exit(0)
