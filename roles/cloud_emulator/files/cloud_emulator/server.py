# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run an HTTP server with keep-alive, without delays, and with connections that can be broken."""

from __future__ import annotations

import io
import os
import socket
import struct
import sys
import time
from pathlib import Path
from ssl import SSLSocket
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from .exchange import HEAD_INTERVAL
from .own_file import write


class Handler(WSGIRequestHandler):
    """Serve one connection.

    Werkzeug's ``run_wsgi`` closes every connection, and waits 10 ms for stray input. Neither is
    necessary, because the body is read before the application runs.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def version_string(self) -> str:
        """Return the value of the Server header."""
        return "cloud_emulator"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing, because the journal has it."""

    def run_wsgi(self) -> None:
        """Reply to one request."""
        environ = self.make_environ()
        environ["cloud_emulator.arrived"] = time.time()
        environ[HEAD_INTERVAL] = 0.0
        self._read_body(environ)
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
            head[:] = status, headers

        pieces = self.server.app(environ, start_response)
        sent = False
        try:
            for piece in pieces:
                if not sent:
                    self._send_head(head[0], head[1], environ[HEAD_INTERVAL])
                    sent = True
                self.wfile.write(piece)
                self.wfile.flush()
            if not sent:
                self._send_head(head[0], head[1], environ[HEAD_INTERVAL])
        except ConnectionResetError:
            self._reset()
        except ConnectionError:
            self.close_connection = True
        finally:
            pieces.close()  # type: ignore[attr-defined]

    def _read_body(self, environ: dict[str, Any]) -> None:
        body: bytes
        if environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read()
        else:
            body = self.rfile.read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        environ["wsgi.input_terminated"] = True

    def _send_head(self, status: str, headers: list[tuple[str, str]], interval: float) -> None:
        if interval:
            head = "".join(f"{name}: {value}\r\n" for name, value in headers)
            for byte in f"{self.protocol_version} {status}\r\n{head}\r\n".encode("latin-1"):
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(interval)
            return
        code, _blank, reason = status.partition(" ")
        self.send_response_only(int(code), reason)
        self.send_header("Server", self.version_string())
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _reset(self) -> None:
        """Abort the connection, so that the client only gets RST."""
        self.close_connection = True
        no_linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        # The files around the socket keep it open, and closing it in order would send FIN first.
        os.close(self.connection.detach())


def listen(app: Flask, host: str, port: int, tls: tuple[Path, Path] | None) -> BaseWSGIServer:
    """Bind the port. From then on, the kernel queues connections."""
    server = make_server(
        host,
        port,
        app,
        threaded=True,
        request_handler=Handler,
        ssl_context=None if tls is None else (str(tls[0]), str(tls[1])),
    )
    if isinstance(server.socket, SSLSocket):
        # Handshake in the thread of the connection, so that a silent client does not make others wait.
        server.socket.do_handshake_on_connect = False  # type: ignore[attr-defined]
    return server


def url_of(server: BaseWSGIServer) -> str:
    """Return the URL of the server."""
    scheme = "http" if server.ssl_context is None else "https"
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{scheme}://{host}:{server.port}"


def announce(server: BaseWSGIServer, port_file: Path | None) -> None:
    """Write where the server listens. The file appears with its content in one step."""
    if port_file is not None:
        part = port_file.with_name(f"{port_file.name}.{os.getpid()}")
        write(part, f"{server.port}\n")
        part.replace(port_file)
    sys.stdout.write(f"cloud_emulator listening on {url_of(server)}\n")
    sys.stdout.flush()
