# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the table of permissions in the guide to Tencent Cloud: each task needs these operations, and no others."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._tencent.permissions import PERMISSIONS
from ansible_collections.multicloud.iam.tests.modules.cases import Task
from ansible_collections.multicloud.iam.tests.modules.clouds.tencent import ROBOT
from ansible_collections.multicloud.iam.tests.support import tencent
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Runner

GONE = {"target_uin": "100000000099", "access_key_id": "AKIDGone0000000000000000000000000001", "state": "absent"}
ROWS: list[tuple[Task, list[str]]] = [
    (("cam_access_key", {"user_name": "bob", "status": "inactive"}), ["GetUser", "ListAccessKeys", "UpdateAccessKey"]),
    (("cam_access_key_info", {"user_names": ["carol"]}), ["GetUser", "ListAccessKeys"]),
    (("cam_access_key", GONE), ["GetUserAppId", "ListAccessKeys", "ListUsers"]),
    (("cam_user", {"name": "carol", "state": "absent"}), ["DeleteUser", "GetUser", "ListAccessKeys"]),
    (("cam_caller_info", {}), ["GetUserAppId"]),
    (("cam_user_info", {"api_expected_account": str(tencent.UIN["root"])}), ["GetUserAppId", "ListUsers"]),
]


def fails(emulator: Emulator, task: Task, operations: Collection[str]) -> bool:
    """Return whether a task fails if its caller is allowed only these operations."""
    # A policy must allow something.
    policy = PERMISSIONS.policy([*PERMISSIONS.actions(operations), "none:None"])
    emulator.reset()
    emulator.seed({"tencent": ROBOT.seed(policy)})
    run = Runner(emulator, "", tencent.CLOUD.signing(ROBOT.key), [ROBOT.key[1]])
    module, options = task
    return bool(run(module, api_retries=0, **options).get("failed"))


@pytest.mark.parametrize(("task", "operations"), ROWS, ids=lambda value: None if isinstance(value, list) else value[0])
def test_a_task_needs_these_permissions(emulator: Emulator, task: Task, operations: list[str]) -> None:
    assert not fails(emulator, task, operations)
    for removed in operations:
        assert fails(emulator, task, {*operations} - {removed}), removed
