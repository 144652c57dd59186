# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test country codes as people write them and as CAM stores them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.checks import bare_country_code


@given(st.integers(1, 9999), st.sampled_from(["", "+", "00"]))
def test_a_country_code_is_its_digits(number, prefix):
    assert bare_country_code(f"{prefix}{number}") == str(number)
    assert bare_country_code(str(number)) == str(number)


@pytest.mark.parametrize("nothing", [None, ""])
def test_none_is_returned_for_none(nothing):
    assert bare_country_code(nothing) == nothing


@pytest.mark.parametrize("text", ["0", "00", "+", "086", "+086", "++86", "00 86", "86 ", "CN", "12345", "٨٦"])
def test_an_invalid_country_code_is_refused(text):
    with pytest.raises(CloudError, match=r"country_code is .*86, \+86 or 0086"):
        bare_country_code(text)
