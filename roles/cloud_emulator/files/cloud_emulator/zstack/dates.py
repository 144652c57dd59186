# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse the Date header as the server's old and new parsers do."""

from __future__ import annotations

import re
import zoneinfo
from datetime import datetime, tzinfo
from functools import lru_cache

from ..input_error import InputError
from .times import MONTHS, offset, zone

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_RFC = re.compile(
    rf"(?P<weekday>{'|'.join(_DAYS)}), (?P<day>\d{{1,2}}) (?P<month>{'|'.join(MONTHS)}) (?P<year>\d{{4}})"
    r" (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) (?P<zone>\S+)",
    re.IGNORECASE | re.ASCII,
)
_ISO = re.compile(r"(?P<text>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?)(?P<zone>Z|[+-]\d\d:\d\d)", re.ASCII)
_OFFSET = re.compile(r"(?:GMT|UTC|UT)?([+-])(\d\d):(\d\d)(?::(\d\d))?", re.IGNORECASE | re.ASCII)
_NEW_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)?", re.ASCII)
# Short names as Java reads them in English. Note that CST is the time of Chicago.
_SHORT_NAMES = {
    "z": "UTC",
    "ut": "UTC",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "est": "America/New_York",
    "edt": "America/New_York",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "bst": "Europe/London",
    "cet": "Europe/Paris",
    "cest": "Europe/Paris",
    "eet": "Europe/Bucharest",
    "msk": "Europe/Moscow",
    "ist": "Asia/Kolkata",
    "ict": "Asia/Bangkok",
    "mmt": "Asia/Yangon",
    "hkt": "Asia/Hong_Kong",
    "sgt": "Asia/Singapore",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
}


def parse(text: str, new: bool) -> datetime | None:
    """Return the time in a Date header, with its zone, or None if its form is not accepted."""
    match = _ISO.fullmatch(text) if new else None
    try:
        if match is not None:
            moment = datetime.fromisoformat(match["text"])
        else:
            match = _RFC.fullmatch(text)
            if match is None or (len(match["day"]) == 1 and not new):
                return None
            moment = _moment(match)
        place = _zone(match["zone"], new)
    except ValueError:  # InputError is a ValueError
        return None
    return moment.replace(tzinfo=place)


def _moment(match: re.Match[str]) -> datetime:
    month = MONTHS.index(match["month"].capitalize()) + 1
    day, hour, minute, second = (int(match[name]) for name in ("day", "hour", "minute", "second"))
    # The zone is added later.
    moment = datetime(int(match["year"]), month, day, hour, minute, second)  # noqa: DTZ001
    if _DAYS[moment.weekday()] != match["weekday"].capitalize():
        raise ValueError("the weekday does not match the date")
    return moment


def _zone(text: str, new: bool) -> tzinfo:
    match = _OFFSET.fullmatch(text)
    if match is None and new:
        match = _NEW_OFFSET.fullmatch(text)
    if match is not None:
        sign, hours, minutes, *seconds = match.groups(default="0")
        return offset(sign, hours, minutes, *seconds)
    name = _SHORT_NAMES.get(text.lower()) or _region_ids().get(text.lower())
    if name is None:
        raise InputError(f"{text!r} is not a known time zone")
    return zone(name)


@lru_cache
def _region_ids() -> dict[str, str]:
    names = zoneinfo.available_timezones() | {"Asia/Shanghai", "PRC", "UTC", "GMT"}
    return {name.lower(): name for name in names}
