# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reconcile the keys of whole accounts with declared lists, over simulated days, on every cloud.

Every run has -vvvv and --diff, and everything that it leaves behind is searched for the secrets. `make test` runs a sample.
With TEST_EVERY_STEP, everything runs.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.cases import Rotated
from ansible_collections.multicloud.iam.tests.playbooks.reconciling import Reconciler
from ansible_collections.multicloud.iam.tests.playbooks.rotation import ROTATED, Rotations
from ansible_collections.multicloud.iam.tests.playbooks.runner import Player, ignoring_errors
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
    # As after a kill between the creation and the write of the file. It is not created again, and the key is named.
    Path(reconcile.path("new.yml")).unlink()
    notes = reconcile(cloud, declared=declared, **policy).result["notes"]
    assert [note.split(" with ")[0] for note in notes] == [f"The key {kept['access_key_id']}"]
    assert emulator.writes() == []


def test_the_life_of_a_declared_list(reconcile: Reconciler) -> None:
    life_of_a_list(reconcile, KEYS["huawei"])


@in_matrix
@pytest.mark.parametrize("cloud", [cloud for cloud in KEYS if cloud != "huawei"])
def test_the_life_of_a_declared_list_on_every_other_cloud(reconcile: Reconciler, cloud: str) -> None:
    life_of_a_list(reconcile, KEYS[cloud])


# Saved plans


def purging(*declared: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"declared": list(declared), "purge": "disable", "max_removals": 9, **more}


@in_matrix
def test_a_saved_plan_is_applied_exactly_or_refused(reconcile: Reconciler) -> None:
    declared = reconcile.export("tencent")
    mine = next(entry for entry in declared if entry["access_key_id"] == TENCENT.key[0])
    declared.remove(mine)
    plan = reconcile.path("plan.json")
    checked = reconcile("tencent", check=True, plan_file=plan, fail_on_drift=True, **purging(*declared))
    assert checked.run.code == 2
    assert "The account prod differs from the declared list." in checked.run.output
    content = json.loads(Path(plan).read_text())
    assert [step["action"] for step in content["steps"]] == ["disable"]
    # A check run changes nothing else, and does not count the file.
    assert reconcile.keys(TENCENT) == {TENCENT.key[0]: "active"}
    assert checked.changed == ["multicloud.iam.reconcile_access_keys : tencent | update | Update the key"]
    # Another list, and another state of the account.
    refused = reconcile("tencent", apply_plan=plan, **purging(*declared, mine))
    assert (refused.run.code, refused.results) == (2, {})
    assert "The declared list or the policy is not the one" in refused.run.output
    reconcile.emulator.seed({"tencent": TENCENT.foreign(TENCENT.owner, "ForeignKey0000000001")})
    refused = reconcile("tencent", apply_plan=plan, **purging(*declared))
    assert (refused.run.code, refused.results) == (2, {})
    assert f"have changed since the plan file was written: {TENCENT.owner}." in refused.run.output
    assert reconcile.keys(TENCENT)[TENCENT.key[0]] == "active"
    # A plan of the new state is applied.
    assert reconcile("tencent", check=True, plan_file=plan, **purging(*declared)).run.code == 0
    applied = reconcile("tencent", apply_plan=plan, **purging(*declared))
    assert applied.run.code == 0, applied.run.failures
    assert set(reconcile.keys(TENCENT).values()) == {"inactive"}
    # It cannot be applied twice.
    assert reconcile("tencent", apply_plan=plan, **purging(*declared)).run.code == 2


# Failures


@in_matrix
def test_a_failure_of_one_step_stops_only_removals_of_the_same_owner(reconcile: Reconciler, each: Rotated) -> None:
    """The creation fails, because the file of its secret exists."""
    declared = [entry for entry in reconcile.export(each.cloud) if entry["access_key_id"] != each.key[0]]
    other = next(entry for entry in declared if entry["access_key_id"] == each.second[0])
    other["status"] = "active"
    file = Path(reconcile.path("new.yml"))
    file.write_text("{}")
    new = {"owner": each.owner, "description": "build-server", "secret_file": {"path": str(file)}}
    outcome = reconcile(each.cloud, **purging(*declared, new))
    assert outcome.run.code == 2
    assert [step["failed"] for step in outcome.result["steps"]] == [True, False, True], outcome.run.failures
    assert "another step for its owner has failed" in outcome.run.output
    assert reconcile.keys(each) == {each.key[0]: "active"}
    assert file.read_text() == "{}"


@in_matrix
def test_a_key_whose_secret_cannot_be_kept_is_deleted_again(reconcile: Reconciler, each: Rotated) -> None:
    """The name is so long that only the temporary file next to it cannot be written, which no check finds."""
    declared = reconcile.export(each.cloud)
    new = {"owner": each.owner, "description": "build-server", "secret_file": {"path": reconcile.path("n" * 250)}}
    before = reconcile.keys(each)
    outcome = reconcile(each.cloud, **purging(*declared, new))
    assert outcome.run.code == 2
    assert "The new key was deleted again" in outcome.run.output, outcome.run.failures
    assert reconcile.keys(each) == before


# Accounts


HOSTS = ("prod", "test", "other")


def accounts(reconcile: Reconciler) -> dict[str, dict[str, Any]]:
    """Return an account on each cloud, with nothing declared except the keys of its administrator."""
    return {
        host: {
            "access_key_account": reconcile.account(cloud),
            "reconcile_access_keys_declared": reconcile.export(cloud),
        }
        for host, cloud in zip(HOSTS, KEYS)
    }


@in_matrix
def test_each_account_has_its_own_brake_and_slices_cover_each_once(reconcile: Reconciler) -> None:
    hosts = accounts(reconcile)
    for host, rotated in zip(HOSTS, KEYS.values()):
        declared = hosts[host]["reconcile_access_keys_declared"]
        hosts[host]["reconcile_access_keys_declared"] = [
            entry for entry in declared if entry["access_key_id"] != rotated.key[0]
        ]
    # One removal in each of three accounts is within a limit of one. One account with two of them fails alone.
    last = KEYS[list(KEYS)[-1]].full_key[0]
    declared = hosts["other"]["reconcile_access_keys_declared"]
    hosts["other"]["reconcile_access_keys_declared"] = [entry for entry in declared if entry["access_key_id"] != last]
    policy: dict[str, Any] = {"purge": "disable", "max_removals": 1}
    checked = reconcile(hosts, check=True, **policy)
    slices = [reconcile(hosts, "--limit", host, check=True, **policy) for host in HOSTS]
    assert {name: result for each in slices for name, result in each.results.items()} == checked.results
    assert sorted(checked.results) == sorted(HOSTS)
    real = reconcile(hosts, **policy)
    assert (real.run.code, checked.run.code) == (2, 2)
    statuses = {rotated.cloud: reconcile.keys(rotated)[rotated.key[0]] for rotated in KEYS.values()}
    assert statuses == {cloud: "active" if host == "other" else "inactive" for host, cloud in zip(HOSTS, KEYS)}


@in_matrix
def test_an_account_that_fails_stops_no_other(reconcile: Reconciler) -> None:
    hosts = accounts(reconcile)
    hosts["test"]["access_key_account"]["connection"]["api_endpoint"] = "http://127.0.0.1:9"
    outcome = reconcile(hosts, purge="disable")
    assert outcome.run.code == 2
    assert sorted(outcome.results) == ["other", "prod"]


@in_matrix
def test_a_command_line_gives_texts_and_relative_paths(reconcile: Reconciler) -> None:
    options: dict[str, Any] = {"purge": "disable", "max_removals": "99", "soak_days": "7", "fail_on_drift": "true"}
    plan = f"../{reconcile.directory.name}/plan.json"
    outcome = reconcile("tencent", check=True, declared=[], plan_file=plan, **options)
    assert "differs from the declared list" in outcome.run.output
    real = reconcile("tencent", declared=[], apply_plan=plan, **{**options, "fail_on_drift": "false"})
    assert real.run.code == 0, real.run.failures
    assert real.steps == outcome.steps != []


@in_matrix
def test_two_hosts_cannot_be_one_account(reconcile: Reconciler) -> None:
    account = {"access_key_account": reconcile.account("tencent"), "reconcile_access_keys_declared": []}
    outcome = reconcile({"one": account, "two": account}, purge="disable", max_removals=99)
    assert outcome.run.code == 2
    assert "The hosts one and two are the same account." in outcome.run.output
    assert reconcile.emulator.writes() == []


@in_matrix
@pytest.mark.parametrize("variable", ["plan_file", "export", "soak_file"])
def test_two_hosts_cannot_write_one_file(reconcile: Reconciler, variable: str) -> None:
    hosts = accounts(reconcile)
    reconcile.emulator.clear_journal()
    path: dict[str, Any] = {variable: reconcile.path("shared.json")}
    outcome = reconcile(hosts, check=True, **path)
    assert outcome.run.code == 2
    assert "Another host would write the same file: " in outcome.run.output
    assert reconcile.emulator.journal() == []
    path[variable] = reconcile.path("{{ inventory_hostname }}.json")
    own = reconcile(hosts, check=True, **path)
    assert own.run.code == 0, own.run.failures


@in_matrix
@pytest.mark.parametrize("keyword", ["serial: 1", "strategy: ansible.builtin.free", "any_errors_fatal: true"])
def test_hosts_that_do_not_run_together_purge_nothing(reconcile: Reconciler, keyword: str) -> None:
    account = {"access_key_account": reconcile.account("tencent"), "reconcile_access_keys_declared": []}
    playbook = f"""
    - hosts: all
      gather_facts: false
      connection: local
      {keyword}
      roles:
        - role: multicloud.iam.reconcile_access_keys
    """
    outcome = reconcile({"one": account, "two": account}, playbook=playbook, purge="disable", max_removals=99)
    assert outcome.run.code == 2
    assert reconcile.emulator.writes() == []
    assert "all hosts of a play must run this role" in outcome.run.output or "same account" in outcome.run.output


IGNORING = ignoring_errors("reconcile_access_keys")


@in_matrix
def test_the_brake_holds_although_errors_are_ignored(reconcile: Reconciler) -> None:
    outcome = reconcile("tencent", declared=[], playbook=IGNORING, purge="disable", max_removals=0)
    assert "Nothing was changed in the account prod." in outcome.run.output
    assert reconcile.emulator.writes() == []


@in_matrix
def test_a_wrong_list_is_not_reconciled_although_errors_are_ignored(reconcile: Reconciler) -> None:
    outcome = reconcile("tencent", declared=None, playbook=IGNORING, purge="disable", max_removals=99)
    assert "are not a list" in outcome.run.output
    assert reconcile.emulator.journal() == []


# Input that is refused before anything is sent


@in_matrix
@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "The declared keys are not a list."),
        ({"declared": None}, "are not a list"),
        ({"declared": [{"access_key_id": "A"}] * 2}, "access_key_id A is declared 2 times"),
        ({"declared": [{"access_key_id": "A", "owner": 5}]}, "needs quotation marks"),
        ({"declared": [], "purge": "delete"}, "purge=delete needs protected_ids"),
        ({"declared": [], "purge": "delete", "protected_ids": ["A"]}, "needs reconcile_access_keys_soak_file"),
        ({"declared": [], "purge": "remove"}, "value of reconcile_access_keys_purge must be one of"),
        ({"declared": [], "max_removals": -1}, "max_removals must be a whole number"),
        (
            {"declared": [], "apply_plan": "nowhere.json"},
            "nowhere.json of the account prod does not exist. Run in check mode",
        ),
        ({"declared": [], "account": {"cloud": "aws"}}, "has the unknown cloud 'aws'"),
        ({"declared": [], "account": {"cloud": "alibaba"}}, "Access keys of the cloud alibaba cannot be reconciled."),
        ({"declared": [], "account": {"cloud": "tencent", "region": "x"}}, "has unknown members: region"),
    ],
)
def test_bad_input_is_one_clear_error(reconcile: Reconciler, variables: dict[str, Any], message: str) -> None:
    outcome = reconcile("tencent", **variables)
    assert outcome.run.code == 2
    assert message in outcome.run.output
    assert reconcile.emulator.journal() == []
    assert len([event for event in outcome.run.events if event["event"] == "failed"]) == 1


# Rotations


@in_matrix
def test_the_keys_of_a_rotation_are_protected_and_exported_without_their_nonces(
    reconcile: Reconciler, play: Player, emulator: Emulator, tmp_path: Path
) -> None:
    rotations = Rotations(play, emulator, tmp_path / "records")
    enrolment = rotations.enrolment(TENCENT)
    declared = [entry for entry in reconcile.export("tencent") if entry["access_key_id"] != TENCENT.key[0]]
    assert rotations(enrolment).run.code == 0
    both = set(reconcile.keys(TENCENT))
    assert len(both) == 2
    reconcile.passphrase = rotations.passphrase
    outcome = reconcile("tencent", check=True, rotations=[enrolment], **purging(*declared))
    assert outcome.steps == []
    assert {key["access_key_id"] for key in outcome.result["protected"]} >= both
    # Without the rotations, both are only keys that are not declared.
    assert len(reconcile("tencent", check=True, **purging(*declared)).steps) == 2
    assert {"owner": TENCENT.owner, "rotation": "ci-deploy"} in reconcile.export("tencent")
