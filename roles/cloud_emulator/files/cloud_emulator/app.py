# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the web application: the control API, and all other paths for the clouds."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from .control import PREFIX, Control
from .emulator import Emulator
from .exchange import ABSENT, HEAD_INTERVAL, Reply, Request
from .input_error import InputError

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def make_app(emulator: Emulator) -> Flask:
    """Return the web application of an emulator."""
    app = Flask("cloud_emulator", static_folder=None)
    # A client has signed a doubled slash as it is, so it must not be redirected.
    app.url_map.merge_slashes = False
    app.register_blueprint(Control(emulator).routes())

    @app.route("/", defaults={"path": ""}, methods=_METHODS, provide_automatic_options=False)
    @app.route("/<path:path>", methods=_METHODS, provide_automatic_options=False)
    def cloud_api(path: str) -> Response:
        if f"/{path}".startswith(PREFIX):
            return _problem("no such control operation", 404)
        return _response(emulator.serve(_request()))

    @app.errorhandler(InputError)
    def refused(error: InputError) -> Response:
        return _problem(str(error), 400)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        return _problem(str(error), error.code or 500)

    return app


def _problem(text: str, status: int) -> Response:
    response = jsonify(error=text)
    response.status_code = status
    return response


def _request() -> Request:
    target = request.environ["RAW_URI"]
    if not target.startswith("/"):  # in absolute form, from a client that uses the emulator as its proxy
        target = "/" + target.split("/", 3)[3]
    path, _mark, query = target.partition("?")
    return Request(
        method=request.method,
        path=path,
        query=query,
        headers=Headers(list(request.headers)),
        body=request.get_data(),
        arrived=request.environ["cloud_emulator.arrived"],
    )


class _Delivered(Response):
    """Deliver an empty body as well, because a fault may apply to it. The framework would skip it."""

    def get_app_iter(self, environ: dict[str, Any]) -> Iterable[bytes]:
        return self.iter_encoded() if environ["REQUEST_METHOD"] != "HEAD" else super().get_app_iter(environ)


def _response(reply: Reply) -> Response:
    request.environ[HEAD_INTERVAL] = reply.byte_interval if reply.drips_head else 0.0
    response = _Delivered(_deliver(reply), status=reply.status)
    response.headers.clear()
    for name, value in reply.headers.items():
        if value != ABSENT:
            response.headers[name] = value
    response.headers["Content-Length"] = str(len(reply.body))
    return response


def _deliver(reply: Reply) -> Iterator[bytes]:
    """Yield the body in pieces. The server turns the exceptions into a broken connection."""
    time.sleep(reply.pause)
    if reply.ending == "reset":
        raise ConnectionResetError
    body = reply.body[: len(reply.body) // 2] if reply.ending == "cut" else reply.body
    if reply.byte_interval:
        for value in body:
            yield bytes([value])
            time.sleep(reply.byte_interval)
    else:
        yield body
    if reply.ending == "cut":
        raise ConnectionAbortedError
