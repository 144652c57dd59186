# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Compute with times that are texts: ISO 8601 to seconds, and back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from ._key_report import iso_utc

DAY = 86400
_FORM = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?:Z|([+-])(\d\d):?(\d\d))?", re.ASCII
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@lru_cache(maxsize=4096)
def moment(text: Any) -> int | None:
    """Return the seconds since 1970 of a time in ISO 8601, or None if it is none. Without a zone, it is UTC.

    YAML turns some times into dates, so anything that prints as a time is accepted.
    """
    found = _FORM.fullmatch(str(text))
    if not found:
        return None
    numbers = [int(found[group] or 0) for group in range(1, 7)]
    minutes = int(found[8] or 0) * 60 + int(found[9] or 0)
    try:
        time = datetime(*numbers, tzinfo=timezone.utc)  # type: ignore[misc,arg-type]
    except ValueError:
        return None
    return (time - _EPOCH) // timedelta(seconds=1) - (-minutes if found[7] == "-" else minutes) * 60


@lru_cache(maxsize=4096)
def iso(seconds: float) -> str:
    """Return a moment as ISO 8601 in UTC. A moment that is too far away is the last one that can be written."""
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
    try:
        return iso_utc(min(_EPOCH + timedelta(seconds=int(seconds)), last))
    except OverflowError:
        return iso_utc(last)
