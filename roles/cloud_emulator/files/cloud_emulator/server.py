# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: keep-alive, no delays of its own, and connections that can be broken."""

from __future__ import annotations

import io
import os
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    """Serves one connection.

    Werkzeug's own ``run_wsgi`` closes every connection and waits 10 ms for stray input. Reading
    the body before the application runs makes both unnecessary.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def version_string(self) -> str:
        """The value of the Server header."""
        return "cloud_emulator"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the journal has it."""

    def run_wsgi(self) -> None:
        """Answer one request."""
        environ = self.make_environ()
        environ["cloud_emulator.arrived"] = time.time()
        self._read_body(environ)
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
            head[:] = status, headers

        pieces = self.server.app(environ, start_response)
        sent = False
        try:
            for piece in pieces:
                if not sent:
                    self._send_head(*head)
                    sent = True
                self.wfile.write(piece)
                self.wfile.flush()
            if not sent:
                self._send_head(*head)
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

    def _send_head(self, status: str, headers: list[tuple[str, str]]) -> None:
        code, _blank, reason = status.partition(" ")
        self.send_response(int(code), reason)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _reset(self) -> None:
        """Abort the connection, so that the client gets RST and nothing else."""
        self.close_connection = True
        no_linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
        # The files around the socket would keep it open, and closing in order sends FIN first.
        os.close(self.connection.detach())


def listen(app: Flask, host: str, port: int, tls: tuple[Path, Path] | None) -> BaseWSGIServer:
    """Bind the port; from then on the kernel queues connections."""
    return make_server(
        host,
        port,
        app,
        threaded=True,
        request_handler=Handler,
        ssl_context=None if tls is None else (str(tls[0]), str(tls[1])),
    )


def url_of(server: BaseWSGIServer) -> str:
    """The address at which the server can be reached."""
    scheme = "http" if server.ssl_context is None else "https"
    host = f"[{server.host}]" if ":" in server.host else server.host
    return f"{scheme}://{host}:{server.port}"


def announce(server: BaseWSGIServer, port_file: Path | None) -> None:
    """Tell where the server listens; the file appears at once with its content."""
    if port_file is not None:
        part = port_file.with_name(f"{port_file.name}.{os.getpid()}")
        part.write_text(f"{server.port}\n", encoding="ascii")
        part.replace(port_file)
    sys.stdout.write(f"cloud_emulator listening on {url_of(server)}\n")
    sys.stdout.flush()
