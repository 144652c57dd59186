# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Plan rotations of access keys: return what to do next with each enrolled key.

Pure functions over plain dictionaries. No I/O, no clock, no chance, no Ansible, no cloud, no secret. The rules are in
_rotation_rules.py, and docs/dev/rotation.md describes the dictionaries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ._rotation_facts import Facts, Others, View, odd_members, odd_policy
from ._rotation_record import IDLE, PROMOTED
from ._rotation_rules import BEFORE_ENROLMENT, BLOCKED, READING, RULES, STEP, Verdict, blocked, enrol
from ._rotation_time import iso

Decision = dict[str, Any]

_ALONE = Others()
_STEP: dict[str, Any] = dict.fromkeys(
    ("name", "access_key_id", "expected_status", "attempt", "consumer", "consumers", "description", "version", "change")
)


def plan(view: View, others: Others = _ALONE) -> Decision:
    """Return the decision about one enrolled key. others: what the other enrolments of the run use."""
    odd = odd_members(view)
    if odd:
        return _odd(
            view, "input", f"The planner was given odd values: {', '.join(odd)}. This is a defect of its caller."
        )
    odd = odd_policy(view["policy"])
    if odd:
        return _odd(view, "policy", f"These members of the policy are unknown or have a wrong value: {', '.join(odd)}.")
    facts = Facts(view, others)
    if others.twins:
        verdict = blocked(
            "duplicate",
            f"The enrolments {', '.join(sorted({view['name'], *others.twins}))} have the same name or the same key. Remove all except one.",
        )
        return _decision(facts, "enrolment_is_a_twin", verdict)
    rule, verdict = next((rule, verdict) for rule in RULES for verdict in [rule(facts)] if verdict is not None)
    if verdict.step and not facts.is_enrolled and verdict.step["name"] not in BEFORE_ENROLMENT:
        verdict = enrol(facts)
    return _decision(facts, rule.__name__, verdict)


def plan_all(views: Sequence[View]) -> list[Decision]:
    """Return the decisions about all enrolled keys of a run, in the same order.

    Enrolments of one owner create their keys one after the other. No enrolment touches a key that another one uses.
    """
    known = [_facts(view) for view in views]
    places: dict[Any, list[Facts]] = {}
    for facts in known:
        if facts:
            places.setdefault(_place(facts), []).append(facts)
    names = Counter(facts.view["name"] for facts in known if facts)
    decisions: list[Decision] = []
    begun: dict[Any, str] = {}
    for view, facts in zip(views, known):
        if facts is None:
            decisions.append(plan(view))
            continue
        neighbours = places[_place(facts)]
        others = Others(
            protected=frozenset().union(*(_used_ids(other) for other in neighbours)) - _used_ids(facts),
            alive=_alive(neighbours) or begun.get(_place(facts)),
            twins=_twins(facts, neighbours, names),
        )
        decision = plan(view, others)
        if (decision["step"] or {}).get("name") == "intend":
            begun[_place(facts)] = view["name"]
        decisions.append(decision)
    return decisions


def _facts(view: View) -> Facts | None:
    """Return the facts of a view, or None for an odd one."""
    return None if odd_members(view) or odd_policy(view["policy"]) else Facts(view, _ALONE)


def _place(facts: Facts) -> tuple[str, str]:
    return facts.view["account"], facts.owner


def _used_ids(facts: Facts) -> frozenset[str]:
    """Return the IDs that an enrolment uses."""
    return frozenset(key for key in (*facts.own_ids, facts.enrolled_id) if key)


def _alive(neighbours: Sequence[Facts]) -> str | None:
    """Return the name of an enrolment of the same owner that has an attempt in progress.

    It can be this enrolment itself. Then, the rules about its attempt decide.
    """
    return next((other.view["name"] for other in neighbours if other.is_alive), None)


def _twins(facts: Facts, neighbours: Sequence[Facts], names: Counter[str]) -> tuple[str, ...]:
    """Return the names of other enrolments with the same name, or with a key of this one."""
    own, keys = facts.view["name"], _used_ids(facts)
    twins = [other.view["name"] for other in neighbours if other is not facts and keys & _used_ids(other)]
    return (*twins, own) if names[own] > 1 else tuple(twins)


def _odd(view: Any, category: str, reason: str) -> Decision:
    """Return the decision about a view that cannot be planned."""
    name = view.get("name") if isinstance(view, Mapping) else None
    return {
        "name": name if isinstance(name, str) else "",
        "phase": "unread",
        "outcome": BLOCKED,
        "step": None,
        "rule": "view_is_odd",
        "blocked": category,
        "reason": reason,
        "not_before": None,
        "due": False,
        "ids": {"current": None, "next": None, "old": None, "abandoned": [], "unclear": [], "leaked": []},
        "attempt": 0,
        "sign_with": "configured",
        "notes": [],
    }


def _decision(facts: Facts, rule: str, verdict: Verdict) -> Decision:
    return {
        "name": facts.view["name"],
        "phase": facts.phase,
        "outcome": verdict.outcome,
        "step": _full_step(facts, verdict) if verdict.outcome == STEP else None,
        "rule": rule,
        "blocked": verdict.category,
        "reason": verdict.reason,
        "not_before": iso(verdict.until) if verdict.until is not None else None,
        "due": facts.view["keys"] is not None and facts.phase != PROMOTED and facts.needs_key,
        "ids": {
            "current": facts.current_id,
            "next": facts.next_id,
            "old": facts.old_id,
            "abandoned": [key for key in facts.buried_ids if key in facts.keys],
            "unclear": facts.unclear_ids(),
            "leaked": sorted(facts.own_ids & facts.leaked),
        },
        "attempt": facts.state["attempt"],
        "sign_with": "record" if _signs_with_record(facts) else "configured",
        "notes": _notes(facts),
    }


def _full_step(facts: Facts, verdict: Verdict) -> dict[str, Any]:
    chosen = verdict.step or {}
    version = facts.record["version"] if facts.record else None
    return {**_STEP, "version": version, **chosen, "in_check_mode": chosen["name"] in READING}


def _signs_with_record(facts: Facts) -> bool:
    """Return whether the configured credentials are a key that the current one has replaced."""
    replaced = {facts.old_id, *facts.buried_ids, *facts.leaked} - {facts.current_id, None}
    return bool((facts.state["current"] or {}).get("has_secret") and facts.view["signer"] in replaced)


def _notes(facts: Facts) -> list[str]:
    """Return what a user should know in addition to the reason."""
    notes = []
    unclear, foreign = facts.unclear_ids(), sorted(facts.leaked - facts.own_ids - set(facts.state["leaked"]))
    if unclear:
        notes.append(
            f"The keys {', '.join(unclear)} may have been created by an attempt whose reply was lost, but this cannot be"
            " proven. They are not touched. To delete one, use at_limit=replace_named."
        )
    if foreign and facts.record is not None:
        notes.append(f"The leaked keys {', '.join(foreign)} are not keys of this enrolment, and are not touched by it.")
    if facts.phase == PROMOTED and facts.capabilities["last_use"] == "none":
        notes.append("This cloud never reports the last use of a key. The old key is disabled after a time alone.")
    if facts.phase == IDLE and facts.state["current"] and not facts.state["current"]["has_secret"]:
        notes.append("The secret of the current key is unknown, so it cannot be given back to a consumer.")
    return notes
