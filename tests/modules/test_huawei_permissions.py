# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the table of permissions in the guide to Huawei Cloud: each task needs these operations, and no others."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._huawei.permissions import PERMISSIONS
from ansible_collections.multicloud.iam.tests.modules.cases import Task
from ansible_collections.multicloud.iam.tests.modules.clouds.huawei import ROBOT
from ansible_collections.multicloud.iam.tests.support import huawei
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import Runner

USERS, LISTING = "KeystoneListUsers", "ListPermanentAccessKeys"
GONE = {"user_id": "f" * 32, "access_key": "HSTGONE0000000000001", "state": "absent"}
KEY = {"access_key": huawei.BOB[0], "status": "inactive"}
ROWS: list[tuple[Task, list[str]]] = [
    (("iam_credential", KEY), ["ShowPermanentAccessKey", "UpdatePermanentAccessKey"]),
    (("iam_credential", {"user_id": huawei.ID["bob"], "status": "inactive"}), [LISTING, "UpdatePermanentAccessKey"]),
    (("iam_credential", {"user_name": "bob", "status": "inactive"}), [USERS, LISTING, "UpdatePermanentAccessKey"]),
    (("iam_credential_info", {"user_names": ["carol"]}), [USERS, LISTING]),
    (("iam_credential", GONE), [USERS, LISTING]),
    (("iam_caller_info", {}), []),
]


def fails(emulator: Emulator, task: Task, operations: Collection[str]) -> bool:
    """Return whether a task fails if its caller is allowed only these operations."""
    # A policy must allow something.
    policy = PERMISSIONS.policy([*PERMISSIONS.actions(operations), "none:None"])
    emulator.reset()
    emulator.seed({"huawei": ROBOT.seed(policy)})
    run = Runner(emulator, "", huawei.CLOUD.signing(ROBOT.key), [ROBOT.key[1]])
    module, options = task
    return bool(run(module, api_retries=0, **options).get("failed"))


@pytest.mark.parametrize(("task", "operations"), ROWS, ids=lambda value: None if isinstance(value, list) else value[0])
def test_a_task_needs_these_permissions(emulator: Emulator, task: Task, operations: list[str]) -> None:
    assert not fails(emulator, task, operations)
    for removed in operations:
        assert fails(emulator, task, {*operations} - {removed}), removed
