# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reconcile the keys of whole accounts with declared lists, over simulated days, on every cloud.

Every run has -vvvv and --diff, and everything that it leaves behind is searched for the secrets. `make test` runs a sample.
With TEST_EVERY_STEP, everything runs.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.cases import Rotated
from ansible_collections.multicloud.iam.tests.playbooks.reconciling import Reconciler
from ansible_collections.multicloud.iam.tests.playbooks.rotation import ROTATED
from ansible_collections.multicloud.iam.tests.playbooks.runner import Player
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
pytestmark = [pytest.mark.timeout(1800), pytest.mark.any_core]
in_matrix = pytest.mark.skipif(not EVERY_STEP, reason="runs in the matrix only")
KEYS = {rotated.cloud: rotated for rotated in ROTATED if rotated.site == "main"}
TENCENT = KEYS["tencent"]


@pytest.fixture
def reconcile(play: Player, emulator: Emulator, tmp_path: Path) -> Reconciler:
    return Reconciler(play, emulator, tmp_path / "files")


@pytest.fixture(params=list(KEYS.values()), ids=list(KEYS))
def each(request: pytest.FixtureRequest) -> Rotated:
    rotated: Rotated = request.param
    return rotated


def state(emulator: Emulator) -> Any:
    return emulator.control("GET", "state")


@in_matrix
def test_an_exported_list_differs_in_nothing(reconcile: Reconciler, each: Rotated) -> None:
    declared = reconcile.export(each.cloud)
    assert len(declared) > 3
    before = state(reconcile.emulator)
    reconcile.emulator.clear_journal()
    outcome = reconcile(each.cloud, check=True, declared=declared, purge="disable", fail_on_drift=True)
    assert outcome.run.code == 0, outcome.run.failures
    assert (outcome.steps, outcome.changed) == ([], [])
    assert outcome.result["unmanaged"] == []
    assert (state(reconcile.emulator), reconcile.emulator.writes()) == (before, [])


def check_and_run(reconcile: Reconciler, cloud: str, **variables: Any) -> Any:
    """Run in check mode, which must change nothing, and then for real, which must do what the check run has said."""
    before = state(reconcile.emulator), sorted(reconcile.directory.iterdir())
    checked = reconcile(cloud, check=True, **variables)
    assert (state(reconcile.emulator), sorted(reconcile.directory.iterdir())) == before
    real = reconcile(cloud, **variables)
    assert (real.run.code, real.steps, real.changed) == (checked.run.code, checked.steps, checked.changed)
    assert real.result["counts"] == checked.result["counts"]
    return real


def life_of_a_list(reconcile: Reconciler, each: Rotated) -> None:
    """Create, change and purge keys, over weeks."""
    emulator, cloud = reconcile.emulator, each.cloud
    # A description that must not be evaluated, where the cloud allows it, on a key that nobody declares.
    foreign = "ForeignKey0000000001"
    emulator.seed({cloud: each.foreign(each.owner, foreign)})
    declared = [entry for entry in reconcile.export(cloud) if entry.get("access_key_id") != foreign]
    mine = next(entry for entry in declared if entry["access_key_id"] == each.key[0])
    policy: dict[str, Any] = {
        "purge": "delete",
        "protected_ids": [each.full_key[0]],
        "soak_days": 7,
        "soak_file": reconcile.path("soak.json"),
    }
    # By default, nothing is removed, and the run says so before it changes anything.
    mine["status"] = "inactive"
    refused = check_and_run(reconcile, cloud, declared=declared, **policy)
    assert refused.run.code == 2
    assert "1 keys would be removed, and max_removals allows 0" in refused.run.output
    assert reconcile.keys(each) == {each.key[0]: "active", foreign: "active"}

    first = check_and_run(reconcile, cloud, declared=declared, max_removals=1, **policy)
    assert first.run.code == 0, first.run.failures
    assert first.steps == [("change", each.key[0]), ("disable", foreign)]
    assert reconcile.keys(each) == {each.key[0]: "inactive", foreign: "inactive"}
    again = check_and_run(reconcile, cloud, declared=declared, max_removals=1, **policy)
    assert (again.run.code, again.steps, again.changed) == (0, [], [])

    reconcile.pass_days(6)
    waiting = reconcile(cloud, declared=declared, max_removals=1, **policy)
    assert (waiting.run.code, waiting.steps, waiting.changed) == (0, [], [])
    reconcile.pass_days(2)
    last = check_and_run(reconcile, cloud, declared=declared, max_removals=1, **policy)
    assert last.steps == [("delete", foreign)], last.run.failures
    assert reconcile.keys(each) == {each.key[0]: "inactive"}

    # The deleted key has made room for another one, whose secret goes into an encrypted file.
    new = {"owner": each.owner, "description": "build-server", "secret_file": {"path": reconcile.path("new.yml")}}
    declared.append(new)
    created = check_and_run(reconcile, cloud, declared=declared, **policy)
    assert (created.run.code, created.steps) == (0, [("create", "build-server")]), created.run.failures
    kept = reconcile.read("new.yml")
    assert reconcile.keys(each)[kept["access_key_id"]] == "active"
    assert kept["secret_access_key"] in emulator.secrets()
    emulator.clear_journal()
    assert check_and_run(reconcile, cloud, declared=declared, **policy).changed == []
    assert emulator.writes() == []


def test_the_life_of_a_declared_list(reconcile: Reconciler) -> None:
    life_of_a_list(reconcile, KEYS["huawei"])


@in_matrix
@pytest.mark.parametrize("cloud", [cloud for cloud in KEYS if cloud != "huawei"])
def test_the_life_of_a_declared_list_on_every_other_cloud(reconcile: Reconciler, cloud: str) -> None:
    life_of_a_list(reconcile, KEYS[cloud])
