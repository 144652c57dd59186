# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encode and decode parameters: percent-encoding, forms, and lists as ``Name.1``, ``Name.2``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qsl, quote

from ..exchange import Request
from . import errors

FORM = "application/x-www-form-urlencoded"
_LIST_ITEM = re.compile(r"(?P<name>[A-Za-z]+)\.(?P<place>[1-9][0-9]{0,3})")

Pairs = Sequence[tuple[str, str]]


def percent_encoded(text: str) -> str:
    """Encode everything except letters, digits and ``-_.~``."""
    return quote(text, safe="")


def joined(pairs: Iterable[tuple[str, str]]) -> str:
    """Sort by name, encode and join, as both kinds of signatures require."""
    return "&".join(f"{percent_encoded(name)}={percent_encoded(value)}" for name, value in sorted(pairs))


def query_pairs(request: Request) -> Pairs:
    """Return the parameters of the query, in their order."""
    return _pairs(request.query)


def body_pairs(request: Request) -> Pairs:
    """Return the parameters of the body, if it is a form."""
    if request.headers.get("Content-Type", "").split(";")[0].strip().lower() != FORM:
        return []
    return _pairs(request.body.decode("latin-1"))


def all_pairs(request: Request) -> Pairs:
    """Return the parameters of query and body."""
    return [*query_pairs(request), *body_pairs(request)]


def merged(pairs: Pairs) -> dict[str, str]:
    """Return the parameters by name. A name must be unique."""
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            raise errors.invalid(name)
        values[name] = value
    return values


def with_lists(values: dict[str, str]) -> dict[str, str | list[str]]:
    """Combine ``Name.N`` into lists, in the order of the numbers."""
    single: dict[str, str | list[str]] = {}
    items: dict[str, dict[int, str]] = {}
    for name, value in values.items():
        match = _LIST_ITEM.fullmatch(name)
        if match is None:
            single[name] = value
        else:
            items.setdefault(match["name"], {})[int(match["place"])] = value
    lists = {name: [found[place] for place in sorted(found)] for name, found in items.items()}
    for name in lists.keys() & single.keys():
        raise errors.invalid(name)
    return {**single, **lists}


def _pairs(text: str) -> Pairs:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise errors.ApiError("InvalidParameter", "The parameters are not percent-encoded UTF-8.") from error
