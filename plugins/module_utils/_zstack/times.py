# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Read and write times of ZStack, whose clock has a zone that no reply names."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from .._errors import USAGE, CloudError
from .._key_report import iso_utc

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OFFSET = re.compile(r"(?:GMT|UTC)?([+-])([01]\d):([0-5]\d)")
_FARTHEST = timedelta(hours=18)  # the most that a Java server accepts
_TIME = re.compile(rf"({'|'.join(_MONTHS)})\s+(\d{{1,2}}),\s*(\d{{4}}),?\s+(\d{{1,2}}):(\d\d):(\d\d)\s+([AP])M")


def zone_of(text: str | None) -> tzinfo:
    """Return the zone that api_timezone names: an offset like +08:00 or GMT+08:00, UTC, GMT, Z or an IANA name."""
    text = text or ""
    if text in ("UTC", "GMT", "Z"):
        return timezone.utc
    match = _OFFSET.fullmatch(text)
    if match:
        sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        if offset <= _FARTHEST:
            return timezone(-offset if sign == "-" else offset)
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # not found; no name at all; a directory of the database
        pass
    if not match and not available_timezones():
        raise CloudError(
            USAGE,
            f"api_timezone is {text!r}, and this machine has no time zone database to look it up in",
            advice="Set the offset from UTC, for example +08:00, or install the Python package tzdata.",
        )
    raise CloudError(
        USAGE,
        f"api_timezone is {text!r}, which is not a time zone",
        advice="Set the server's zone as an offset like +08:00, as UTC, or by name like Asia/Shanghai.",
    )


def date_header(moment: datetime) -> str:
    """Return the Date of a signed request, in the zone of the moment, as every version of the server parses it.

    English names, two digits for the day, and an offset like GMT+08:00: some versions take neither +0800
    nor ISO 8601, and CST means Chicago to them.
    """
    minutes = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
    offset = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else ""
    return (
        f"{_DAYS[moment.weekday()]}, {moment.day:02} {_MONTHS[moment.month - 1]} {moment.year:04}"
        f" {moment.hour:02}:{moment.minute:02}:{moment.second:02} GMT{offset}"
    )


def iso_time(text: Any, zone: tzinfo) -> str | None:
    """Return the ISO 8601 form of a time like "Sep 6, 2018 1:50:06 PM" on the server's clock, or None for other texts."""
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if not match:
        return None
    month, day, year, hour, minute, second, half = match.groups()
    hour = int(hour) % 12 + (12 if half == "P" else 0)
    try:
        moment = datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, int(minute), int(second), tzinfo=zone)
        return iso_utc(moment)
    except (ValueError, OverflowError):
        return None
