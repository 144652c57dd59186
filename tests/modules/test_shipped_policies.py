# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that each policy in the guide to least privilege is sufficient for its job, and contains nothing else.

The tasks of the job run with the policy, and again without each of its actions.
"""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.tests.modules.policies import POLICIES, Policy, without
from ansible_collections.multicloud.iam.tests.modules.robots import ROBOTS, failures
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator


def failures_of_job(emulator: Emulator, policy: Policy, document: dict[str, object]) -> list[str]:
    """Run the tasks of the policy's job with a document, and return the messages of those that failed."""
    return failures(emulator, policy.cloud, document, ROBOTS[policy.cloud].jobs[policy.job])


def test_every_job_has_a_policy_in_the_guide() -> None:
    assert {(policy.cloud, policy.job) for policy in POLICIES} == {
        (cloud, job) for cloud, robot in ROBOTS.items() for job in robot.jobs
    }


@pytest.mark.parametrize("policy", POLICIES, ids=str)
def test_a_policy_is_sufficient(emulator: Emulator, policy: Policy) -> None:
    assert failures_of_job(emulator, policy, policy.document) == []


def test_no_policy_has_an_action_that_is_not_needed(emulator: Emulator, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an action, a task fails. The guide names those that are optional, and says what is missing without them."""
    removed = {
        (policy, action): failures_of_job(emulator, policy, without(policy.document, action))
        for policy in POLICIES
        for action in policy.actions
    }
    optional = {(policy, action) for policy in POLICIES for action in policy.optional}
    failed = sum(map(len, removed.values()))
    with capsys.disabled():
        jobs = sum(map(bool, removed.values()))
        print(
            f"\n{len(POLICIES)} policies: {len(removed)} actions removed, {jobs} jobs and {failed} tasks failed,"
            f" {len(optional)} actions are optional"
        )
    assert {which for which, messages in removed.items() if not messages} == optional
