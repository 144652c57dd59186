# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the option expected_status of every cloud: a key with another status is neither changed nor deleted."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.modules.cases import DELETE, DISABLE, Kind, Options
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUD_OF, CLOUDS, parts
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Result, Runner

ENABLE = {"status": "active"}
ID_OPTIONS = {"iam_credential": "access_key"}
# By module: the owner, and its keys by their status.
OWNED: dict[str, tuple[Options, dict[str, str]]] = {}
for part in parts("modules").values():
    for module, two in part.GUARDS.two_keys.items():
        (owner,) = two.owner.values()
        active = next(key for key, whose in part.SEARCH.owners.items() if whose == owner)
        OWNED[module] = (two.owner, {"active": active, "inactive": part.SEARCH.inactive})
KINDS: list[Kind] = [kind for part in parts("modules").values() for kind in part.KINDS if kind.state in OWNED]

each_module = pytest.mark.parametrize("module", OWNED)
both_modes = pytest.mark.parametrize("check_mode", [True, False], ids=["check mode", "for real"])


class Keys:
    """Run tasks about a key of an owner who has an active and an inactive one."""

    def __init__(self, emulator: Emulator, module: str) -> None:
        self.run = Runner(emulator, "", {})
        self.module = module
        self.owner, self.ids = OWNED[module]

    def __call__(self, which: str, *, check_mode: bool, **options: Any) -> Result:
        """Run a task about one of the keys. which: its status."""
        named = {ID_OPTIONS.get(self.module, "access_key_id"): self.ids[which]}
        signing = CLOUDS[CLOUD_OF[self.module]].signing()
        return self.run(self.module, check_mode=check_mode, **signing, **self.owner, **named, **options)


@both_modes
@each_module
@pytest.mark.parametrize(
    ("status", "wish"), [("active", DELETE), ("inactive", DELETE), ("active", DISABLE), ("inactive", ENABLE)]
)
def test_only_a_key_with_the_expected_status_is_written(
    emulator: Emulator, module: str, status: str, wish: Options, check_mode: bool
) -> None:
    keys = Keys(emulator, module)
    other = "inactive" if status == "active" else "active"
    refused = keys(status, check_mode=check_mode, expected_status=other, **wish)
    assert refused["error"]["category"] == "refused"
    assert f"its status is {status}, and expected_status is {other}" in refused["msg"]
    assert emulator.writes() == []
    done = keys(status, check_mode=check_mode, expected_status=status, **wish)
    assert done["changed"], done.get("msg")
    assert len(emulator.writes()) == (0 if check_mode else 1)


@both_modes
@each_module
def test_a_task_that_has_nothing_to_change_compares_no_status(
    emulator: Emulator, module: str, check_mode: bool
) -> None:
    keys = Keys(emulator, module)
    same = keys("inactive", check_mode=check_mode, expected_status="active", **DISABLE)
    keys.ids = {"gone": "AKIDNobody0000000001"}
    gone = keys("gone", check_mode=check_mode, expected_status="inactive", **DELETE)
    assert [(result["changed"], result.get("failed")) for result in (same, gone)] == [(False, None)] * 2
    assert emulator.writes() == []


@both_modes
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.state)
@pytest.mark.parametrize("status", ["active", "inactive"])
def test_an_unknown_status_is_no_permission(emulator: Emulator, kind: Kind, status: str, check_mode: bool) -> None:
    odd = kind.reply([{**kind.good, **kind.odd["status"]}])
    emulator.fault("wrong_type", kind.action, cloud=kind.cloud, body=odd)
    given = {**kind.signing, **kind.owner, **kind.named, **DELETE, "expected_status": status}
    result = Runner(emulator, "", {})(kind.state, check_mode=check_mode, **given)
    assert result["error"]["category"] == "refused"
    assert "its status cannot be read: " in result["msg"]
    assert emulator.writes() == []


@both_modes
@each_module
def test_a_key_with_an_expected_status_is_not_created(emulator: Emulator, module: str, check_mode: bool) -> None:
    signing = CLOUDS[CLOUD_OF[module]].signing()
    new = {"description": "new", "allow_unregistered_secret": True, "expected_status": "active"}
    result = Runner(emulator, "", {})(module, check_mode=check_mode, **signing, **new)
    assert result["error"]["category"] == "refused"
    assert "there is no such key, and expected_status is active" in result["msg"]
    assert emulator.writes() == []
