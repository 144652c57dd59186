# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test with the roles themselves that each policy in the guide to least privilege is sufficient, and contains nothing else.

Each role runs with exactly its policy, and again without each of the actions. The policies for modules, and that of ZStack, are
tested in tests/modules/test_shipped_policies.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.modules.policies import POLICIES, Policy, without
from ansible_collections.multicloud.iam.tests.playbooks.cases import Rotated
from ansible_collections.multicloud.iam.tests.playbooks.reconciling import Reconciler
from ansible_collections.multicloud.iam.tests.playbooks.rotation import ROTATED, Rotations
from ansible_collections.multicloud.iam.tests.playbooks.runner import Player
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS, parts

pytestmark = [
    pytest.mark.timeout(7200),
    pytest.mark.any_core,
    pytest.mark.skipif(not os.environ.get("TEST_EVERY_STEP"), reason="runs in the matrix only"),
]
FACTS = parts("modules")
FIRST_ROTATED: Mapping[str, Rotated] = {rotated.cloud: rotated for rotated in reversed(ROTATED)}
# A rotation has to know when a key was last used, so it needs what is optional for the modules.
NEEDED_BY_ROLE = {("Rotation", "cam:GetSecurityLastUsed"), ("Rotation", "iam:credentials:getCredential")}


@dataclass
class Scene:
    """Run a role in the name of the caller whose policy is tested. directory: an empty one, for this run alone."""

    play: Player
    cloud: str
    directory: Path

    @property
    def connection(self) -> dict[str, Any]:
        robot = FACTS[self.cloud].ROBOT
        return {"api_endpoint": self.play.emulator.url, "api_retries": 0, **CLOUDS[self.cloud].signing(robot.key)}

    def of_account(self, playbook: str, variables: Mapping[str, Any]) -> bool:
        """Run a playbook for the account, and return whether it succeeds."""
        self.directory.mkdir()
        account = {"access_key_account": {"cloud": self.cloud, "connection": self.connection}}
        inventory = self.directory / "accounts.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": {"prod": account}}}))
        run = self.play(
            f"- import_playbook: multicloud.iam.{playbook}", "-i", str(inventory), variables=variables, verbosity=0
        )
        return run.code == 0

    def report(self) -> bool:
        return self.of_account("access_key_report", {"access_key_report_directory": str(self.directory)})

    def stop(self) -> bool:
        ids = [FIRST_ROTATED[self.cloud].key[0]]
        variables = {"disable_access_key_ids": ids, "disable_access_key_directory": str(self.directory)}
        return self.of_account("disable_access_keys", variables)

    def rotate(self) -> bool:
        rotated = FIRST_ROTATED[self.cloud]
        rotations = Rotations(self.play, self.play.emulator, self.directory)
        enrolment = rotations.enrolment(rotated, connection=self.connection)
        for days in (0, 9, 30):
            rotations.pass_days(days)
            if rotations(enrolment, verbosity=0).run.code:
                return False
        return is_replaced(rotated, rotations.keys(rotated))

    def reconcile(self) -> bool:
        rotated = FIRST_ROTATED[self.cloud]
        reconciler = Reconciler(self.play, self.play.emulator, self.directory)
        declared = [each for each in reconciler.export(self.cloud) if each["access_key_id"] != rotated.key[0]]
        new = {"owner": rotated.owner, "description": "new", "secret_file": {"path": reconciler.path("new.yml")}}
        removal: dict[str, Any] = {
            "purge": "delete",
            "protected_ids": ["none"],
            "soak_file": reconciler.path("soak"),
            "max_removals": 1,
        }
        host = {"access_key_account": {"cloud": self.cloud, "connection": self.connection}}
        for days in (0, 31):
            reconciler.pass_days(days)
            if reconciler({"prod": host}, declared=[*declared, new], **removal).run.code:
                return False
        return is_replaced(rotated, reconciler.keys(rotated))


def is_replaced(rotated: Rotated, keys: Collection[str]) -> bool:
    """Return whether a new key is the only one of the owner. A role may also wait for what it cannot know."""
    return len(keys) == 1 and rotated.key[0] not in keys


RUNS: Mapping[str, Callable[[Scene], bool]] = {
    "Report": Scene.report,
    "Kill switch": Scene.stop,
    "Rotation": Scene.rotate,
    "Reconciliation": Scene.reconcile,
}
# A role of ZStack does not suit these runs, which change the keys of others. An entry of Alibaba Cloud is only looked up.
OF_ROLES = [
    policy
    for policy in POLICIES
    if policy.job == "Report" or (policy.job in RUNS and policy.cloud in FIRST_ROTATED and policy.cloud != "zstack")
]


@pytest.mark.parametrize("policy", OF_ROLES, ids=str)
def test_a_role_needs_its_policy_and_nothing_else(
    play: Player, tmp_path: Path, policy: Policy, capsys: pytest.CaptureFixture[str]
) -> None:
    succeeded: dict[str | None, bool] = {}
    for number, removed in enumerate((None, *policy.actions)):
        document = without(policy.document, removed) if removed else policy.document
        play.emulator.reset()
        play.emulator.seed({policy.cloud: FACTS[policy.cloud].ROBOT.seed(document)})
        succeeded[removed] = RUNS[policy.job](Scene(play, policy.cloud, tmp_path / f"place-{number}"))
        assert succeeded[None], "the policy is not sufficient"
    failed = sum(not success for success in succeeded.values())
    with capsys.disabled():
        print(f"\n{policy}: {len(policy.actions)} actions removed, {failed} runs failed")
    optional = {action for action in policy.optional if (policy.job, action) not in NEEDED_BY_ROLE}
    assert {action for action, success in succeeded.items() if action and success} == optional
