# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test what the role rotate_access_key gives to the planner, and what it does with the decisions."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._key_facts import entries_in
from ansible_collections.multicloud.iam.plugins.module_utils._rotation import plan
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_record import next_record, state_of
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_run import (
    accounts_of,
    due_of,
    files_of,
    relative_records_of,
    results_of,
    round_of,
    verb_files_of,
    views_of,
)

CAPABILITIES = {
    "keeps_description": True,
    "chosen_id": False,
    "last_use": "day",
    "last_use_delay": 172800,
    "settle": 300,
    "verify_window": 600,
    "attempt_time": 900,
    "limit": 2,
}
CLOUDS: dict[str, Any] = {
    "first": {
        "key_id": "id",
        "capabilities": CAPABILITIES,
        "sites": {"international": {"keeps_description": False}},
    },
    "second": {"key_id": "access_key_id", "account_is_owner": True, "capabilities": CAPABILITIES},
}
NOW = "2026-11-28T09:00:00Z"


def enrolment(name: str = "ci", **members: Any) -> dict[str, Any]:
    store = {"type": "secret_file", "options": {"path": f"{name}.yml"}}
    return {"name": name, "cloud": "first", "owner": "12", "store": store, **members}


def key(key_id: str = "AK1", **members: Any) -> dict[str, Any]:
    return {
        "id": key_id,
        "owner": "12",
        "status": "active",
        "description": None,
        "create_time": "2026-01-01T00:00:00Z",
        "last_used": "2026-02-01T00:00:00Z",
        "last_used_state": "used",
        "age_days": 3,
        **members,
    }


def listing(*keys: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {
        "name": "ci",
        "names": ["ci", "other"],
        "caller": {"account": "1", "owner": "11", "access_key_id": "ROOT", "kind": "root"},
        "keys": list(keys),
        "problems": {},
        "service_time": "2026-11-28T09:00:10Z",
        "controller_time": NOW,
        **members,
    }


def view(
    *events: dict[str, Any],
    enrolled: dict[str, Any] | None = None,
    listed: dict[str, Any] | None = None,
    now: str = NOW,
) -> dict[str, Any]:
    run = {
        "listings": [listing(key()) if listed is None else listed],
        "events": [{"name": "ci", **each} for each in events],
    }
    (found,) = views_of([enrolled or enrolment()], run, CLOUDS, {"grace_days": 1, "soak_days": 2}, now)
    return found


def test_enrolments_with_the_same_connection_share_an_account() -> None:
    signs = {"api_secret_id": "A", "api_secret_key": "hidden"}
    accounts = accounts_of(
        [
            enrolment("one", connection=signs),
            enrolment("two", connection=dict(signs), owner=None),
            enrolment("three", connection=signs, cloud="second"),
            enrolment("four", connection={**signs, "api_secret_key": "other"}),
            enrolment("five", connection=signs, owner="13"),
            enrolment("six"),
        ]
    )
    assert [(account["name"], account["index"], account["names"]) for account in accounts] == [
        ("one", 0, ["one", "two", "five"]),
        ("three", 2, ["three"]),
        ("four", 3, ["four"]),
        ("six", 5, ["six"]),
    ]
    assert (accounts[0]["owners"], accounts[0]["of_caller"]) == (["12", "13"], True)
    assert "hidden" not in json.dumps(accounts)


class Vaulted:
    """Act as a vault value of ansible-core 2.18, which is no text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text


def test_a_vault_value_is_its_content() -> None:
    signs = [{"api_secret_key": Vaulted("hidden")}, {"api_secret_key": "hidden"}, {"api_secret_key": Vaulted("other")}]
    accounts = accounts_of([enrolment(str(index), connection=each) for index, each in enumerate(signs)])
    assert [account["names"] for account in accounts] == [["0", "1"], ["2"]]
    found = view(enrolled=enrolment(owner=Vaulted("12"), access_key_id=Vaulted("AK1")))
    assert (found["owner"], found["access_key_id"]) == ("12", "AK1")
    assert plan(found)["blocked"] is None


def test_values_have_the_types_of_the_argument_spec() -> None:
    """A UIN without quotes is a number, and the value of a survey is a text."""
    text = {
        "max_age_days": "90",
        "grace_days": "0.5",
        "rotate_created_before": "",
        "block_on_use": "yes",
        "ignore_use_until": "2026-01-01",
        "leaked": "AK1, AK2,",
        "reap_unused_days": 7,
        "replace_named": "",
    }
    found = view(enrolled=enrolment(owner=12, access_key_id=34, policy=text))
    assert (found["owner"], found["access_key_id"]) == ("12", "34")
    assert found["policy"] == {
        "max_age_days": 90,
        "grace_days": 0.5,
        "soak_days": 2,
        "rotate_created_before": None,
        "block_on_use": True,
        "ignore_use_until": "2026-01-01",
        "leaked": ["AK1", "AK2"],
        "reap_unused_days": 7,
        "replace_named": None,
    }
    numbers = view(enrolled=enrolment(policy={"leaked": 5, "block_on_use": 0, "max_age_days": None}))["policy"]
    assert (numbers["leaked"], numbers["block_on_use"], numbers["max_age_days"]) == (["5"], False, None)
    assert accounts_of([enrolment("one", owner=12), enrolment("two", owner="12")])[0]["owners"] == ["12"]


@pytest.mark.parametrize(
    ("policy", "odd"),
    [
        ({"max_age_days": "many"}, "max_age_days"),
        ({"max_age_days": "nan"}, "max_age_days"),
        ({"block_on_use": "perhaps"}, "block_on_use"),
        ({"leaked": {"AK1": True}}, "leaked"),
        ({"ignore_use_until": "yesterday"}, "ignore_use_until"),
        ("max_age_days=1", "(no dictionary)"),
    ],
)
def test_a_policy_with_odd_values_is_refused(policy: Any, odd: str) -> None:
    decided = plan(view(enrolled=enrolment(policy=policy)))
    assert (decided["blocked"], odd in decided["reason"]) == ("policy", True)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"name": "schlüssel"}, "The name of a key"),
        ({"name": "ci deploy"}, "The name of a key"),
        ({"name": ""}, "The name of a key"),
        ({"consumers": [{"name": "a", "type": "x"}, {"name": "a", "type": "y"}]}, "Correct these: a, a."),
        ({"consumers": [{"name": 5, "type": "x"}]}, "Correct these: 5."),
    ],
)
def test_an_odd_name_is_a_mistake_in_the_enrolment(members: dict[str, Any], reason: str) -> None:
    run = {"listings": [listing(key(), names=[members.get("name", "ci")])], "events": []}
    found = round_of([enrolment(**members)], run, CLOUDS, {}, NOW, False)
    (decided,) = found["decisions"]
    assert (decided["blocked"], reason in decided["reason"], found["steps"]) == ("enrolment", True, {})


def test_a_name_can_be_a_number() -> None:
    enrolled, run = enrolment(12, access_key_id="AK1"), {"listings": [listing(key(), names=["12"])], "events": []}  # type: ignore[arg-type]
    found = round_of([enrolled], run, CLOUDS, {}, NOW, False)
    assert list(found["files"]) == ["12"]
    assert list(results_of(found["decisions"], [enrolled], run)["results"]) == ["12"]


def test_a_type_with_a_slash_is_a_directory_of_the_user() -> None:
    consumers = [{"name": "a", "type": "shipped"}, {"name": "b", "type": "./own"}]
    files = verb_files_of(
        [enrolment(consumers=consumers), enrolment("other", store={"type": "/abs/store"})], "/role", "/play"
    )
    assert files == [
        "/role/stores/secret_file/read.yml",
        "/role/stores/secret_file/probe.yml",
        "/role/stores/secret_file/write.yml",
        "/role/consumers/shipped/apply.yml",
        "/role/consumers/shipped/check.yml",
        "/play/./own/apply.yml",
        "/play/./own/check.yml",
        "/abs/store/read.yml",
        "/abs/store/probe.yml",
        "/abs/store/write.yml",
    ]


def test_no_record_is_in_the_directory_of_a_collection() -> None:
    """An upgrade of the collection would delete it."""
    stores: list[dict[str, Any]] = [
        {"type": "secret_file", "options": {"path": path}} for path in ("ci.yml", "../ci.yml", "/srv/ci.yml", "~/ci")
    ]
    stores += [{"type": "secret_file", "options": None}, {"type": "vault_kv2", "options": {"path": "ci"}}]
    enrolments = [enrolment(str(index), store=store) for index, store in enumerate(stores)]
    assert relative_records_of(enrolments, "/c/ansible_collections/multicloud/iam/playbooks") == ["ci.yml", "../ci.yml"]
    assert relative_records_of(enrolments, "/home/me/playbooks") == []


def test_a_view_has_the_listed_keys_of_its_owner() -> None:
    found = view(listed=listing(key(), key("AK2", owner="13"), key("AK3", owner=None)))
    assert [each["id"] for each in found["keys"]] == ["AK1", "AK3"]
    assert "age_days" not in found["keys"][0]
    assert (found["account"], found["owner"], found["signer"], found["signed_with"]) == ("1", "12", "ROOT", "ROOT")
    assert found["capabilities"]["keeps_description"] is True
    assert found["policy"] == {"grace_days": 1, "soak_days": 2}
    assert (found["probed"], found["verify"], found["done"], "record" in found) == (False, None, [], False)


def test_a_view_depends_on_site_owner_and_policy() -> None:
    enrolled = enrolment(site="international", owner=None, policy={"soak_days": 9})
    found = view(enrolled=enrolled, listed=listing(key(owner="11")))
    assert found["capabilities"] == {**CAPABILITIES, "keeps_description": False}
    assert (found["owner"], len(found["keys"])) == ("11", 1)
    assert found["policy"] == {"grace_days": 1, "soak_days": 9}


def test_an_account_that_is_the_owner_and_the_administrator_without_limit() -> None:
    listed = listing({**key("uuid"), "access_key_id": "AK9"})
    found = view(enrolled=enrolment(cloud="second"), listed=listed)
    assert (found["account"], found["keys"][0]["id"], found["capabilities"]["limit"]) == ("12", "AK9", 2)
    caller = {"account": "12", "owner": "12", "access_key_id": None, "kind": "administrator"}
    found = view(enrolled=enrolment(cloud="second"), listed=listing(caller=caller))
    assert found["capabilities"]["limit"] is None


@pytest.mark.parametrize(
    "listed",
    [
        {"name": "ci", "names": ["ci"], "problem": "no"},
        listing(key(), problems={"12": "no"}),
    ],
    ids=["account", "owner"],
)
def test_a_failed_listing_is_not_an_empty_one(listed: dict[str, Any]) -> None:
    found = view(listed=listed)
    assert (found["keys"], found["keys_problem"]) == (None, "no")
    assert plan(found)["blocked"] == "listing"


@pytest.mark.parametrize(
    ("now", "expected"),
    [("2026-11-28T09:01:00Z", "2026-11-28T09:01:10Z"), ("2026-11-28T08:00:00Z", "2026-11-28T09:00:10Z")],
)
def test_the_time_of_the_cloud_goes_on(now: str, expected: str) -> None:
    assert view(now=now)["now"] == expected
    assert view(now=now, listed=listing(service_time=None))["now"] is None


def test_what_a_step_has_changed_replaces_what_was_listed() -> None:
    created = {
        "id": "AK2",
        "owner": "12",
        "status": "active",
        "description": "n",
        "create_time": NOW,
        "last_used": None,
    }
    found = view({"key": created}, {"key": key(status="inactive", last_used=None, last_used_state=None)})
    assert [(each["id"], each["status"], each["last_used_state"]) for each in found["keys"]] == [
        ("AK2", "active", "never"),
        ("AK1", "inactive", "used"),
    ]
    assert view({"key": {"id": "AK1"}, "gone": True})["keys"] == []
    # Two enrolments of one owner see the same keys.
    run = {"listings": [listing(key())], "events": [{"name": "other", "key": created}]}
    (found,) = views_of([enrolment()], run, CLOUDS, {}, NOW)
    assert [each["id"] for each in found["keys"]] == ["AK1", "AK2"]
    other_owner = {**created, "owner": "13"}
    run = {"listings": [listing(key())], "events": [{"name": "other", "key": other_owner}]}
    assert [each["id"] for each in views_of([enrolment()], run, CLOUDS, {}, NOW)[0]["keys"]] == ["AK1"]


def test_a_consumer_is_asked_again_after_it_was_given_a_key() -> None:
    enrolled = enrolment(consumers=[{"name": "app", "type": "x"}, {"name": "b", "type": "x"}])
    check = {"check": {"consumer": "app", "access_key_id": "AK1", "in_use": False}}
    done = {"done": {"step": "apply", "consumer": "app", "failed": False}}
    unknown = {"can_check": True, "checked": False, "access_key_id": None, "in_use": None, "problem": None}
    assert view(check, enrolled=enrolled)["consumers"] == [
        {**unknown, "name": "app", "checked": True, "access_key_id": "AK1", "in_use": False},
        {**unknown, "name": "b"},
    ]
    assert view(check, done, enrolled=enrolled)["consumers"][0] == {**unknown, "name": "app"}
    assert view(done, check, enrolled=enrolled)["consumers"][0]["checked"] is True
    failed = {"check": {"consumer": "app", "problem": "It is down."}}
    assert view(failed, enrolled=enrolled)["consumers"][0] == {
        **unknown,
        "name": "app",
        "checked": True,
        "problem": "It is down",
    }


def test_the_last_record_and_reply_count() -> None:
    state: dict[str, Any] = {"current": {"access_key_id": "AK2", "has_secret": True}, "old": {"access_key_id": "ROOT"}}
    record = {"found": True, "version": "2", "state": state}
    found = view(
        {"record": {"found": False, "version": "", "state": {}}},
        {"record": record, "stale": True},
        {"probed": True, "verify": {"result": "uncertain"}},
        {"verify": {"result": "proven"}, "done": {"step": "verify", "failed": False, "problem": "not for the planner"}},
    )
    assert found["record"] == record
    assert (found["probed"], found["verify"]) == (True, {"result": "proven"})
    assert found["done"] == [{"step": "verify", "failed": False}]
    # The configured key was replaced, so the current key of the record signs.
    assert (found["signer"], found["signed_with"]) == ("ROOT", "AK2")
    unread = {"found": False, "version": "", "problem": "It is damaged."}
    assert view({"record": unread})["record"]["problem"] == "It is damaged"
    state["current"]["has_secret"] = False
    assert view({"record": record})["signed_with"] == "ROOT"


def decision(step: str | None = None, outcome: str = "step", **members: Any) -> dict[str, Any]:
    planned = step and {"name": step, "in_check_mode": step in ("read", "check", "probe")}
    return {
        "name": "ci",
        "phase": "idle",
        "outcome": outcome,
        "blocked": None,
        "step": planned,
        "not_before": None,
        "due": True,
        "ids": {},
        "attempt": 0,
        "notes": [],
        "reason": "Why.",
        **members,
    }


def due(step: str | None, *events: dict[str, Any], check_mode: bool = False, **members: Any) -> dict[str, Any]:
    run = {"listings": [listing()], "events": [{"name": "ci", **each} for each in events]}
    return due_of([decision(step)], [enrolment(**members)], run, CLOUDS, check_mode)


def test_steps_of_a_round() -> None:
    assert due(None)["steps"] == {}
    assert due("create")["steps"]["ci"]["index"] == 0
    assert (due("create")["steps"]["ci"]["account"], due("create")["steps"]["ci"]["owner"]) == ("1", "12")
    assert due("create", check_mode=True)["steps"] == {}
    assert list(due("probe", check_mode=True)["steps"]) == ["ci"]


def test_entries_in_a_text() -> None:
    events = [
        {"name": "ci", "probed": True},
        {"name": "ci", "stale": True},
        {"name": "other", "check": {"problem": "\u00e9 {{"}},
    ]
    words = [base64.b64encode(json.dumps(each).encode()).decode() for each in (events[:2], events[2])]
    assert entries_in(" ".join([*words, ""])) == events
    assert entries_in("") == []


def test_a_plan_for_one_key_is_that_of_the_round() -> None:
    """It has to know what the other enrolments of the same owner do, and in which order they create."""
    names = {"ci": "12", "other": "12", "third": "12", "elsewhere": "13"}
    enrolments = [enrolment(name, owner=owner, access_key_id=f"AK-{name}") for name, owner in names.items()]
    keys = [key(f"AK-{name}", owner=owner) for name, owner in names.items()]
    idle = plan_state("AK-ci", "ci")
    record = {"found": True, "version": "1", "state": idle}
    events = [{"name": "ci", "record": record, "probed": True, "done": {"step": "probe", "failed": False}}]
    run = {"listings": [listing(*keys, names=list(names))], "events": events}
    clouds = {"first": {**CLOUDS["first"], "capabilities": {**CAPABILITIES, "limit": None}}}
    everything = round_of(enrolments, run, clouds, {}, NOW, False)
    assert set(everything["steps"]) | set(everything["files"]) == set(names)
    assert everything["steps"]["ci"]["step"]["name"] == "intend"
    for name in names:
        one = round_of(enrolments, run, clouds, {}, NOW, False, name)
        assert one["steps"] == ({name: everything["steps"][name]} if name in everything["steps"] else {})
        assert [each["name"] for each in one["decisions"]] == [each for each in names if names[each] == names[name]]


def plan_state(key_id: str, name: str) -> dict[str, Any]:
    change = {"kind": "enrol", "at": NOW, "name": name, "account": "1", "owner": "12", "access_key_id": key_id}
    return state_of(next_record({}, change), name, "1", "12")


def test_records_in_files_are_read_together_once() -> None:
    assert due("read")["files"] == {"ci": {"path": "ci.yml", "account": "1", "owner": "12"}}
    assert due("read")["steps"] == {}
    assert list(due("read", {"done": {"step": "read", "failed": False}})["steps"]) == ["ci"]
    assert list(due("read", store={"type": "vault_kv2", "options": {"path": "x"}})["steps"]) == ["ci"]
    assert list(due("read", store={"type": "secret_file"})["steps"]) == ["ci"]


def test_a_plan_without_an_end_is_stopped_and_reported() -> None:
    events: list[dict[str, Any]] = [{"stale": True}, {"done": {"step": "apply", "failed": False}}] * 10
    assert due("apply", *events)["steps"] == {}
    assert list(due("apply", *events, consumers=[{"name": "app"}])["steps"]) == ["ci"]
    run = {"events": [{"name": "ci", **each} for each in events]}
    report = results_of([decision("apply")], [enrolment()], run)
    assert report["failures"][0].startswith("ci: The plan does not end.")


def test_files_become_events_without_secrets() -> None:
    wanted = {name: {"path": name, "account": "1", "owner": "12"} for name in ("ci", "none", "unread")}
    content = {"access_key_id": "AK1", "secret_access_key": "hidden"}
    files = [
        {"path": "ci", "found": True, "version": "7", "content": content},
        {"path": "none", "found": False, "version": "", "content": None},
    ]
    events = files_of(files, wanted)
    assert [event["name"] for event in events] == ["ci", "none", "unread"]
    assert (events[0]["record"]["version"], events[0]["record"]["state"]["flat_id"]) == ("7", "AK1")
    assert events[1]["record"]["found"] is False
    assert "record" not in events[2]
    assert all(event["done"] == {"step": "read", "failed": False} for event in events)
    assert "hidden" not in json.dumps(events)


def test_results_and_failures() -> None:
    done: list[dict[str, Any]] = [
        {"name": "ci", "done": {"step": "read", "failed": False}},
        {"name": "ci", "done": {"step": "create", "failed": True, "problem": "No."}},
    ]
    report = results_of([decision(None, "blocked")], [enrolment()], {"events": done})
    assert report["results"]["ci"]["reason"] == "No. Why."
    assert (report["results"]["ci"]["steps"], report["results"]["ci"]["failed"]) == (["read"], True)
    assert report["failures"] == ["ci: No. Why."]
    assert report["lines"] == ["ci: phase idle. No. Why."]

    quiet = results_of([decision(None, "idle")], [enrolment()], {"events": []})
    assert (quiet["failures"], quiet["lines"], quiet["results"]["ci"]["failed"]) == ([], [], False)

    waiting = decision(None, "wait", not_before="2026-12-01T00:00:00Z", phase="promoted")
    done = [{"name": "ci", "done": {"step": step, "failed": False}} for step in ("read", "promote", "confirm")]
    report = results_of([waiting], [enrolment()], {"events": done})
    assert report["lines"] == ["ci: phase promoted; done: promote, confirm; not before 2026-12-01T00:00:00Z. Why."]
    assert results_of([decision("create")], [enrolment()], {"events": []})["lines"] == [
        "ci: phase idle; next: create. Why."
    ]


@pytest.mark.parametrize(
    ("events", "failed"),
    [
        ([{"check": {"consumer": "app", "problem": "No."}}], True),
        ([{"check": {"consumer": "app", "access_key_id": "AK1"}}], False),
        ([{"done": {"step": "apply", "consumer": "app", "failed": False}}], False),
        (
            [{"check": {"consumer": "app", "problem": "No."}}, {"check": {"consumer": "app", "access_key_id": "AK2"}}],
            False,
        ),
        *(
            (
                [
                    {"done": {"step": "apply", "consumer": given, "failed": False}},
                    {"check": {"consumer": "app", "access_key_id": used, "in_use": False}},
                ],
                failed,
            )
            for given, used, failed in [
                ("app", "AK1", True),
                ("app", "AK2", False),
                ("app", None, False),
                ("b", "AK1", False),
            ]
        ),
    ],
)
def test_a_consumer_that_does_not_take_a_key_is_a_failure(events: list[dict[str, Any]], failed: bool) -> None:
    waiting = decision(None, "wait", ids={"current": "AK2"})
    report = results_of([waiting], [enrolment()], {"events": [{"name": "ci", **event} for event in events]})
    assert report["results"]["ci"]["failed"] is failed
    assert bool(report["failures"]) is failed
