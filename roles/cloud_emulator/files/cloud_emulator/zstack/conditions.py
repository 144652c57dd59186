# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Evaluate the conditions of a query: one field, one operator, one value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from . import errors
from .errors import TextError

# In the order in which the server searches for them, anywhere in the condition.
OPERATORS = ("!=", ">=", "<=", "!?=", "!~=", "~=", "?=", "=", ">", "<", "is null", "not null")
TAG_FIELDS = ("__systemTag__", "__userTag__", "__tagUuid__")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Condition:
    """Represent one condition on rows."""

    field: str
    operator: str
    value: str

    def holds(self, row: Row, ignore_case: bool, zone: tzinfo) -> bool:
        """Return whether a row satisfies the condition. A null only satisfies the operator for null."""
        actual = row.get(self.field)
        if self.operator in ("is null", "not null"):
            return (actual is None) == (self.operator == "is null")
        if self.field in TAG_FIELDS:  # no object has tags
            return self.operator.startswith("!")
        if actual is None:
            return False
        convert = _converter(actual, self.field, ignore_case, zone)
        return _COMPARISONS[self.operator](
            actual if isinstance(actual, float) else convert(actual), self.value, convert
        )


def parse(text: str) -> Condition:
    """Split a condition at the first occurrence of the first operator found.

    The order and the split are the server's, with all their peculiarities.
    """
    for operator in OPERATORS:
        name, found, value = text.partition(operator)
        if found:
            break
    else:
        operators = ", ".join(OPERATORS)
        raise TextError(
            400,
            f"Invalid query parameter. The '{text}' in the parameter[q] doesn't contain any query operator. "
            f"Valid query operators are [{operators}]",
        )
    # Consecutive operators count as one, so a value cannot begin with the operator.
    while value.startswith(operator):
        value = value.removeprefix(operator)
    if not name:
        raise TextError(
            400, f"Invalid query parameter. The '{text}' in parameter[q] is not a key-value pair split by {operator}"
        )
    return Condition(name.strip(), operator, value)


def _converter(actual: Any, name: str, ignore_case: bool, zone: tzinfo) -> Callable[[str], Any]:
    if not isinstance(actual, float):
        return str.casefold if ignore_case else str

    def moment(text: str) -> float:
        try:
            return datetime.strptime(text.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone).timestamp()
        except ValueError:
            raise errors.internal("[%s] is no time to compare %s with", given=(text, name)) from None

    return moment


def _like(actual: Any, pattern: str, convert: Callable[[str], Any]) -> bool:
    parts = (".*" if each == "%" else "." if each == "_" else re.escape(each) for each in convert(pattern))
    return re.fullmatch("".join(parts), actual, re.DOTALL) is not None


def _among(actual: Any, values: str, convert: Callable[[str], Any]) -> bool:
    return any(actual == convert(each) for each in values.split(","))


_COMPARISONS: Mapping[str, Callable[[Any, str, Callable[[str], Any]], bool]] = {
    "=": lambda actual, value, convert: bool(actual == convert(value)),
    "!=": lambda actual, value, convert: bool(actual != convert(value)),
    ">": lambda actual, value, convert: bool(actual > convert(value)),
    "<": lambda actual, value, convert: bool(actual < convert(value)),
    ">=": lambda actual, value, convert: bool(actual >= convert(value)),
    "<=": lambda actual, value, convert: bool(actual <= convert(value)),
    "?=": _among,
    "!?=": lambda actual, value, convert: not _among(actual, value, convert),
    "~=": _like,
    "!~=": lambda actual, value, convert: not _like(actual, value, convert),
}
