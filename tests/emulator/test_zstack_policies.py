# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that the emulator enforces the policy of a caller of ZStack."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.multicloud.iam.tests.support import zstack
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

KEYS = "org.zstack.accessKey."


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
