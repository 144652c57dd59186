# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define what each fault does to a call."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

from .cloud import Cloud
from .exchange import Reply, Request

REQUIRED = object()
"""Default of an argument that is required."""


@dataclass(frozen=True)
class Scene:
    """Describe a call that a fault hits.

    ``process`` performs it once, even if called again. ``disarmed`` is set when the fault is disarmed.
    """

    cloud: Cloud
    request: Request
    process: Callable[[], Reply]
    disarmed: Event


Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Misbehaviour:
    """Describe a fault, with its arguments and their defaults."""

    act: Callable[[Scene, Arguments], Reply]
    arguments: Mapping[str, Any]


def _throttle(scene: Scene, given: Arguments) -> Reply:
    code = given["code"] or scene.cloud.throttle_code
    return scene.cloud.failure(code, given["message"])


def _error(scene: Scene, given: Arguments) -> Reply:
    return scene.cloud.failure(given["code"], given["message"])


def _status(_scene: Scene, given: Arguments) -> Reply:
    body = given["body"] if isinstance(given["body"], str) else json.dumps(given["body"])
    headers = {"Content-Type": "text/plain", **given["headers"]}
    return Reply(given["status"], headers, body.encode())


def _reset_before(_scene: Scene, _given: Arguments) -> Reply:
    return Reply(200, {}, b"", ending="reset")


def _reset_after(scene: Scene, _given: Arguments) -> Reply:
    return replace(scene.process(), ending="reset")


def _delay(scene: Scene, given: Arguments) -> Reply:
    time.sleep(given["seconds"])
    return scene.process()


def _delay_after(scene: Scene, given: Arguments) -> Reply:
    return replace(scene.process(), pause=given["seconds"])


def _hold(scene: Scene, given: Arguments) -> Reply:
    scene.disarmed.wait(given["seconds"])
    return scene.process()


def _drip(scene: Scene, given: Arguments) -> Reply:
    return replace(scene.process(), byte_interval=given["seconds"], drips_head=given["head"])


def _html(_scene: Scene, given: Arguments) -> Reply:
    body = f"<html><head><title>{given['status']}</title></head><body>nginx</body></html>"
    return Reply(given["status"], {"Content-Type": "text/html"}, body.encode())


def _truncated(scene: Scene, given: Arguments) -> Reply:
    reply = scene.process()
    if given["keep_length"]:
        return replace(reply, ending="cut")
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _empty(scene: Scene, _given: Arguments) -> Reply:
    return Reply(200, {"Content-Type": scene.cloud.modes.content_type}, b"")


def _wrong_type(scene: Scene, given: Arguments) -> Reply:
    body = json.dumps(given["body"]).encode()
    return Reply(200, {"Content-Type": scene.cloud.modes.content_type}, body)


def _content_type(scene: Scene, given: Arguments) -> Reply:
    reply = scene.process()
    return replace(reply, headers={**reply.headers, "Content-Type": given["value"]})


def _redirect(_scene: Scene, given: Arguments) -> Reply:
    return Reply(given["status"], {"Location": given["location"]}, b"")


def _null_field(scene: Scene, given: Arguments) -> Reply:
    reply = scene.process()
    try:
        whole = json.loads(reply.body)
    except ValueError:  # plain text or an empty body has no fields
        return reply
    changed = _without(whole, given["field"], given["drop"])
    body = json.dumps(changed, ensure_ascii=False, separators=(",", ":")).encode()
    return replace(reply, body=body)


def _without(node: Any, name: str, drop: bool) -> Any:
    """Copy a JSON value, with the named field null or omitted wherever it occurs."""
    if isinstance(node, list):
        return [_without(item, name, drop) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: None if key == name else _without(value, name, drop)
        for key, value in node.items()
        if key != name or not drop
    }


def _echo_request(scene: Scene, _given: Arguments) -> Reply:
    request = scene.request
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    body = request.body.decode("utf-8", "replace")
    return scene.cloud.echo(
        request,
        "The signature does not match. The server received:\n"
        f"{request.method} {request.path}?{request.query}\n{headers}\n\n{body}",
    )


MISBEHAVIOURS: Mapping[str, Misbehaviour] = {
    "throttle": Misbehaviour(_throttle, {"code": "", "message": "Please reduce the frequency of calls."}),
    "error": Misbehaviour(_error, {"code": REQUIRED, "message": "Injected failure."}),
    "status": Misbehaviour(_status, {"status": REQUIRED, "headers": {}, "body": ""}),
    "reset_before": Misbehaviour(_reset_before, {}),
    "reset_after": Misbehaviour(_reset_after, {}),
    "delay": Misbehaviour(_delay, {"seconds": REQUIRED}),
    "delay_after": Misbehaviour(_delay_after, {"seconds": REQUIRED}),
    "hold": Misbehaviour(_hold, {"seconds": 10}),
    "drip": Misbehaviour(_drip, {"seconds": REQUIRED, "head": False}),
    "html": Misbehaviour(_html, {"status": 502}),
    "truncated": Misbehaviour(_truncated, {"keep_length": True}),
    "empty": Misbehaviour(_empty, {}),
    "wrong_type": Misbehaviour(_wrong_type, {"body": []}),
    "content_type": Misbehaviour(_content_type, {"value": "application/json; charset=utf-8"}),
    "redirect": Misbehaviour(_redirect, {"location": REQUIRED, "status": 302}),
    "null_field": Misbehaviour(_null_field, {"field": REQUIRED, "drop": False}),
    "echo_request": Misbehaviour(_echo_request, {}),
}
