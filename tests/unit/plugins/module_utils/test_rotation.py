# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test each rule of the planner of rotations, and each row of the crash table in docs/dev/rotation.md."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils import _rotation, _rotation_facts, _rotation_record
from ansible_collections.multicloud.iam.plugins.module_utils import _rotation_rules as rules
from ansible_collections.multicloud.iam.plugins.module_utils._rotation import plan, plan_all
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_record import PHASES, next_record, state_of
from ansible_collections.multicloud.iam.plugins.module_utils._rotation_time import iso, moment

NOW = "2026-11-28T12:00:00Z"
NONCE = "ci/20261128-" + "a" * 26
OTHER_NONCE = "ci/20261001-" + "b" * 26
CAPABILITIES: dict[str, Any] = {
    "keeps_description": True,
    "chosen_id": False,
    "last_use": "second",
    "last_use_delay": 900,
    "settle": 300,
    "verify_window": 600,
    "attempt_time": 900,
    "limit": 2,
}
NO_DESCRIPTION: dict[str, Any] = {**CAPABILITIES, "keeps_description": False}
CHOSEN: dict[str, Any] = {**CAPABILITIES, "chosen_id": True, "last_use": "none", "last_use_delay": 0}
DAYS: dict[str, Any] = {**CAPABILITIES, "last_use": "day", "last_use_delay": 172800}


def ago(days: float = 0, seconds: float = 0) -> str:
    return iso(int((moment(NOW) or 0) - days * 86400 - seconds))


def key(name: str, days: float = 1, status: str = "active", **members: Any) -> dict[str, Any]:
    return {
        "id": name,
        "owner": "alice",
        "status": status,
        "description": None,
        "create_time": ago(days),
        "last_used": None,
        "last_used_state": "never",
        **members,
    }


OLD = key("OLD", 100)
NEW = key("NEW", 0, description=NONCE, create_time=ago(0, 300))
YOUNG = {**NEW, "create_time": ago(0, 299)}
OFF = {**OLD, "status": "inactive"}


def stored(**rotation: Any) -> dict[str, Any]:
    """Return a record as a store returns it."""
    content = {
        name: rotation.pop(name) for name in ("access_key_id", "secret_access_key") if rotation.get(name) is not None
    }
    members = {**_rotation_record._EMPTY, "name": "ci", "account": "root", "owner": "alice", "at": ago(0), **rotation}
    return {**content, "rotation": json.dumps(members)}


def record(content: Any = None, **rotation: Any) -> dict[str, Any]:
    content = stored(**rotation) if content is None else content
    state = state_of(content, "ci", "root", "alice")
    return {"version": "7" if content else "", "found": bool(content), "state": state, "content": content}


def current(name: str = "OLD", nonce: str | None = None) -> dict[str, Any]:
    return {"access_key_id": name, "nonce": nonce}


def next_key(name: str | None = None, secret: str | None = None) -> dict[str, Any]:
    return {"access_key_id": name, "nonce": NONCE, "secret_access_key": secret}


def tombstone(name: str | None = None, seconds: int = 1000, **members: Any) -> dict[str, Any]:
    return {
        "attempt": 1,
        "nonce": NONCE,
        "access_key_id": name,
        "keys_before": ["OLD"],
        "since": ago(0, seconds),
        "at": ago(0, seconds),
        "deleted": None,
        **members,
    }


IDLE: dict[str, Any] = record(current=current())
INTENDED: dict[str, Any] = {
    "phase": "intended",
    "attempt": 1,
    "current": current(),
    "next": next_key(),
    "keys_before": ["OLD"],
}
STALE: dict[str, Any] = {**INTENDED, "since": ago(0, 900)}
FRESH: dict[str, Any] = {**INTENDED, "since": ago(0, 899)}
ESCROWED: dict[str, Any] = {
    **INTENDED,
    "phase": "escrowed",
    "next": next_key("NEW", "n"),
    "since": ago(0, 99),
    "escrowed_at": ago(0, 98),
}
PROMOTED: dict[str, Any] = {
    "phase": "promoted",
    "attempt": 1,
    "access_key_id": "NEW",
    "secret_access_key": "n",
    "current": current("NEW", NONCE),
    "old": {"access_key_id": "OLD", "nonce": None, "secret_access_key": "o"},
    "promoted_at": ago(10),
}
GRACE: dict[str, Any] = {**PROMOTED, "cut_over": ago(7)}
DISABLED: dict[str, Any] = {**GRACE, "phase": "disabled", "disabled_at": ago(7)}
DELETING: dict[str, Any] = {**DISABLED, "phase": "deleting"}
BOTH = [OLD, NEW]
SOAKED = [OFF, NEW]


def view(**members: Any) -> dict[str, Any]:
    return {
        "name": "ci",
        "account": "root",
        "owner": "alice",
        "access_key_id": "OLD",
        "policy": {},
        "capabilities": CAPABILITIES,
        "keys": [OLD],
        "keys_problem": None,
        "now": NOW,
        "controller_now": NOW,
        "signed_with": "ADMIN",
        "signer": "ADMIN",
        "consumers": [],
        "record": None,
        "probed": False,
        "verify": None,
        "done": [],
        **members,
    }


def consumer(name: str = "app", uses: str | None = "NEW", **members: Any) -> dict[str, Any]:
    return {"name": name, "can_check": True, "checked": True, "access_key_id": uses, "in_use": None, **members}


def did(step: str, name: str | None = None, **members: Any) -> dict[str, Any]:
    return {"step": step, "access_key_id": name, "attempt": None, "consumer": None, "failed": False, **members}


def proof(result: str = "proven", **members: Any) -> dict[str, Any]:
    reply = {"access_key_id": "NEW", "attempt": 1, "result": result, "account": "root", "owner": "alice"}
    return {**reply, **members}


DUE: dict[str, Any] = {"record": IDLE, "probed": True}
FULL: dict[str, Any] = {**DUE, "keys": [OLD, key("FOREIGN", 50, "inactive")]}
AT_LIMIT: dict[str, Any] = {**DUE, "keys": [OLD, key("FOREIGN", 50)]}
LEAKED: dict[str, Any] = {"leaked": ["OLD"]}
MARKED: dict[str, Any] = record(current=current(), leaked=["OLD"])
BLOCK: dict[str, Any] = {"block_on_use": True}
USED: dict[str, Any] = {"last_used_state": "used"}
TOOL: dict[str, Any] = {"access_key_id": "NEW", "secret_access_key": "n"}
TOOLS = [OLD, key("NEW", 0)]

# rule, members of the view, what is decided: a step with its key or consumer, or another outcome with its category
CASES: list[tuple[str, dict[str, Any], str]] = [
    # the view and the policy
    ("view_is_odd", {"keys": [{}]}, "blocked input"),
    ("view_is_odd", {"keys": [OLD, OLD]}, "blocked input"),
    ("view_is_odd", {"name": "a name"}, "blocked input"),
    ("view_is_odd", {"policy": {"graze_days": 1}}, "blocked policy"),
    ("view_is_odd", {"policy": {"grace_days": -1}}, "blocked policy"),
    # after a failed step
    ("step_failed", {**DUE, "done": [did("probe", failed=True)]}, "blocked failed"),
    (
        "restore_consumers",
        {
            "record": record(**PROMOTED),
            "keys": BOTH,
            "done": [did("apply", consumer="a"), did("apply", consumer="b", failed=True)],
        },
        "restore a OLD",
    ),
    (
        "step_failed",
        {
            "record": record(**PROMOTED),
            "keys": BOTH,
            "done": [did("apply", consumer="a"), did("apply", consumer="b", failed=True), did("restore", consumer="a")],
        },
        "blocked failed",
    ),
    (
        "step_failed",  # a leaked key is not given back
        {
            "record": record(**{**PROMOTED, "leaked": ["OLD"]}),
            "keys": BOTH,
            "done": [did("apply", consumer="a"), did("apply", consumer="b", failed=True)],
        },
        "blocked failed",
    ),
    (
        "step_failed",  # its secret is unknown
        {
            "record": record(**{**PROMOTED, "old": {**PROMOTED["old"], "secret_access_key": None}}),
            "keys": BOTH,
            "done": [did("apply", consumer="a"), did("apply", consumer="b", failed=True)],
        },
        "blocked failed",
    ),
    # the listing and the clocks
    ("listing_failed", {"keys": None, "keys_problem": "denied"}, "blocked listing"),
    ("clock_is_wrong", {"now": None}, "blocked clock"),
    ("clock_is_wrong", {"controller_now": None}, "blocked clock"),
    ("clock_is_wrong", {"controller_now": ago(0, 301)}, "blocked clock"),
    ("clock_is_wrong", {"controller_now": ago(0, -301)}, "blocked clock"),
    ("record_is_unread", {"controller_now": ago(0, 300)}, "read"),
    ("policy_is_impossible", {"policy": {"at_limit": "replace_named"}}, "blocked policy"),
    ("policy_is_impossible", {"policy": {"at_limit": "replace_named", "replace_named": "OLD"}}, "blocked policy"),
    ("policy_is_impossible", {"policy": {"at_limit": "replace_named", "replace_named": "ADMIN"}}, "blocked policy"),
    ("policy_is_impossible", {"policy": {"at_limit": "reap_inactive"}}, "blocked policy"),
    (
        "policy_is_impossible",
        {"policy": {"at_limit": "reap_inactive", "reap_unused_days": 9}, "capabilities": CHOSEN},
        "blocked policy",
    ),
    ("policy_is_impossible", {"policy": BLOCK, "capabilities": CHOSEN}, "blocked policy"),
    ("consumer_cannot_check", {"consumers": [consumer(can_check=False)]}, "blocked consumer"),
    # the record
    ("nothing_can_be_due", {"keys": [key("OLD", 89.9)]}, "idle"),
    ("record_is_unread", {"keys": [key("OLD", 90)]}, "read"),
    ("record_is_unread", {"keys": [key("OLD", 1), key("FOREIGN")]}, "read"),
    ("record_is_unread", {"keys": [key("OTHER", 1)]}, "read"),
    ("record_is_unread", {"keys": [key("OLD", 1)], "access_key_id": None}, "read"),
    ("record_is_unread", {"keys": [key("OLD", 1)], "policy": LEAKED}, "read"),
    ("record_is_unread", {"keys": [key("OLD", 1)], "policy": {"rotate_created_before": ago(0)}}, "read"),
    ("nothing_can_be_due", {"keys": [key("OLD", 1)], "policy": {"rotate_created_before": ago(1)}}, "idle"),
    ("nothing_can_be_due", {"policy": {"max_age_days": None}}, "idle"),
    ("record_is_unread", {"keys": [key("OLD", create_time=None)]}, "read"),
    ("record_is_unusable", {"record": {"version": "1", "problem": "no vault secret"}}, "blocked record"),
    ("record_is_unusable", {"record": {"version": "1", "state": None}}, "blocked record"),
    ("record_is_unusable", {"record": record(stored(owner="bob"))}, "blocked record"),
    ("clock_ran_back", {"record": record(current=current(), at=ago(0, -301))}, "blocked clock"),
    ("store_is_unprobed", {"record": record(current=current(), at=ago(0, -300))}, "probe"),
    (
        "clock_ran_back",
        {"record": record(current=current(), at=ago(0, -1)), "controller_now": ago(0, 300)},
        "blocked clock",
    ),
    ("record_is_lost", {"record": record({}), "keys": [OLD, {**NEW, "create_time": ago(9)}]}, "blocked record_lost"),
    ("store_is_unprobed", {"record": record({}), "keys": [key("OLD", 100, description=NONCE)]}, "probe"),
    # the enrolment
    ("new_key_is_due", {"record": record({}), "probed": True}, "enrol OLD"),
    ("new_key_is_due", {"record": record({}), "probed": True, "access_key_id": None, "keys": []}, "enrol"),
    ("store_is_unprobed", {"record": record({"access_key_id": "OLD"}), "access_key_id": None}, "probe"),
    ("nothing_is_due", {"record": record({}), "keys": [key("OLD"), key("FOREIGN")]}, "idle"),
    ("resume_other_tool", {"record": record(TOOL), "keys": TOOLS}, "blocked enrolment"),
    ("resume_other_tool", {"record": record(TOOL), "keys": TOOLS, "policy": {"at_limit": "resume"}}, "verify NEW"),
    (
        "resume_other_tool",
        {
            "record": record(TOOL),
            "keys": TOOLS,
            "policy": {"at_limit": "resume"},
            "verify": proof(attempt=0),
        },
        "adopt OLD",
    ),
    (
        "resume_other_tool",
        {
            "record": record(TOOL),
            "keys": TOOLS,
            "policy": {"at_limit": "resume"},
            "verify": proof("rejected", attempt=0),
        },
        "wait",
    ),
    (
        "resume_other_tool",
        {"record": record({"access_key_id": "NEW"}), "keys": TOOLS, "policy": {"at_limit": "resume"}},
        "blocked enrolment",
    ),
    (
        "resume_other_tool",
        {"record": record(TOOL), "keys": TOOLS, "policy": {"at_limit": "resume", "leaked": ["NEW"]}},
        "blocked enrolment",
    ),
    (
        "resume_other_tool",
        {"record": record(TOOL), "keys": [OFF, key("NEW", 0)], "policy": {"at_limit": "resume"}},
        "blocked enrolment",
    ),
    ("enrolment_is_unnamed", {"record": record({}), "access_key_id": None}, "blocked enrolment"),
    ("enrolment_differs", {**DUE, "access_key_id": "FOREIGN", "keys": [OLD, key("FOREIGN")]}, "blocked enrolment"),
    ("new_key_is_due", {**DUE, "access_key_id": "GONE"}, "intend"),
    ("current_is_not_listed", {**DUE, "keys": [key("FOREIGN")]}, "blocked not_listed"),
    ("current_is_not_listed", {**DUE, "keys": [{**OLD, "owner": "bob"}]}, "blocked not_listed"),
    ("current_is_not_listed", {"record": record({}), "keys": []}, "blocked not_listed"),
    ("current_is_not_listed", {"record": record(**{**PROMOTED, "promoted_at": ago(0, 299)})}, "wait"),
    ("current_is_not_listed", {"record": record(**{**PROMOTED, "promoted_at": ago(0, 300)})}, "blocked not_listed"),
    # leaked keys
    ("leak_is_unmarked", {"record": IDLE, "policy": LEAKED}, "mark"),
    ("leak_is_unmarked", {"record": record({}), "policy": LEAKED}, "enrol OLD"),
    ("leaked_is_active", {"record": MARKED}, "disable OLD"),
    ("leaked_is_active", {"record": record(**{**PROMOTED, "leaked": ["OLD"]}), "keys": BOTH}, "disable OLD"),
    ("store_is_unprobed", {"record": MARKED, "keys": [OFF]}, "probe"),
    ("store_is_unprobed", {"record": MARKED, "signed_with": "OLD", "signer": "OLD"}, "probe"),
    ("store_is_unprobed", {"record": MARKED, "done": [did("disable", "OLD")]}, "probe"),
    ("new_key_is_due", {"record": MARKED, "keys": [OFF], "probed": True}, "intend"),
    ("leaked_key_goes", {"record": MARKED, "keys": [OFF, key("FOREIGN")], "probed": True}, "release OLD"),
    ("store_is_unprobed", {"record": MARKED, "keys": [OFF, key("FOREIGN")]}, "probe"),
    (
        "abandoned_key_is_listed",
        {"record": record(tombstones=[tombstone("OLD", attempt=0)], leaked=["OLD"]), "keys": [OFF, key("FOREIGN")]},
        "delete OLD",
    ),
    (
        "place_is_being_freed",
        {
            "record": record(tombstones=[tombstone("OLD", attempt=0)], leaked=["OLD"]),
            "keys": [OFF, key("FOREIGN")],
            "done": [did("disable", "OLD")],
        },
        "wait",
    ),
    ("next_is_leaked", {"record": record(**{**ESCROWED, "leaked": ["NEW"]}), "keys": BOTH}, "abandon NEW"),
    (
        "nothing_is_due",
        {"record": IDLE, "keys": [key("OLD"), key("FOREIGN")], "policy": {"leaked": ["FOREIGN"]}},
        "idle",
    ),
    # abandoned attempts
    (
        "late_key_is_unnamed",
        {"record": record(current=current(), tombstones=[tombstone()]), "keys": BOTH},
        "abandon NEW",
    ),
    (
        "limit_leaves_no_room",  # it may be a copy of a key that is not listed yet
        {"record": record(current=current(), tombstones=[tombstone()]), "keys": [OLD, YOUNG]},
        "blocked limit",
    ),
    ("intent_is_stale", {"record": record(**STALE), "keys": [OLD, YOUNG]}, "abandon"),
    (
        "place_is_being_freed",  # a copy: which key is ours is not proven
        {
            "record": record(current=current(), tombstones=[tombstone()]),
            "keys": [*BOTH, {**NEW, "id": "COPY"}],
            "done": [did("delete", "COPY")],
            "probed": True,
        },
        "wait",
    ),
    (
        "limit_leaves_no_room",
        {"record": record(current=current(), tombstones=[tombstone()]), "keys": [*BOTH, {**NEW, "id": "COPY"}]},
        "blocked limit",
    ),
    (
        "limit_leaves_no_room",  # not created after the intent
        {
            "record": record(current=current(), tombstones=[tombstone(seconds=400)]),
            "keys": [OLD, key("NEW", 1, description=NONCE)],
        },
        "blocked limit",
    ),
    (
        "limit_leaves_no_room",  # listed before the intent
        {"record": record(current=current(), tombstones=[tombstone(keys_before=["NEW"])]), "keys": BOTH},
        "blocked limit",
    ),
    (
        "limit_leaves_no_room",  # of another owner
        {"record": record(current=current(), tombstones=[tombstone()]), "keys": [OLD, {**NEW, "owner": "bob"}]},
        "blocked limit",
    ),
    (
        "limit_leaves_no_room",  # without a creation time
        {"record": record(current=current(), tombstones=[tombstone()]), "keys": [OLD, {**NEW, "create_time": None}]},
        "blocked limit",
    ),
    (
        "limit_leaves_no_room",
        {
            "record": record(current=current(), tombstones=[tombstone()]),
            "keys": BOTH,
            "capabilities": NO_DESCRIPTION,
        },
        "blocked limit",
    ),
    (
        "abandoned_key_is_listed",
        {"record": record(current=current(), tombstones=[tombstone("NEW")]), "keys": BOTH},
        "delete NEW",
    ),
    (
        "place_is_being_freed",  # the listing is late
        {"record": record(current=current(), tombstones=[tombstone("NEW", deleted=ago(0, 299))]), "keys": BOTH},
        "wait",
    ),
    (
        "abandoned_key_is_listed",
        {"record": record(current=current(), tombstones=[tombstone("NEW", deleted=ago(0, 300))]), "keys": BOTH},
        "delete NEW",
    ),
    (
        "abandoned_key_is_listed",
        {"record": record(current=current(), tombstones=[tombstone("NEW")]), "keys": BOTH, "signed_with": "NEW"},
        "blocked signer",
    ),
    ("tombstone_is_fresh", {"record": record(current=current(), tombstones=[tombstone(seconds=299)])}, "wait"),
    ("store_is_unprobed", {"record": record(current=current(), tombstones=[tombstone(seconds=300)])}, "probe"),
    (
        "store_is_unprobed",
        {"record": record(current=current(), tombstones=[tombstone("NEW", 299, deleted=ago(0, 9))])},
        "probe",
    ),
    ("current_is_inactive", {**DUE, "keys": [OFF]}, "blocked inactive"),
    # phase intended
    ("creation_may_be_sent", {"record": record(**FRESH), "done": [did("intend", attempt=1)]}, "create"),
    ("intent_is_stale", {"record": record(**FRESH), "done": [did("intend", attempt=2)]}, "wait"),
    ("intent_is_stale", {"record": record(**FRESH)}, "wait"),
    ("intent_is_stale", {"record": record(**STALE)}, "abandon"),
    ("intent_is_stale", {"record": record(**STALE), "keys": BOTH}, "abandon NEW"),
    ("intent_is_stale", {"record": record(**STALE), "keys": BOTH, "capabilities": NO_DESCRIPTION}, "abandon"),
    ("intent_is_stale", {"record": record(**STALE), "keys": [*BOTH, {**NEW, "id": "COPY"}]}, "abandon"),
    (
        "intent_is_stale",  # the creation was sent, and its escrow is not known
        {"record": record(**FRESH), "done": [did("intend", attempt=1), did("create", attempt=1)]},
        "wait",
    ),
    (
        "creation_may_be_sent",  # another key took its place
        {"record": record(**FRESH), "keys": [OLD, key("FOREIGN")], "done": [did("intend", attempt=1)]},
        "blocked limit",
    ),
    (
        "creation_may_be_sent",
        {"record": record(**{**FRESH, "next": next_key("NEW", "n")}), "capabilities": CHOSEN},
        "create NEW",
    ),
    (
        "chosen_key_is_listed",
        {"record": record(**{**FRESH, "next": next_key("NEW", "n")}), "keys": BOTH, "capabilities": CHOSEN},
        "escrow",
    ),
    (
        "intent_is_stale",
        {
            "record": record(**{**STALE, "next": next_key("NEW", "n")}),
            "capabilities": CHOSEN,
            "done": [did("create", attempt=1)],
        },
        "wait",
    ),
    # phase escrowed
    ("new_key_is_unproven", {"record": record(**ESCROWED), "keys": BOTH}, "verify NEW"),
    ("new_key_is_unproven", {"record": record(**ESCROWED), "keys": BOTH, "verify": proof(attempt=2)}, "verify NEW"),
    (
        "new_key_is_unproven",
        {"record": record(**ESCROWED), "keys": BOTH, "verify": proof(access_key_id="X")},
        "verify NEW",
    ),
    (
        "new_key_is_unproven",
        {"record": record(**ESCROWED), "keys": BOTH, "verify": proof(owner="bob")},
        "blocked verify",
    ),
    (
        "new_key_is_unproven",
        {"record": record(**ESCROWED), "keys": BOTH, "verify": proof(account="x")},
        "blocked verify",
    ),
    ("new_key_is_unproven", {"record": record(**ESCROWED), "keys": BOTH, "verify": proof("uncertain")}, "wait"),
    (
        "new_key_is_unproven",
        {"record": record(**{**ESCROWED, "escrowed_at": ago(0, 599)}), "keys": BOTH, "verify": proof("rejected")},
        "wait",
    ),
    (
        "new_key_is_unproven",
        {"record": record(**{**ESCROWED, "escrowed_at": ago(0, 600)}), "keys": BOTH, "verify": proof("rejected")},
        "abandon NEW",
    ),
    (
        "new_key_is_unproven",
        {"record": record(**{**ESCROWED, "escrowed_at": ago(0, 600)}), "keys": BOTH, "verify": proof("uncertain")},
        "wait",
    ),
    ("new_key_is_proven", {"record": record(**ESCROWED), "keys": BOTH, "verify": proof()}, "promote NEW"),
    # consumers
    (
        "consumers_are_unasked",
        {"record": record(**PROMOTED), "keys": BOTH, "consumers": [consumer(checked=False)]},
        "check",
    ),
    ("consumers_are_unasked", {**DUE, "consumers": [consumer(checked=False)]}, "check"),
    ("consumer_uses_foreign_key", {**DUE, "consumers": [consumer(uses="FOREIGN")]}, "blocked consumer"),
    (
        "consumer_uses_foreign_key",
        {"record": record(**PROMOTED), "keys": BOTH, "consumers": [consumer(uses="FOREIGN")]},
        "blocked consumer",
    ),
    (
        "consumer_has_not_the_key",
        {"record": record(**PROMOTED), "keys": BOTH, "consumers": [consumer(uses="OLD")]},
        "apply app NEW",
    ),
    (
        "consumer_has_not_the_key",
        {"record": record(**PROMOTED), "keys": BOTH, "consumers": [consumer(uses="")]},
        "apply app NEW",
    ),
    (
        "consumer_has_not_the_key",
        {"record": record(**DISABLED), "keys": SOAKED, "consumers": [consumer(uses="")]},
        "apply app NEW",
    ),
    (
        "consumer_has_not_the_key",
        {"record": record(**PROMOTED), "keys": BOTH, "consumers": [consumer("a"), consumer("b", uses="OLD")]},
        "apply b NEW",
    ),
    (
        "consumer_has_not_the_key",
        {
            "record": record(**PROMOTED),
            "keys": BOTH,
            "consumers": [consumer(uses="OLD")],
            "done": [did("apply", consumer="app")],
        },
        "wait",
    ),
    ("consumer_is_uncertain", {"record": record(**PROMOTED), "keys": BOTH, "consumers": [consumer(uses=None)]}, "wait"),
    (
        "consumer_is_uncertain",
        {"record": record(**PROMOTED), "keys": BOTH, "consumers": [consumer(in_use=False)]},
        "wait",
    ),
    (
        "consumer_is_uncertain",
        {"record": record(**DELETING), "keys": SOAKED, "consumers": [consumer(uses=None)]},
        "wait",
    ),
    ("consumer_is_uncertain", {**DUE, "consumers": [consumer(uses=None)]}, "wait"),
    ("new_key_is_due", {"record": MARKED, "keys": [OFF], "probed": True, "consumers": [consumer(uses=None)]}, "intend"),
    ("cut_over_is_unrecorded", {"record": record(**PROMOTED), "keys": BOTH, "consumers": [consumer()]}, "confirm"),
    # rollback
    (
        "old_key_is_needed",
        {"record": record(**DISABLED), "keys": SOAKED, "consumers": [consumer(uses="OLD")]},
        "reopen OLD",
    ),
    (
        "consumer_has_not_the_key",
        {"record": record(**{**DISABLED, "leaked": ["OLD"]}), "keys": SOAKED, "consumers": [consumer(uses="OLD")]},
        "apply app NEW",
    ),
    (
        "consumer_is_cut_off",
        {"record": record(**{**PROMOTED, "disabled_at": ago(1)}), "keys": SOAKED, "consumers": [consumer(uses="OLD")]},
        "enable OLD",
    ),
    (
        "consumer_has_not_the_key",  # someone else has disabled it
        {"record": record(**PROMOTED), "keys": SOAKED, "consumers": [consumer(uses="OLD")]},
        "apply app NEW",
    ),
    (
        "consumer_has_not_the_key",
        {
            "record": record(**{**PROMOTED, "disabled_at": ago(1)}),
            "keys": SOAKED,
            "consumers": [consumer(uses="OLD")],
            "done": [did("enable", "OLD")],
        },
        "apply app NEW",
    ),
    (
        "old_key_is_enabled_again",
        {"record": record(**{**DISABLED, "disabled_at": ago(0, 300)}), "keys": BOTH},
        "reopen OLD",
    ),
    ("soak_is_running", {"record": record(**{**DISABLED, "disabled_at": ago(0, 299)}), "keys": BOTH}, "wait"),
    # the old key
    ("old_key_is_gone", {"record": record(**{**GRACE, "old": None}), "keys": [NEW]}, "close"),
    ("old_key_is_gone", {"record": record(**GRACE), "keys": [NEW]}, "close OLD"),
    ("old_key_is_gone", {"record": record(**{**DISABLED, "disabled_at": ago(0, 299)}), "keys": [NEW]}, "wait"),
    ("old_key_is_gone", {"record": record(**{**DISABLED, "disabled_at": ago(0, 300)}), "keys": [NEW]}, "close OLD"),
    ("old_key_is_gone", {"record": record(**{**DELETING, "disabled_at": ago(0, 9)}), "keys": [NEW]}, "close OLD"),
    ("grace_is_running", {"record": record(**{**GRACE, "cut_over": ago(6.9)}), "keys": BOTH}, "wait"),
    ("old_key_is_retirable", {"record": record(**GRACE), "keys": BOTH}, "disable OLD"),
    (
        "old_key_is_retirable",  # another run has reopened the rotation, and the listing is older than that
        {"record": record(**GRACE), "keys": [{**OLD, "status": "inactive"}, NEW], "done": [did("disable", "OLD")]},
        "wait",
    ),
    (
        "old_key_is_retirable",
        {"record": record(**{**GRACE, "cut_over": ago(1)}), "keys": BOTH, "policy": {"grace_days": 1}},
        "disable OLD",
    ),
    (
        "grace_is_running",
        {"record": record(**{**GRACE, "cut_over": ago(0, 899)}), "keys": BOTH, "policy": {**BLOCK, "grace_days": 0}},
        "wait",
    ),
    (
        "old_key_is_retirable",
        {"record": record(**{**GRACE, "cut_over": ago(0, 900)}), "keys": BOTH, "policy": {**BLOCK, "grace_days": 0}},
        "disable OLD",
    ),
    (
        "last_use_is_unknown",
        {"record": record(**GRACE), "keys": [{**OLD, "last_used_state": "unknown"}, NEW]},
        "wait",
    ),
    (
        "old_key_is_retirable",  # the cloud can never report it
        {"record": record(**GRACE), "keys": [{**OLD, "last_used_state": "unknown"}, NEW], "capabilities": CHOSEN},
        "disable OLD",
    ),
    (
        "old_key_was_used",
        {"record": record(**GRACE), "keys": [{**OLD, **USED, "last_used": ago(7, -1)}, NEW], "policy": BLOCK},
        "blocked in_use",
    ),
    (
        "old_key_is_retirable",
        {"record": record(**GRACE), "keys": [{**OLD, **USED, "last_used": ago(7)}, NEW], "policy": BLOCK},
        "disable OLD",
    ),
    (
        "old_key_is_retirable",
        {"record": record(**GRACE), "keys": [{**OLD, **USED, "last_used": ago(1)}, NEW]},
        "disable OLD",
    ),
    (
        "old_key_is_retirable",
        {
            "record": record(**GRACE),
            "keys": [{**OLD, **USED, "last_used": ago(1)}, NEW],
            "policy": {**BLOCK, "ignore_use_until": ago(1)},
        },
        "disable OLD",
    ),
    (
        "grace_is_running",  # the day of the cut-over counts as use
        {
            "record": record(**GRACE),
            "keys": [{**OLD, **USED, "last_used": ago(6.5)}, NEW],
            "policy": BLOCK,
            "capabilities": DAYS,
        },
        "wait",
    ),
    (
        "old_key_is_retirable",
        {
            "record": record(**{**GRACE, "cut_over": ago(8)}),
            "keys": [{**OLD, **USED, "last_used": ago(7.5)}, NEW],
            "policy": BLOCK,
            "capabilities": DAYS,
        },
        "disable OLD",
    ),
    (
        "old_key_was_used",
        {
            "record": record(**{**GRACE, "cut_over": ago(8)}),
            "keys": [{**OLD, **USED, "last_used": ago(7)}, NEW],
            "policy": BLOCK,
            "capabilities": DAYS,
        },
        "blocked in_use",
    ),
    (
        "grace_is_running",
        {
            "record": record(**{**GRACE, "cut_over": ago(1.9)}),
            "keys": BOTH,
            "policy": {**BLOCK, "grace_days": 1},
            "capabilities": DAYS,
        },
        "wait",
    ),
    ("old_key_signs", {"record": record(**GRACE), "keys": BOTH, "signed_with": "OLD"}, "blocked signer"),
    ("old_key_signs", {"record": record(**GRACE), "keys": BOTH, "signer": "OLD"}, "blocked signer"),
    (
        "leaked_is_active",
        {"record": record(**{**PROMOTED, "leaked": ["OLD"]}), "keys": BOTH, "signer": "OLD"},
        "disable OLD",
    ),
    (
        "old_key_signs",
        {"record": record(**{**GRACE, "leaked": ["OLD"]}), "keys": BOTH, "signed_with": "OLD"},
        "blocked signer",
    ),
    ("old_key_is_retirable", {"record": record(**GRACE), "keys": BOTH, "done": [did("disable", "OLD")]}, "wait"),
    (
        "old_key_is_retirable",
        {"record": record(**{**GRACE, "leaked": ["OLD"]}), "keys": SOAKED, "done": [did("disable", "OLD")]},
        "disable OLD",
    ),
    (
        "old_key_is_retirable",
        {"record": record(**{**GRACE, "leaked": ["OLD"]}), "keys": BOTH, "done": [did("disable", "OLD")]},
        "wait",
    ),
    ("soak_is_running", {"record": record(**{**DISABLED, "disabled_at": ago(6.9)}), "keys": SOAKED}, "wait"),
    ("soak_is_running", {"record": record(**DISABLED), "keys": SOAKED}, "retire OLD"),
    ("soak_is_running", {"record": record(**DISABLED), "keys": SOAKED, "done": [did("disable", "OLD")]}, "wait"),
    (
        "soak_is_running",  # the listing is late
        {"record": record(**{**DISABLED, "disabled_at": ago(0, 9)}), "keys": BOTH, "policy": {"soak_days": 0}},
        "wait",
    ),
    ("old_key_is_deletable", {"record": record(**DELETING), "keys": SOAKED}, "delete OLD"),
    ("old_key_is_deletable", {"record": record(**DELETING), "keys": BOTH}, "blocked in_use"),
    ("old_key_is_deletable", {"record": record(**DELETING), "keys": SOAKED, "done": [did("delete", "OLD")]}, "wait"),
    # a new rotation
    ("nothing_is_due", {"record": IDLE, "keys": [key("OLD"), key("FOREIGN")]}, "idle"),
    ("age_is_unknown", {**DUE, "keys": [{**OLD, "create_time": None}]}, "blocked listing"),
    ("attempt_was_made", {**DUE, "done": [did("intend", attempt=1)]}, "wait"),
    ("limit_leaves_no_room", AT_LIMIT, "blocked limit"),
    ("limit_leaves_no_room", {**AT_LIMIT, "policy": {"at_limit": "resume"}}, "blocked limit"),
    ("new_key_is_due", {**AT_LIMIT, "capabilities": {**CAPABILITIES, "limit": None}}, "intend"),
    ("new_key_is_due", {**AT_LIMIT, "capabilities": {**CAPABILITIES, "limit": 3}}, "intend"),
    (
        "victim_is_in_the_way",
        {**FULL, "policy": {"at_limit": "reap_inactive", "reap_unused_days": 50}},
        "delete FOREIGN",
    ),
    (
        "limit_leaves_no_room",
        {**FULL, "policy": {"at_limit": "reap_inactive", "reap_unused_days": 51}},
        "blocked limit",
    ),
    (
        "limit_leaves_no_room",
        {**AT_LIMIT, "policy": {"at_limit": "reap_inactive", "reap_unused_days": 1}},
        "blocked limit",
    ),
    (
        "limit_leaves_no_room",
        {
            **FULL,
            "keys": [OLD, key("FOREIGN", 50, "inactive", last_used_state="unknown")],
            "policy": {"at_limit": "reap_inactive", "reap_unused_days": 1},
        },
        "blocked limit",
    ),
    (
        "limit_leaves_no_room",
        {
            **FULL,
            "keys": [OLD, key("FOREIGN", 50, "inactive", last_used=ago(5), **USED)],
            "policy": {"at_limit": "reap_inactive", "reap_unused_days": 6},
        },
        "blocked limit",
    ),
    (
        "victim_is_in_the_way",
        {
            **FULL,
            "policy": {"at_limit": "reap_inactive", "reap_created_before": ago(49)},
            "capabilities": CHOSEN,
        },
        "delete FOREIGN",
    ),
    (
        "limit_leaves_no_room",
        {
            **FULL,
            "policy": {"at_limit": "reap_inactive", "reap_created_before": ago(50)},
            "capabilities": CHOSEN,
        },
        "blocked limit",
    ),
    (
        "limit_leaves_no_room",
        {**FULL, "signer": "FOREIGN", "policy": {"at_limit": "reap_inactive", "reap_unused_days": 1}},
        "blocked limit",
    ),
    (
        "victim_is_in_the_way",
        {**AT_LIMIT, "policy": {"at_limit": "replace_named", "replace_named": "FOREIGN"}},
        "disable FOREIGN",
    ),
    (
        "victim_is_in_the_way",
        {**FULL, "policy": {"at_limit": "replace_named", "replace_named": "FOREIGN"}},
        "delete FOREIGN",
    ),
    (
        "limit_leaves_no_room",
        {**FULL, "policy": {"at_limit": "replace_named", "replace_named": "GONE"}},
        "blocked limit",
    ),
    (
        "store_is_unprobed",
        {**FULL, "probed": False, "policy": {"at_limit": "replace_named", "replace_named": "FOREIGN"}},
        "probe",
    ),
    (
        "place_is_being_freed",
        {
            **FULL,
            "policy": {"at_limit": "replace_named", "replace_named": "FOREIGN"},
            "done": [did("disable", "FOREIGN")],
        },
        "wait",
    ),
    ("store_is_unprobed", {"record": IDLE}, "probe"),
    ("new_key_is_due", DUE, "intend"),
]


# Each of these cases differs from one above in a single condition.
LEAKED_OLD: dict[str, Any] = {"leaked": ["OLD"]}
STONE: dict[str, Any] = {"current": current(), "tombstones": [tombstone()]}
CASES += [
    ("nothing_can_be_due", {"keys": [key("OLD", create_time=None)], "policy": {"max_age_days": None}}, "idle"),
    (
        "record_is_unread",
        {
            "keys": [key("OLD", create_time=None)],
            "policy": {"max_age_days": None, "rotate_created_before": ago(9)},
        },
        "read",
    ),
    ("leaked_is_active", {"record": MARKED, "done": [did("disable", "OTHER")]}, "disable OLD"),
    ("attempt_was_made", {**DUE, "done": [did("intend", "NEW", attempt=1)]}, "wait"),
    (
        "step_failed",
        {
            "record": record(**PROMOTED),
            "keys": BOTH,
            "done": [did("apply", consumer="a"), did("check", failed=True)],
        },
        "blocked failed",
    ),
    (
        "late_key_is_unnamed",
        {"record": record(**STONE), "keys": [OLD, {**NEW, "create_time": ago(0, 1300)}]},
        "abandon NEW",
    ),
    (
        "limit_leaves_no_room",
        {"record": record(**STONE), "keys": [OLD, {**NEW, "create_time": ago(0, 1301)}]},
        "blocked limit",
    ),
    ("limit_leaves_no_room", {"record": record(**STONE), "keys": [OLD, {**NEW, "description": None}]}, "blocked limit"),
    ("limit_leaves_no_room", {"record": record(**STONE), "keys": BOTH, "signed_with": "NEW"}, "blocked limit"),
    ("store_is_unprobed", {"record": MARKED, "keys": [{**OFF, "create_time": ago(1)}]}, "probe"),
    ("store_is_unprobed", {"record": MARKED, "keys": [{**OFF, "create_time": None}]}, "probe"),
    ("step_failed", {**DUE, "done": [did("apply", consumer="a"), did("check", failed=True)]}, "blocked failed"),
    ("store_is_unprobed", {"record": IDLE, "policy": {"replace_named": "OLD"}}, "probe"),
    ("record_is_unusable", {"record": {**IDLE, "problem": "denied"}}, "blocked record"),
    ("store_is_unprobed", {"record": record({"access_key_id": "OLD", "secret_access_key": "o"})}, "probe"),
    (
        "creation_may_be_sent",
        {
            "record": record(**{**FRESH, "next": next_key("FOREIGN", "n"), "keys_before": ["FOREIGN", "OLD"]}),
            "keys": [OLD, key("FOREIGN")],
            "capabilities": {**CHOSEN, "limit": 3},
        },
        "create FOREIGN",
    ),
    (
        "creation_may_be_sent",
        {"record": record(**FRESH), "done": [did("intend", attempt=1)], "consumers": [consumer(uses="FOREIGN")]},
        "create",
    ),
    ("nothing_is_due", {"record": IDLE, "keys": [key("OLD")], "consumers": [consumer(checked=False)]}, "idle"),
    ("nothing_is_due", {"record": IDLE, "keys": [key("OLD")], "consumers": [consumer(uses=None)]}, "idle"),
    (
        "consumer_has_not_the_key",
        {"record": record(**DISABLED), "keys": [NEW], "consumers": [consumer(uses="OLD")]},
        "apply app NEW",
    ),
    (
        "soak_is_running",
        {"record": record(**{**DISABLED, **LEAKED_OLD}), "keys": BOTH, "done": [did("disable", "OLD")]},
        "wait",
    ),
    (
        "consumer_has_not_the_key",
        {
            "record": record(**{**PROMOTED, **LEAKED_OLD, "disabled_at": ago(1)}),
            "keys": SOAKED,
            "consumers": [consumer(uses="OLD")],
        },
        "apply app NEW",
    ),
    (
        "consumer_has_not_the_key",
        {"record": record(**{**PROMOTED, "disabled_at": ago(1)}), "keys": BOTH, "consumers": [consumer(uses="OLD")]},
        "apply app NEW",
    ),
    (
        "cut_over_is_unrecorded",
        {"record": record(**{**PROMOTED, "disabled_at": ago(1)}), "keys": SOAKED, "consumers": [consumer()]},
        "confirm",
    ),
    *(
        (
            "consumer_has_not_the_key",
            {
                "record": record(**PROMOTED),
                "keys": BOTH,
                "consumers": [consumer(uses="OLD"), consumer("other")],
                "done": [item],
            },
            "apply app NEW",
        )
        for item in (did("apply", consumer="other"), did("restore", consumer="app"))
    ),
    (
        "old_key_is_gone",
        {"record": record(**{**GRACE, "old": None, "promoted_at": ago(0, 1)}), "keys": [NEW]},
        "close",
    ),
    ("soak_is_running", {"record": record(**{**DISABLED, "cut_over": ago(1)}), "keys": SOAKED}, "retire OLD"),
    (
        "old_key_is_retirable",
        {"record": record(**{**GRACE, **LEAKED_OLD, "cut_over": ago(0, 1)}), "keys": SOAKED},
        "disable OLD",
    ),
    (
        "old_key_is_retirable",
        {
            "record": record(**GRACE),
            "keys": [{**OLD, **USED, "last_used": ago(8)}, NEW],
            "policy": BLOCK,
            "capabilities": DAYS,
        },
        "disable OLD",
    ),
    (
        "old_key_was_used",
        {
            "record": record(**{**GRACE, "cut_over": ago(7.5)}),
            "keys": [{**OLD, **USED, "last_used": ago(6.5)}, NEW],
            "policy": BLOCK,
            "capabilities": DAYS,
        },
        "blocked in_use",
    ),
    (
        "soak_is_running",
        {"record": record(**DISABLED), "keys": [{**OFF, "last_used_state": "unknown"}, NEW]},
        "retire OLD",
    ),
    (
        "old_key_is_retirable",
        {"record": record(**GRACE), "keys": [{**OFF, "last_used_state": "unknown"}, NEW]},
        "disable OLD",
    ),
    (
        "soak_is_running",
        {"record": record(**DISABLED), "keys": [{**OFF, **USED, "last_used": ago(1)}, NEW], "policy": BLOCK},
        "retire OLD",
    ),
    (
        "old_key_is_retirable",
        {
            "record": record(**{**GRACE, **LEAKED_OLD}),
            "keys": [{**OFF, **USED, "last_used": ago(1)}, NEW],
            "policy": BLOCK,
        },
        "disable OLD",
    ),
    (
        "old_key_is_retirable",
        {"record": record(**GRACE), "keys": [{**OLD, "last_used": ago(1)}, NEW], "policy": BLOCK},
        "disable OLD",
    ),
    (
        "old_key_is_retirable",
        {"record": record(**{**GRACE, **LEAKED_OLD}), "keys": SOAKED, "signer": "OLD"},
        "disable OLD",
    ),
    (
        "consumer_has_not_the_key",
        {"record": record(**DELETING), "keys": SOAKED, "consumers": [consumer(uses="OLD")]},
        "apply app NEW",
    ),
    (
        "old_key_is_deletable",
        {"record": record(**DELETING), "keys": [{**OLD, "last_used_state": "unknown"}, NEW]},
        "blocked in_use",
    ),
    (
        "old_key_signs",
        {
            "record": record(**{**GRACE, **LEAKED_OLD}),
            "keys": [{**OLD, "last_used_state": "unknown"}, NEW],
            "signed_with": "OLD",
        },
        "blocked signer",
    ),
    (
        "old_key_is_deletable",
        {"record": record(**{**DELETING, **LEAKED_OLD}), "keys": BOTH, "done": [did("disable", "OLD")]},
        "wait",
    ),
    ("store_is_unprobed", {"record": record(current=current(), tombstones=[tombstone("X", 9, attempt=0)])}, "probe"),
    (
        "new_key_is_due",
        {
            "record": record(current=current(), tombstones=[tombstone("NEW", deleted=ago(0, 9))]),
            "keys": BOTH,
            "probed": True,
            "capabilities": {**CAPABILITIES, "limit": 3},
        },
        "intend",
    ),
    (
        "leaked_key_goes",
        {"record": MARKED, "keys": [OFF, key("FOREIGN")], "probed": True, "done": [did("disable", "OLD")]},
        "release OLD",
    ),
    ("limit_leaves_no_room", {"record": MARKED, "keys": [OLD, key("FOREIGN")], "signed_with": "OLD"}, "blocked limit"),
    (
        "new_key_is_due",
        {
            **AT_LIMIT,
            "capabilities": {**CAPABILITIES, "limit": 3},
            "policy": {"at_limit": "replace_named", "replace_named": "FOREIGN"},
        },
        "intend",
    ),
    (
        "limit_leaves_no_room",
        {
            **FULL,
            "keys": [OLD, key("FOREIGN", 50, "inactive", create_time=None)],
            "policy": {"at_limit": "reap_inactive", "reap_created_before": NOW},
            "capabilities": CHOSEN,
        },
        "blocked limit",
    ),
    *(
        (
            "step_failed",
            {
                "record": record(**{**PROMOTED, **change}),
                "keys": keys,
                "done": [did("apply", consumer="a"), did("apply", consumer="b", failed=True)],
            },
            "blocked failed",
        )
        for change, keys in (
            ({"old": None}, BOTH),
            ({"cut_over": ago(1)}, BOTH),
            ({"phase": "disabled", "disabled_at": ago(1)}, BOTH),
            ({}, SOAKED),
        )
    ),
    (
        "step_failed",
        {
            "record": record(**PROMOTED),
            "keys": BOTH,
            "done": [did("apply", consumer="a"), did("apply", consumer="a", failed=True)],
        },
        "blocked failed",
    ),
    (
        "step_failed",
        {
            "record": record(**PROMOTED),
            "keys": BOTH,
            "done": [did("check", consumer="a"), did("apply", consumer="b", failed=True)],
        },
        "blocked failed",
    ),
]


def each(name: str, *values: Any) -> list[dict[str, Any]]:
    return [{name: value} for value in values]


def each_in(name: str, whole: dict[str, Any], member: str, *values: Any) -> list[dict[str, Any]]:
    """Return the whole with each value of a member, as a dictionary or as the only one of a list."""
    changed = [{**whole, member: value} for value in values]
    return each(name, *(changed if name in ("capabilities", "verify") else [[item] for item in changed]))


ODD_MEMBERS: list[dict[str, Any]] = [
    *each("name", None, 5, "", "a" * 65),
    *each("account", None, 5, ""),
    *each("access_key_id", 5, ""),
    *each("policy", None, []),
    *each("capabilities", None, []),
    *each_in("capabilities", CAPABILITIES, "limit", 0, True, "2"),
    *each_in("capabilities", CAPABILITIES, "settle", "5", True, -1, None),
    *each_in("capabilities", CAPABILITIES, "last_use", "hour"),
    *each_in("capabilities", CAPABILITIES, "chosen_id", 1),
    *each("keys", {}, "x", [5]),
    *each_in("keys", OLD, "id", "", 5),
    *each_in("keys", OLD, "status", "x"),
    *each_in("keys", OLD, "owner", ""),
    *each_in("keys", OLD, "description", 5),
    *each_in("keys", OLD, "last_used_state", None),
    *each_in("keys", OLD, "create_time", "yesterday", [], {}),
    *each("consumers", None, [{}], [consumer(), consumer()]),
    *each_in("consumers", consumer(), "access_key_id", 5),
    *each_in("consumers", consumer(), "in_use", "x"),
    *each("record", [], {"version": 1}, {"version": "1", "state": 5}, {"version": "1", "state": {}}),
    *each("verify", {}, []),
    *each_in("verify", proof(), "result", "maybe"),
    *each_in("verify", proof(), "attempt", "1"),
    *each("now", "x", []),
    *each("probed", None, 1),
    *each("done", None, 1, [{}]),
]
ODD_POLICIES: list[dict[str, Any]] = [
    *each("max_age_days", "90", True, -1),
    *each("grace_days", "7", True, None),
    *each("rotate_created_before", "x", [], {}),
    *each("block_on_use", 1),
    *each("leaked", "OLD"),
    *each("at_limit", "reap"),
    *each("replace_named", ""),
]


@pytest.mark.parametrize("members", ODD_MEMBERS)
def test_an_odd_member_is_refused(members: dict[str, Any]) -> None:
    decision = plan(view(**members))
    assert shown(decision) == "blocked input"
    assert next(iter(members)) in decision["reason"]
    assert decision["name"] == (view(**members)["name"] if isinstance(view(**members)["name"], str) else "")


@pytest.mark.parametrize("policy", ODD_POLICIES)
def test_an_odd_policy_is_refused(policy: dict[str, Any]) -> None:
    assert shown(plan(view(policy=policy))) == "blocked policy"


@pytest.mark.parametrize("policy", [{"max_age_days": 0.5}, {"rotate_created_before": None}, {"leaked": []}])
def test_an_unusual_policy_is_accepted(policy: dict[str, Any]) -> None:
    assert plan(view(policy=policy))["blocked"] is None


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"keys": None, "keys_problem": "x"}, False),
        ({"keys": None, "access_key_id": None}, False),
        ({"record": record(**GRACE), "keys": BOTH}, False),
        ({"record": record(**{**GRACE, "leaked": ["NEW"]}), "keys": BOTH}, False),
        ({"record": IDLE}, True),
        ({"record": IDLE, "keys": [key("OLD")]}, False),
    ],
)
def test_a_decision_says_whether_a_key_is_due(members: dict[str, Any], expected: bool) -> None:
    assert plan(view(**members))["due"] is expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            {"record": record(**STONE), "keys": [OLD, {**NEW, "description": None}], "capabilities": NO_DESCRIPTION},
            ["NEW"],
        ),
        ({"record": record(**STONE), "keys": [*BOTH, {**NEW, "id": "COPY"}]}, ["COPY", "NEW"]),
        ({"record": record(**STONE), "keys": BOTH}, []),
        ({"record": record(**STONE), "keys": [OLD, key("X")], "capabilities": NO_DESCRIPTION}, []),
        (
            {
                "record": record(current=current(), tombstones=[tombstone("Y")]),
                "keys": BOTH,
                "capabilities": NO_DESCRIPTION,
            },
            [],
        ),
        ({"record": record(**STONE), "keys": [*BOTH, key("X")]}, []),
    ],
)
def test_unclear_keys(members: dict[str, Any], expected: list[str]) -> None:
    decision = plan(view(**members))
    assert decision["ids"]["unclear"] == expected
    assert any("cannot be proven" in note for note in decision["notes"]) == bool(expected)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({**DUE, "done": [did("apply", "NEW", consumer="app", failed=True)]}, "The step apply, app has failed"),
        ({**DUE, "done": [did("delete", "X", failed=True)]}, "The step delete, X has failed"),
        ({"record": {"version": "1", "state": None, "problem": "no vault secret"}}, "no vault secret"),
        ({"record": {"version": "1", "state": None}}, "no reason was reported"),
        ({"record": MARKED, "keys": [OFF], "probed": True}, "has leaked, so it is replaced"),
        ({**DUE}, "so it is due"),
        ({"now": None}, "is unknown"),
        ({"controller_now": None}, "is unknown"),
    ],
)
def test_a_reason_says_what_holds(members: dict[str, Any], words: str) -> None:
    assert words in plan(view(**members))["reason"]


def test_the_ids_of_a_decision() -> None:
    stones = [tombstone("NEW"), tombstone("GONE")]
    decision = plan(view(record=record(current=current(), tombstones=stones, leaked=["OLD", "X"]), keys=BOTH))
    assert decision["ids"] == {
        "current": "OLD",
        "next": None,
        "old": None,
        "abandoned": ["NEW"],
        "unclear": [],
        "leaked": ["OLD"],
    }


def test_the_key_of_an_old_attempt_keeps_its_number() -> None:
    stones = [tombstone()]
    members = {"record": record(current=current(), attempt=5, tombstones=stones), "keys": BOTH}
    assert plan(view(**members))["step"]["change"]["attempt"] == 1
    assert plan(view(record=record(**{**STALE, "attempt": 5}), keys=BOTH))["step"]["change"]["attempt"] == 5


def test_only_consumers_that_were_not_asked_are_asked() -> None:
    consumers = [consumer("a"), consumer("b", checked=False)]
    assert plan(view(record=record(**PROMOTED), keys=BOTH, consumers=consumers))["step"]["consumers"] == ["b"]


def test_a_rejected_key_is_given_time() -> None:
    members = {"record": record(**ESCROWED), "keys": BOTH}
    assert plan(view(**members, verify=proof("rejected")))["not_before"] == ago(0, 98 - 600)
    assert plan(view(**members, verify=proof("uncertain")))["not_before"] is None


@pytest.mark.parametrize(("consumers", "cut_over"), [([], NOW), ([consumer(uses="OLD")], None)])
def test_without_consumers_the_promotion_is_the_cut_over(consumers: list[Any], cut_over: str | None) -> None:
    members = {"record": record(**ESCROWED), "keys": BOTH, "verify": proof(), "consumers": consumers}
    assert plan(view(**members))["step"]["change"]["cut_over"] == cut_over


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"record": record(**GRACE), "keys": BOTH}, 0),
        ({"record": record(**GRACE), "keys": BOTH, "capabilities": CHOSEN}, 1),
        ({"record": IDLE, "capabilities": CHOSEN}, 1),
        ({"record": record(current=current(), access_key_id="OLD", secret_access_key="o")}, 0),
        ({"record": record(**FRESH)}, 0),
        ({"record": record({})}, 0),
        ({"record": record(**GRACE), "keys": BOTH, "policy": {"leaked": ["X"]}}, 1),
        ({"keys": BOTH, "policy": {"leaked": ["X"]}}, 0),
    ],
)
def test_the_number_of_notes(members: dict[str, Any], expected: int) -> None:
    assert len(plan(view(**members))["notes"]) == expected


def test_a_key_of_another_enrolment_is_not_adopted() -> None:
    one = view(record=record(TOOL), keys=TOOLS, policy={"at_limit": "resume"})
    assert shown(plan_all([one])[0]) == "verify NEW"
    assert shown(plan_all([one, view(name="b", access_key_id="NEW")])[0]) == "blocked enrolment"
    rejected = plan({**one, "verify": proof("rejected", attempt=0)})
    assert (rejected["outcome"], rejected["not_before"]) == ("wait", None)


@pytest.mark.parametrize(
    ("capabilities", "next_id", "is_warned"),
    [(CAPABILITIES, None, False), (NO_DESCRIPTION, None, True), ({**CHOSEN, "keeps_description": False}, "NEW", False)],
)
def test_a_creation_that_cannot_be_recognised_says_so(
    capabilities: dict[str, Any], next_id: str | None, is_warned: bool
) -> None:
    intended = record(**{**FRESH, "next": next_key(next_id, "n" if next_id else None)})
    decision = plan(view(record=intended, capabilities=capabilities, done=[did("intend", attempt=1)]))
    assert ("cannot be recognised" in decision["reason"]) == is_warned


def test_an_odd_enrolment_is_alone() -> None:
    odd = view(policy={"x": 1}, name="b")
    assert [shown(decision) for decision in plan_all([view(keys=[key("OLD", 1)]), odd])] == ["idle", "blocked policy"]
    assert plan_all([view(), view()])[0]["reason"].startswith("The enrolments ci have")
    assert "b, ci" in plan_all([view(), view(name="b")])[0]["reason"]
    third = view(name="third", access_key_id="C", owner="bob")
    assert "third" not in plan_all([view(), view(name="b"), third])[0]["reason"]
    assert [shown(decision) for decision in plan_all([None, view(), view()])] == ["blocked input"] + 2 * [  # type: ignore[list-item]
        "blocked duplicate"
    ]
    broken = view(name="b", policy={"leaked": 5}, record=record(**FRESH))
    assert [decision["blocked"] for decision in plan_all([view(), broken])] == [None, "policy"]


def test_an_enrolled_id_stays_reserved() -> None:
    one = view(record=record(current=current("NEW")), keys=[NEW])
    assert [decision["blocked"] for decision in plan_all([one, view(name="b")])] == ["duplicate"] * 2


def shown(decision: dict[str, Any]) -> str:
    """Return what a decision says, in short."""
    step = decision["step"] or {}
    parts = [
        step.get("name") or decision["outcome"],
        step.get("consumer"),
        step.get("access_key_id"),
        decision["blocked"],
    ]
    return " ".join(part for part in parts if part)


@pytest.mark.parametrize(("rule", "members", "expected"), CASES)
def test_a_rule(rule: str, members: dict[str, Any], expected: str) -> None:
    decision = plan(view(**members))
    assert (decision["rule"], shown(decision)) == (rule, expected)
    assert decision["reason"].endswith(".")
    assert (decision["step"] is not None) == (decision["outcome"] == "step")
    assert (decision["blocked"] is not None) == (decision["outcome"] == "blocked")


def test_every_rule_has_a_case() -> None:
    tested = {rule for rule, _members, _expected in CASES}
    others = {"other_enrolment_is_alive", "late_key_is_unnamed"}
    assert {rule.__name__ for rule in rules.RULES} - others <= tested


# The crash table


CRASHES: list[tuple[str, dict[str, Any], list[str]]] = [
    ("before intend", DUE, ["intend"]),
    ("after intend", {"record": record(**FRESH)}, ["wait"]),
    ("after intend, later", {"record": record(**STALE)}, ["abandon"]),
    ("after the creation", {"record": record(**STALE), "keys": BOTH}, ["abandon NEW"]),
    ("without descriptions", {"record": record(**STALE), "keys": BOTH, "capabilities": NO_DESCRIPTION}, ["abandon"]),
    (
        "chosen ID, created",
        {"record": record(**{**FRESH, "next": next_key("NEW", "n")}), "keys": BOTH, "capabilities": CHOSEN},
        ["escrow"],
    ),
    (
        "chosen ID, not created",
        {"record": record(**{**FRESH, "next": next_key("NEW", "n")}), "capabilities": CHOSEN},
        ["create NEW"],
    ),
    ("after the escrow", {"record": record(**ESCROWED), "keys": BOTH}, ["verify NEW"]),
    (
        "after promote",
        {"record": record(**PROMOTED), "keys": BOTH, "consumers": [consumer(uses="OLD")]},
        ["apply app NEW"],
    ),
    ("after the cut-over", {"record": record(**{**GRACE, "cut_over": ago(1)}), "keys": BOTH}, ["wait"]),
    ("after disabling, before the write", {"record": record(**GRACE), "keys": SOAKED}, ["disable OLD"]),
    ("after disable", {"record": record(**{**DISABLED, "disabled_at": ago(1)}), "keys": SOAKED}, ["wait"]),
    ("after retire", {"record": record(**DELETING), "keys": SOAKED}, ["delete OLD"]),
    ("after deleting, before the write", {"record": record(**DELETING), "keys": [NEW]}, ["close OLD"]),
    (
        "after abandon",
        {"record": record(current=current(), tombstones=[tombstone("NEW")]), "keys": BOTH},
        ["delete NEW"],
    ),
    (
        "after deleting a key of a tombstone",
        {"record": record(current=current(), tombstones=[tombstone("NEW")]), "probed": True},
        ["intend"],
    ),
]


@pytest.mark.parametrize(("_name", "members", "expected"), CRASHES, ids=[name for name, _members, _expected in CRASHES])
def test_a_row_of_the_crash_table(_name: str, members: dict[str, Any], expected: list[str]) -> None:
    assert [shown(plan(view(**members)))] == expected


# The members of a decision


def test_an_intent_says_what_was_there() -> None:
    step = plan(view(**DUE))["step"]
    assert step["version"] == "7"
    assert step["change"] == {"kind": "intend", "at": NOW, "attempt": 1, "keys_before": ["OLD"], "since": NOW}
    assert not step["in_check_mode"]


@pytest.mark.parametrize(("capabilities", "description"), [(CAPABILITIES, NONCE), (NO_DESCRIPTION, None)])
def test_a_creation_has_the_nonce_as_its_description(capabilities: dict[str, Any], description: str | None) -> None:
    members = {"record": record(**FRESH), "done": [did("intend", attempt=1)], "capabilities": capabilities}
    step = plan(view(**members))["step"]
    assert (step["description"], step["attempt"], step["access_key_id"]) == (description, 1, None)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"record": record(**DELETING), "keys": SOAKED}, "inactive"),
        ({"record": record(**{**DELETING, "leaked": ["OLD"]}), "keys": SOAKED}, None),
        ({**FULL, "policy": {"at_limit": "reap_inactive", "reap_unused_days": 50}}, "inactive"),
        ({**FULL, "policy": {"at_limit": "replace_named", "replace_named": "FOREIGN"}}, "inactive"),
        ({**AT_LIMIT, "policy": {"at_limit": "replace_named", "replace_named": "FOREIGN"}}, None),
        ({"record": record(**STONE), "keys": [{**NEW, "status": "inactive"}, OLD]}, None),
    ],
    ids=["old", "leaked", "reaped", "named", "active", "abandoned"],
)
def test_a_key_is_deleted_only_with_the_status_that_the_plan_depends_on(
    members: dict[str, Any], expected: str | None
) -> None:
    step = plan(view(**members))["step"]
    assert step["expected_status"] == expected
    assert step["name"] in ("disable", "delete", "abandon")


def test_only_reading_steps_run_in_check_mode() -> None:
    seen = {}
    for _rule, members, _expected in CASES:
        step = plan(view(**members))["step"]
        if step:
            seen[step["name"]] = step["in_check_mode"]
    assert {name for name, reading in seen.items() if reading} == {"read", "check", "probe"}


@pytest.mark.parametrize(
    ("members", "not_before"),
    [
        ({"record": record(**{**GRACE, "cut_over": ago(6)}), "keys": BOTH}, ago(-1)),
        ({"record": record(**{**DISABLED, "disabled_at": ago(6)}), "keys": SOAKED}, ago(-1)),
        ({"record": record(**FRESH)}, ago(0, -1)),
        ({"record": record(**PROMOTED), "keys": BOTH, "consumers": [consumer(uses=None)]}, None),
    ],
)
def test_a_decision_says_when_waiting_ends(members: dict[str, Any], not_before: str | None) -> None:
    assert plan(view(**members))["not_before"] == not_before


def test_the_keys_that_may_be_ours_are_named_and_left_alone() -> None:
    stones = record(current=current(), tombstones=[tombstone()])
    for members in (
        {"keys": BOTH, "capabilities": NO_DESCRIPTION},
        {"keys": [*BOTH, {**NEW, "id": "COPY"}]},
    ):
        decision = plan(view(record=stones, **members))
        assert "NEW" in decision["ids"]["unclear"]
        assert "NEW" in decision["notes"][0]


def test_a_cloud_without_last_use_says_so() -> None:
    decision = plan(view(record=record(**GRACE), keys=BOTH, capabilities=CHOSEN))
    assert any("never reports the last use" in note for note in decision["notes"])


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"record": record(**GRACE), "keys": BOTH, "signer": "OLD"}, "record"),
        ({"record": record(**GRACE), "keys": BOTH, "signer": "NEW"}, "configured"),
        ({"record": record(**ESCROWED), "keys": BOTH, "signer": "OLD"}, "configured"),
        ({"record": record(current=current("NEW"), leaked=["OLD"]), "keys": [NEW], "signer": "OLD"}, "configured"),
        ({"record": record(TOOL), "keys": TOOLS, "signer": "X", "policy": {"leaked": ["X"]}}, "configured"),
        (
            {
                "record": record(current=current("NEW"), access_key_id="NEW", secret_access_key="n", leaked=["OLD"]),
                "keys": [NEW],
                "signer": "OLD",
            },
            "record",
        ),
    ],
)
def test_a_replaced_signer_is_replaced_in_the_calls(members: dict[str, Any], expected: str) -> None:
    assert plan(view(**members))["sign_with"] == expected


def test_the_limit_lists_the_keys() -> None:
    reason = plan(view(**AT_LIMIT))["reason"]
    assert "FOREIGN (active, 50 days old, never used)" in reason
    assert "OLD (active, 100 days old, never used)" in reason


# Several enrolments


def test_two_enrolments_of_one_owner_take_turns() -> None:
    three = {**CAPABILITIES, "limit": 4}
    keys = [OLD, key("B", 100)]
    one = view(record=IDLE, probed=True, keys=keys, capabilities=three)
    content = {"rotation": json.dumps({**json.loads(stored(current=current("B"))["rotation"]), "name": "b"})}
    other_record = {"version": "1", "found": True, "state": state_of(content, "b", "root", "alice")}
    two = view(name="b", access_key_id="B", record=other_record, probed=True, keys=keys, capabilities=three)
    assert [shown(decision) for decision in plan_all([one, two])] == ["intend", "wait"]
    assert [decision["rule"] for decision in plan_all([two, one])] == ["new_key_is_due", "other_enrolment_is_alive"]
    alive = {**one, "record": record(**FRESH)}
    assert [decision["rule"] for decision in plan_all([two, alive])] == ["other_enrolment_is_alive", "intent_is_stale"]


@pytest.mark.parametrize("change", [{}, {"name": "b"}, {"access_key_id": "B"}])
def test_two_enrolments_of_one_key_are_refused(change: dict[str, Any]) -> None:
    decisions = plan_all([view(), view(**change)])
    assert [shown(decision) for decision in decisions] == ["blocked duplicate"] * 2
    assert plan_all([view(), view(name="b", access_key_id="B", owner="bob")])[0]["blocked"] is None


def test_the_limit_never_touches_a_key_of_another_enrolment() -> None:
    other = view(name="b", access_key_id="FOREIGN")
    one = view(**FULL, policy={"at_limit": "reap_inactive", "reap_unused_days": 1})
    assert shown(plan_all([one])[0]) == "delete FOREIGN"
    assert shown(plan_all([one, other])[0]) == "blocked limit"


def test_an_odd_view_does_not_stop_the_others() -> None:
    decisions = plan_all([None, {}, view(keys=[key("OLD", 1)])])  # type: ignore[list-item]
    assert [shown(decision) for decision in decisions] == ["blocked input", "blocked input", "idle"]


# The contract


PAGE = (Path(__file__).resolve().parents[4] / "docs" / "dev" / "rotation.md").read_text(encoding="utf-8")


def test_the_page_names_every_step_phase_and_category() -> None:
    words = set(re.findall(r"`(\w+)`", PAGE))
    source = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in (rules, _rotation))
    categories = set(re.findall(r"blocked\(\s*\"(\w+)\"", source))
    steps = set(re.findall(r"(?:step|write)\(\s*(?:facts,\s*)?\"(\w+)\"", source))
    assert len(steps) > 15
    assert len(categories) > 12
    assert categories | steps | set(PHASES) | set(_rotation_facts.DEFAULT_POLICY) <= words


def test_no_file_of_the_planner_has_a_clock_chance_or_io() -> None:
    for module in (rules, _rotation, _rotation_facts, _rotation_record):
        tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level}
        assert names <= {"__future__", "collections", "collections.abc", "copy", "dataclasses", "json", "re", "typing"}


def test_every_change_of_a_step_can_be_written() -> None:
    written = set()
    for _rule, members, _expected in CASES:
        given = view(**members)
        step = plan(given)["step"]
        if step and step["change"]:
            reply = {"access_key_id": "NEW", "secret_access_key": "n"}
            after = next_record(given["record"]["content"], step["change"], {"nonce": OTHER_NONCE}, reply)
            assert state_of(after, "ci", "root", "alice")["problem"] is None
            written.add(step["change"]["kind"])
    assert written == set(_rotation_record._WRITERS)
