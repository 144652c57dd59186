# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Decide what a rotation does next: one small function for each rule, in the order of RULES.

A rule returns a verdict, or None if it has nothing to say. The first verdict counts. So a rule can rely on everything
that the rules before it would have stopped. docs/dev/rotation.md explains steps, phases and categories.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Callable, NamedTuple, Optional

from ._rotation_facts import CLOCK_TOLERANCE, Facts
from ._rotation_record import DELETING, DISABLED, ESCROWED, INTENDED, PROMOTED
from ._rotation_time import DAY, iso, moment

STEP, WAIT, BLOCKED, NOTHING = "step", "wait", "blocked", "idle"
# Steps that change nothing, so that they also run in check mode.
READING = ("read", "check", "probe")
# Steps that an enrolment without a record can do. Any other one is preceded by `enrol`.
BEFORE_ENROLMENT = (*READING, "verify", "adopt", "enrol")


class Verdict(NamedTuple):
    """Hold what a rule has decided. until: when waiting ends, in seconds since 1970."""

    outcome: str
    reason: str
    step: Optional[dict[str, Any]] = None  # noqa: UP045 - evaluated by Python 3.9
    category: Optional[str] = None  # noqa: UP045
    until: Optional[float] = None  # noqa: UP045


Rule = Callable[[Facts], Optional[Verdict]]


def step(name: str, reason: str, **members: Any) -> Verdict:
    return Verdict(STEP, reason, {"name": name, **members})


def write(facts: Facts, name: str, reason: str, kind: str | None = None, /, **members: Any) -> Verdict:
    """Return a step with a change of the record. kind: of the change, by default the name of the step."""
    return step(name, reason, **_shown(members), change=_change(facts, kind or name, members))


def _change(facts: Facts, kind: str, members: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "at": iso(facts.now), **members}


def _if_inactive(verdict: Verdict) -> Verdict:
    """Return a step that deletes a key only if it is still inactive."""
    return verdict._replace(step={**(verdict.step or {}), "expected_status": "inactive"})


def _shown(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: members[name] for name in ("access_key_id", "attempt") if name in members}


def blocked(category: str, reason: str) -> Verdict:
    return Verdict(BLOCKED, reason, category=category)


def wait(reason: str, until: float | None = None) -> Verdict:
    return Verdict(WAIT, reason, until=until)


def _after(start: str | None, seconds: float) -> float:
    return (moment(start) or 0) + seconds


def _names(items: Iterable[Any]) -> str:
    return ", ".join(map(str, items))


# Before anything else


def restore_consumers(facts: Facts) -> Verdict | None:
    """After a failed `apply`, give the old key back to the consumers that this run has changed."""
    failed = [item["consumer"] for item in facts.done if item["step"] == "apply" and item["failed"]]
    old = facts.state["old"]
    if not failed or not old or not old["has_secret"] or facts.phase != PROMOTED or facts.state["cut_over"]:
        return None
    if facts.status(facts.old_id) != "active" or facts.is_leaked(facts.old_id):
        return None
    changed = [item["consumer"] for item in facts.done if item["step"] == "apply"]
    restored = {item["consumer"] for item in facts.done if item["step"] == "restore"}
    for name in dict.fromkeys(changed):
        if name not in restored and name not in failed:
            return step(
                "restore",
                f"The consumer {failed[0]} could not get the new key. So {name}, which has it already, gets the old key"
                " back, and the consumers agree again. The next run retries.",
                consumer=name,
                access_key_id=facts.old_id,
            )
    return None


def step_failed(facts: Facts) -> Verdict | None:
    """After a failed step, do nothing else in this run."""
    failed = [item for item in facts.done if item["failed"]]
    if not failed:
        return None
    what = _names(
        part for part in (failed[0]["step"], failed[0].get("consumer") or failed[0].get("access_key_id")) if part
    )
    return blocked(
        "failed",
        f"The step {what} has failed in this run, so nothing else is done for this key. Remove the cause and run again."
        " The next run continues from what it finds.",
    )


def listing_failed(facts: Facts) -> Verdict | None:
    """Refuse to treat a failed listing as an empty one."""
    if facts.view["keys"] is not None:
        return None
    why = facts.view.get("keys_problem") or "no reason was reported"
    return blocked(
        "listing", f"The keys of the owner {facts.owner} could not be listed: {why}. Nothing is done without a listing."
    )


def clock_is_wrong(facts: Facts) -> Verdict | None:
    """Require the cloud's time, and a controller that agrees with it."""
    controller = moment(facts.view["controller_now"])
    if facts.view["now"] is None or controller is None:
        return blocked(
            "clock",
            "The time of the cloud or of the controller is unknown, so no age or grace can be computed. Run again.",
        )
    if abs(controller - facts.now) > CLOCK_TOLERANCE:
        return blocked(
            "clock",
            f"The clock of the controller says {iso(controller)}, and the cloud says {iso(facts.now)}. They differ by more"
            " than five minutes. Set the clock of the controller, and run again.",
        )
    return None


def policy_is_impossible(facts: Facts) -> Verdict | None:
    """Refuse a policy that forbids its own steps."""
    at_limit, never_reports = facts.policy["at_limit"], facts.capabilities["last_use"] == "none"
    needed = {
        "reap_inactive": "reap_created_before" if never_reports else "reap_unused_days",
        "replace_named": "replace_named",
    }.get(at_limit)
    if needed and facts.policy[needed] is None:
        return blocked("policy", f"at_limit={at_limit} requires {needed}. Set it, or use at_limit=refuse.")
    if facts.policy["block_on_use"] and never_reports:
        return blocked(
            "policy",
            "block_on_use is set, but this cloud never reports the last use of a key. Set block_on_use to false.",
        )
    named = facts.policy["replace_named"]
    if at_limit == "replace_named" and named in facts.untouchable_ids - set(facts.buried_ids):
        return blocked(
            "policy",
            f"replace_named is {named}, which an enrolment uses, or which signs the calls. Name a key that nothing uses.",
        )
    return None


def consumer_cannot_check(facts: Facts) -> Verdict | None:
    """Refuse a consumer whose state cannot be asked: the old key could never be disabled safely."""
    names = [consumer["name"] for consumer in facts.consumers if not consumer["can_check"]]
    if not names:
        return None
    return blocked(
        "consumer", f"The consumer {_names(names)} has no `check`, so nothing can say which key it uses. Add one."
    )


# The record


def nothing_can_be_due(facts: Facts) -> Verdict | None:
    """Skip the record of a single listed key that is the enrolled one, and neither due nor leaked."""
    if facts.record is not None or facts.is_candidate:
        return None
    return Verdict(NOTHING, "The enrolled key is the only one of its owner, and it is not due.")


def record_is_unread(facts: Facts) -> Verdict | None:
    """Read the record, because everything else depends on it."""
    if facts.record is not None:
        return None
    return step("read", "The listing does not prove that nothing is due, so the record is needed.")


def record_is_unusable(facts: Facts) -> Verdict | None:
    """Refuse to treat an unreadable record as a missing one."""
    record = facts.record or {}
    problem = record.get("problem") or facts.state["problem"]
    if record.get("state") is None and not problem:
        problem = "no reason was reported"
    if not problem:
        return None
    return blocked(
        "record",
        f"The record cannot be used: {problem}. Nothing is done without it. Correct the store, or repair the record.",
    )


def clock_ran_back(facts: Facts) -> Verdict | None:
    """Refuse a clock that is before the last write of the record."""
    written = facts.state.get("at")
    earliest = min(facts.now, moment(facts.view["controller_now"]) or 0)
    if earliest >= (moment(written) or 0) - CLOCK_TOLERANCE:
        return None
    return blocked(
        "clock",
        f"The record was written at {written}, but it is {iso(earliest)} now: a clock ran backwards. Check the clocks of"
        " the controller and of the cloud.",
    )


def record_is_lost(facts: Facts) -> Verdict | None:
    """Stop at a key with our nonce and without a record: it may be in use, and its secret was in the record."""
    if not facts.lost_ids:
        return None
    return blocked(
        "record_lost",
        f"The key {_names(facts.lost_ids)} was created by a rotation of {facts.view['name']}, but the store has no record of"
        " it. Restore the record, or correct the store. If the record is really lost, enrol the key by access_key_id.",
    )


# The enrolment


def resume_other_tool(facts: Facts) -> Verdict | None:
    """Continue a rotation that another tool has begun: the record has the new key, and the enrolled one is the old key."""
    flat, enrolled = facts.state["flat_id"], facts.enrolled_id
    if facts.is_enrolled or not flat or not enrolled or flat == enrolled:
        return None
    is_possible = facts.state["flat_has_secret"] and {facts.status(flat), facts.status(enrolled)} == {"active"}
    if (
        facts.policy["at_limit"] != "resume"
        or not is_possible
        or facts.is_leaked(flat)
        or flat in facts.others.protected
    ):
        return blocked(
            "enrolment",
            f"The record has the key {flat}, but access_key_id is {enrolled}. Correct one of them. If another tool has"
            " begun to rotate, both keys are active and the record has the secret of the new one, use at_limit=resume.",
        )
    proof = _judge_verification(facts, flat, 0)
    if proof is not None:
        return proof
    change = {**_enrolment(facts), "access_key_id": enrolled, "cut_over": _cut_over(facts)}
    return write(
        facts,
        "adopt",
        f"The key {flat} of another tool is proven. The rotation from {enrolled} continues with it.",
        **change,
    )


def enrolment_is_unnamed(facts: Facts) -> Verdict | None:
    """Require a named key, unless the owner has none at all."""
    if facts.is_enrolled or facts.current_id or not facts.keys:
        return None
    return blocked(
        "enrolment",
        f"The owner {facts.owner} has the keys {_names(sorted(facts.keys))}, and nothing says which one to rotate. Set"
        " access_key_id.",
    )


def enrolment_differs(facts: Facts) -> Verdict | None:
    """Require that a listed key that the user enrols is one of the record."""
    enrolled = facts.enrolled_id
    if enrolled not in facts.keys or enrolled in facts.own_ids:
        return None
    return blocked(
        "enrolment",
        f"access_key_id is {enrolled}, but the record is about {facts.current_id}. Correct access_key_id, or enrol the"
        " other key under another name.",
    )


def current_is_not_listed(facts: Facts) -> Verdict | None:
    """Touch nothing if the key that is believed to be in use is not listed: this may be the wrong owner."""
    current = facts.current_id
    if current is None or current in facts.keys:
        return None
    settled = facts.capabilities["settle"]
    if facts.phase == PROMOTED and not facts.is_over(facts.state["promoted_at"], settled):
        return wait(f"The new key {current} is not listed yet.", _after(facts.state["promoted_at"], settled))
    return blocked(
        "not_listed",
        f"The current key {current} is not listed for the owner {facts.owner}. This may be another owner or account, so"
        " nothing is touched. Correct the enrolment. If the key was deleted, remove the record and enrol another key.",
    )


# Leaked keys


def leak_is_unmarked(facts: Facts) -> Verdict | None:
    """Write a leak down first, so that no later run enables the key again."""
    new = sorted((facts.own_ids & facts.leaked) - set(facts.state["leaked"]))
    if not new:
        return None
    return write(
        facts,
        "mark",
        f"The key {_names(new)} has leaked. This is recorded first, so that it is never enabled again.",
        ids=new,
    )


def next_is_leaked(facts: Facts) -> Verdict | None:
    """Give up a new key that has leaked before it is used."""
    if not facts.is_leaked(facts.next_id):
        return None
    return _abandon(
        facts, facts.next_id, f"The new key {facts.next_id} has leaked before it was used. It is given up and deleted."
    )


def leaked_is_active(facts: Facts) -> Verdict | None:
    """Disable a leaked key at once. If it signs the calls, its replacement comes first."""
    for key in (facts.current_id, facts.old_id):
        is_active = facts.is_leaked(key) and facts.status(key) == "active"
        if is_active and key != facts.view["signed_with"] and not facts.has_done("disable", "delete", key=key):
            return step("disable", f"The key {key} has leaked, so it is disabled without any grace.", access_key_id=key)
    return None


# Abandoned attempts


def late_key_is_unnamed(facts: Facts) -> Verdict | None:
    """Name a key of an abandoned attempt in the record before it is deleted."""
    for stone in facts.state["tombstones"]:
        key = facts.proven(stone) if stone["access_key_id"] is None else None
        if key and key not in facts.untouchable_ids:
            return _abandon(
                facts,
                key,
                f"The key {key} has the nonce of the abandoned attempt {stone['attempt']}.",
                stone["attempt"],
            )
    return None


def abandoned_key_is_listed(facts: Facts) -> Verdict | None:
    """Delete a key of an abandoned attempt: its secret was lost, or it was never proven."""
    for stone in facts.state["tombstones"]:
        key = stone["access_key_id"]
        is_stale = stone["deleted"] and not facts.is_over(stone["deleted"], facts.capabilities["settle"])
        if key not in facts.keys or is_stale or facts.has_done("disable", "delete", key=key):
            continue
        return _signer(facts, key) or write(
            facts,
            "delete",
            f"The key {key} was created by the abandoned attempt {stone['attempt']}. No consumer has it, so it is deleted."
            if stone["attempt"]
            else f"The key {key} has leaked, is inactive, and its place is needed for the new key.",
            "bury",
            access_key_id=key,
        )
    return None


def current_is_inactive(facts: Facts) -> Verdict | None:
    """Stop while the key in use is inactive, unless it is inactive because it has leaked."""
    current = facts.current_id
    if facts.status(current) != "inactive" or facts.is_leaked(current):
        return None
    return blocked(
        "inactive",
        f"The current key {current} is inactive, and this rotation has not disabled it. Enable it. If it has leaked, add"
        " it to leaked.",
    )


# Phase intended


def chosen_key_is_listed(facts: Facts) -> Verdict | None:
    """Treat a listed key with a chosen ID as escrowed, because its secret is in the record already."""
    key = facts.next_id
    if facts.phase != INTENDED or key not in facts.keys or key in facts.state["keys_before"]:
        return None
    return write(
        facts, "escrow", f"The key {key} exists, and its secret is in the record.", attempt=facts.state["attempt"]
    )


def creation_may_be_sent(facts: Facts) -> Verdict | None:
    """Create once for each intent, in the run that wrote it. With a chosen ID, a creation can be repeated."""
    attempt = facts.state["attempt"]
    is_own = facts.has_done("intend", attempt=attempt) or bool(facts.next_id)
    if facts.phase != INTENDED or not is_own or facts.has_done("create", attempt=attempt):
        return None
    if not facts.room:
        return blocked("limit", f"Another key took the place of the new one. {_limit(facts)}")
    keeps = facts.capabilities["keeps_description"]
    verdict = write(
        facts,
        "create",
        f"The intent of attempt {attempt} is recorded, so the key can be created."
        + ("" if keeps or facts.next_id else " If the reply is lost, the key cannot be recognised."),
        attempt=attempt,
    )
    members = {"access_key_id": facts.next_id, "description": facts.attempt["nonce"] if keeps else None}
    return verdict._replace(step={**(verdict.step or {}), **members})


def intent_is_stale(facts: Facts) -> Verdict | None:
    """Give up the intent of another run, or of a killed one, after its time. Name the key that it has created."""
    if facts.phase != INTENDED:
        return None
    if facts.next_id:
        return wait(f"The key {facts.next_id} was created in this run, but is not recorded. The next run continues.")
    since, allowed = facts.state["since"], facts.capabilities["attempt_time"]
    attempt = facts.state["attempt"]
    if not facts.is_over(since, allowed):
        return wait(
            f"Another run has announced attempt {attempt} at {since}, and may be creating the key. If it was killed, the"
            " attempt is given up later.",
            _after(since, allowed),
        )
    key = facts.proven(facts.attempt)
    found = f"It has created the key {key}, whose secret is lost." if key else "No key is proven to be its own."
    return _abandon(facts, key, f"Attempt {attempt} was announced at {since} and never finished. {found}")


# Phase escrowed


def new_key_is_unproven(facts: Facts) -> Verdict | None:
    """Prove the new key by a call that is signed with it, and that names the right owner."""
    if facts.phase != ESCROWED:
        return None
    return _judge_verification(facts, facts.next_id, facts.state["attempt"])


def new_key_is_proven(facts: Facts) -> Verdict | None:
    """Make a proven key the current one, in one write."""
    if facts.phase != ESCROWED:
        return None
    change = {"attempt": facts.state["attempt"], "access_key_id": facts.next_id, "cut_over": _cut_over(facts)}
    return write(facts, "promote", f"The new key {facts.next_id} is proven: it belongs to {facts.owner}.", **change)


def _judge_verification(facts: Facts, key: str | None, attempt: int) -> Verdict | None:
    """Return what follows from the reply to `verify`, or None if it proves the key."""
    reply = facts.view["verify"]
    if reply is None or reply["access_key_id"] != key or reply["attempt"] != attempt:
        return step("verify", f"The key {key} is not proven yet.", access_key_id=key, attempt=attempt)
    if reply["result"] == "proven":
        if reply.get("account") == facts.view["account"] and reply.get("owner") == facts.owner:
            return None
        return blocked(
            "verify",
            f"The key {key} belongs to {reply.get('owner')} in account {reply.get('account')}, not to {facts.owner} in"
            f" account {facts.view['account']}. Nothing is touched. Correct the enrolment.",
        )
    window = facts.capabilities["verify_window"]
    if reply["result"] == "rejected" and facts.is_over(facts.state["escrowed_at"], window):
        return _abandon(
            facts, key, f"The new key {key} is still rejected. It is given up and deleted. The old key is untouched."
        )
    if reply["result"] == "rejected" and attempt:
        return wait(
            f"The new key {key} is rejected, but it may still become valid.", _after(facts.state["escrowed_at"], window)
        )
    return wait(f"Whether the key {key} works is not certain. Both keys are kept, and the next run asks again.")


# Consumers


def consumers_are_unasked(facts: Facts) -> Verdict | None:
    """Ask the consumers in every run that depends on them."""
    if facts.knows_consumers or not (_distributes(facts) or _begins(facts)):
        return None
    names = [consumer["name"] for consumer in facts.consumers if not consumer["checked"]]
    return step("check", f"Which key {_names(names)} uses must be known first.", consumers=names)


def consumer_uses_foreign_key(facts: Facts) -> Verdict | None:
    """Refuse to overwrite the key of someone else in a consumer."""
    if not (_distributes(facts) or _begins(facts)):
        return None
    for consumer in facts.consumers:
        key = consumer["access_key_id"]
        if key and key not in facts.own_ids:
            return blocked(
                "consumer",
                f"The consumer {consumer['name']} uses the key {key}, which is not of this enrolment, so it is not"
                f" replaced. Give it the key {facts.current_id}, or remove it from the consumers.",
            )
    return None


def old_key_is_needed(facts: Facts) -> Verdict | None:
    """Go back to before disabling the old key if a consumer uses it again."""
    if facts.phase != DISABLED or facts.is_leaked(facts.old_id) or facts.old_id not in facts.keys:
        return None
    users = [consumer["name"] for consumer in facts.consumers if facts.uses(consumer, facts.old_id)]
    if not users:
        return None
    return write(
        facts,
        "reopen",
        f"{_names(users)} uses the disabled key {facts.old_id} again. It will be enabled.",
        access_key_id=facts.old_id,
    )


def old_key_is_enabled_again(facts: Facts) -> Verdict | None:
    """Begin distribution and grace again if someone has enabled the old key."""
    is_active = facts.phase == DISABLED and facts.status(facts.old_id) == "active"
    settled = facts.is_over(facts.state["disabled_at"], facts.capabilities["settle"])
    if not is_active or not settled or facts.is_leaked(facts.old_id):
        return None
    reason = f"Someone has enabled the old key {facts.old_id} again, so it is treated as in use."
    return write(facts, "reopen", reason, access_key_id=facts.old_id)


def consumer_is_cut_off(facts: Facts) -> Verdict | None:
    """Enable the old key if this rotation has disabled it, and a consumer uses it again."""
    if facts.phase != PROMOTED or facts.status(facts.old_id) != "inactive" or facts.is_leaked(facts.old_id):
        return None
    users = [consumer["name"] for consumer in facts.consumers if facts.uses(consumer, facts.old_id)]
    if not users or not facts.state["disabled_at"] or facts.has_done("enable", key=facts.old_id):
        return None
    reason = f"{_names(users)} uses the old key {facts.old_id}, which this rotation has disabled."
    return step("enable", reason, access_key_id=facts.old_id)


def consumer_has_not_the_key(facts: Facts) -> Verdict | None:
    """Give the current key to each consumer that is known not to have it, in their order."""
    if not _distributes(facts):
        return None
    for consumer in facts.consumers:
        name, key = consumer["name"], consumer["access_key_id"]
        if key is None or key == facts.current_id:
            continue
        if any(item["step"] == "apply" and item.get("consumer") == name for item in facts.done):
            return wait(
                f"The consumer {name} got the key {facts.current_id} in this run, but still uses {key or 'no key'}."
            )
        return step(
            "apply", f"The consumer {name} uses {key or 'no key'}.", consumer=name, access_key_id=facts.current_id
        )
    return None


def consumer_is_uncertain(facts: Facts) -> Verdict | None:
    """Wait for a consumer whose state is unknown, or that has not accepted its key."""
    begins = _begins(facts) and not facts.is_leaked(facts.current_id)
    if not (_distributes(facts) or begins):
        return None
    for consumer in facts.consumers:
        if consumer["access_key_id"] is None:
            why = consumer.get("problem") or "its check did not report it"
            return wait(f"Which key the consumer {consumer['name']} uses is unknown: {why}. Unknown is no permission.")
        if consumer["in_use"] is False:
            return wait(
                f"The consumer {consumer['name']} has the key {consumer['access_key_id']}, but has not accepted it yet."
            )
    return None


def cut_over_is_unrecorded(facts: Facts) -> Verdict | None:
    """Begin the grace when every consumer has the current key."""
    if facts.phase != PROMOTED or facts.state["cut_over"]:
        return None
    return write(facts, "confirm", f"All consumers use the current key {facts.current_id}.")


def _distributes(facts: Facts) -> bool:
    return facts.phase in (PROMOTED, DISABLED, DELETING)


def _begins(facts: Facts) -> bool:
    """Return whether a new key is to be created. The phases with an attempt were decided before."""
    return facts.needs_key


def _cut_over(facts: Facts) -> str | None:
    """Return the cut-over of a promotion: at once if there is no consumer."""
    return None if facts.consumers else iso(facts.now)


# The old key


def old_key_is_gone(facts: Facts) -> Verdict | None:
    """Complete the rotation if there is no old key."""
    if not _distributes(facts) or facts.old_id in facts.keys:
        return None
    begun = facts.state["disabled_at"] or facts.state["promoted_at"]
    settle = facts.capabilities["settle"]
    if facts.old_id and facts.phase != DELETING and not facts.is_over(begun, settle):
        return wait(
            f"The old key {facts.old_id} is not listed. Whether it is gone will be certain later.",
            _after(begun, settle),
        )
    reason = f"The old key {facts.old_id} is gone." if facts.old_id else "There is no old key."
    return write(facts, "close", f"{reason} The rotation is complete.", access_key_id=facts.old_id)


def grace_is_running(facts: Facts) -> Verdict | None:
    """Keep the old key usable for a while after the cut-over, and until its last use can be known."""
    if facts.phase != PROMOTED or facts.is_leaked(facts.old_id):
        return None
    cut_over, delay = moment(facts.state["cut_over"]) or 0, facts.capabilities["last_use_delay"]
    until = cut_over + facts.policy["grace_days"] * DAY
    if facts.policy["block_on_use"]:
        until = max(until, cut_over + delay)
        if facts.capabilities["last_use"] == "day" and _is_on_the_day(facts, cut_over):
            until = max(until, cut_over + DAY + max(delay, facts.policy["grace_days"] * DAY))
    if facts.now >= until:
        return None
    return wait(f"The old key {facts.old_id} stays active until its grace is over.", until)


def last_use_is_unknown(facts: Facts) -> Verdict | None:
    """Wait if the cloud can report the last use, and did not."""
    if facts.phase != PROMOTED or facts.is_leaked(facts.old_id) or facts.capabilities["last_use"] == "none":
        return None
    if facts.status(facts.old_id) != "active" or facts.keys[facts.old_id or ""]["last_used_state"] != "unknown":
        return None
    return wait(
        f"The cloud did not report when the old key {facts.old_id} was last used, although it can. The next run asks again."
    )


def old_key_was_used(facts: Facts) -> Verdict | None:
    """Stop at use after the cut-over, with block_on_use. If only days are reported, the day of the cut-over makes it wait."""
    if facts.phase != PROMOTED or facts.is_leaked(facts.old_id) or not facts.policy["block_on_use"]:
        return None
    used = _last_used(facts)
    start = moment(facts.state["cut_over"]) or 0
    if facts.capabilities["last_use"] == "day":
        start += DAY - 1
    if used is None or used <= max(start, moment(facts.policy["ignore_use_until"]) or 0):
        return None
    return blocked(
        "in_use",
        f"The old key {facts.old_id} was used at {iso(used)}, after the cut-over at {facts.state['cut_over']}. Find who"
        f" uses it. Then set ignore_use_until to {iso(used)}.",
    )


def _last_used(facts: Facts) -> int | None:
    """Return the last use of the old key, which is listed: otherwise, the rotation would be complete."""
    key = facts.keys[facts.old_id or ""]
    return moment(key["last_used"]) if key["last_used_state"] == "used" else None


def _is_on_the_day(facts: Facts, cut_over: int) -> bool:
    """Return whether the last use may have been on the day of the cut-over, and after it."""
    used = _last_used(facts)
    return used is not None and cut_over <= used < cut_over + DAY


def old_key_signs(facts: Facts) -> Verdict | None:
    """Refuse to cut off the calls of this rotation, or the credentials that the next run begins with."""
    return _signer(facts, facts.old_id or "") if _distributes(facts) else None


def old_key_is_retirable(facts: Facts) -> Verdict | None:
    """Disable the old key after all of this."""
    key = facts.old_id
    if facts.phase != PROMOTED:
        return None
    # A leaked key was disabled without a write, so the write follows. Any other one was enabled again since then.
    if facts.has_done("disable", "delete", key=key) and (not facts.is_leaked(key) or facts.status(key) == "active"):
        return wait(f"The old key {key} was disabled in this run. It is not disabled twice, so a later run continues.")
    return write(
        facts, "disable", f"All consumers use the current key, and the grace of {key} is over.", access_key_id=key
    )


def soak_is_running(facts: Facts) -> Verdict | None:
    """Keep a disabled key for a while, so that it can be enabled again. Then announce that it will be deleted."""
    if facts.phase != DISABLED:
        return None
    disabled_at, soak = facts.state["disabled_at"], facts.policy["soak_days"] * DAY
    if not facts.is_over(disabled_at, soak):
        return wait(
            f"The old key {facts.old_id} is disabled. It is deleted later, if nothing misses it.",
            _after(disabled_at, soak),
        )
    if facts.status(facts.old_id) == "active":
        settled = _after(disabled_at, facts.capabilities["settle"])
        return wait(f"The old key {facts.old_id} was disabled, but is still listed as active.", settled)
    if facts.has_done("disable", "delete", key=facts.old_id):
        return wait(f"The key {facts.old_id} was disabled in this run. It is deleted in a later one.")
    return write(
        facts,
        "retire",
        f"Nothing has missed the disabled key {facts.old_id}. From here on, it is not enabled again.",
        access_key_id=facts.old_id,
    )


def old_key_is_deletable(facts: Facts) -> Verdict | None:
    """Delete the old key. The record announces this, so no other run enables the key meanwhile."""
    key = facts.old_id
    if facts.phase != DELETING:
        return None
    if facts.status(key) == "active" and not facts.is_leaked(key):
        return blocked(
            "in_use",
            f"The old key {key} was about to be deleted, but someone has enabled it again. If nothing uses it, disable it,"
            " and run again.",
        )
    if facts.has_done("disable", "delete", key=key):
        return wait(f"The key {key} was disabled or deleted in this run, but is still listed.")
    verdict = write(facts, "delete", f"The old key {key} is deleted.", "close", access_key_id=key)
    return verdict if facts.is_leaked(key) else _if_inactive(verdict)


# A new rotation


def nothing_is_due(facts: Facts) -> Verdict | None:
    """Begin only if a key is due or leaked, or if there is none."""
    if facts.needs_key:
        return None
    return Verdict(NOTHING, f"The current key {facts.current_id} is not due.")


def age_is_unknown(facts: Facts) -> Verdict | None:
    """Stop at an unknown age: it can neither be old nor young."""
    key = facts.keys.get(facts.current_id or "")
    if key is None or facts.is_leaked(facts.current_id) or moment(key.get("create_time")) is not None:
        return None
    return blocked(
        "listing", f"The cloud did not report when the key {facts.current_id} was created, so its age is unknown."
    )


def tombstone_is_fresh(facts: Facts) -> Verdict | None:
    """Wait for keys of abandoned attempts, which may still appear. Only one attempt is alive."""
    settle = facts.capabilities["settle"]
    ends = [
        _after(stone["at"], settle) for stone in facts.state["tombstones"] if stone["attempt"] and not stone["deleted"]
    ]
    if not ends or facts.now >= max(ends):
        return None
    return wait("The key of an abandoned attempt may still appear, so no other one is created yet.", max(ends))


def attempt_was_made(facts: Facts) -> Verdict | None:
    """Make one attempt for each run, so that a failure does not repeat itself."""
    if not facts.has_done("intend"):
        return None
    return wait("This run has already made an attempt. The next run makes another one.")


def other_enrolment_is_alive(facts: Facts) -> Verdict | None:
    """Create the keys of two enrolments of one owner one after the other."""
    if not facts.others.alive:
        return None
    return wait(f"The enrolment {facts.others.alive} of the same owner is creating a key.")


def place_is_being_freed(facts: Facts) -> Verdict | None:
    """Wait for a key that is deleted already, or in the next run: this needs no policy."""
    leaving = [key for key in facts.buried_ids if key in facts.keys]
    reaped = [item.get("access_key_id") for item in facts.done if item["step"] in ("disable", "delete")]
    leaving += [key["id"] for key in facts.all_keys if key["id"] in reaped and key["id"] != facts.current_id]
    if facts.room or not leaving:
        return None
    return wait(f"The key {leaving[0]} makes room for the new one. It is gone in a later run.")


def leaked_key_goes(facts: Facts) -> Verdict | None:
    """Give up a leaked and disabled key at the limit."""
    current = facts.current_id
    if facts.room or not _leaked_goes(facts):
        return None
    return write(
        facts,
        "release",
        f"The leaked key {current} is inactive, and its place is needed for the new key.",
        access_key_id=current,
    )


def limit_leaves_no_room(facts: Facts) -> Verdict | None:
    """Stop if there is no room, and no policy that makes some."""
    if facts.room or _leaked_goes(facts) or _victim(facts):
        return None
    return blocked("limit", _limit(facts))


def _leaked_goes(facts: Facts) -> bool:
    """Return whether the current key is leaked and disabled. An inactive one that is not leaked was stopped before."""
    return facts.status(facts.current_id) == "inactive"


def store_is_unprobed(facts: Facts) -> Verdict | None:
    """Probe the store first, because a new key needs a place for its secret."""
    if facts.view["probed"]:
        return None
    return step("probe", "A new key needs a place for its secret, so the store is probed before anything is changed.")


def victim_is_in_the_way(facts: Facts) -> Verdict | None:
    """Remove the key that the policy for the limit names: disable it first, and delete it in a later run."""
    victim = _victim(facts)
    if facts.room or victim is None:
        return None
    is_active = _status(victim) == "active"
    verdict = step(
        "disable" if is_active else "delete",
        f"The owner has reached the limit, and at_limit={facts.policy['at_limit']} selects the key {victim['id']}.",
        access_key_id=victim["id"],
    )
    return verdict if is_active else _if_inactive(verdict)


def new_key_is_due(facts: Facts) -> Verdict | None:
    """Announce the attempt in the record before anything is created."""
    return write(
        facts,
        "intend",
        _why_due(facts),
        attempt=facts.state["attempt"] + 1,
        keys_before=sorted(key["id"] for key in facts.all_keys),
        since=iso(facts.now),
    )


def _why_due(facts: Facts) -> str:
    current = facts.current_id
    if current is None:
        return "There is no current key, so one is created."
    if facts.is_leaked(current):
        return f"The current key {current} has leaked, so it is replaced."
    return f"The current key {current} was created at {facts.keys[current]['create_time']}, so it is due."


def _victim(facts: Facts) -> Mapping[str, Any] | None:
    """Return the listed key that the policy for the limit selects, or None. The choice does not depend on the order."""
    if facts.policy["at_limit"] == "replace_named":
        fitting = [key for key in facts.all_keys if key["id"] == facts.policy["replace_named"]]
    elif facts.policy["at_limit"] == "reap_inactive":
        fitting = [key for key in facts.all_keys if _is_reapable(facts, key)]
    else:
        fitting = []
    fitting = [key for key in fitting if key["id"] not in facts.untouchable_ids]
    return min(fitting, key=lambda key: (key["create_time"] or "", key["id"])) if fitting else None


def _is_reapable(facts: Facts, key: Mapping[str, Any]) -> bool:
    """Return whether a key is inactive, and provably unused for long enough."""
    created = moment(key.get("create_time"))
    if _status(key) != "inactive" or created is None:
        return False
    if facts.capabilities["last_use"] == "none":
        return created < (moment(facts.policy["reap_created_before"]) or 0)
    last = {"used": moment(key["last_used"]), "never": created}.get(key["last_used_state"])
    return last is not None and facts.now - last >= facts.policy["reap_unused_days"] * DAY


def _status(key: Mapping[str, Any]) -> str:
    return str(key["status"])


def _limit(facts: Facts) -> str:
    """Describe the keys at the limit, and what to do."""
    shown = [_described(facts, key) for key in sorted(facts.all_keys, key=lambda key: str(key["id"]))]
    return (
        f"The limit is {facts.capabilities['limit']} keys, and there are {len(shown)}: {'; '.join(shown)}. Delete one that"
        " nothing uses, or set at_limit so that the rotation does it."
    )


def _described(facts: Facts, key: Mapping[str, Any]) -> str:
    age = facts.age_of(key)
    days = "of unknown age" if age is None else f"{age // DAY} days old"
    use = {"used": f"last used at {key['last_used']}", "never": "never used"}.get(
        key["last_used_state"], "last use unknown"
    )
    return f"{key['id']} ({_status(key)}, {days}, {use})"


def _enrolment(facts: Facts) -> dict[str, Any]:
    return {name: facts.view[name] for name in ("name", "account", "owner")}


def enrol(facts: Facts) -> Verdict:
    """Return the step that precedes the first change of anything."""
    current = facts.current_id
    what = f"The key {current} is enrolled." if current else "The owner has no key, so an empty enrolment is recorded."
    return write(facts, "enrol", what, **_enrolment(facts), access_key_id=current)


def _abandon(facts: Facts, key: str | None, reason: str, attempt: int | None = None) -> Verdict:
    number = facts.state["attempt"] if attempt is None else attempt
    return write(facts, "abandon", reason, access_key_id=key, attempt=number)


def _signer(facts: Facts, key: str) -> Verdict | None:
    """Return a verdict if disabling or deleting a key would cut off this or the next run."""
    is_signer = key == facts.view["signer"] and not facts.is_leaked(key)
    if not is_signer and key != facts.view["signed_with"]:
        return None
    return blocked(
        "signer",
        f"The key {key} signs the calls of this rotation, or is in the configured credentials. Give those credentials the"
        f" key {facts.current_id} from the record, and run again.",
    )


RULES: tuple[Rule, ...] = (
    restore_consumers,
    step_failed,
    listing_failed,
    clock_is_wrong,
    policy_is_impossible,
    consumer_cannot_check,
    nothing_can_be_due,
    record_is_unread,
    record_is_unusable,
    clock_ran_back,
    record_is_lost,
    resume_other_tool,
    enrolment_is_unnamed,
    enrolment_differs,
    current_is_not_listed,
    leak_is_unmarked,
    next_is_leaked,
    leaked_is_active,
    late_key_is_unnamed,
    abandoned_key_is_listed,
    current_is_inactive,
    chosen_key_is_listed,
    creation_may_be_sent,
    intent_is_stale,
    new_key_is_unproven,
    new_key_is_proven,
    consumers_are_unasked,
    consumer_uses_foreign_key,
    old_key_is_needed,
    old_key_is_enabled_again,
    consumer_is_cut_off,
    consumer_has_not_the_key,
    consumer_is_uncertain,
    cut_over_is_unrecorded,
    old_key_is_gone,
    grace_is_running,
    last_use_is_unknown,
    old_key_was_used,
    old_key_signs,
    old_key_is_retirable,
    soak_is_running,
    old_key_is_deletable,
    nothing_is_due,
    age_is_unknown,
    tombstone_is_fresh,
    attempt_was_made,
    other_enrolment_is_alive,
    place_is_being_freed,
    limit_leaves_no_room,
    store_is_unprobed,
    leaked_key_goes,
    victim_is_in_the_way,
    new_key_is_due,
)
