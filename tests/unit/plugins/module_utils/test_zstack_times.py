# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the times of ZStack: the zone of the server, the Date of a signature, and the texts in replies."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._errors import USAGE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._zstack import times

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 1, 2, 12, 0, 0, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("+08:00", 480),
        ("GMT+08:00", 480),
        ("UTC+08:00", 480),
        ("-03:30", -210),
        ("+18:00", 1080),
        ("UTC", 0),
        ("GMT", 0),
        ("Z", 0),
        ("+00:00", 0),
    ],
)
def test_an_offset_needs_no_time_zone_database(text, minutes, monkeypatch):
    monkeypatch.setattr(times, "ZoneInfo", None)
    assert times.zone_of(text).utcoffset(NOON) == timedelta(minutes=minutes)


def test_a_zone_name_is_looked_up(monkeypatch):
    monkeypatch.setattr(times, "ZoneInfo", {"Asia/Shanghai": CHINA}.__getitem__)
    assert times.zone_of("Asia/Shanghai") is CHINA


@pytest.mark.parametrize(
    "text", [None, "", "+8", "+0800", "08:00", "+24:00", "+18:01", "CST8", "Asia", "../etc/passwd", "/x"]
)
def test_an_unknown_zone_is_an_error_that_names_it(text, monkeypatch):
    monkeypatch.setattr(times, "available_timezones", lambda: {"UTC"})
    with pytest.raises(CloudError) as failure:
        times.zone_of(text)
    assert failure.value.category == USAGE
    assert "which is not a time zone" in failure.value.reason


def test_a_machine_without_time_zones_gets_advice(monkeypatch):
    def missing(name):
        raise KeyError(name)  # what ZoneInfoNotFoundError is

    monkeypatch.setattr(times, "ZoneInfo", missing)
    monkeypatch.setattr(times, "available_timezones", set)
    with pytest.raises(CloudError, match="no time zone database") as failure:
        times.zone_of("Asia/Shanghai")
    assert "tzdata" in str(failure.value)


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (timedelta(), "Fri, 02 Jan 2026 12:00:00 GMT"),
        (timedelta(hours=8), "Fri, 02 Jan 2026 20:00:00 GMT+08:00"),
        (timedelta(hours=-3, minutes=-30), "Fri, 02 Jan 2026 08:30:00 GMT-03:30"),
        (timedelta(hours=14), "Sat, 03 Jan 2026 02:00:00 GMT+14:00"),
    ],
)
def test_the_date_of_a_signature_is_the_wall_clock_of_the_zone(offset, expected):
    assert times.date_header(NOON.astimezone(timezone(offset))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nov 14, 2017 10:20:57 PM", "2017-11-14T14:20:57Z"),
        ("Sep 6, 2018 1:50:06 PM", "2018-09-06T05:50:06Z"),
        ("Jan 1, 2026 12:00:00 AM", "2025-12-31T16:00:00Z"),
        ("Jan 1, 2026 12:00:00 PM", "2026-01-01T04:00:00Z"),
        ("Sep 6, 2018, 1:50:06\u202fPM", "2018-09-06T05:50:06Z"),
    ],
)
def test_a_time_in_a_reply_is_in_the_zone(text, expected):
    assert times.iso_time(text, CHINA) == expected


@pytest.mark.parametrize(
    "text",
    [
        None,
        1,
        "",
        "2018-09-06",
        "Feb 30, 2018 1:50:06 PM",
        "Sept 6, 2018 1:50:06 PM",
        "Jan 1, 0000 1:00:00 AM",
        "Jan 1, 0001 1:00:00 AM",
    ],
)
def test_an_unreadable_time_is_unknown(text):
    assert times.iso_time(text, CHINA) is None


@given(
    st.integers(31536000, 4102444800).map(lambda epoch: datetime.fromtimestamp(epoch, timezone.utc)),
    st.integers(-1080, 1080),
)
def test_every_time_survives_a_round_trip(moment, minutes):
    zone = timezone(timedelta(minutes=minutes))
    local = moment.astimezone(zone)
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[local.month - 1]
    hour, half = local.hour % 12 or 12, "AM" if local.hour < 12 else "PM"
    text = f"{month} {local.day}, {local.year} {hour}:{local.minute:02}:{local.second:02} {half}"
    assert times.iso_time(text, zone) == moment.strftime("%Y-%m-%dT%H:%M:%SZ")
