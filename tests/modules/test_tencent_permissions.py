# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the table of permissions in the guide to Tencent Cloud: each task needs these operations, and no others."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.tests.modules.cases import Task
from ansible_collections.multicloud.iam.tests.modules.robots import fails
from ansible_collections.multicloud.iam.tests.support import tencent
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

GONE = {"target_uin": "100000000099", "access_key_id": "AKIDGone0000000000000000000000000001", "state": "absent"}
ROWS: list[tuple[Task, list[str]]] = [
    (("cam_access_key", {"user_name": "bob", "status": "inactive"}), ["GetUser", "ListAccessKeys", "UpdateAccessKey"]),
    (("cam_access_key_info", {"user_names": ["carol"]}), ["GetUser", "ListAccessKeys"]),
    (("cam_access_key", GONE), ["GetUserAppId", "ListAccessKeys", "ListUsers"]),
    (("cam_user", {"name": "carol", "state": "absent"}), ["DeleteUser", "GetUser", "ListAccessKeys"]),
    (("cam_caller_info", {}), ["GetUserAppId"]),
    (("cam_user_info", {"api_expected_account": str(tencent.UIN["root"])}), ["GetUserAppId", "ListUsers"]),
]


@pytest.mark.parametrize(("task", "operations"), ROWS, ids=lambda value: None if isinstance(value, list) else value[0])
def test_a_task_needs_these_permissions(emulator: Emulator, task: Task, operations: list[str]) -> None:
    assert not fails(emulator, "tencent", task, operations)
    for removed in operations:
        assert fails(emulator, "tencent", task, {*operations} - {removed}), removed
