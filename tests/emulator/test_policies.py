# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the emulator enforces the policy of a caller, with the errors of the vendor."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.support import alibaba, huawei, tencent, zstack
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

KEYS = "org.zstack.accessKey."


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


def test_a_user_needs_no_permission_for_own_keys_at_huawei(emulator: Emulator, owner: huawei.HuaweiClient) -> None:
    bob = replace(owner, key=huawei.BOB)
    own, other = (f"{huawei.KEYS}?user_id={huawei.ID[name]}" for name in ("bob", "alice"))
    allow = {"Effect": "Allow", "Action": ["iam:credentials:listCredentials"]}
    deny = {"Effect": "Deny", "Action": "iam:credentials:list*"}
    seen = []
    for statements in ([], [allow], [allow, deny]):
        policy = {"Version": "1.1", "Statement": statements}
        emulator.seed({"huawei": {"users": [{"name": "bob", "policy": policy}]}})
        seen.append([bob.error("GET", url) for url in (own, other)])
    forbidden = (403, "You are not authorized to perform the requested action.")
    denied = (403, "Policy doesn't allow iam:credentials:listCredentials to be performed.")
    assert seen == [[None, forbidden], [None, None], [denied, denied]]


def test_a_denial_at_alibaba_says_which_action_is_missing(emulator: Emulator, ali: alibaba.Client) -> None:
    action = "yundun-sas:GetSupportedModules"
    operator = replace(ali, key=alibaba.OPERATOR)
    seen = []
    for effect in ("Allow", "Deny", None):
        statements = [{"Effect": effect, "Action": action, "Resource": "*"}] if effect else []
        policy = {"Version": "1", "Statement": statements}
        emulator.seed({"alibaba": {"users": [{"name": "operator", "policy": policy}]}})
        reply = operator.post("GetSupportedModules").json()
        detail = reply.get("AccessDeniedDetail", {})
        seen.append((reply.get("Code"), detail.get("AuthAction"), detail.get("NoPermissionType")))
        assert operator.code("DescribeCloudVendorAccountAKList") == "NoPermission"
    assert seen == [
        (None, None, None),
        ("NoPermission", action, "ExplicitDeny"),
        ("NoPermission", action, "ImplicitDeny"),
    ]


def test_a_role_of_zstack_allows_messages(emulator: Emulator, admin: zstack.Client) -> None:
    bob = replace(admin, key=zstack.BOB)
    statement = {"name": "read", "effect": "Allow", "actions": [f"{KEYS}APIQueryAccessKeyMsg"]}
    emulator.seed({"zstack": {"accounts": [{"name": "bob", "policy": {"statements": [statement]}}]}})
    assert len(bob.listed()) == 1
    denied = f"operation[API:{KEYS}APIDeleteAccessKeyMsg] is denied: no permission"
    assert bob.details("DELETE", f"/v1/accesskeys/{zstack.KEY_UUID['bob']}") == ("ID.1002", denied)
    every = {**statement, "actions": [f"{KEYS}**"]}
    emulator.seed({"zstack": {"accounts": [{"name": "bob", "policy": {"statements": [every]}}]}})
    assert bob.details("DELETE", f"/v1/accesskeys/{zstack.KEY_UUID['bob']}") is None


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
