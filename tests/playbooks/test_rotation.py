# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rotate keys over simulated weeks: whole lives, interruptions, limits, leaks, and input that is refused.

Every run has -vvvv and --diff, and everything that it leaves behind is searched for the secrets. `make test` runs one life
with each core that hides secrets in its own way, and a sample of the rest. With TEST_EVERY_STEP, everything runs.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_record import next_record
from ansible_collections.multicloud.iam.plugins.module_utils._secrets import HAS_SECRETS_API
from ansible_collections.multicloud.iam.tests.playbooks.cases import Rotated
from ansible_collections.multicloud.iam.tests.playbooks.rotation import PASSPHRASE, ROTATED, Outcome, Rotations
from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION, Player, ignoring_errors, vaulted
from ansible_collections.multicloud.iam.tests.support import tencent
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.openbao import POLICY, READ_ONLY, OpenBao

EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
# A whole life has a thousand tasks, each in its own process.
pytestmark = pytest.mark.timeout(1800)
in_matrix = pytest.mark.skipif(not EVERY_STEP, reason="runs in the matrix only")
KEYS = {f"{rotated.cloud} {rotated.site}": rotated for rotated in ROTATED}
TENCENT = KEYS["tencent main"]
KEEP = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.copy:
        content: "{{{{ rotate_access_key_result | to_json }}}}"
        dest: {}
        mode: "0600"
"""
CREATION = ["enrol", "intend", "create", "verify", "promote"]


@pytest.fixture
def rotations(play: Player, emulator: Emulator, tmp_path: Path) -> Rotations:
    return Rotations(play, emulator, tmp_path / "records")


@pytest.fixture(params=list(KEYS.values()), ids=list(KEYS))
def each(request: pytest.FixtureRequest, emulator: Emulator) -> Rotated:
    """Return a key on each cloud and site."""
    rotated: Rotated = request.param
    emulator.modes(rotated.cloud, **rotated.modes)
    return rotated


def test_the_life_of_a_rotation(rotations: Rotations) -> None:
    """Three runs, weeks apart. The longer life below has a consumer, check runs, and runs that have nothing to do."""
    enrolment, old = rotations.enrolment(TENCENT), TENCENT.key[0]
    first = rotations(enrolment)
    assert first.run.code == 0, first.run.failures
    assert first.steps == CREATION
    (new,) = set(rotations.keys(TENCENT)) - {old}
    assert rotations.keys(TENCENT) == {old: "active", new: "active"}
    # The ID of a key is no secret, and is not masked as one.
    assert (first.key["ids"]["current"], first.key["ids"]["old"]) == (new, old)
    rotations.pass_days(9)
    assert rotations(enrolment).steps == ["disable"]
    assert rotations.keys(TENCENT) == {old: "inactive", new: "active"}
    rotations.pass_days(30)
    assert rotations(enrolment).steps == ["retire", "delete"]
    assert rotations.keys(TENCENT) == {new: "active"}


@in_matrix
@pytest.mark.any_core
def test_the_life_of_a_rotation_on_every_cloud(rotations: Rotations, each: Rotated) -> None:
    enrolment = rotations.enrolment(each, consumers=[rotations.consumer()])
    used, old = rotations.directory / "app.id", each.key[0]
    used.write_text(old)
    assert rotations.next_step(enrolment) == "enrol"
    first = rotations(enrolment)
    assert first.run.code == 0, first.run.failures
    assert first.steps == [*CREATION, "apply", "confirm"]
    (new,) = set(rotations.keys(each)) - {old}
    assert rotations.keys(each) == {old: "active", new: "active"}
    assert used.read_text() == new

    rotations.pass_days(6.5)
    waiting = rotations(enrolment)
    assert (waiting.run.code, waiting.steps, waiting.key["outcome"]) == (0, [], "wait")
    assert waiting.changed == []
    assert waiting.key["not_before"] is not None

    rotations.pass_days(2.6)
    assert rotations.next_step(enrolment) == "disable"
    assert rotations(enrolment).steps == ["disable"]
    assert rotations.keys(each) == {old: "inactive", new: "active"}

    rotations.pass_days(30)
    assert rotations.next_step(enrolment) == "retire"
    assert rotations(enrolment).steps == ["retire", "delete"]
    assert rotations.keys(each) == {new: "active"}

    again = rotations(enrolment)
    assert (again.run.code, again.steps, again.key["outcome"]) == (0, [], "idle")
    assert again.changed == []


def test_a_run_with_nothing_due_runs_no_task_for_each_key(rotations: Rotations) -> None:
    keys = [rotations.enrolment(TENCENT, name, policy={"max_age_days": None}) for name in ("one", "two", "three")]
    owners = {"root": tencent.ROOT, "bob": tencent.BOB, "auditor": tencent.AUDITOR}
    for key, (owner, (key_id, _secret)) in zip(keys, owners.items()):
        key.update(owner=str({**tencent.UIN, "auditor": 100000000004}[owner]), access_key_id=key_id)
    one = rotations(keys[0])
    all_of_them = rotations(*keys)
    assert [result["outcome"] for result in all_of_them.result.values()] == ["idle", "idle", "idle"]
    assert one.tasks == all_of_them.tasks
    assert list(rotations.directory.iterdir()) == []


def converge(rotations: Rotations, rotated: Rotated, enrolment: dict[str, Any], old: str) -> str:
    """Run the role until the new key is in use, and return its ID. Nothing that was created meanwhile may be left."""
    for _run in range(3):
        outcome = rotations(enrolment)
        if outcome.result and outcome.key["phase"] == "promoted":
            break
        rotations.pass_days(20 / 1440)
    assert outcome.key["phase"] == "promoted", outcome.run.failures
    keys = rotations.keys(rotated)
    assert keys[old] == "active"
    (new,) = set(keys) - {old}
    assert outcome.key["ids"]["current"] == new
    assert keys[new] == "active"
    return new


@in_matrix
@pytest.mark.any_core
@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("phase", ["idle", "intended", "escrowed", "promoted"])
def test_a_store_that_fails_once_loses_nothing(rotations: Rotations, each: Rotated, phase: str, side: str) -> None:
    """The store shows everything that it was given, and nothing of it is in the output."""
    if each.site == "international" and (phase, side) == ("escrowed", "before"):
        pytest.skip("nothing proves that the new key is ours, so a user must name it")
    enrolment = rotations.enrolment(each)
    enrolment["store"] = rotations.store("ci-deploy", phase, side)
    failed = rotations(enrolment)
    # A write that was reported as failed, and was not, is found when the record is read again.
    assert (failed.run.code == 0) == (side == "after")
    enrolment["store"] = rotations.store("ci-deploy", "", "")
    converge(rotations, each, enrolment, each.key[0])


@in_matrix
@pytest.mark.any_core
def test_the_value_of_a_variable_can_be_a_text(rotations: Rotations) -> None:
    """As those of `--extra-vars name=value` and of surveys. The new key is escrowed and verified at the second attempt."""
    numbers: dict[str, Any] = {f"rotate_access_key_{name}": "2" for name in ("verify_attempts", "write_attempts")}
    policy = {"max_age_days": "{{ days }}", "block_on_use": "no", "leaked": ""}
    enrolment = rotations.enrolment(TENCENT, owner=int(TENCENT.owner), policy=policy)
    enrolment["store"] = rotations.store("ci-deploy", "escrowed", "once")
    rotations.emulator.fault("reset_before", "GetUserAppId", after=1, times=1)
    outcome = rotations(enrolment, days="90", rotate_access_key_hosts="", **numbers)
    assert outcome.run.code == 0, outcome.run.failures
    assert outcome.steps == CREATION
    assert rotations.emulator.hits() == 1


@in_matrix
@pytest.mark.any_core
def test_a_secret_of_a_connection_can_be_a_vault_value(rotations: Rotations) -> None:
    enrolment = rotations.enrolment(TENCENT)
    secret = enrolment["connection"]["api_secret_key"]
    enrolment["connection"]["api_secret_key"] = "SECRET"
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    play.update(roles=["multicloud.iam.rotate_access_key"], vars={"rotate_access_key_keys": [enrolment]})
    encrypted = vaulted(rotations.play, rotations.passphrase, secret)
    playbook = yaml.safe_dump([play]).replace("SECRET", encrypted)
    arguments = ("--vault-id", f"dev@{rotations.passphrase}")
    outcome = Outcome(rotations.play(playbook, *arguments, secrets=[PASSPHRASE], timeout=900))
    assert outcome.run.code == 0, outcome.run.failures
    assert outcome.steps == CREATION


@in_matrix
@pytest.mark.any_core
def test_an_unknown_key_of_a_consumer_is_not_replaced_and_a_missing_one_is(rotations: Rotations) -> None:
    unknown, empty = rotations.consumer("unknown", unknown=True), rotations.consumer("empty")
    for consumer in (unknown, empty):
        (rotations.directory / f"{consumer['name']}.id").touch()
    waiting = rotations(rotations.enrolment(TENCENT, consumers=[unknown, empty]))
    assert (waiting.run.code, waiting.key["outcome"], waiting.steps) == (0, "wait", []), waiting.run.failures
    assert rotations.emulator.writes() == []
    first = rotations(rotations.enrolment(TENCENT, consumers=[empty]))
    assert first.steps == [*CREATION, "apply", "confirm"], first.run.failures
    waiting = rotations(rotations.enrolment(TENCENT, consumers=[unknown]))
    assert (waiting.run.code, waiting.key["outcome"], waiting.steps) == (0, "wait", []), waiting.run.failures


@in_matrix
def test_a_record_in_vault_is_never_shown(rotations: Rotations, openbao: OpenBao) -> None:
    """Neither by runs that succeed, nor by one whose token may not write any more."""
    writer, reader = openbao.token(POLICY), openbao.token(READ_ONLY)
    rotations.secrets += [writer, reader]
    options = {"path": "ci/life", "connection": openbao.connection(writer)}
    enrolment = rotations.enrolment(TENCENT, store={"type": "vault_kv2", "options": options})
    kept = rotations.directory / "result.json"
    rotations.next_play = KEEP.format(kept)
    first = rotations(enrolment)
    assert first.steps == CREATION, first.run.failures
    record = openbao.call("GET", "secret/data/ci/life")["data"]["data"]
    # From ansible-core 2.22 on, the output masks the whole record, but the fact does not.
    assert record["access_key_id"] == json.loads(kept.read_text())["ci-deploy"]["ids"]["current"]
    assert first.key["ids"]["current"] == ("$REDACTED$" if HAS_SECRETS_API else record["access_key_id"])
    rotations.next_play = ""
    assert record["secret_access_key"] in rotations.emulator.secrets()
    rotations.pass_days(9)
    options["connection"] = openbao.connection(reader)
    failed = rotations(enrolment)
    assert failed.run.code == 2
    assert "Could not use the secret secret/ci/life in Vault" in failed.key["reason"]
    options["connection"] = openbao.connection(writer)
    assert rotations(enrolment).key["phase"] == "disabled"
    rotations.pass_days(30)
    assert rotations(enrolment).steps == ["retire", "delete"]


@in_matrix
@pytest.mark.any_core
@pytest.mark.parametrize("phase", ["probe", "intended", "escrowed", "promoted", "disabled"])
def test_a_faster_writer_is_not_overwritten(rotations: Rotations, phase: str) -> None:
    """Only the secret of a new key cannot wait for another plan."""
    enrolment = rotations.enrolment(TENCENT)
    enrolment["store"] = rotations.store("ci-deploy", phase, "overtaken")
    first = rotations(enrolment)
    assert (first.run.code == 0) == (phase != "escrowed"), first.run.failures
    converge(rotations, TENCENT, enrolment, TENCENT.key[0])
    rotations.pass_days(10)
    assert rotations(enrolment).key["phase"] == "disabled"


@pytest.mark.any_core
@in_matrix
def test_a_creation_whose_reply_is_lost_is_cleaned_up(rotations: Rotations, each: Rotated) -> None:
    enrolment = rotations.enrolment(each)
    rotations.emulator.fault("reset_after", each.create, cloud=each.cloud, times=1)
    failed = rotations(enrolment)
    if failed.run.code == 0:  # the ID was chosen, so the key was found
        assert each.chosen_id
    elif each.site == "international":
        for _run in range(2):
            rotations.pass_days(20 / 1440)
            unclear = rotations(enrolment)
        (lost,) = set(rotations.keys(each)) - {each.key[0]}
        assert (unclear.key["blocked"], unclear.key["ids"]["unclear"]) == ("limit", [lost])
        enrolment["policy"] = {"at_limit": "replace_named", "replace_named": lost}
        for _run in range(3):
            named = rotations(enrolment)
            rotations.pass_days(20 / 1440)
        assert lost not in rotations.keys(each), named.run.failures
    converge(rotations, each, enrolment, each.key[0])


@in_matrix
@pytest.mark.any_core
def test_a_foreign_key_is_never_touched(rotations: Rotations, each: Rotated) -> None:
    enrolment = rotations.enrolment(each, policy={"grace_days": 0, "soak_days": 0})
    foreign = "ForeignKey0000000001"
    assert rotations(enrolment).run.code == 0
    rotations.emulator.seed({each.cloud: each.foreign(each.owner, foreign)})
    for _run in range(4):
        rotations.pass_days(4)
        last = rotations(enrolment)
    assert last.key["phase"] == "idle", last.run.failures
    assert rotations.keys(each) == {foreign: "active", last.key["ids"]["current"]: "active"}


def enabling(rotations: Rotations, each: Rotated, owner: str, key: str) -> dict[str, Any]:
    """Return a consumer that lets an operator enable a key when it is asked, which is after the listing."""
    ((kind, (member,)),) = each.foreign(owner, key).items()
    id_only = {name: value for name, value in member["keys"][0].items() if value == key}
    seed = {each.cloud: {kind: [{**member, "keys": [{**id_only, **each.active}]}]}}
    return rotations.consumer(meanwhile={"url": f"{rotations.emulator.url}/_emulator/seed", "seed": seed})


def refuses_to_delete(rotations: Rotations, outcome: Outcome, key: str) -> None:
    """Check that a run has not deleted a key that was enabled meanwhile, and says why."""
    assert outcome.run.code == 2
    assert "its status is active, and expected_status is inactive" in outcome.key["reason"]
    assert "delete" not in outcome.steps
    assert not [call for call in rotations.emulator.writes() if call.startswith("Delete")]


@pytest.mark.any_core
def test_a_key_that_is_enabled_after_the_listing_is_not_reaped(rotations: Rotations, each: Rotated) -> None:
    if each is not TENCENT and not EVERY_STEP:
        pytest.skip("runs in the matrix only")
    unused = {"reap_unused_days": 90} if each.last_use else {"reap_created_before": "2025-06-01T00:00:00Z"}
    consumer = enabling(rotations, each, each.full, each.second[0])
    enrolment = rotations.enrolment(
        each,
        owner=each.full,
        access_key_id=each.full_key[0],
        policy={"at_limit": "reap_inactive", **unused},
        consumers=[consumer],
    )
    (rotations.directory / "app.id").write_text(each.full_key[0])
    refuses_to_delete(rotations, rotations(enrolment), each.second[0])
    again = rotations(enrolment)
    assert (again.key["blocked"], again.steps) == ("limit", [])
    assert rotations.keys(each, each.full) == {each.full_key[0]: "active", each.second[0]: "active"}


@in_matrix
@pytest.mark.any_core
def test_an_old_key_that_is_enabled_after_the_listing_is_not_deleted(rotations: Rotations, each: Rotated) -> None:
    enrolment = rotations.enrolment(each, consumers=[rotations.consumer()])
    old = each.key[0]
    (rotations.directory / "app.id").write_text(old)
    for days in (9, 30):
        assert rotations(enrolment).run.code == 0
        rotations.pass_days(days)
    assert rotations.keys(each)[old] == "inactive"
    enrolment["consumers"] = [enabling(rotations, each, each.owner, old)]
    refuses_to_delete(rotations, rotations(enrolment), old)
    assert rotations.keys(each)[old] == "active"
    again = rotations(enrolment)
    assert (again.key["phase"], again.key["blocked"], again.steps) == ("deleting", "in_use", [])
    assert rotations.keys(each)[old] == "active"


@in_matrix
@pytest.mark.any_core
@pytest.mark.parametrize("policy", ["refuse", "reap_inactive", "replace_named"])
def test_the_policy_decides_at_the_limit(rotations: Rotations, each: Rotated, policy: str) -> None:
    more = {
        "refuse": {},
        "reap_inactive": {"reap_created_before": "2025-06-01T00:00:00Z"}
        if not each.last_use
        else {"reap_unused_days": 90},
        "replace_named": {"replace_named": each.second[0]},
    }[policy]
    enrolment = rotations.enrolment(
        each, owner=each.full, access_key_id=each.full_key[0], policy={"at_limit": policy, **more}
    )
    step = rotations.next_step(enrolment)
    rotations.emulator.clear_journal()
    outcome = rotations(enrolment)
    if policy == "refuse":
        assert step is None
        assert outcome.key["blocked"] == "limit"
        assert each.second[0] in outcome.key["reason"]
        assert rotations.emulator.writes() == []
        return
    assert step == outcome.steps[0]
    for _run in range(3):
        rotations.pass_days(20 / 1440)
        outcome = rotations(enrolment)
    assert outcome.key["phase"] == "promoted", outcome.run.failures
    assert set(rotations.keys(each, each.full)) == {each.full_key[0], outcome.key["ids"]["current"]}


@in_matrix
@pytest.mark.any_core
def test_a_leaked_key_is_disabled_first(rotations: Rotations, each: Rotated) -> None:
    enrolment = rotations.enrolment(each, policy={"leaked": [each.key[0]]})
    assert rotations.next_step(enrolment) == "enrol"
    rotations.emulator.clear_journal()
    outcome = rotations(enrolment)
    assert outcome.run.code == 0, outcome.run.failures
    assert outcome.steps.index("disable") < outcome.steps.index("create")
    (new,) = set(rotations.keys(each)) - {each.key[0]}
    assert rotations.keys(each) == {each.key[0]: "inactive", new: "active"}


def refused(rotations: Rotations, *enrolments: dict[str, Any], **more: Any) -> list[str]:
    """Run the role in check mode and for real, make sure that nothing was sent, and return the messages."""
    files = rotations.files()
    rotations.emulator.clear_journal()
    outcomes = [rotations(*enrolments, check=check, verbosity=1, **more) for check in (True, False)]
    assert [outcome.run.code for outcome in outcomes] == [2, 2]
    assert rotations.emulator.writes() == []
    assert rotations.files() == files
    last = [[event for event in outcome.run.events if event["event"] == "failed"][-1] for outcome in outcomes]
    # The times and the request IDs of the two runs differ.
    predicted, message = (
        lines[1:] if isinstance(lines, list) else [lines] for lines in (each["result"]["msg"] for each in last)
    )
    assert [line.partition(": ")[0] for line in predicted] == [line.partition(": ")[0] for line in message]
    return list(message)


# Enrolments that are refused: members, or `options` of its store, and a part of the message.
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "unwritable": (
        {"options": {"path": "/nowhere/at/all.yml"}},
        "Could not write secret file /nowhere/at/all.yml: no such file or directory. A retry will not help. Create",
    ),
    "unencrypted": (
        {"options": {"vault_id": "prod"}},
        "there is no vault secret with the ID prod. Use one of the known IDs: dev.",
    ),
    "unknown-option": (
        {"options": {"vaultid": "dev"}},
        "These options of the store are unknown: vaultid.",
    ),
    "no-path": ({"store": {"type": "secret_file"}}, "The option path of the store is missing."),
    "foreign": ({}, "'999'"),
    "future": ({}, "The record was written at 2099-01-01T00:00:00Z"),
    "missing-key": ({"access_key_id": "AKIDNobody"}, "AKIDNobody"),
    "impossible": ({"policy": {"at_limit": "replace_named"}}, "replace_named"),
    "twin": ({}, "The enrolments other-twin, twin have the same name or the same key. Remove all except one."),
    "other-twin": (
        {"owner": "100000000108", "access_key_id": "AKIDExample8"},
        "The enrolments other-twin, twin have the same name or the same key. Remove all except one.",
    ),
}


@pytest.mark.any_core
def test_each_bad_input_is_one_clear_error(rotations: Rotations) -> None:
    """Each key has its own owner, and its old key is due."""
    owners = {name: f"1000000001{number:02}" for number, name in enumerate(BAD)}
    keys = {name: f"AKIDExample{number}" for number, name in enumerate(BAD)}
    old = {"create_time": "2025-01-01T00:00:00Z"}
    users = [
        {"name": name, "uin": int(uin), "keys": [{"access_key_id": keys[name], **old}]} for name, uin in owners.items()
    ]
    rotations.emulator.seed({TENCENT.cloud: {"users": users}})
    for name, changed in {"foreign": {"account": "999"}, "future": {"at": "2099-01-01T00:00:00Z"}}.items():
        change = {"kind": "enrol", "at": "2026-01-01T00:00:00Z", "name": name, "account": "100000000000"}
        change.update(owner=owners[name], access_key_id=keys[name], **changed)
        rotations.write(name, next_record({}, change))
    enrolments = []
    for name, (bad, _message) in BAD.items():
        members = {"owner": owners[name], "access_key_id": keys[name], **bad}
        options = members.pop("options", {})
        enrolments.append(rotations.enrolment(TENCENT, name, **members))
        enrolments[-1]["store"].setdefault("options", {}).update(options)
    found = dict(line.split(": ", 1) for line in refused(rotations, *enrolments))
    assert list(found) == list(BAD)
    assert [name for name, (_members, message) in BAD.items() if message not in found[name]] == [], found


@in_matrix
@pytest.mark.any_core
@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"consumers": [{"name": "app", "type": "./incomplete"}]}, "incomplete/check.yml"),
        ({"store": {"type": "unknown"}}, "stores/unknown/read.yml"),
        ({"store": {"type": "secret_file", "options": {"path": "ci.yml"}}}, "absolute path for ci.yml"),
        ({"owner": "100000009999"}, "100000009999"),
        ({"connection": {"api_endpoint": "http://127.0.0.1:1", "api_retries": 0}}, "127.0.0.1"),
    ],
    ids=["consumer", "unknown store", "relative", "owner", "unreachable"],
)
def test_bad_input_is_one_clear_error(rotations: Rotations, members: dict[str, Any], message: str) -> None:
    (line,) = refused(rotations, rotations.enrolment(TENCENT, **members))
    assert message in line


@in_matrix
@pytest.mark.any_core
def test_a_consumer_that_is_refused_is_not_used_although_errors_are_ignored(rotations: Rotations) -> None:
    rotations.playbook = ignoring_errors("rotate_access_key").replace("hosts: all", "hosts: localhost")
    (line,) = refused(rotations, rotations.enrolment(TENCENT, consumers=[{"name": "app", "type": "./incomplete"}]))
    assert "incomplete/check.yml" in line


@in_matrix
@pytest.mark.any_core
def test_a_server_that_refuses_to_write_a_record_is_one_clear_error(rotations: Rotations, openbao: OpenBao) -> None:
    token = openbao.token(READ_ONLY)
    rotations.secrets.append(token)
    store = {"type": "vault_kv2", "options": {"path": "ci/bad", "connection": openbao.connection(token)}}
    (line,) = refused(rotations, rotations.enrolment(TENCENT, store=store))
    assert line.startswith("ci-deploy: Could not use the secret secret/ci/bad in Vault: the token may not create, ")
    assert openbao.call("GET", "secret/metadata/ci/bad") is None
    # Without the collection, ansible-core would end the play in the middle.
    hidden = {"ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false"}
    (line,) = refused(rotations, rotations.enrolment(TENCENT, store=store), env=hidden)
    assert "do not exist: collection community.hashi_vault." in line


@in_matrix
@pytest.mark.any_core
def test_vault_secrets_are_needed(rotations: Rotations) -> None:
    (line,) = refused(rotations, rotations.enrolment(TENCENT), passphrase=False)
    assert "there are no vault secrets to encrypt the file with" in line


@in_matrix
@pytest.mark.any_core
def test_a_clock_that_went_back_is_refused(rotations: Rotations) -> None:
    rotations.pass_days(10)
    assert rotations(rotations.enrolment(TENCENT)).run.code == 0
    rotations.pass_days(-10)
    (line,) = refused(rotations, rotations.enrolment(TENCENT))
    assert "a clock ran backwards" in line
    # Only that of the controller has gone back.
    rotations.pass_days(10)
    (line,) = refused(rotations, rotations.enrolment(TENCENT), controller_days=0)
    assert "They differ by more than five minutes." in line


@in_matrix
@pytest.mark.any_core
def test_an_owner_that_cannot_be_listed_holds_back_no_other(rotations: Rotations) -> None:
    outcome = rotations(
        rotations.enrolment(TENCENT, "nobody", owner="100000009999"), rotations.enrolment(TENCENT, "good"), check=True
    )
    assert outcome.result["good"]["next_step"] == "enrol"
    assert outcome.result["nobody"]["blocked"] == "listing"


@in_matrix
@pytest.mark.any_core
def test_a_failure_stops_no_other_key(rotations: Rotations) -> None:
    """A consumer that shows what it was given, one on a host that cannot be reached, an owner and an account that fail."""
    consumers = [
        rotations.consumer("showing", fail=True),
        rotations.consumer("unreachable", host="192.0.2.1"),
    ]
    unreachable, good = (each for each in ROTATED if each.cloud != TENCENT.cloud)
    enrolments = [
        rotations.enrolment(TENCENT, "showing", consumers=consumers[:1]),
        rotations.enrolment(unreachable, "unreachable", consumers=consumers[1:]),
        rotations.enrolment(good, "good"),
        rotations.enrolment(TENCENT, "nobody", owner="100000009999", access_key_id="AKIDNobody"),
        rotations.enrolment(
            TENCENT,
            "nowhere",
            access_key_id="AKIDElsewhere",
            connection={"api_endpoint": "http://127.0.0.1:1", "api_retries": 0},
        ),
    ]
    for consumer in consumers:
        (rotations.directory / f"{consumer['name']}.id").write_text(
            enrolments[consumers.index(consumer)]["access_key_id"]
        )
    outcome = rotations(*enrolments, env={"ANSIBLE_SSH_EXECUTABLE": "/bin/false"})
    assert outcome.run.code == 2
    assert {name for name, result in outcome.result.items() if result["failed"]} == {
        "showing",
        "unreachable",
        "nobody",
        "nowhere",
    }
    assert outcome.result["good"]["phase"] == "promoted"
    assert "hidden" in outcome.result["showing"]["reason"]
    assert list(rotations.keys(unreachable).values()) == ["active", "active"]


@in_matrix
@pytest.mark.any_core
def test_a_security_center_entry_gets_the_new_key(rotations: Rotations) -> None:
    signing = {"api_endpoint": rotations.emulator.url, **CLOUDS["alibaba"].signing()}
    consumer = {
        "name": "entry",
        "type": "sas_vendor_ak",
        "options": {"vendor_auth_alias": "tencent-prod", **signing},
    }
    primary = {**consumer, "options": {"vendor_auth_alias": "aws-root", **signing}}
    (line,) = refused(rotations, rotations.enrolment(TENCENT, consumers=[primary]))
    assert "primary" in line

    rotations.emulator.seed({"alibaba": {"entries": [{"auth_id": 2833, "secret_id": TENCENT.key[0]}]}})
    enrolment = rotations.enrolment(TENCENT, consumers=[consumer])
    first = rotations(enrolment)
    assert first.run.code == 0, first.run.failures
    (new,) = set(rotations.keys(TENCENT)) - {TENCENT.key[0]}
    (entry,) = [each for each in rotations.emulator.state("alibaba")["entries"] if each["auth_id"] == 2833]
    assert (entry["secret_id"], entry["secret_set"]) == (new, 2)
    rotations.pass_days(1)
    assert rotations(enrolment).run.code == 0
    rotations.pass_days(9)
    assert rotations(enrolment).steps == ["disable"]


@in_matrix
@pytest.mark.any_core
def test_the_example_in_the_readme_works(rotations: Rotations) -> None:
    """With the credentials in the environment, and with another directory."""
    readme = (COLLECTION / "roles" / "rotate_access_key" / "README.md").read_text(encoding="utf-8")
    example = readme.partition("### A record in an encrypted file")[2].partition("```yaml\n")[2].partition("```")[0]
    owner, key = "100000000012", "AKIDexample0build0000000000000000001"
    assert (owner in example, key in example) == (True, True)
    user = {"name": "build-server", "uin": int(owner), "keys": [{"access_key_id": key}]}
    entry = {"auth_id": 2833, "secret_id": key, "alias": "tencent-build"}
    rotations.emulator.seed({"tencent": {"users": [user]}, "alibaba": {"entries": [entry]}})
    arguments = ("--vault-id", f"prod@{rotations.passphrase}")
    playbook = example.replace("/srv/secrets", str(rotations.directory))
    check = Outcome(rotations.play(playbook, *arguments, "--check", secrets=[PASSPHRASE]))
    assert check.key["next_step"] == "enrol"
    outcome = Outcome(rotations.play(playbook, *arguments, secrets=[PASSPHRASE], timeout=900))
    assert outcome.run.code == 0, outcome.run.failures
    assert outcome.steps == [*CREATION, "apply", "confirm"]


@in_matrix
@pytest.mark.any_core
def test_the_keyword_check_mode_of_a_play_changes_nothing_and_is_explained(rotations: Rotations) -> None:
    """Only --check sets the variable that the role reads. With the keyword alone, no write of a record is carried out."""
    playbook = """
- hosts: localhost
  gather_facts: false
  check_mode: true
  roles: [multicloud.iam.rotate_access_key]
"""
    variables = {"rotate_access_key_keys": [rotations.enrolment(TENCENT)]}
    arguments = ["--vault-id", f"dev@{rotations.passphrase}"]
    outcome = Outcome(rotations.play(playbook, *arguments, variables=variables, secrets=[PASSPHRASE]))
    assert outcome.run.code == 2
    assert rotations.emulator.writes() == []
    assert rotations.files() == {}
    assert "Use --check instead of the keyword check_mode" in outcome.key["reason"]


@in_matrix
@pytest.mark.any_core
def test_the_rotation_of_another_tool_is_resumed(rotations: Rotations) -> None:
    """The other tool has created a second key, and has written it where the record belongs."""
    old, new = TENCENT.full_key, TENCENT.second
    rotations.emulator.seed(
        {"tencent": {"users": [{"name": "alice", "keys": [{"access_key_id": new[0], "status": "Active"}]}]}}
    )
    rotations.write("ci-deploy", {"access_key_id": new[0], "secret_access_key": new[1]})
    enrolment = rotations.enrolment(
        TENCENT, owner=TENCENT.full, access_key_id=old[0], policy={"at_limit": "resume", "max_age_days": 1}
    )
    outcome = rotations(enrolment)
    assert outcome.run.code == 0, outcome.run.failures
    assert "adopt" in outcome.steps
    assert (outcome.key["phase"], outcome.key["ids"]["current"], outcome.key["ids"]["old"]) == (
        "promoted",
        new[0],
        old[0],
    )
    rotations.pass_days(10)
    assert rotations(enrolment).steps == ["disable"]
    assert rotations.keys(TENCENT, TENCENT.full) == {old[0]: "inactive", new[0]: "active"}


@in_matrix
@pytest.mark.any_core
def test_the_key_that_signs_is_not_disabled_before_it_was_replaced(rotations: Rotations, each: Rotated) -> None:
    cloud = CLOUDS[each.cloud]
    connection = {"api_endpoint": rotations.emulator.url, **cloud.signing(each.key)}
    enrolment = rotations.enrolment(each, connection=connection)
    assert rotations(enrolment).key["phase"] == "promoted"
    rotations.pass_days(10)
    blocked = rotations(enrolment)
    assert (blocked.run.code, blocked.key["blocked"]) == (2, "signer")
    assert list(rotations.keys(each).values()) == ["active", "active"]
    record = rotations.read("ci-deploy")
    enrolment["connection"].update(cloud.signing((record["access_key_id"], record["secret_access_key"])))
    assert rotations(enrolment).steps == ["disable"]
    assert rotations.keys(each) == {each.key[0]: "inactive", record["access_key_id"]: "active"}


@in_matrix
@pytest.mark.any_core
def test_a_leaked_key_that_signs_is_replaced_and_then_disabled_by_the_new_one(
    rotations: Rotations, each: Rotated
) -> None:
    connection = {"api_endpoint": rotations.emulator.url, **CLOUDS[each.cloud].signing(each.key)}
    enrolment = rotations.enrolment(each, connection=connection, policy={"leaked": [each.key[0]]})
    outcome = rotations(enrolment)
    assert outcome.steps.index("disable") > outcome.steps.index("promote"), outcome.run.failures
    (new,) = set(rotations.keys(each)) - {each.key[0]}
    assert rotations.keys(each) == {each.key[0]: "inactive", new: "active"}
    (disabled,) = [call for call in rotations.emulator.journal() if call["write"] and call["action"] != each.create]
    assert disabled["caller"]["access_key_id"] == new
