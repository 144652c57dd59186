# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Read the values of an enrolment as the argument spec of the role describes them.

ansible-core checks the values that a role is given, but does not convert them. So a number can be a text: those of
`--extra-vars name=value` and of surveys are, and with ansible-core 2.18 the result of every template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable

from ._rotation_facts import NAME

_TRUE, _FALSE = ("yes", "y", "on", "true", "t", "1", "1.0"), ("no", "n", "off", "false", "f", "0", "0.0")


def text_in(value: Any) -> str | None:
    """Return a value as a text, or None if it is empty. A vault value becomes its content."""
    found = value if isinstance(value, str) or value is None else str(value)
    return found or None


def policy_in(policy: Any) -> dict[str, Any]:
    """Return a policy with the types that the planner expects. A value that cannot be converted is left for its check."""
    if not isinstance(policy, Mapping):
        return {"(no dictionary)": None} if policy else {}
    return {str(name): _CONVERT.get(name, _as_it_is)(value) for name, value in policy.items()}


def problem_in(enrolment: Mapping[str, Any]) -> str | None:
    """Return what is wrong with names in an enrolment, or None."""
    if not NAME.fullmatch(text_in(enrolment["name"]) or ""):
        return (
            "The name of a key consists of 1 to 64 letters from A to Z, digits and the characters _.- only. Correct it."
        )
    names = [consumer["name"] for consumer in enrolment.get("consumers") or []]
    odd = [str(name) for name in names if not isinstance(name, str) or not name or names.count(name) > 1]
    if odd:
        return f"The names of consumers are texts, and differ from each other. Correct these: {', '.join(odd)}."
    return None


def _as_it_is(value: Any) -> Any:
    return value


def _number(value: Any) -> Any:
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _flag(value: Any) -> Any:
    word = str(value).strip().lower()
    return True if word in _TRUE else False if word in _FALSE else value


def _texts(value: Any) -> Any:
    """Return a list. The items of a text are separated by commas."""
    items: Iterable[Any] = value.split(",") if isinstance(value, str) else [value] if _is_number(value) else value
    return [str(item).strip() for item in items if str(item).strip()] if isinstance(items, (list, tuple)) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _time(value: Any) -> Any:
    """Return a time. YAML turns some texts into dates, which the planner accepts."""
    return value or None


_CONVERT: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("max_age_days", "grace_days", "soak_days", "reap_unused_days"), _number),
    **dict.fromkeys(("rotate_created_before", "ignore_use_until", "reap_created_before"), _time),
    "block_on_use": _flag,
    "leaked": _texts,
    "replace_named": text_in,
}
