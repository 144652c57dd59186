# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test a list with one object that cannot be read completely: it is reported, and its unknown values do not count.

A task must be able to read the attributes that it manages, if they matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.modules.cases import Kind
from ansible_collections.multicloud.iam.tests.support import tencent
from ansible_collections.multicloud.iam.tests.support.clouds import parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner

Run = Callable[..., Result]


KINDS: list[Kind] = [kind for part in parts("modules").values() for kind in part.KINDS]
BY_INFO = {kind.info: kind for kind in KINDS}
MANAGED = [kind for kind in KINDS if kind.state]


def by_info(kind: Kind) -> str:
    return kind.info


def repr_of(value: Any) -> str:
    return value.info if isinstance(value, Kind) else repr(value)


def each_odd(kinds: list[Kind]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("kind", "field"),
        [pytest.param(kind, field, id=f"{kind.info}: {field}") for kind in kinds for field in kind.odd],
    )


@pytest.fixture
def run(emulator: Emulator) -> Run:
    return Runner(emulator, "", {})


def answer(emulator: Emulator, kind: Kind, rows: list[Any]) -> None:
    """Let every list contain these objects."""
    emulator.fault("wrong_type", kind.action, cloud=kind.cloud, body=kind.reply(rows))
    if kind.also:
        emulator.faults([{"cloud": kind.cloud, **kind.also}])


def warnings(result: Result) -> str:
    return "\n".join(result["warnings"])


@each_odd(KINDS)
def test_a_listing_shows_what_is_known(emulator: Emulator, run: Run, kind: Kind, field: str) -> None:
    answer(emulator, kind, kind.rows(field))
    result = run(kind.info, **kind.signing, **kind.which)
    assert not result.get("failed"), result.get("msg")
    assert len(result[kind.result]) == 2
    odd = next(each for each in result[kind.result] if each[field] is None)
    good = next(each for each in result[kind.result] if each is not odd)
    assert good[field] is not None or field in ("uid", "extend_info", "modules"), good
    assert " cannot be read, and is unknown: " in warnings(result)


@pytest.mark.parametrize(("kind", "row"), [(kind, row) for kind in KINDS for row in kind.odd_rows], ids=repr_of)
def test_an_object_without_an_id_causes_a_warning(emulator: Emulator, run: Run, kind: Kind, row: Any) -> None:
    answer(emulator, kind, [kind.good, row])
    result = run(kind.info, **kind.signing, **kind.which)
    assert not result.get("failed"), result.get("msg")
    assert len(result[kind.result]) == 1
    assert "cannot be read, and is unknown: " in warnings(result)


def test_many_odd_objects_cause_few_warnings(emulator: Emulator, run: Run) -> None:
    sas = BY_INFO["sas_vendor_ak_info"]
    answer(emulator, sas, [{**sas.good, "AuthId": number, "Status": 9} for number in range(1, 301)])
    result = run(sas.info, **sas.signing)
    assert len(result["vendor_aks"]) == 300
    assert len(result["warnings"]) == 11
    assert "290 more fields of objects" in result["warnings"][-1]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if "status" in kind.odd], ids=by_info)
def test_an_unknown_value_passes_no_filter(emulator: Emulator, run: Run, kind: Kind) -> None:
    odd = {**kind.good, **kind.other, **kind.odd["status"]}
    old = {"older_than_days": 1} if "create_time" in kind.odd else {}
    for given, row in (
        ({"status": "active"}, odd),
        ({"status": "inactive"}, odd),
        (old, {**odd, **kind.odd.get("create_time", {})}),
    ):
        if given:
            answer(emulator, kind, [row])
            assert run(kind.info, **kind.signing, **kind.which, **given)[kind.result] == []
            emulator.clear_faults()


@each_odd(MANAGED)
def test_an_odd_object_does_not_fail_a_task_about_another_one(
    emulator: Emulator, run: Run, kind: Kind, field: str
) -> None:
    answer(emulator, kind, kind.rows(field))
    result = run(kind.state, **kind.signing, **kind.owner, **kind.named, status="active")
    assert (result.get("failed"), result["changed"]) == (None, False), result.get("msg")


@pytest.mark.parametrize("kind", MANAGED, ids=by_info)
@pytest.mark.parametrize("status", ["active", "inactive"])
@pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "for real"])
def test_the_status_of_a_managed_object_is_not_guessed(
    emulator: Emulator, run: Run, kind: Kind, status: str, check_mode: bool
) -> None:
    answer(emulator, kind, [{**kind.good, **kind.odd["status"]}])
    result = run(kind.state, check_mode=check_mode, **kind.signing, **kind.owner, **kind.alone, status=status)
    assert result["error"]["category"] == "reply"
    assert "its status cannot be read, so nothing is done" in result["msg"]
    assert emulator.writes() == []
    # It is only read if it matters.
    assert not run(kind.state, check_mode=True, **kind.signing, **kind.owner, **kind.alone).get("failed")


@pytest.mark.parametrize("kind", MANAGED, ids=by_info)
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_object_that_may_be_the_wanted_one_is_not_ignored(
    emulator: Emulator, run: Run, kind: Kind, state: str
) -> None:
    """Otherwise a second one would be created, or a deletion would find nothing."""
    answer(emulator, kind, [{**kind.good, **kind.odd[kind.marker]}])
    wish = {kind.marker: "wanted", "state": state}
    result = run(kind.state, **kind.signing, **kind.owner, **kind.new, **wish)
    assert result["error"]["category"] == "reply", result
    assert re.search("can be read, and one may be the (key|entry) of this task", result["msg"])
    assert emulator.writes() == []


def test_an_invalid_id_is_not_used_in_a_call(emulator: Emulator, run: Run) -> None:
    zstack_key = BY_INFO["zstack_accesskey_info"]
    answer(emulator, zstack_key, [{**zstack_key.good, **zstack_key.odd["id"]}])
    for wish in ({"status": "inactive"}, {"state": "absent"}):
        result = run("zstack_accesskey", **zstack_key.signing, **zstack_key.owner, description="ci", **wish)
        assert "its id cannot be read" in result["msg"]
    assert emulator.writes() == []


def test_the_keys_of_a_user_without_uin_are_not_those_of_the_caller(emulator: Emulator, run: Run) -> None:
    users = BY_INFO["cam_user_info"]
    answer(emulator, users, [{**users.good, "Uin": str(tencent.UIN["bob"])}, {**users.good, "Uin": "x"}])
    result = run("cam_access_key_info", **users.signing, all_users=True)
    assert [key["id"] for key in result["access_keys"]] == [tencent.BOB[0]]
    assert "The keys of user good are not listed, because its UIN cannot be read" in warnings(result)
    emulator.clear_faults()
    emulator.fault("null_field", "GetUser", field="Uin")
    refused = run("cam_user", **users.signing, name="bob", state="absent", force=True)
    assert "uin cannot be read" in refused["msg"] or "Uin" in refused["msg"]
    assert emulator.writes() == []
