# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse the parameters of a query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .conditions import Condition, parse
from .errors import TextError

_DEFAULT_LIMIT = 1000


@dataclass(frozen=True)
class Query:
    """Hold a query. ``count`` requests only the number of rows, ``reply_with_count`` the rows and their number."""

    conditions: tuple[Condition, ...] = ()
    limit: int = _DEFAULT_LIMIT
    start: int = 0
    sort: str = ""
    fields: frozenset[str] = frozenset()
    count: bool = False
    reply_with_count: bool = False

    @classmethod
    def read(cls, parameters: list[tuple[str, str]]) -> Query:
        """Parse the decoded query string. Unknown parameters are ignored."""
        options = dict(reversed(parameters))  # the first occurrence counts
        return cls(
            conditions=tuple(parse(value) for name, value in parameters if name == "q"),
            limit=_integer(options, "limit", _DEFAULT_LIMIT),
            start=_integer(options, "start", 0),
            # An unencoded plus sign arrives as a space.
            sort=options.get("sort", "").strip(),
            fields=frozenset(name.strip() for name in options.get("fields", "").split(",") if name.strip()),
            count=_true(options, "count"),
            reply_with_count=_true(options, "replyWithCount"),
        )


def _integer(options: Mapping[str, str], name: str, default: int) -> int:
    text = options.get(name, "").strip()
    if name not in options:
        return default
    if not re.fullmatch(r"[+-]?[0-9]{1,10}", text):
        raise TextError(400, f"Invalid query parameter. '{name}' must be an integer")
    return int(text)


def _true(options: Mapping[str, str], name: str) -> bool:
    return options.get(name, "").strip().lower() == "true"
