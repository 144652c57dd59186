# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Add age and last use to the keys of the info modules, and filter by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ._plan import State, same_value

ISO = "%Y-%m-%dT%H:%M:%SZ"


def iso_utc(moment: datetime) -> str:
    """Return a moment with a time zone as ISO 8601 in UTC, to the second."""
    # strftime does not pad years before 1000, which zero times of some services have.
    return moment.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _days_since(moment: str | None, now: datetime) -> int | None:
    """Return the whole days from an ISO 8601 UTC moment to now; None if the moment is not known."""
    if moment is None:
        return None
    then = datetime.strptime(moment, ISO).replace(tzinfo=timezone.utc)
    return max(0, (now - then) // timedelta(days=1))


def add_ages(key: Mapping[str, Any], last_used: str | None, last_used_state: str, now: datetime) -> State:
    """Return the key with its last use, its age and the days since its last use.

    last_used_state: used, never or unknown. A key that was never used is unused since its creation. If the last use is
    unknown, unused_days is None, because unknown does not mean unused.
    """
    age_days = _days_since(key["create_time"], now)
    unused = {"used": _days_since(last_used, now), "never": age_days}.get(last_used_state)
    return {
        **key,
        "last_used": last_used,
        "last_used_state": last_used_state,
        "age_days": age_days,
        "unused_days": unused,
    }


def unknown_last_use(keys: list[State]) -> list[State]:
    """Return the keys with their ages, and with an unknown last use."""
    now = datetime.now(timezone.utc)
    return [add_ages(key, None, "unknown", now) for key in keys]


def as_if_new(keys: list[State], last_used_state: str) -> list[State]:
    """Return predicted keys with the ages that they have right after their creation. Its exact time is not known."""
    now = datetime.now(timezone.utc)
    aged = [add_ages({**key, "create_time": iso_utc(now)}, None, last_used_state, now) for key in keys]
    return [{**key, "create_time": None} for key in aged]


def select_keys(keys: list[State], options: Mapping[str, Any]) -> list[State]:
    """Return the keys that pass all filters. An unknown age or last use passes no filter for it."""

    def passes(key: Mapping[str, Any]) -> bool:
        exact: dict[str, Any] = {name: options[name] for name in ("status", "description")}
        at_least = {"age_days": options["older_than_days"], "unused_days": options.get("unused_for_days")}
        return all(same_value(key[name], wanted) for name, wanted in exact.items() if wanted is not None) and all(
            key[name] is not None and key[name] >= wanted for name, wanted in at_least.items() if wanted is not None
        )

    return [key for key in keys if passes(key)]
