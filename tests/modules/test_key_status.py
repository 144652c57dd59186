# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that keys are disabled by their IDs alone: each of them, at once, and whatever happens to the others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.modules.cases import Search
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner, diff_of, load_module, run_module

NOWHERE = "AKIDNowhere000001"
SEARCHES: list[Search] = [part.SEARCH for part in parts("modules").values() if hasattr(part, "SEARCH")]
of_each_cloud = pytest.mark.parametrize("case", SEARCHES, ids=lambda case: case.cloud)
BOTH_MODES = pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "for real"])
OWN = -1  # the last owner of a case is the caller


def set_status(
    emulator: Emulator, case: Search, *ids: str, key: tuple[str, str] | None = None, **options: Any
) -> Result:
    given = {"status": "inactive", "access_key_ids": list(ids), **options}
    return Runner(emulator, case.status_module, CLOUDS[case.cloud].signing(key))(**given)


def outcomes(result: Result) -> dict[str, str]:
    return {each["access_key_id"]: each["outcome"] for each in result["access_keys"]}


def statuses(emulator: Emulator, case: Search, *ids: str) -> dict[str, str]:
    result = Runner(emulator, case.module, CLOUDS[case.cloud].signing())(access_key_ids=list(ids))
    return {key[case.id_field]: key["status"] for key in result["access_keys"]}


def ids_of(case: Search) -> tuple[str, str, str]:
    """Return the IDs of an active key, of the own one, which is active as well, and of an inactive one."""
    return next(iter(case.owners)), list(case.owners)[OWN], case.inactive


@of_each_cloud
@BOTH_MODES
def test_each_key_has_its_outcome(emulator: Emulator, case: Search, check_mode: bool) -> None:
    active, _own, inactive = ids_of(case)
    other = case.limited[0]
    result = set_status(emulator, case, inactive, NOWHERE, active, other, active, check_mode=check_mode)
    assert not result.get("failed"), result.get("msg")
    assert result["changed"]
    assert outcomes(result) == {inactive: "unchanged", NOWHERE: "not_found", active: "changed", other: "changed"}
    row = next(each for each in result["access_keys"] if each["access_key_id"] == active)
    assert (row["status_before"], row["status"], row["owner"]) == ("active", "inactive", case.owners[active])
    assert row["last_used_state"] in ("used", "unknown")
    assert row["reasons"] == []
    assert diff_of(result) == {
        "before": dict.fromkeys((active, other), "active"),
        "after": dict.fromkeys((active, other), "inactive"),
    }
    assert len(emulator.writes()) == (0 if check_mode else 2)
    expected = dict.fromkeys((active, other), "active" if check_mode else "inactive")
    assert statuses(emulator, case, active, other) == expected


@of_each_cloud
def test_the_second_run_changes_nothing(emulator: Emulator, case: Search) -> None:
    active, _own, inactive = ids_of(case)
    set_status(emulator, case, active, inactive)
    emulator.clear_journal()
    result = set_status(emulator, case, active, inactive)
    assert (result["changed"], set(outcomes(result).values()), emulator.writes()) == (False, {"unchanged"}, [])
    assert diff_of(result) == {"before": {}, "after": {}}
    back = set_status(emulator, case, active, status="active")
    assert (back["changed"], statuses(emulator, case, active)) == (True, {active: "active"})


@of_each_cloud
@BOTH_MODES
def test_the_own_key_is_refused_and_all_others_are_done(emulator: Emulator, case: Search, check_mode: bool) -> None:
    active, own, _inactive = ids_of(case)
    result = set_status(emulator, case, own, active, check_mode=check_mode)
    assert (result["failed"], result["changed"], result["error"]["category"]) == (True, True, "refused")
    assert outcomes(result) == {own: "refused", active: "changed"}
    assert "allow_self_lockout" in result["msg"]
    assert "allow_self_lockout" in result["access_keys"][0]["reasons"][0]
    assert len(emulator.writes()) == (0 if check_mode else 1)


@of_each_cloud
@BOTH_MODES
def test_the_own_key_is_disabled_last_if_that_is_allowed(emulator: Emulator, case: Search, check_mode: bool) -> None:
    active, own, _inactive = ids_of(case)
    result = set_status(emulator, case, own, active, NOWHERE, allow_self_lockout=True, check_mode=check_mode)
    assert outcomes(result) == {own: "changed", active: "changed", NOWHERE: "not_found"}
    assert not result.get("failed")
    if not check_mode:
        (last, before) = [call for call in emulator.journal() if call["write"]][::-1]
        assert own in str(last) or case.id_field != "id"
        assert own not in str(before["params"])
        assert set_status(emulator, case, active)["error"]["category"] == "authentication"


@of_each_cloud
def test_enabling_the_own_key_again_is_no_lockout(emulator: Emulator, case: Search) -> None:
    _active, own, inactive = ids_of(case)
    result = set_status(emulator, case, own, inactive, status="active")
    assert outcomes(result) == {own: "unchanged", inactive: "changed"}


@of_each_cloud
def test_a_change_that_is_denied_stops_no_other(emulator: Emulator, case: Search) -> None:
    active, _own, _inactive = ids_of(case)
    other = case.limited[0]
    emulator.fault("status", case.update_call, cloud=case.cloud, status=403, times=1)
    result = set_status(emulator, case, active, other)
    assert sorted(outcomes(result).values()) == ["changed", "failed"]
    assert (result["failed"], result["changed"], result["error"]["category"]) == (True, True, "denied")
    failed = next(each for each in result["access_keys"] if each["outcome"] == "failed")
    assert failed["status"] == failed["status_before"] == "active"
    assert failed["reasons"]
    assert failed["access_key_id"] in result["msg"]
    again = set_status(emulator, case, active, other)
    assert (again["changed"], sorted(outcomes(again).values())) == (True, ["changed", "unchanged"])


@of_each_cloud
def test_a_lost_reply_is_no_failure(emulator: Emulator, case: Search) -> None:
    active, _own, _inactive = ids_of(case)
    emulator.fault("reset_after", case.update_call, cloud=case.cloud, times=1)
    result = set_status(emulator, case, active, api_retries=0)
    assert outcomes(result) == {active: "changed"}
    assert statuses(emulator, case, active) == {active: "inactive"}


@of_each_cloud
def test_what_cannot_be_found_out_is_told(emulator: Emulator, case: Search) -> None:
    """A user disables the own key's neighbours, and does not know about the keys of the administrator."""
    _active, own, _inactive = ids_of(case)
    result = set_status(emulator, case, own, key=case.limited)
    assert (result["failed"], result["changed"], outcomes(result)) == (True, False, {own: "unknown"})
    assert result["access_keys"][0]["reasons"]
    assert f"{own} (unknown" in result["msg"]
    assert emulator.writes() == []


@of_each_cloud
def test_if_nothing_can_be_asked_every_key_is_unknown(emulator: Emulator, case: Search) -> None:
    emulator.fault("reset_before", cloud=case.cloud)
    result = set_status(emulator, case, *ids_of(case), api_retries=0)
    assert (result["error"]["category"], result["changed"]) == ("network", False)
    assert set(outcomes(result).values()) == {"unknown"}
    assert all(each["reasons"] for each in result["access_keys"])


@of_each_cloud
def test_no_keys_are_no_calls(emulator: Emulator, case: Search) -> None:
    result = set_status(emulator, case)
    assert (result["changed"], result["access_keys"], emulator.actions()) == (False, [], [])


@of_each_cloud
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"access_key_ids": ["AKID***"]}, "access_key_ids contains a mask"),
        ({"access_key_ids": [f"{NOWHERE} "]}, "access_key_ids begins or ends with white space"),
        ({"access_key_ids": [""]}, "access_key_ids has an empty element"),
    ],
)
def test_an_id_that_is_none_is_refused(emulator: Emulator, case: Search, options: dict[str, Any], message: str) -> None:
    result = set_status(emulator, case, NOWHERE, **options)
    assert (result["error"]["category"], emulator.actions()) == ("usage", [])
    assert message in result["msg"]


@of_each_cloud
def test_later_tasks_of_a_check_run_know_the_change(emulator: Emulator, case: Search, tmp_path: Path) -> None:
    active, _own, inactive = ids_of(case)
    options = {
        **CLOUDS[case.cloud].signing(),
        "api_endpoint": emulator.url,
        "access_key_ids": [active, inactive],
        "status": "inactive",
    }
    assert "status" in load_module(case.status_module).argument_spec
    first, second = (
        run_module(case.status_module, check_mode=True, check_run=str(tmp_path), **options) for _each in range(2)
    )
    assert (first["changed"], outcomes(first)) == (True, {active: "changed", inactive: "unchanged"})
    assert (second["changed"], set(outcomes(second).values())) == (False, {"unchanged"})
    back = run_module(case.status_module, check_mode=True, check_run=str(tmp_path), **{**options, "status": "active"})
    assert set(outcomes(back).values()) == {"changed"}
    assert emulator.writes() == []
