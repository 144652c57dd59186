# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test what a masked value proves."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._masked import is_masked, may_equal

TEXTS = st.text("ab1@.", max_size=12)
# Visible parts and hidden ones, by turns: what is there, and how many stars stand for what is hidden.
PARTS = st.lists(st.tuples(TEXTS, TEXTS, st.integers(1, 5)), min_size=1, max_size=4)


@given(PARTS, TEXTS)
def test_every_value_matches_its_own_mask(parts, end):
    value = "".join(visible + hidden for visible, hidden, _stars in parts) + end
    masked = "".join(visible + "*" * stars for visible, _hidden, stars in parts) + end
    assert is_masked(masked)
    assert may_equal(masked, value)


@given(PARTS, TEXTS, TEXTS)
def test_a_value_matches_a_mask_if_it_has_the_visible_parts_in_their_order(parts, end, value):
    masked = "".join(visible + "*" * stars for visible, _hidden, stars in parts) + end
    fits = ".*".join(re.escape(part) for part in re.split(r"\*+", masked))
    assert may_equal(masked, value) is bool(re.fullmatch(fits, value))


@given(TEXTS, TEXTS)
def test_a_value_without_mask_matches_only_itself(shown, wanted):
    assert may_equal(shown, wanted) == (shown == wanted)
    assert not may_equal(None, wanted)


@pytest.mark.parametrize(
    ("shown", "value", "expected"),
    [
        ("138****0001", "13800000001", True),
        ("138****0001", "13899999999", False),
        ("138****0001", "13900000001", False),
        ("z****.com", "zed@example.com", True),
        ("z****.com", "other@example.com", False),
        ("z****.com", "zed@example.org", False),
        ("z**@ex*.com", "zed@example.com", True),
        ("z**@ex*.com", "zed@other.com", False),
        ("****", "anything", True),
        ("abc***cd", "abcd", False),  # the visible parts do not overlap
    ],
)
def test_masks_of_the_clouds(shown, value, expected):
    assert may_equal(shown, value) is expected


def test_a_hostile_mask_is_matched_quickly():
    assert not may_equal("a*" * 5000 + "c", "a" * 10000 + "b")
