# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that no leak is missed, whatever the API means by its total and however it limits a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.leaks import list_leaks
from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._reply import Oddities


class Service:
    """Return the pages of some leaks. total: returns what the reply says, of the count of all and of those of the page."""

    def __init__(self, leaks, size=100, total=lambda count, _on_page: count, ignores_number=False):
        self.leaks, self.size, self.total, self.ignores_number = leaks, size, total, ignores_number
        self.oddities = Oddities()
        self.calls = []

    def call(self, call, parameters, read):
        self.calls.append(parameters)
        size = min(self.size, parameters["PageSize"])
        first = 0 if self.ignores_number else (parameters["CurrentPage"] - 1) * size
        page = self.leaks[first : first + size]
        return read({"AccessKeyLeakList": page, "TotalCount": self.total(len(self.leaks), len(page))})


def listed(service, discovered_after=None):
    return list_leaks(service, discovered_after)


def leak(number, **fields):
    return {"Id": number, "AccesskeyId": f"LTAIexample{number:04}", **fields}


TOTALS = [
    lambda count, _on_page: count,
    lambda count, _on_page: count + 7,  # of all leaks, those that are dealt with included
    lambda _count, on_page: on_page,
]


@given(st.integers(0, 250), st.sampled_from(TOTALS[:2]), st.integers(1, 120))
def test_all_leaks_are_read_whatever_the_size_of_a_page(count, total, size):
    service = Service([leak(number) for number in range(count)], size, total)
    assert [found["id"] for found in listed(service)] == [str(number) for number in range(count)]


@given(st.integers(0, 250))
def test_all_leaks_are_read_if_the_total_is_of_the_page(count):
    service = Service([leak(number) for number in range(count)], 100, TOTALS[2])
    assert len(listed(service)) == count


def test_one_call_is_enough_for_a_few_leaks():
    service = Service([leak(1)])
    assert listed(service, 1000.5) == [
        {
            "id": "1",
            "access_key_id": "LTAIexample0001",
            "user_name": None,
            "user_type": None,
            "url": None,
            "discovered_time": None,
        }
    ]
    assert service.calls == [{"CurrentPage": 1, "PageSize": 100, "Status": "pending", "StartTs": 1000500}]


def test_an_api_that_always_returns_the_same_page_is_asked_twice():
    service = Service([leak(number) for number in range(100)], ignores_number=True)
    assert len(listed(service)) == 100
    assert len(service.calls) == 2


def test_a_list_without_an_end_is_a_failure():
    class Endless(Service):
        def call(self, call, parameters, read):
            number = parameters["CurrentPage"]
            return read({"AccessKeyLeakList": [leak(number)], "TotalCount": number + 1})

    with pytest.raises(CloudError, match="has not ended after 1000 pages"):
        listed(Endless([]))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("AccesskeyId", None),
        ("AccesskeyId", 5),
        ("AccesskeyId", "LTAI***"),
        ("AccesskeyId", "{{ lookup('pipe', 'id') }}"),
        ("Id", None),
        ("Id", "1"),
        ("Id", True),
    ],
)
def test_a_leak_that_cannot_be_read_hides_no_other(field, value):
    service = Service([leak(1, **{field: value}), leak(2)])
    assert [found["id"] for found in listed(service)] == ["2"]
    assert service.oddities.warnings()


@pytest.mark.parametrize(
    ("field", "value", "name", "expected"),
    [
        ("Url", "https://user:pass@example.com/a/b?secret=x#y", "url", "https://example.com/a/b"),
        ("Url", "example", "url", None),
        ("Url", "https://[", "url", None),
        ("Url", 5, "url", None),
        ("GmtModified", 1772323200123, "discovered_time", "2026-03-01T00:00:00Z"),
        ("GmtModified", 10**30, "discovered_time", None),
        ("GmtModified", 0, "discovered_time", None),
        ("AliUserName", "", "user_name", None),
    ],
)
def test_other_fields_are_read_if_they_can_be(field, value, name, expected):
    assert listed(Service([leak(1, **{field: value})]))[0][name] == expected
