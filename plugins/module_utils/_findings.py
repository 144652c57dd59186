# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Find what is wrong with listed access keys.

Pure functions over plain dictionaries. No I/O, no clock, no Ansible, no cloud. A condition is true, false or unknown (None).
A finding fails only if all of its conditions are true. It is open if none is false, and at least one is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Optional

from ._rotation_time import DAY, moment
from ._traits import Citation

Key = Mapping[str, Any]
Truth = Optional[bool]

PASS, FAIL, OPEN = "pass", "fail", "open"
SEVERITIES = ("high", "medium", "low")
ACCESS_KEY, ENTRY = "access_key", "entry"
BOTH = (ACCESS_KEY, ENTRY)

LIMITS = {"max_age_days": 90, "max_unused_days": 90, "max_never_used_days": 90}

_PCI = "PCI DSS 4.0"
_MAPPED = "as mapped by Prowler for AWS"
_FINOS = "FINOS CCC 2025.10"


class Verdict(NamedTuple):
    """Say whether a finding is true of a key, and why."""

    truth: Truth
    reason: str = ""


class Facts(NamedTuple):
    """Hold what a rule needs beside the key. active: see active_by_owner."""

    limits: Mapping[str, int]
    active: Mapping[Any, Counter[Truth]]


class Finding(NamedTuple):
    """Describe one finding. rule: what a key must do. kinds: the objects that it is about."""

    id: str
    version: int
    title: str
    severity: str
    rule: str
    remedy: str
    kinds: tuple[str, ...]
    judge: Callable[[Key, Facts], Verdict]
    citations: tuple[Citation, ...] = ()


_NOBODY: Counter[Truth] = Counter()
_ACTIVE: Mapping[Any, bool] = {"active": True, "inactive": False}
_USED: Mapping[Any, bool] = {"used": True, "never": False}
_ACCEPTED: Mapping[Any, bool] = {"in_use": True, "abnormal": False, "timed_out": False}


def every(*truths: Truth) -> Truth:
    """Return whether all conditions are true. False if one is false, None if none is false and one is unknown."""
    return False if False in truths else None if None in truths else True


def is_active(key: Key) -> Truth:
    return _ACTIVE.get(key["status"])


def days_since(time: Any, now: int) -> int | None:
    """Return the whole days since a time, at least 0. None if it is not known."""
    then = None if time is None else moment(time)
    return None if then is None else max(0, now - then) // DAY


def _is_over(days: int | None, facts: Facts, limit: str) -> Truth:
    """Return whether more than the allowed days have passed."""
    return None if days is None else days > facts.limits[limit]


def _too_old(key: Key, facts: Facts) -> Verdict:
    limit = "max_age_days"
    truth = every(is_active(key), _is_over(key["age_days"], facts, limit))
    if truth:
        return Verdict(truth, f"It is {key['age_days']} days old, and {facts.limits[limit]} are allowed.")
    return Verdict(truth, _unknown_status(key) or "The time of its creation is not known.")


def _unused(key: Key, facts: Facts) -> Verdict:
    limit = "max_unused_days"
    was_used = _USED.get(key["last_used_state"])
    unused = _is_over(key["unused_days"], facts, limit) if was_used else None
    # A key that is younger than the limit cannot be unused for longer.
    can_be = _is_over(key["age_days"], facts, limit) is not False
    truth = every(is_active(key), was_used, unused, can_be)
    if truth:
        return Verdict(truth, f"It was last used {key['unused_days']} days ago, and {facts.limits[limit]} are allowed.")
    return Verdict(truth, _unknown_status(key) or "Its last use is not known.")


def _never_used(key: Key, facts: Facts) -> Verdict:
    was_used = _USED.get(key["last_used_state"])
    never = None if was_used is None else not was_used
    truth = every(is_active(key), never, _is_over(key["age_days"], facts, "max_never_used_days"))
    if truth:
        return Verdict(truth, f"It was never used since it was created {key['age_days']} days ago.")
    unknown_use = "Whether it was ever used is not known." if never is None else ""
    return Verdict(truth, _unknown_status(key) or unknown_use or "The time of its creation is not known.")


def _disabled(key: Key, _facts: Facts) -> Verdict:
    active = is_active(key)
    return Verdict(
        None if active is None else not active, "It is disabled." if active is False else "Its status is not known."
    )


def _two_active(key: Key, facts: Facts) -> Verdict:
    active, owner = is_active(key), key["owner"]
    if owner is None:
        in_account = facts.active.get(key["account"], _NOBODY)
        is_alone = in_account[True] + in_account[None] <= 1
        return Verdict(every(active, False if is_alone else None), "Its owner is not known.")
    own = facts.active.get((key["account"], owner), _NOBODY)
    strangers = facts.active.get((key["account"], None), _NOBODY)
    unknown = own[None] - (active is None) + strangers[True] + strangers[None]
    other: Truth = True if own[True] - (active is True) else None if unknown else False
    truth = every(active, other)
    if truth:
        return Verdict(truth, f"Its owner has {own[True]} active keys.")
    return Verdict(truth, _unknown_status(key) or "The owner or the status of another key is not known.")


def _unmanaged(key: Key, _facts: Facts) -> Verdict:
    declared = key["declared"]
    return Verdict(
        None if declared is None else not declared,
        "It is not in the declared list." if declared is False else "Its ID is not known.",
    )


def _not_validated(key: Key, _facts: Facts) -> Verdict:
    state = key["validation"]
    accepted = _ACCEPTED.get(state)
    truth = every(is_active(key), None if accepted is None else not accepted)
    if truth:
        return Verdict(truth, f"The state of its validation is {state}.")
    still = "It is still being validated." if state == "validating" else "The state of its validation is not known."
    return Verdict(truth, still if accepted is None else _unknown_status(key))


def _root(key: Key, _facts: Facts) -> Verdict:
    root = key["root"]
    return Verdict(
        root, "It belongs to a root account." if root else "Whether it belongs to a root account is not known."
    )


def _unknown_status(key: Key) -> str:
    return "Its status is not known." if is_active(key) is None else ""


FINDINGS = (
    Finding(
        "root_key",
        1,
        "Key of a root account",
        "high",
        "A root account has no access key.",
        "Create a user with the permissions that are needed, give it a key, and delete the key of the root account.",
        BOTH,
        _root,
    ),
    Finding(
        "too_old",
        1,
        "Too old",
        "medium",
        "An active key is at most {max_age_days} days old.",
        "Rotate the key, for example with the role rotate_access_key.",
        (ACCESS_KEY,),
        _too_old,
        (Citation(_PCI, "8.3.9", note=_MAPPED), Citation(_FINOS, "CCC.IAM.CN06.AR01")),
    ),
    Finding(
        "unused",
        1,
        "Unused",
        "medium",
        "An active key was used in the last {max_unused_days} days.",
        "Disable the key. Delete it if nothing misses it.",
        (ACCESS_KEY,),
        _unused,
        (Citation(_PCI, "8.2.6", note=_MAPPED), Citation(_FINOS, "CCC.IAM.CN08.AR01")),
    ),
    Finding(
        "never_used",
        1,
        "Never used",
        "medium",
        "An active key that is older than {max_never_used_days} days was used at least once.",
        "Ask the owner. Disable the key, and delete it if nothing misses it.",
        (ACCESS_KEY,),
        _never_used,
    ),
    Finding(
        "unmanaged",
        1,
        "Unmanaged",
        "medium",
        "Every key is in the declared list.",
        "Find out who created the key and why. Declare it, or disable and delete it.",
        BOTH,
        _unmanaged,
    ),
    Finding(
        "entry_not_validated",
        1,
        "Entry not validated",
        "medium",
        "The service accepts the key of every active entry.",
        "Read the message of the entry. Replace its key, or give it the missing permissions.",
        (ENTRY,),
        _not_validated,
    ),
    Finding(
        "two_active",
        1,
        "Two active keys",
        "low",
        "An owner has one active key, except during a rotation.",
        "Find out which key is in use. Disable and delete the other one.",
        (ACCESS_KEY,),
        _two_active,
    ),
    Finding(
        "disabled_but_kept",
        1,
        "Disabled but kept",
        "low",
        "A disabled key is deleted.",
        "Delete the key if nothing has missed it.",
        BOTH,
        _disabled,
    ),
)


def active_by_owner(keys: Iterable[Key]) -> dict[Any, Counter[Truth]]:
    """Count the access keys of each account, and of each owner in it, by whether they are active."""
    found: dict[Any, Counter[Truth]] = {}
    for key in keys:
        if key["kind"] == ACCESS_KEY:
            for group in (key["account"], (key["account"], key["owner"])):
                found.setdefault(group, Counter())[is_active(key)] += 1
    return found


def judge(key: Key, findings: Sequence[Finding], facts: Facts) -> dict[str, Verdict]:
    """Return the verdicts about one key, by finding."""
    return {finding.id: finding.judge(key, facts) for finding in findings if key["kind"] in finding.kinds}


def result_of(truth: Truth) -> str:
    return OPEN if truth is None else FAIL if truth else PASS
