# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test the table of permissions in the guide to Huawei Cloud: each task needs these operations, and no others."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.tests.modules.cases import Task
from ansible_collections.multicloud.iam.tests.modules.robots import fails
from ansible_collections.multicloud.iam.tests.support import huawei
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

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


@pytest.mark.parametrize(("task", "operations"), ROWS, ids=lambda value: None if isinstance(value, list) else value[0])
def test_a_task_needs_these_permissions(emulator: Emulator, task: Task, operations: list[str]) -> None:
    assert not fails(emulator, "huawei", task, operations)
    for removed in operations:
        assert fails(emulator, "huawei", task, {*operations} - {removed}), removed
