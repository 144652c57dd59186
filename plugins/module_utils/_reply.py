# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Replies: what an API promises of them is checked before anything is believed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Callable, TypeVar

from ansible_collections.multicloud.iam.plugins.module_utils._errors import REPLY, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._plan import Unknown

T = TypeVar("T")

_NOT_PROMISED = "the reply is not what the API promises: "
_MOST_WARNINGS = 10
_LONGEST_REASON = 200
_DEEPEST = 40  # levels of a reply; these APIs need ten, and what looks through a value needs stack for each


class TooDeepError(ValueError):
    """A JSON text that is nested deeper than any reply of these APIs."""


def is_deep(value: Any) -> bool:
    """Whether a value of JSON is nested deeper than it may be looked through."""
    level = [value]
    for _depth in range(_DEEPEST):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, Mapping) else each if isinstance(each, list) else ())
        ]
        if not level:
            return False
    return True


def parse_json(text: bytes | str) -> Any:
    """What a JSON text says; raises ValueError where it is none, and TooDeepError."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise TooDeepError from None
    if is_deep(value):
        raise TooDeepError
    return value


def bad_reply(reason: str, request_id: str | None = None) -> CloudError:
    """A reply that is not what the API promises."""
    return CloudError(
        REPLY,
        f"{_NOT_PROMISED}{reason}",
        request_id=request_id,
        http_status=200,
        maybe_done=True,
        advice="Check that api_endpoint is the API itself and not a page before it.",
    )


def parse_object(content: bytes) -> dict[str, Any]:
    """The JSON object that a reply consists of."""
    try:
        body = parse_json(content)
    except TooDeepError:
        raise bad_reply("it is nested too deep") from None
    except ValueError:
        raise bad_reply("it is not JSON" if content.strip() else "it is empty") from None
    if not isinstance(body, dict):
        raise bad_reply("it is not a JSON object")
    return body


class Oddities:
    """What of objects cannot be read. It is Unknown and warned of, so that one odd object fails no listing of others.

    Safe to share between threads.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], str] = {}

    def read(self, label: str, field: str, read: Callable[[], T]) -> T | Any:
        """What read gives; Unknown where it raises CloudError. label, field: of what, for the warning."""
        try:
            return read()
        except CloudError as error:
            reason = error.reason
            why = reason[len(_NOT_PROMISED) :] if reason.startswith(_NOT_PROMISED) else reason
            # Not cut: half a secret would not be recognised.
            found = Unknown(why if len(why) <= _LONGEST_REASON else "what is told of it is too long to be shown")
            self._found.setdefault((label, field), found.why)
            return found

    def warnings(self) -> list[str]:
        """What to warn of, as far as anybody would read it."""
        found = list(self._found.items())
        told = [f"The {field} of {label} cannot be read, and is unknown: {why}" for (label, field), why in found]
        more = len(told) - _MOST_WARNINGS
        return [*told[:_MOST_WARNINGS], *([f"{more} more fields of objects cannot be read."] if more > 0 else [])]


class _Strict(Oddities):
    def read(self, label: str, field: str, read: Callable[[], T]) -> T | Any:
        return read()


STRICT: Oddities = _Strict()
"""Lets nothing pass that cannot be read, as where one reply is about one object."""


def member(body: Any, name: str, kind: type[T]) -> T:
    """A member that must be there, and be of that JSON type."""
    value = optional_member(body, name, kind)
    if value is None:
        raise bad_reply(f"{name} is missing")
    return value


def optional_member(body: Any, name: str, kind: type[T]) -> T | None:
    """A member of that JSON type; None where it is null or not there."""
    if not isinstance(body, Mapping):
        raise bad_reply(f"{name} is looked for in what is not a JSON object")
    value = body.get(name)
    if value is None:
        return None
    # Python takes true and false for numbers, JSON does not.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise bad_reply(f"{name} is of another type")
    return value


def quiet_member(body: Any, name: str, kind: type[T]) -> T | None:
    """The same for what is only told on: None where it cannot be read, never an error."""
    value = body.get(name) if isinstance(body, Mapping) else None
    return value if isinstance(value, kind) else None
