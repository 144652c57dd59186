# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that keys are found by their IDs, with as few calls as possible, and that nothing is missing in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.modules.cases import Search
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner

NOWHERE = "AKIDNowhere0000000001"

SEARCHES: list[Search] = [part.SEARCH for part in parts("modules").values() if hasattr(part, "SEARCH")]
of_each_cloud = pytest.mark.parametrize("case", SEARCHES, ids=lambda case: case.cloud)


def find(emulator: Emulator, case: Search, *ids: str, key: tuple[str, str] | None = None, **options: Any) -> Result:
    return Runner(emulator, case.module, CLOUDS[case.cloud].signing(key))(access_key_ids=list(ids), **options)


def ids_of(case: Search, result: Result) -> list[str]:
    return [key[case.id_field] for key in result["access_keys"]]


@of_each_cloud
@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "for real"])
def test_keys_are_found_with_few_calls(emulator: Emulator, case: Search, check_mode: bool) -> None:
    result = find(emulator, case, *case.owners, check_mode=check_mode)
    assert {key[case.id_field]: key["owner"] for key in result["access_keys"]} == case.owners
    assert ids_of(case, result) == list(case.owners)
    assert {key["status"] for key in result["access_keys"]} == {"active"}
    assert all(key["age_days"] for key in result["access_keys"])
    assert (result["changed"], result["not_found"], result["unknown"]) == (False, [], [])
    assert [action for action in emulator.actions() if action != "ListAccessKeys"] == [
        action for action in case.calls if action != "ListAccessKeys"
    ]
    assert len(emulator.actions()) <= len(case.calls) + 3  # as many users may be asked at the same time


@of_each_cloud
def test_the_key_that_signs_is_found_first(emulator: Emulator, case: Search) -> None:
    own = CLOUDS[case.cloud].administrator[0]
    result = find(emulator, case, own)
    assert ids_of(case, result) == [own]
    assert "ListUsers" not in emulator.actions()
    assert emulator.actions().count(case.find_call) == 1


@of_each_cloud
def test_a_key_that_does_not_exist_is_not_found(emulator: Emulator, case: Search) -> None:
    known = next(iter(case.owners))
    result = find(emulator, case, NOWHERE, known, NOWHERE)
    assert (ids_of(case, result), result["not_found"], result["unknown"]) == ([known], [NOWHERE], [])
    emulator.clear_journal()
    assert find(emulator, case, NOWHERE)["not_found"] == [NOWHERE]
    assert emulator.actions() == list(case.absence)


@of_each_cloud
def test_an_empty_list_seeks_nothing(emulator: Emulator, case: Search) -> None:
    result = find(emulator, case)
    assert (result["access_keys"], result["not_found"], result["unknown"]) == ([], [], [])
    assert emulator.actions() == []


@of_each_cloud
def test_a_caller_who_does_not_see_everything_knows_it(emulator: Emulator, case: Search) -> None:
    """The own key is found. Of another one, a user does not know whether the root account or another user has it."""
    other = list(case.owners)[-1]
    result = find(emulator, case, case.limited[0], other, key=case.limited)
    assert ids_of(case, result) == [case.limited[0]]
    assert [each["id"] for each in result["unknown"]] == [other]
    assert result["not_found"] == []
    assert all(each["reasons"] for each in result["unknown"])


@of_each_cloud
@pytest.mark.parametrize("fault", ["reset_before", "throttle"])
def test_if_nothing_can_be_asked_the_task_fails(emulator: Emulator, case: Search, fault: str) -> None:
    emulator.fault(fault, cloud=case.cloud)
    result = find(emulator, case, *case.owners, api_retries=0)
    assert result["error"]["category"] in ("network", "throttled")
    assert "access_keys" not in result
    assert len(emulator.actions()) <= 1


@of_each_cloud
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"status": "active"}, "access_key_ids cannot be combined with status"),
        ({"older_than_days": 0}, "access_key_ids cannot be combined with older_than_days"),
        ({"description": "ci"}, "access_key_ids cannot be combined with description"),
        ({"all_users": True}, "access_key_ids cannot be combined with all_users"),
        ({"access_key_ids": ["AKID***"]}, "access_key_ids contains a mask"),
        ({"access_key_ids": [f"{NOWHERE}\n"]}, "access_key_ids begins or ends with white space"),
        ({"access_key_ids": [""]}, "access_key_ids has an empty element"),
    ],
)
def test_what_would_hide_a_key_is_refused(
    emulator: Emulator, case: Search, options: Mapping[str, Any], message: str
) -> None:
    result = Runner(emulator, case.module, CLOUDS[case.cloud].signing())(**{"access_key_ids": [NOWHERE], **options})
    assert result["error"]["category"] == "usage"
    assert message in result["msg"]
    assert emulator.actions() == []


@of_each_cloud
def test_other_selections_are_refused(emulator: Emulator, case: Search) -> None:
    for options in case.refused:
        result = find(emulator, case, NOWHERE, **options)
        assert (result["error"]["category"], emulator.actions()) == ("usage", [])
