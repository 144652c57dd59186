# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the emulator enforces the policy of a caller of Huawei Cloud."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.multicloud.iam.tests.support import huawei
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator


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
