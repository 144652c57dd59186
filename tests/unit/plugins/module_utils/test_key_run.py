# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test saved plans, soak files, the records of rotations, and the export of a declared list."""

from __future__ import annotations

import base64
import json
import random
from copy import deepcopy
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.plugins.module_utils._key_differences import differences_of
from ansible_collections.multicloud.iam.plugins.module_utils._key_export import ExportError, declared_of, yaml_of
from ansible_collections.multicloud.iam.plugins.module_utils._key_run import (
    PlanError,
    input_of,
    outcome_of,
    plan_of,
    rotations_of,
)

NOW = "2026-11-28T09:15:00Z"
NONCE = "/20261101-abcdefghijklmnopqrstuvwxyz"
CLOUD = {"key_id": "id", "changes_description": True}
CLOUDS = {"first": CLOUD}
POLICY = {"purge": "disable", "max_removals": 1}
DECLARED = [
    {"access_key_id": "A", "status": "inactive"},
    {"owner": "2", "description": "new", "secret_file": {"path": "/srv/new.yml"}},
]


def key(name: str, owner: str = "1", status: str | None = "active", **members: Any) -> dict[str, Any]:
    return {
        "id": name,
        "owner": owner,
        "status": status,
        "description": None,
        "create_time": "2026-01-01T00:00:00Z",
        "last_used": None,
        **members,
    }


def run_of(*keys: dict[str, Any], declared: Any = None, policy: Any = None, **members: Any) -> dict[str, Any]:
    declared, policy = DECLARED if declared is None else declared, POLICY if policy is None else policy
    texts = {name: base64.b64encode(members.pop(name, "").encode()).decode() for name in ("soak", "saved")}
    return {
        **texts,
        "name": "prod",
        "cloud": "first",
        "caller": {"account": "100", "access_key_id": "SIGNER"},
        "keys": list(keys),
        "warnings": [],
        "service_time": NOW,
        "controller_time": NOW,
        "rotations": {},
        "missing_files": [],
        "digest": input_of(declared, policy, "first", CLOUDS, "")["digest"],
        **members,
    }


KEYS = (key("A"), key("B"), key("C", "3"))
# C is not managed, and its owner has no part in the plan.
KNOWN = [*DECLARED, {"access_key_id": "C"}]


def saved(**members: Any) -> str:
    run = run_of(*KEYS, declared=KNOWN)
    return json.dumps({**plan_of(KNOWN, run, POLICY, CLOUD)["document"], **members})


def test_a_saved_plan_is_applied_if_nothing_has_changed() -> None:
    plan = plan_of(KNOWN, run_of(*reversed(KEYS), declared=KNOWN, saved=saved()), POLICY, CLOUD)
    assert [step["action"] for step in plan["steps"]] == ["create", "change", "disable"]


def test_a_saved_plan_does_not_depend_on_owners_that_it_leaves_alone() -> None:
    run = run_of(*KEYS[:2], key("C", "3", "inactive"), declared=KNOWN, saved=saved())
    assert len(plan_of(KNOWN, run, POLICY, CLOUD)["steps"]) == 3


def test_only_the_saved_steps_are_executed() -> None:
    before = plan_of([], run_of(key("B"), declared=[]), POLICY, CLOUD)["document"]
    run = run_of(key("B"), key("D", "9"), declared=[], saved=json.dumps(before))
    run["digest"] = before["declared"]
    policy = {**POLICY, "max_removals": 5}
    assert [step["access_key_id"] for step in plan_of([], run, policy, CLOUD)["steps"]] == ["B"]


def reworked(**members: Any) -> str:
    """Return a plan file that was changed with its digest."""
    from ansible_collections.multicloud.iam.plugins.module_utils import _key_run

    content = {name: value for name, value in json.loads(saved(**members)).items() if name != "digest"}
    return json.dumps({**content, "digest": _key_run._digest(content)})


@pytest.mark.parametrize(
    ("keys", "members", "message"),
    [
        (
            (key("A"), key("B", status="inactive")),
            {},
            "The keys of these owners have changed since the plan file was written: 1.",
        ),
        ((key("A"), key("B", description="other")), {}, "owners have changed"),
        ((key("A"), key("B", create_time="2026-01-02T00:00:00Z")), {}, "owners have changed"),
        ((key("A"), key("B"), key("E")), {}, "owners have changed"),
        ((key("A"),), {}, "owners have changed"),
        ((key("A"), key("B"), key("E", "2")), {}, "owners have changed since the plan file was written: 2."),
        (KEYS, {"caller": {"account": "200"}}, "is about the account prod (first 100), not about prod (first 200)."),
        (KEYS, {"cloud": "second"}, "is about the account"),
        (KEYS, {"digest": "other"}, "The declared list or the policy is not the one"),
        (KEYS, {"saved": "nonsense"}, "The plan file is not JSON."),
        (KEYS, {"saved": "[]"}, "does not have the format 1"),
        (KEYS, {"saved": json.dumps({"format": 2, "account": {}})}, "does not have the format 1"),
        (KEYS, {"saved": saved(steps=[])}, "The plan file was changed after it was written."),
        (KEYS, {"rotations": {"ids": ["B"]}}, "These steps of the plan file are not possible any more: disable B."),
        (KEYS, {"warnings": ["The status of X cannot be read."]}, "not possible any more: disable B."),
    ],
)
def test_a_saved_plan_is_refused_if_anything_it_relies_on_differs(
    keys: Any, members: dict[str, Any], message: str
) -> None:
    more = () if keys is KEYS else (KEYS[2],)
    run = run_of(*keys, *more, **{"declared": KNOWN, "saved": saved(), **members})
    with pytest.raises(PlanError) as error:
        plan_of(KNOWN, run, POLICY, CLOUD)
    assert message in str(error.value)


def test_a_saved_step_that_is_not_planned_is_refused() -> None:
    """Even if someone has written the file by hand."""
    steps = [{**json.loads(saved())["steps"][2], "access_key_id": "C", "id": "C", "owner": "3"}]
    relies_on = {"3": [["C", "C", "active", None, "2026-01-01T00:00:00Z"]]}
    run = run_of(*KEYS, declared=KNOWN, saved=reworked(steps=steps, relies_on=relies_on))
    with pytest.raises(PlanError, match="not possible any more: disable C"):
        plan_of(KNOWN, run, POLICY, CLOUD)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "The soak file is not JSON."),
        (
            '{"format": 1, "account": {"cloud": "first", "id": "200", "name": "test"}, "soak": {}}',
            "another account: test.",
        ),
        ('{"format": 1, "account": {"cloud": "first", "id": "100"}, "soak": []}', "has no times"),
    ],
)
def test_a_soak_file_that_cannot_be_used_is_refused(text: str, message: str) -> None:
    with pytest.raises(PlanError) as error:
        plan_of(DECLARED, run_of(key("A"), soak=text), POLICY, CLOUD)
    assert message in str(error.value)


def test_the_soak_file_is_what_the_next_run_reads() -> None:
    run = run_of(key("A"), key("B"), key("D", status="inactive"))
    plan = plan_of(DECLARED, run, POLICY, CLOUD)
    events = [{"index": number, "failed": False, "problem": ""} for number in range(3)]
    document = outcome_of(plan, events)["soak_document"]
    assert document["soak"] == {"B": NOW, "D": NOW}
    text = base64.b64encode(json.dumps(document).encode()).decode()
    assert plan_of(DECLARED, {**run, "soak": text}, POLICY, CLOUD)["soak"] == {"D": NOW}
    events[2] = {"index": 2, "failed": True, "problem": "It was throttled."}
    outcome = outcome_of(plan, events)
    assert outcome["soak_document"]["soak"] == {"D": NOW}
    assert outcome["failures"] == ["disable B of 1: It was throttled."]


def test_the_input_is_checked_before_anything_is_sent() -> None:
    with pytest.raises(PlanError, match=r"cloud second cannot be reconciled. Possible are first."):
        input_of([], POLICY, "second", CLOUDS, "")
    policy = {"purge": "delete", "protected_ids": ["A"]}
    with pytest.raises(PlanError, match="purge=delete needs reconcile_access_keys_soak_file"):
        input_of([], policy, "first", CLOUDS, "")
    known = input_of(DECLARED, policy, "first", CLOUDS, "/srv/soak.json")
    assert known["owners"] == ["2"]
    assert known["digest"] == input_of(DECLARED[::-1], policy, "first", CLOUDS, "/srv/other.json")["digest"]
    assert known["digest"] != input_of(DECLARED, {**policy, "max_removals": 1}, "first", CLOUDS, "x")["digest"]


def test_the_lines_for_people_have_an_end() -> None:
    plan = plan_of([], run_of(*(key(f"K{number}") for number in range(99)), declared=[]), {}, CLOUD)
    lines = outcome_of(plan, [])["lines"]
    assert (len(lines), lines[-1]) == (51, "49 more lines are in the result.")


# Rotations

ENROLMENT = {
    "name": "ci",
    "cloud": "first",
    "owner": "1",
    "access_key_id": "ENROLLED",
    "store": {"type": "secret_file", "options": {"path": "ci.yml"}},
}
ROTATION = {
    "schema": 1,
    "name": "ci",
    "account": "100",
    "owner": "1",
    "phase": "idle",
    "attempt": 2,
    "current": {"access_key_id": "CURRENT", "nonce": None},
    "next": None,
    "old": {"access_key_id": "OLD", "nonce": None, "secret_access_key": None},
    "keys_before": ["BEFORE"],
    **dict.fromkeys(("since", "escrowed_at", "promoted_at", "cut_over", "disabled_at")),
    "at": NOW,
    "tombstones": [],
    "leaked": ["LEAKED"],
}


def record(**members: Any) -> dict[str, Any]:
    content = {"access_key_id": "CURRENT", "secret_access_key": "x", "rotation": json.dumps({**ROTATION, **members})}
    return {"path": "ci.yml", "found": True, "content": content}


def test_the_keys_of_a_record_belong_to_its_rotation() -> None:
    found = rotations_of([ENROLMENT], [record()], "first")
    assert found == {"ids": ["CURRENT", "ENROLLED", "LEAKED", "OLD"], "owners": [], "problem": None}
    assert rotations_of([ENROLMENT], [record()], "second") == {"ids": [], "owners": [], "problem": None}


@pytest.mark.parametrize(
    "files",
    [
        [],
        [{"path": "ci.yml", "found": False, "content": None}],
        [{**record(), "content": {"rotation": "nonsense"}}],
        [record(phase="intended", since=NOW, next={"access_key_id": None, "nonce": "n", "secret_access_key": None})],
    ],
    ids=["not read", "missing", "damaged", "creating"],
)
def test_a_record_that_cannot_be_relied_on_protects_all_keys_of_its_owner(files: list[dict[str, Any]]) -> None:
    found = rotations_of([ENROLMENT], files, "first")
    assert (found["owners"], found["problem"]) == (["1"], None)
    assert "ENROLLED" in found["ids"]
    of_caller = {**ENROLMENT, "owner": None}
    assert "which name no owner, cannot be read: ci." in str(rotations_of([of_caller], files, "first")["problem"])


def test_a_store_of_the_user_protects_all_keys_of_the_owner() -> None:
    enrolment = {**ENROLMENT, "store": {"type": "stores/mine", "options": {"path": "ci.yml"}}}
    assert rotations_of([enrolment], [record()], "first")["owners"] == ["1"]


# Export


def random_account(chance: random.Random) -> list[dict[str, Any]]:
    alphabet = [
        "a",
        "é",
        "{{ x }}",
        "{%",
        '"',
        "\\",
        "'",
        ":",
        "#",
        "\u2028",
        "\x85",
        "\U0001f511",
        "*",
        " ",
        "\t",
        "null",
        "5",
    ]
    keys = []
    for number in range(chance.randrange(12)):
        description = chance.choice([None, "", "ci" + NONCE, "old" + NONCE, "".join(chance.choices(alphabet, k=4))])
        keys.append(
            key(
                f"KEY{number}",
                chance.choice(["1", "2", "0123"]),
                chance.choice(["active", "inactive", None]),
                description=description,
            )
        )
    return keys


def test_an_exported_list_differs_in_nothing() -> None:
    chance, exported = random.Random(15), 0
    for _account in range(1000):
        keys = random_account(chance)
        text = yaml_of("declared", declared_of(keys, "id"))
        declared = yaml.load(text, _Loader)["declared"]
        exported += len(declared)
        seen = {"keys": keys, "now": NOW, "controller_now": NOW}
        plan = differences_of(declared, seen, {"purge": "disable", "max_removals": 99}, CLOUD)
        assert (plan["steps"], plan["problems"], plan["unmanaged"]) == ([], [], [])
    assert exported > 4000


class _Loader(yaml.SafeLoader):
    """Read a text that must not be evaluated. Any other text is one that would be."""


def _unsafe(loader: yaml.SafeLoader, node: Any) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("!unsafe", _unsafe)


def test_no_exported_text_is_a_template() -> None:
    text = yaml_of("declared", declared_of([key("A", description="{{ lookup('pipe', 'x') }}")], "id"))
    assert "description: !unsafe \"{{ lookup('pipe', 'x') }}\"" in text


def test_the_nonce_of_a_rotation_is_not_exported() -> None:
    keys = [key("A", description="ci" + NONCE), key("B", description="ci" + NONCE)]
    assert declared_of(keys, "id") == [{"owner": "1", "rotation": "ci"}]


def test_an_account_without_keys_is_exported_as_an_empty_list() -> None:
    assert yaml.safe_load(yaml_of("declared", declared_of([], "id"))) == {"declared": []}


@pytest.mark.parametrize("keys", [[key("A", owner="")], [key(""), key("B")], [key("A"), key("A", "2")]])
def test_a_key_that_cannot_be_declared_is_not_left_out(keys: list[dict[str, Any]]) -> None:
    before = deepcopy(keys)
    with pytest.raises(ExportError, match="cannot be declared"):
        declared_of(keys, "id")
    assert keys == before
