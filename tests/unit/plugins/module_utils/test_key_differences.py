# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the comparison of declared keys with those of an account: generated accounts, and each rule on its own."""

from __future__ import annotations

import os
import random
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._declared_keys import (
    DeclarationError,
    check_declared,
    check_policy,
)
from ansible_collections.multicloud.iam.plugins.module_utils._key_differences import (
    REMOVALS,
    differences_of,
    soak_after,
)
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_time import DAY, iso, moment

NOW = "2026-11-28T09:15:00Z"
CHANGING, FIXED = ({"key_id": "id", "changes_description": changes} for changes in (True, False))
NONCE = "/20261101-abcdefghijklmnopqrstuvwxyz"
FILE = {"path": "/srv/secrets/new.yml"}


def key(name: str, owner: str = "1", status: str | None = "active", **members: Any) -> dict[str, Any]:
    return {
        "id": name,
        "owner": owner,
        "status": status,
        "description": None,
        "create_time": "2026-01-01T00:00:00Z",
        "last_used": None,
        "last_used_state": "never",
        **members,
    }


def seen(*keys: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"keys": list(keys), "signer": "SIGNER", "now": NOW, "controller_now": NOW, **members}


def purging(**members: Any) -> dict[str, Any]:
    return {"purge": "delete", "protected_ids": ["EMERGENCY"], "max_removals": 99, "soak_days": 7, **members}


def days_ago(days: float) -> str:
    return iso(int((moment(NOW) or 0) - days * DAY))


def actions(plan: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(step["action"], step["access_key_id"]) for step in plan["steps"]]


# A model of what the steps of a plan do.


def applied(plan: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    after = deepcopy(before)
    for number, step in enumerate(plan["steps"]):
        found = [each for each in after["keys"] if each["id"] == step["id"]]
        if step["action"] == "create":
            created = key(f"NEW{number}{len(after['keys'])}", step["owner"], description=step["description"])
            after["keys"].append({**created, **step["changes"]})
        elif step["action"] == "delete":
            assert [each["status"] for each in found] == ["inactive"]
            after["keys"].remove(found[0])
        else:
            found[0].update(step["changes"])
    return {**after, "soak": soak_after(plan["soak"], plan["steps"], before["now"])}


NAMES = ["ci", "backup", "ci" + NONCE, "old" + NONCE, None]
STATUSES = ["active", "inactive", None]


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, Any]:
    """Return an account with any keys: of few owners and descriptions, so that some match each other."""
    count = draw(st.integers(0, 8))
    keys = [
        key(
            f"KEY{number}",
            draw(st.sampled_from(["1", "2", "3"])),
            draw(st.sampled_from(STATUSES)),
            description=draw(st.sampled_from(NAMES)),
            last_used=draw(st.sampled_from([None, days_ago(1), days_ago(400)])),
        )
        for number in range(count)
    ]
    names = st.sampled_from([*(each["id"] for each in keys), "SIGNER", "GONE"])
    soak = draw(st.dictionaries(names, st.sampled_from([days_ago(1), days_ago(8), days_ago(-3), "never"])))
    rotations = draw(
        st.sampled_from(
            [{}, {"ids": ["KEY0"]}, {"owners": ["2"]}, {"problem": "a record of unknown owner cannot be read."}]
        )
    )
    return seen(
        *keys,
        soak=soak,
        rotations=rotations,
        signer=draw(st.sampled_from(["KEY1", "SIGNER"])),
        now=draw(st.sampled_from([NOW, NOW, NOW, None, days_ago(1)])),
        unread=draw(st.sampled_from([(), (), ("The description of KEY0 cannot be read.",)])),
    )


@st.composite
def declarations(draw: st.DrawFn) -> list[dict[str, Any]]:
    entries: dict[Any, dict[str, Any]] = {}
    for number in range(draw(st.integers(0, 6))):
        kind, owner = draw(st.sampled_from(["id", "marker", "rotation"])), draw(st.sampled_from(["1", "2", "3"]))
        status = draw(st.sampled_from([{}, {"status": "active"}, {"status": "inactive"}]))
        if kind == "id":
            name = f"KEY{draw(st.integers(0, 8))}"
            entries[name] = {"access_key_id": name, **status, **draw(st.sampled_from([{}, {"description": "new"}]))}
        elif kind == "marker":
            name = draw(st.sampled_from(["ci", "backup", "new"]))
            file = draw(st.sampled_from([{}, {"secret_file": {"path": f"/srv/{number}.yml"}}]))
            entries[owner, name] = {"owner": owner, "description": name, **status, **file}
        else:
            name = draw(st.sampled_from(["ci", "old"]))
            entries[owner, name, kind] = {"owner": owner, "rotation": name}
    return list(entries.values())


policies = st.builds(
    lambda purge, most, protected, soak: {
        "purge": purge,
        "max_removals": most,
        "protected_ids": protected,
        "soak_days": soak,
    },
    st.sampled_from(["report", "disable", "delete"]),
    st.integers(0, 8),
    st.sampled_from([["KEY2"], ["KEY2", "KEY3"]]),
    st.sampled_from([0, 7]),
)
clouds = st.sampled_from([CHANGING, FIXED])
anything = given(declared=declarations(), account=accounts(), policy=policies, cloud=clouds)
EVERY_STEP = bool(os.environ.get("TEST_EVERY_STEP"))
many = settings(max_examples=10_000 if EVERY_STEP else 100, deadline=None, suppress_health_check=list(HealthCheck))


@many
@anything
def test_a_plan_that_was_applied_leaves_nothing_to_do(declared, account, policy, cloud) -> None:
    plan = differences_of(declared, account, policy, cloud)
    assume(not plan["problems"] and not plan["brake"])
    after = applied(plan, account)
    again = differences_of(declared, after, policy, cloud)
    assert (again["steps"], again["problems"], again["brake"]) == ([], [], None)
    assert again["soak"] == after["soak"] or account["now"] != NOW


@many
@anything
def test_a_removal_is_within_the_brake_and_about_a_key_that_is_known(declared, account, policy, cloud) -> None:
    plan = differences_of(declared, account, policy, cloud)
    removals = [step for step in plan["steps"] if step["action"] in REMOVALS]
    assert len(removals) <= policy["max_removals"]
    assert not removals or (policy["purge"] != "report" and not account["unread"])
    listed = {each["id"]: each for each in account["keys"]}
    declared_ids = {entry.get("access_key_id") for entry in declared}
    for step in removals:
        found = listed[step["id"]]
        assert found["status"] == {"disable": "active", "delete": "inactive"}[step["action"]]
        assert step["id"] not in {*policy["protected_ids"], account["signer"], *declared_ids}
        assert step["id"] not in account["rotations"].get("ids", ())
        assert found["owner"] not in account["rotations"].get("owners", ())
        assert "problem" not in account["rotations"]
        description = found["description"] or ""
        for entry in declared:
            if entry.get("owner") == found["owner"] and "access_key_id" not in entry:
                assert entry.get("description") != description
                assert description != f"{entry.get('rotation')}{NONCE}"
        if step["action"] == "delete":
            assert (policy["purge"], account["now"]) == ("delete", NOW)
            since = moment(account["soak"][step["id"]])
            assert since is not None
            assert since + policy["soak_days"] * DAY <= (moment(NOW) or 0)


@many
@anything
def test_a_plan_that_cannot_be_executed_as_a_whole_has_no_steps(declared, account, policy, cloud) -> None:
    plan = differences_of(declared, account, policy, cloud)
    if plan["problems"] or plan["brake"]:
        assert plan["steps"] == []


@many
@given(
    declared=declarations(), account=accounts(), policy=policies, cloud=clouds, chance=st.randoms(use_true_random=False)
)
def test_the_order_of_the_input_does_not_matter(declared, account, policy, cloud, chance: random.Random) -> None:
    plan = differences_of(declared, account, policy, cloud)
    mixed = [dict(chance.sample(list(entry.items()), len(entry))) for entry in chance.sample(declared, len(declared))]
    keys = chance.sample(account["keys"], len(account["keys"]))
    assert differences_of(mixed, {**account, "keys": keys}, policy, cloud) == plan


@many
@anything
def test_every_listed_key_is_in_one_place(declared, account, policy, cloud) -> None:
    counts = differences_of(declared, account, policy, cloud)["counts"]
    assert counts["listed"] == counts["declared"] + counts["protected"] + counts["unclear"] + counts["unmanaged"]


# Each rule on its own


def test_an_empty_list_declares_that_there_shall_be_no_key() -> None:
    plan = differences_of([], seen(key("A"), key("B", status="inactive")), purging(), FIXED)
    assert actions(plan) == [("disable", "A")]
    assert plan["soak"] == {"B": NOW}


def test_what_is_not_declared_is_only_reported_by_default() -> None:
    plan = differences_of([], seen(key("A")), {}, FIXED)
    assert (plan["steps"], plan["brake"]) == ([], None)
    assert [each["reason"] for each in plan["unmanaged"]] == ["It is not declared."]


def test_the_plan_fails_as_a_whole_if_it_has_more_removals_than_allowed() -> None:
    declared = [{"access_key_id": "C", "status": "inactive"}]
    account = seen(key("A"), key("B"), key("C"))
    plan = differences_of(declared, account, purging(max_removals=1), FIXED)
    assert plan["steps"] == []
    assert plan["brake"].startswith("2 keys would be removed, and max_removals allows 1: A of 1, B of 1.")
    assert [each["action"] for each in plan["unmanaged"]] == ["disable", "disable"]
    assert actions(differences_of(declared, account, purging(max_removals=2), FIXED)) == [
        ("change", "C"),
        ("disable", "A"),
        ("disable", "B"),
    ]


def test_no_removal_is_allowed_by_default() -> None:
    plan = differences_of([], seen(key("A")), {"purge": "disable"}, FIXED)
    assert "max_removals allows 0" in plan["brake"]


def test_a_key_is_disabled_then_soaked_then_deleted() -> None:
    account, history = seen(key("A")), []
    for days in (0, 1, 6.9, 7, 8):
        now = days_ago(-days)
        account = {**account, "now": now, "controller_now": now}
        plan = differences_of([], account, purging(), FIXED)
        history.append([step["action"] for step in plan["steps"]])
        account = applied(plan, account)
        assert set(account["soak"]) == {each["id"] for each in account["keys"]}
    assert history == [["disable"], [], [], ["delete"], []]


def test_a_soak_begins_again_if_the_key_was_active_or_used_in_between() -> None:
    soak = {"A": days_ago(30), "B": days_ago(30)}
    keys = key("A"), key("B", status="inactive", last_used=days_ago(29))
    plan = differences_of([], seen(*keys, soak=soak), purging(), FIXED)
    assert actions(plan) == [("disable", "A")]
    assert plan["soak"] == {"B": NOW}


def test_a_key_is_not_disabled_and_deleted_at_once_even_without_a_soak() -> None:
    account = seen(key("A", status="inactive"), soak={"A": NOW})
    assert differences_of([], account, purging(soak_days=0), FIXED)["steps"] == []
    account["soak"] = {"A": days_ago(0.001)}
    assert actions(differences_of([], account, purging(soak_days=0), FIXED)) == [("delete", "A")]


def test_a_soak_that_begins_in_the_future_begins_now() -> None:
    account = seen(key("A", status="inactive"), soak={"A": days_ago(-1)})
    assert differences_of([], account, purging(), FIXED)["soak"] == {"A": NOW}


def test_purge_disable_never_deletes() -> None:
    account = seen(key("A", status="inactive"), key("B"), soak={"A": days_ago(400)})
    plan = differences_of([], account, {"purge": "disable", "max_removals": 9}, FIXED)
    assert actions(plan) == [("disable", "B")]
    assert plan["soak"] == {"A": days_ago(400)}


@pytest.mark.parametrize(
    "members", [{"unread": ["The status of X cannot be read."]}, {"rotations": {"problem": "a record cannot be read."}}]
)
def test_nothing_is_removed_if_a_field_or_a_record_cannot_be_read(members: dict[str, Any]) -> None:
    account = seen(key("A"), key("B", status="inactive"), key("C"), soak={"B": days_ago(99)}, **members)
    plan = differences_of([{"access_key_id": "C", "status": "inactive"}], account, purging(), FIXED)
    assert actions(plan) == [("change", "C")]
    assert "cannot be read" in plan["unmanaged"][0]["reason"]


@pytest.mark.parametrize(
    "clocks", [{"now": None}, {"controller_now": None}, {"controller_now": days_ago(0.01)}, {"now": days_ago(-1)}]
)
def test_nothing_is_deleted_if_the_time_is_not_known(clocks: dict[str, Any]) -> None:
    account = seen(key("A", status="inactive"), key("B"), soak={"A": days_ago(30)}, **clocks)
    plan = differences_of([], account, purging(), FIXED)
    assert actions(plan) == [("disable", "B")]
    assert plan["soak"] == {"A": days_ago(30)}


def test_a_wrong_entry_of_the_list_prevents_every_change() -> None:
    """The key that it should have named would be removed."""
    declared = [{"access_key_id": "TYPO"}, {"access_key_id": "B", "status": "inactive"}]
    plan = differences_of(declared, seen(key("A"), key("B")), purging(), FIXED)
    assert plan["steps"] == []
    assert plan["problems"][0].startswith("There is no key with access_key_id TYPO.")


def test_a_description_that_several_keys_have_identifies_none() -> None:
    keys = key("A", description="ci"), key("B", description="ci")
    plan = differences_of([{"owner": "1", "description": "ci"}], seen(*keys), purging(), FIXED)
    assert plan["problems"] == ["2 keys match owner 1, description ci: A of 1, B of 1."]
    assert plan["unmanaged"] == []


def test_two_entries_cannot_be_about_one_key() -> None:
    declared = [{"access_key_id": "A"}, {"owner": "1", "description": "ci"}]
    plan = differences_of(declared, seen(key("A", description="ci")), {}, FIXED)
    assert "match the same key" in plan["problems"][0]


def test_a_key_is_created_only_if_there_is_a_place_for_its_secret() -> None:
    entry = {"owner": "1", "description": "ci", "status": "inactive"}
    without = differences_of([entry], seen(), {}, FIXED)
    assert "To create it, set secret_file" in without["problems"][0]
    plan = differences_of([{**entry, "secret_file": FILE}], seen(), {}, FIXED)
    [step] = plan["steps"]
    assert (step["action"], step["owner"], step["description"]) == ("create", "1", "ci")
    assert (step["changes"], step["secret_file"]) == ({"status": "inactive"}, FILE)


def test_a_key_without_its_secret_file_is_named() -> None:
    """A run was killed after the creation, so the secret may be lost."""
    entry = {"owner": "1", "description": "new", "secret_file": FILE}
    existing = seen(key("A", description="new"), missing_files=[FILE["path"]])
    plan = differences_of([entry], existing, {}, CHANGING)
    assert (plan["steps"], plan["problems"]) == ([], [])
    assert [note for note in plan["notes"] if "The key A" in note and FILE["path"] in note] == plan["notes"] != []
    assert differences_of([entry], seen(key("A", description="new")), {}, CHANGING)["notes"] == []
    assert differences_of([entry], seen(missing_files=[FILE["path"]]), {}, CHANGING)["notes"] == []


def test_no_key_is_created_if_an_existing_one_may_be_meant() -> None:
    account = seen(key("A"), unread=["The description of A cannot be read."])
    plan = differences_of([{"owner": "1", "description": "ci", "secret_file": FILE}], account, {}, FIXED)
    assert plan["problems"][0].startswith("It is not certain that there is no key with owner 1, description ci")


def test_an_attribute_that_the_cloud_cannot_change_is_a_problem() -> None:
    declared, account = [{"access_key_id": "A", "description": "new"}], seen(key("A", description="old"))
    assert "cannot change it" in differences_of(declared, account, {}, FIXED)["problems"][0]
    [step] = differences_of(declared, account, {}, CHANGING)["steps"]
    assert (step["changes"], step["before"]["description"]) == ({"description": "new"}, "old")
    assert step["reason"] == "The description is 'old', and should be 'new'."


def test_an_empty_description_is_no_description() -> None:
    assert differences_of([{"access_key_id": "A", "description": ""}], seen(key("A")), {}, FIXED)["steps"] == []


def test_a_key_of_another_owner_is_a_problem() -> None:
    plan = differences_of([{"access_key_id": "A", "owner": "2"}], seen(key("A")), {}, FIXED)
    assert plan["problems"] == ["The key with access_key_id A belongs to 1, not to 2."]


def test_a_status_that_cannot_be_read_is_not_compared() -> None:
    account = seen(key("A", status=None), key("B", status=None))
    plan = differences_of([{"access_key_id": "A", "status": "active"}], account, purging(), FIXED)
    assert "cannot be read" in plan["problems"][0]
    assert [each["access_key_id"] for each in plan["unclear"]] == ["B"]
    assert differences_of([{"access_key_id": "A"}], account, purging(), FIXED)["steps"] == []


def test_the_keys_of_a_rotation_are_left_alone() -> None:
    keys = [key("A", description="ci" + NONCE), key("B", description="ci" + NONCE), key("C", description="ci/other")]
    plan = differences_of([{"owner": "1", "rotation": "ci"}], seen(*keys), purging(), FIXED)
    assert actions(plan) == [("disable", "C")]


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"rotations": {"ids": ["A"]}}, "It belongs to a rotation."),
        (
            {"rotations": {"owners": ["1"]}},
            "Its owner has a rotation whose record cannot be read, or does not exist yet.",
        ),
        ({"signer": "A"}, "It signs the calls."),
    ],
)
def test_a_protected_key_is_not_removed(members: dict[str, Any], reason: str) -> None:
    plan = differences_of([], seen(key("A"), **members), purging(), FIXED)
    assert (plan["steps"], plan["unmanaged"]) == ([], [])
    assert [each["reason"] for each in plan["protected"]] == [reason]


def test_a_protected_id_that_is_not_listed_is_named() -> None:
    plan = differences_of([], seen(key("A")), purging(protected_ids=["A", "TYPO"]), FIXED)
    assert [each["access_key_id"] for each in plan["protected"]] == ["A"]
    assert plan["notes"] == ["These protected IDs are not listed in the account: TYPO."]


def test_the_id_that_signs_can_be_another_member() -> None:
    listed = {**key("UUID1"), "access_key_id": "A"}
    cloud = {"key_id": "access_key_id", "changes_description": False}
    [step] = differences_of([{"access_key_id": "A", "status": "inactive"}], seen(listed), {}, cloud)["steps"]
    assert (step["access_key_id"], step["id"]) == ("A", "UUID1")
    for protected in ("A", "UUID1"):
        assert differences_of([], seen(listed), purging(protected_ids=[protected]), cloud)["steps"] == []


# Input that is refused before anything is sent


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (None, "are not a list"),
        ("A", "are not a list"),
        (["A"], "entry 1 (without a name): it is not a dictionary"),
        ([{}], "it must be identified in one way"),
        ([{"access_key_id": "A", "Owner": "1"}], "entry 1 (access_key_id A): it has unknown members: Owner."),
        ([{"access_key_id": ""}], "access_key_id must be a text"),
        ([{"access_key_id": None}], "access_key_id must be a text"),
        (
            [{"access_key_id": 5}],
            "access_key_id must be a text that is an ID or a name, and an ID of digits needs quotation",
        ),
        ([{"access_key_id": "AKIA***"}], "access_key_id must be a text"),
        ([{"access_key_id": "A", "status": "enabled"}], "status must be active or inactive"),
        ([{"access_key_id": "A", "status": None}], "status must be active or inactive"),
        ([{"access_key_id": "A", "rotation": "ci", "owner": "1"}], "it must be identified in one way"),
        ([{"description": "ci"}], "it must be identified in one way"),
        ([{"owner": "1", "description": ""}], "it must be identified in one way"),
        ([{"owner": "1", "description": " ci"}], "white space"),
        ([{"owner": "1", "description": 5}], "description must be a text"),
        ([{"owner": 100000000012, "description": "ci"}], "needs quotation marks"),
        ([{"owner": "1", "rotation": "ci", "status": "active"}], "the rotation decides"),
        ([{"access_key_id": "A", "secret_file": FILE}], "cannot have a secret_file"),
        ([{"owner": "1", "description": "ci", "secret_file": "x"}], "secret_file must be a dictionary"),
        (
            [{"owner": "1", "description": "ci", "secret_file": {"path": "x", "content": {}}}],
            "unknown members: content",
        ),
        ([{"access_key_id": "A"}, {"access_key_id": "A", "status": "active"}], "access_key_id A is declared 2 times"),
        ([{"owner": "1", "description": "ci"}] * 3, "description 1 ci is declared 3 times"),
        (
            [{"owner": "1", "description": name, "secret_file": FILE} for name in ("a", "b")],
            "/srv/secrets/new.yml is used as secret_file 2 times",
        ),
    ],
)
def test_a_list_that_cannot_be_used_is_one_clear_error(declared: Any, message: str) -> None:
    with pytest.raises(DeclarationError) as error:
        check_declared(declared)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"purge": "delete"}, "purge=delete needs protected_ids"),
        ({"purge": "remove"}, "purge must be report, disable or delete"),
        ({"purge": None}, "purge must be"),
        ({"max_removals": -1}, "max_removals"),
        ({"max_removals": True}, "max_removals"),
        ({"max_removals": 1.5}, "max_removals"),
        ({"soak_days": "seven"}, "soak_days"),
        ({"soak_days": -1}, "soak_days"),
        ({"protected_ids": "A*,B"}, "protected_ids must be a list"),
        ({"protected_ids": [""]}, "protected_ids must be a list"),
        ({"protected_ids": ["A*"]}, "protected_ids must be a list"),
        ({"maximum": 1}, "unknown members: maximum"),
    ],
)
def test_a_policy_that_cannot_be_used_is_one_clear_error(policy: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError) as error:
        check_policy(policy)
    assert message in str(error.value)


def test_the_texts_of_a_command_line_are_the_policy_that_they_mean() -> None:
    texts = {"purge": "delete", "protected_ids": "A, B,", "max_removals": "5", "soak_days": "0.5"}
    assert check_policy(texts) == {"purge": "delete", "protected_ids": ["A", "B"], "max_removals": 5, "soak_days": 0.5}
    for wrong in ("", "many", "-1", "5.5", "1e3"):
        with pytest.raises(DeclarationError, match="max_removals must be a whole number"):
            check_policy({"max_removals": wrong})
