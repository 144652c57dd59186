# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the filters of KeystoneListUsers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import datetime

from . import errors
from .account import User
from .parameters import flag_of

QUERY = frozenset({"domain_id", "enabled", "name", "password_expires_at"})
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
    "eq": operator.eq,
    "neq": operator.ne,
}


def matching(users: list[User], query: Mapping[str, str], hide_disabled: bool) -> list[User]:
    """Return the users that match the query. A name has to be equal, as usual in Keystone."""
    enabled = flag_of(query, "enabled")
    if enabled is None and hide_disabled:
        enabled = True
    expires = _expiry(query.get("password_expires_at"))
    return [
        user
        for user in users
        if query.get("name", user.name) == user.name
        and (enabled is None or user.enabled is enabled)
        and expires(user.password_expires_at)
    ]


def _expiry(text: str | None) -> Callable[[float | None], bool]:
    if text is None:
        return lambda _unused: True
    name, _colon, moment = text.partition(":")
    try:
        compare = _OPERATORS[name]
        limit = datetime.strptime(moment, "%Y-%m-%dT%H:%M:%S%z").timestamp()
    except (KeyError, ValueError) as error:
        raise errors.invalid_parameter("password_expires_at") from error
    return lambda epoch: epoch is not None and compare(epoch, limit)
