# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test ages, last use, and the filters for them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._key_report import add_ages, iso_utc, select_keys
from ansible_collections.multicloud.iam.plugins.module_utils._keys import describe_key, new_key

NOW = datetime(2026, 6, 30, 12, tzinfo=timezone.utc)


def key(**fields):
    return {**new_key("1"), "id": "K", "create_time": "2026-06-20T12:00:00Z", **fields}


def test_times_are_iso_8601_utc():
    assert iso_utc(datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=8)))) == "2026-01-01T19:04:05Z"


@pytest.mark.parametrize(
    ("last_used", "state", "unused_days"),
    [
        ("2026-06-29T12:00:00Z", "used", 1),
        ("2026-06-29T12:00:01Z", "used", 0),
        ("2026-07-01T00:00:00Z", "used", 0),
        (None, "never", 10),
        (None, "unknown", None),
    ],
)
def test_unused_days(last_used, state, unused_days):
    report = add_ages(key(), last_used, state, NOW)
    assert (report["age_days"], report["unused_days"], report["last_used"]) == (10, unused_days, last_used)


def test_a_key_without_a_creation_time_has_no_age():
    report = add_ages(key(create_time=None), None, "never", NOW)
    assert (report["age_days"], report["unused_days"]) == (None, None)


NO_FILTERS = {"status": None, "description": None, "older_than_days": None, "unused_for_days": None}
OLD = add_ages(key(id="OLD", description="ci"), "2026-06-25T12:00:00Z", "used", NOW)
NEVER = add_ages(key(id="NEVER", status="inactive"), None, "never", NOW)
UNKNOWN = add_ages(key(id="UNKNOWN", create_time=None), None, "unknown", NOW)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["OLD", "NEVER", "UNKNOWN"]),
        ({"status": "inactive"}, ["NEVER"]),
        ({"description": "ci"}, ["OLD"]),
        ({"description": ""}, ["NEVER", "UNKNOWN"]),
        ({"older_than_days": 10}, ["OLD", "NEVER"]),
        ({"older_than_days": 11}, []),
        ({"unused_for_days": 5}, ["OLD", "NEVER"]),
        ({"unused_for_days": 6}, ["NEVER"]),
        ({"unused_for_days": 0}, ["OLD", "NEVER"]),
        ({"status": "active", "unused_for_days": 5}, ["OLD"]),
    ],
)
def test_unknown_is_neither_old_nor_unused(filters, expected):
    assert [item["id"] for item in select_keys([OLD, NEVER, UNKNOWN], {**NO_FILTERS, **filters})] == expected


def test_a_key_is_described_with_everything_that_helps_to_choose():
    text = describe_key(OLD)
    for part in ("OLD", "active", "'ci'", "2026-06-20T12:00:00Z", "10 days old", "last used 2026-06-25T12:00:00Z"):
        assert part in text
    assert "never used" in describe_key(NEVER)
    assert "last used unknown" in describe_key(UNKNOWN)
