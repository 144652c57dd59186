# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the emulator enforces the policy of a caller, with the errors of the vendor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support import tencent
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator


def cam(*actions: str, effect: str = "allow") -> dict[str, Any]:
    """Return a statement of a policy of CAM."""
    return {"effect": effect, "action": list(actions), "resource": ["*"]}


def cam_policy(*statements: dict[str, Any]) -> dict[str, Any]:
    """Return the seed of alice with a policy of CAM."""
    return {"tencent": {"users": [{"name": "alice", "policy": {"version": "2.0", "statement": list(statements)}}]}}


@pytest.mark.parametrize(
    ("statements", "lists", "creates"),
    [
        ([cam("cam:ListAccessKeys")], True, False),
        ([cam("cam:*")], True, True),
        ([cam("cam:List*")], True, False),
        ([cam("cam:ListAccess")], False, False),
        ([cam("cam:*"), cam("cam:CreateAccessKey", effect="deny")], True, False),
        ([cam("cam:CreateAccessKey", effect="deny")], False, False),
        ([], False, False),
    ],
)
def test_a_policy_allows_what_it_lists(
    emulator: Emulator, root: tencent.Client, statements: list[dict[str, Any]], lists: bool, creates: bool
) -> None:
    emulator.seed(cam_policy(*statements))
    alice = replace(root, key=tencent.ALICE)
    denied = "AuthFailure.UnauthorizedOperation"
    assert alice.code("ListAccessKeys") == (None if lists else denied)
    # She has two keys already, so an allowed creation meets the limit.
    assert alice.code("CreateAccessKey") == ("OperationDenied.AccessKeyOverLimit" if creates else denied)
    assert root.code("ListUsers") is None


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        ({"version": "2.0", "statement": {}}, "statement is not a list"),
        ({"version": "1", "statement": []}, "version is not '2.0'"),
        ({"version": "2.0", "statement": [], "x": 1}, "unknown name 'x'"),
        ({"version": "2.0", "statement": ["x"]}, "is not a mapping"),
        ({"version": "2.0", "statement": [cam("cam:*", effect="Allow")]}, "effect is not allow or deny"),
        ({"version": "2.0", "statement": [{**cam("cam:*"), "condition": {}}]}, "unknown name 'condition'"),
        ({"version": "2.0", "statement": [{**cam("cam:*"), "resource": "qcs::cam::x"}]}, "resource is not '\\*'"),
        ({"version": "2.0", "statement": [cam()]}, "action is not a list of actions"),
    ],
)
def test_a_policy_that_the_emulator_cannot_enforce_is_refused(
    emulator: Emulator, policy: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        emulator.seed({"tencent": {"users": [{"name": "alice", "policy": policy}]}})
