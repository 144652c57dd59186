# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Check that replies are what the API promises, before anything in them is used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Callable, TypeVar

from ._errors import REPLY, CloudError
from ._plan import Unknown

T = TypeVar("T")

_NOT_PROMISED = "the reply is not what the API promises: "
_MOST_WARNINGS = 10
_LONGEST_REASON = 200
_DEEPEST = 40  # levels; these APIs need ten, and every level costs stack


class TooDeepError(ValueError):
    """Report a JSON text that is nested deeper than any reply of these APIs."""


def is_deep(value: Any) -> bool:
    """Return whether a JSON value is nested deeper than a recursive function may follow."""
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
    """Parse a JSON text. Raises ValueError if it is none, and TooDeepError."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise TooDeepError from None
    if is_deep(value):
        raise TooDeepError
    return value


def bad_reply(reason: str, request_id: str | None = None) -> CloudError:
    """Return the error for a reply that is not what the API promises."""
    return CloudError(
        REPLY,
        f"{_NOT_PROMISED}{reason}",
        request_id=request_id,
        http_status=200,
        maybe_done=True,
        advice="Check that api_endpoint is the API itself and not a page in front of it.",
    )


def parse_object(content: bytes) -> dict[str, Any]:
    """Parse a reply that is a JSON object."""
    try:
        body = parse_json(content)
    except TooDeepError:
        raise bad_reply("it is nested too deeply") from None
    except ValueError:
        raise bad_reply("it is not JSON" if content.strip() else "it is empty") from None
    if not isinstance(body, dict):
        raise bad_reply("it is not a JSON object")
    return body


class Oddities:
    """Collect fields that cannot be read. They become Unknown, so that one odd object does not fail a whole listing.

    Threads may share it.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], str] = {}

    def read(self, label: str, field: str, read: Callable[[], T]) -> T | Any:
        """Return what read returns, or Unknown if it raises CloudError. label, field: the object and field to warn of."""
        try:
            return read()
        except CloudError as error:
            reason = error.reason
            why = reason[len(_NOT_PROMISED) :] if reason.startswith(_NOT_PROMISED) else reason
            # Not shortened: half of a secret would not be recognised.
            found = Unknown(why if len(why) <= _LONGEST_REASON else "its value is too long to be shown")
            self._found.setdefault((label, field), found.why)
            return found

    def warnings(self) -> list[str]:
        """Return the warnings, but not more than a user would read."""
        found = list(self._found.items())
        texts = [f"The {field} of {label} cannot be read, and is unknown: {why}" for (label, field), why in found]
        more = len(texts) - _MOST_WARNINGS
        return [*texts[:_MOST_WARNINGS], *([f"{more} more fields of objects cannot be read."] if more > 0 else [])]


class _Strict(Oddities):
    def read(self, label: str, field: str, read: Callable[[], T]) -> T | Any:
        return read()


STRICT: Oddities = _Strict()
"""Raise CloudError for the first field that cannot be read, for a reply about one object."""


def member(body: Any, name: str, kind: type[T]) -> T:
    """Return a required member, which must have that JSON type."""
    value = optional_member(body, name, kind)
    if value is None:
        raise bad_reply(f"{name} is missing")
    return value


def optional_member(body: Any, name: str, kind: type[T]) -> T | None:
    """Return a member of that JSON type, or None if it is null or missing."""
    if not isinstance(body, Mapping):
        raise bad_reply(f"the object with {name} is not a JSON object")
    value = body.get(name)
    if value is None:
        return None
    # In Python true and false are numbers, in JSON they are not.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise bad_reply(f"{name} is of another type")
    return value


def quiet_member(body: Any, name: str, kind: type[T]) -> T | None:
    """Return a member that is only shown to the user, or None if it cannot be read."""
    value = body.get(name) if isinstance(body, Mapping) else None
    return value if isinstance(value, kind) else None
