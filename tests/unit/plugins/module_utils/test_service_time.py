# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test how the time of a cloud is read from the Date header of its replies."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._service_time import service_time


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("Sat, 28 Nov 2026 09:15:07 GMT", "2026-11-28T09:15:07Z"),
        ("Sat, 28 Nov 2026 09:15:07 -0000", "2026-11-28T09:15:07Z"),
        ("Sat, 28 Nov 2026 17:15:07 +0800", "2026-11-28T09:15:07Z"),
        ("Saturday, 28-Nov-26 09:15:07 GMT", "2026-11-28T09:15:07Z"),
        ("Sat Nov 28 09:15:07 2026", "2026-11-28T09:15:07Z"),
    ],
)
def test_a_date_becomes_a_moment_in_utc(date: str, moment: str) -> None:
    assert service_time(date) == moment


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        " ",
        "now",
        "\0",
        "\udcff",
        "Sat, 31 Feb 2026 09:15:07 GMT",
        "Sat, 28 Nov 2026 25:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Sat, 28 Nov 99999999 09:15:07 GMT",
        "Sat, 28 Nov 2026 09:15:07 +9999999999",
        "Sat, 28 Nov 2026",
    ],
)
def test_a_date_that_cannot_be_read_is_no_moment(date: str | None) -> None:
    assert service_time(date) is None
