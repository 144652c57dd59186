# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run tasks as a caller whose policy allows only some actions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._account import permissions_of

from ..support.clouds import CLOUDS, parts
from ..support.emulator import Emulator
from ..support.modules import Runner
from .cases import Task

ROBOTS = {cloud: part.ROBOT for cloud, part in parts("modules").items()}
# Of other vendors, in the tasks of the jobs.
_FURTHER_SECRETS = ["InventedVendorSecret000000001"]


def failures(emulator: Emulator, cloud: str, policy: Mapping[str, Any], tasks: Iterable[Task]) -> list[str]:
    """Run tasks with a policy, and return the messages of those that failed."""
    robot = ROBOTS[cloud]
    emulator.reset()
    emulator.seed({cloud: robot.seed(policy)})
    run = Runner(emulator, "", CLOUDS[cloud].signing(robot.key), [robot.key[1], *_FURTHER_SECRETS])
    results = [run(module, api_retries=0, **options) for module, options in tasks]
    return [result["msg"] for result in results if result.get("failed")]


def fails(emulator: Emulator, cloud: str, task: Task, operations: Collection[str]) -> bool:
    """Return whether a task fails if its caller is allowed only these operations."""
    permissions = permissions_of(cloud)
    # A policy must allow something.
    policy = permissions.policy([*permissions.actions(operations), "none:None"])
    return bool(failures(emulator, cloud, policy, [task]))
