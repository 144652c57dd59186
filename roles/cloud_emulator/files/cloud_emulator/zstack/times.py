# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Format times as replies show them, in the server's time zone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..input_error import InputError

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
# These zones must also work on machines without a zone database.
_BUILT_IN = {"Asia/Shanghai": 8, "PRC": 8, "UTC": 0, "GMT": 0}


@lru_cache
def zone(name: str) -> tzinfo:
    """Return a zone by its IANA name or by an offset such as ``+08:00``."""
    match = _OFFSET.fullmatch(name)
    if match is not None:
        return offset(*match.groups())
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        if name in _BUILT_IN:
            return timezone(timedelta(hours=_BUILT_IN[name]), name)
        raise InputError(f"{name!r} is not a known time zone") from error


def offset(sign: str, hours: str, minutes: str, seconds: str = "0") -> tzinfo:
    """Return a zone with a fixed offset from UTC."""
    distance = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    if distance > timedelta(hours=18):  # the maximum of Java
        raise InputError(f"{sign}{hours}:{minutes} is not a valid offset from UTC")
    return timezone(-distance if sign == "-" else distance)


def time_text(epoch: float, server_zone: tzinfo) -> str:
    """Return ``MMM d, yyyy h:mm:ss a`` in the server's zone, which the text does not contain."""
    moment = datetime.fromtimestamp(epoch, server_zone)
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    day = f"{MONTHS[moment.month - 1]} {moment.day}, {moment.year}"
    return f"{day} {hour}:{moment.minute:02}:{moment.second:02} {half}"


def offset_text(epoch: float, server_zone: tzinfo) -> str:
    """Return the zone's offset from UTC as ``+08:00``."""
    text = datetime.fromtimestamp(epoch, server_zone).strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
