# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test how entries of Security Center are listed: what a SecretId proves, and that no entry is missed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.account import entry_state, list_entries
from ansible_collections.multicloud.iam.plugins.module_utils._errors import UNAVAILABLE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._reply import Oddities


def item(number, **fields):
    return {"AuthId": number, "Status": 0, "ServiceStatus": 0, "Vendor": "AWS", "SecretId": f"s{number}", **fields}


class Service:
    """Return pages of what exists. Each page may come from another list, as if somebody had changed it meanwhile."""

    def __init__(self, *lists, size=100, total=None):
        self.lists, self.size, self.total = lists, size, total
        self.asked = []
        self.oddities = Oddities()

    def call(self, call, parameters, read):
        now = self.lists[min(len(self.asked), len(self.lists) - 1)]
        number = parameters["CurrentPage"]
        self.asked.append(number)
        size = min(self.size, parameters["PageSize"])
        page = now[(number - 1) * size : number * size]
        total = len(now) if self.total is None else self.total
        info = {"TotalCount": total, "Count": len(page), "PageSize": size, "CurrentPage": number}
        return read({"PageInfo": info, "CloudVendorAccountAKs": [item(one) for one in page]})


def listed(service):
    return [int(entry["id"]) for entry in list_entries(service, "all")]


@given(st.integers(0, 250), st.integers(1, 120))
def test_all_entries_are_read_whatever_the_size_of_a_page(count, size):
    everything = list(range(1, count + 1))
    service = Service(everything, size=size)
    assert listed(service) == everything
    assert len(service.asked) == max(1, -(-count // min(size, 100)))


@pytest.mark.parametrize(
    "meanwhile",
    [
        list(range(2, 151)),  # the first one is deleted, and the 101st slips to the page that was read
        list(range(151)),  # one is added before all others, and the 100th comes again
        list(range(51, 151)),
        [],
    ],
    ids=["one deleted", "one added", "many deleted", "all deleted"],
)
def test_a_list_that_changes_is_read_again(meanwhile):
    service = Service(list(range(1, 151)), [one + 1 for one in meanwhile])
    assert listed(service) == [one + 1 for one in meanwhile]
    assert service.asked[:3] == [1, 2, 1]


@pytest.mark.parametrize(
    "service",
    [
        Service(list(range(1, 100)), total=100),
        Service([], total=1),
        Service([1, 1]),
        Service(*[list(range(1, 150 + number)) for number in range(50)]),
    ],
    ids=["fewer than it says", "none of those it says", "twice", "never the same"],
)
def test_a_list_that_does_not_fit_together_is_a_failure(service):
    with pytest.raises(CloudError, match="the list changes while it is being read") as caught:
        listed(service)
    assert caught.value.category == UNAVAILABLE
    assert len(service.asked) <= 6


def test_pages_without_end_are_a_failure():
    class Endless(Service):
        def call(self, call, parameters, read):
            self.asked.append(parameters["CurrentPage"])
            info = {"TotalCount": 10**9}
            return read({"PageInfo": info, "CloudVendorAccountAKs": [item(len(self.asked))]})

    service = Endless()
    with pytest.raises(CloudError, match="not ended"):
        listed(service)
    assert len(service.asked) == 1000


@pytest.mark.parametrize(
    "empty", [{}, {"VendorAuthAlias": None, "AuthModules": None, "ExtendInfo": None, "Message": None}]
)
@pytest.mark.parametrize(
    "texts", [{}, {"VendorAuthAlias": "", "ExtendInfo": "", "VendorUid": "", "CtdrCloudUserId": ""}]
)
def test_an_empty_missing_or_null_field_is_null(empty, texts):
    state = entry_state({**item(7), **texts, **empty})
    assert state["id"] == "7"
    assert [name for name, value in state.items() if value not in (None, [])] == [
        "id",
        "status",
        "vendor",
        "secret_id",
        "service_status",
    ]


def test_modules_are_sorted_and_private_keys_are_dropped():
    modules = [{"Module": "HOST", "ModuleServiceStatus": 2}, {"Module": "CSPM", "Message": "x"}]
    info = '{"private_key": "PEM", "private_key_id": "1", "project_id": "p"}'
    state = entry_state(item(7, AuthModules=modules, ExtendInfo=info))
    assert state["auth_modules"] == ["CSPM", "HOST"]
    assert [(each["module"], each["status"]) for each in state["modules"]] == [("CSPM", None), ("HOST", "validating")]
    assert state["extend_info"] == {"project_id": "p"}
