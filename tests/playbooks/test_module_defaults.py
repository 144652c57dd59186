# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the roles in plays whose module_defaults would send every call of the role to another address.

A role that works on an account described in variables must not get a part of other credentials from its play.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.playbooks.cases import Rotated
from ansible_collections.multicloud.iam.tests.playbooks.reconciling import Reconciler
from ansible_collections.multicloud.iam.tests.playbooks.rotation import ROTATED, Rotations
from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION, Player
from ansible_collections.multicloud.iam.tests.playbooks.test_disable import Switch, active_ids, results
from ansible_collections.multicloud.iam.tests.playbooks.test_report import Reports
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

pytestmark = [pytest.mark.timeout(900), pytest.mark.any_core]
in_matrix = pytest.mark.skipif(not os.environ.get("TEST_EVERY_STEP"), reason="runs in the matrix only")
KEYS = [each for each in ROTATED if each.site == "main"]
GROUPS = yaml.safe_load((COLLECTION / "meta" / "runtime.yml").read_text())["action_groups"]
NOWHERE = "http://127.0.0.1:1"
# The option of a group is one that the connections do not have.
DEFAULTS = {
    **{f"group/multicloud.iam.{group}": {"api_proxy": NOWHERE} for group in GROUPS},
    **{f"multicloud.iam.{module}": {"api_endpoint": NOWHERE, "api_proxy": NOWHERE} for module in GROUPS["all"]},
}


def playbook(role: str) -> str:
    """Return a playbook that runs a role with these defaults."""
    play = {"hosts": "all", "connection": "local", "gather_facts": False, "module_defaults": DEFAULTS}
    return yaml.safe_dump([{**play, "roles": [f"multicloud.iam.{role}"]}])


def test_a_report(play: Player, emulator: Emulator, tmp_path: Path) -> None:
    reports = Reports(play, emulator, tmp_path / "reports")
    run = reports(playbook=playbook("access_key_report"))
    assert run.code == 0, run.failures
    assert {key["account"] for key in reports.report()["keys"]} == set(CLOUDS)


def test_the_kill_switch(play: Player, emulator: Emulator, tmp_path: Path) -> None:
    run = Switch(play, emulator, tmp_path / "undo")(ids=active_ids().values(), playbook=playbook("disable_access_key"))
    assert run.code == 0, run.failures
    assert {each["outcome"] for each in results(run).values()} == {"changed"}


@in_matrix
@pytest.mark.parametrize("rotated", KEYS, ids=lambda each: each.cloud)
def test_a_rotation(play: Player, emulator: Emulator, tmp_path: Path, rotated: Rotated) -> None:
    rotations = Rotations(play, emulator, tmp_path / "records")
    rotations.playbook = playbook("rotate_access_key").replace("hosts: all", "hosts: localhost")
    outcome = rotations(rotations.enrolment(rotated))
    assert outcome.run.code == 0, outcome.run.failures
    assert outcome.steps[-1] == "promote"


@in_matrix
@pytest.mark.parametrize("rotated", KEYS, ids=lambda each: each.cloud)
def test_reconciling(play: Player, emulator: Emulator, tmp_path: Path, rotated: Rotated) -> None:
    reconcile = Reconciler(play, emulator, tmp_path / "files")
    declared = [key for key in reconcile.export(rotated.cloud) if key["access_key_id"] == rotated.key[0]]
    wanted = [{**key, "status": "inactive"} for key in declared]
    outcome = reconcile(rotated.cloud, declared=wanted, playbook=playbook("reconcile_access_keys"))
    assert outcome.run.code == 0, outcome.run.failures
    assert outcome.steps == [("change", rotated.key[0])]
