# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test listings that change while they are read, and listings without end."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._api import Call
from ansible_collections.multicloud.iam.plugins.module_utils._errors import REPLY, UNAVAILABLE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._listing import Listing
from ansible_collections.multicloud.iam.tests.support.clock import Time

CALL = Call("List", "list", "the keys of bob")


def listed(*pages):
    """Give a listing as many pages as it asks for. Each has a text of one-letter objects, and a total."""
    listing: Listing[str] = Listing(CALL)
    remaining = list(pages)
    while listing.is_incomplete():
        objects, total = remaining.pop(0)
        listing.add(objects, [each for each in objects if each != "?"], total)
    return "".join(listing.objects), len(remaining)


@pytest.mark.parametrize(
    ("pages", "objects"),
    [
        ([("", 0)], ""),
        ([("ab", 2)], "ab"),
        ([("ab", 3), ("c", 3)], "abc"),
        ([("a?", 4), ("??", 4)], "a???"),
        ([("ab", 3), ("c", 4), ("ab", 4), ("cd", 4)], "abcd"),
        ([("ab", 3), ("b", 3), ("abc", 3)], "abc"),
        ([("ab", 3), ("", 3), ("ab", 2)], "ab"),
        ([("ab", 1), ("a", 1)], "a"),
        ([("aa", 2), ("ab", 3), ("d", 4), ("abcd", 4)], "abcd"),
    ],
)
def test_a_listing_that_changes_begins_again(pages, objects):
    assert listed(*pages) == (objects, 0)


@pytest.mark.parametrize("page", [("", 1), ("aa", 2), ("ab", 1)])
def test_a_listing_that_changes_each_time_is_a_failure(page):
    with pytest.raises(CloudError, match="the list changes while it is being read") as caught:
        listed(*[page] * 4)
    error = caught.value
    assert (error.category, error.api_operation, error.object_label) == (UNAVAILABLE, "List", "the keys of bob")


@pytest.mark.parametrize(("seconds", "fewest", "most"), [(0.001, 500, 2000), (20.0, 10, 60)])
def test_an_endless_listing_ends(seconds, fewest, most):
    """The number of pages ends it, or the time that they take."""
    time = Time()
    listing: Listing[int] = Listing(CALL, clock=time)
    number = 0

    def read():
        nonlocal number
        while listing.is_incomplete():
            listing.add([number], [str(number)], 10**9)
            number += 1
            time.now += seconds

    with pytest.raises(CloudError, match="not ended") as caught:
        read()
    assert fewest <= number <= most
    assert f"Could not list the keys of bob: the list has not ended after {number} pages" in str(caught.value)
    assert (caught.value.category, caught.value.api_operation) == (REPLY, "List")
