# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Derive from a view what the rules of a rotation need to know. docs/dev/rotation.md describes the view."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ._rotation_record import ESCROWED, INTENDED, NONE, state_of
from ._rotation_time import DAY, moment

View = Mapping[str, Any]
Key = Mapping[str, Any]

CLOCK_TOLERANCE = 300  # seconds that two clocks may differ
DEFAULT_POLICY: dict[str, Any] = {
    "max_age_days": 90,
    "rotate_created_before": None,
    "grace_days": 7,
    "soak_days": 7,
    "block_on_use": False,
    "ignore_use_until": None,
    "leaked": [],
    "at_limit": "refuse",
    "reap_unused_days": None,
    "reap_created_before": None,
    "replace_named": None,
}
LIMIT_POLICIES = ("refuse", "reap_inactive", "resume", "replace_named")
NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)
NONCE = r"/\d{8}-[a-z2-7]{26}"  # after the name of the enrolment
_NO_STATE = state_of({}, "", "", "")


@dataclass(frozen=True)
class Others:
    """Describe the other enrolments of a run.

    protected: the IDs that they use. alive: the name of an enrolment of the same owner that has an attempt in progress.
    twins: the names of other enrolments with the same name or key.
    """

    protected: frozenset[str] = frozenset()
    alive: str | None = None
    twins: tuple[str, ...] = ()


class Facts:
    """Hold a view whose form was checked, and what follows from it."""

    def __init__(self, view: View, others: Others) -> None:
        self.view, self.others = view, others
        self.policy = {**DEFAULT_POLICY, **view["policy"]}
        self.capabilities: Mapping[str, Any] = view["capabilities"]
        self.now = moment(view["now"]) or 0
        self.owner: str = view["owner"]
        self.enrolled_id: str | None = view["access_key_id"]
        self.all_keys: list[Key] = view["keys"] or []
        self.keys: dict[str, Key] = {key["id"]: key for key in self.all_keys if key.get("owner") in (None, self.owner)}
        self.record: Mapping[str, Any] | None = view.get("record")
        self.state: Mapping[str, Any] = (self.record or {}).get("state") or _NO_STATE
        self.phase: str = self.state["phase"] if self.record else "unread"
        self.is_enrolled = bool(self.state["enrolled"])
        self.done: list[Mapping[str, Any]] = view["done"]
        self.leaked = frozenset([*map(str, self.policy["leaked"]), *self.state["leaked"]])
        self.consumers: list[Mapping[str, Any]] = view["consumers"]

    # The keys of the enrolment

    @property
    def current_id(self) -> str | None:
        """Return the ID of the key in use, or the one that would be enrolled."""
        if self.is_enrolled:
            return _id(self.state["current"])
        return self.enrolled_id or self.state["flat_id"]

    @property
    def next_id(self) -> str | None:
        return _id(self.state["next"])

    @property
    def old_id(self) -> str | None:
        return _id(self.state["old"])

    @property
    def buried_ids(self) -> list[str]:
        return [stone["access_key_id"] for stone in self.state["tombstones"] if stone["access_key_id"]]

    @property
    def own_ids(self) -> set[str]:
        """Return the IDs that are known to be of this enrolment."""
        return {key for key in (self.current_id, self.next_id, self.old_id, *self.buried_ids) if key}

    @property
    def untouchable_ids(self) -> set[str]:
        """Return the IDs that no policy for the limit may delete."""
        signing = (self.enrolled_id, self.view["signed_with"], self.view["signer"])
        return {*self.own_ids, *self.others.protected, *(key for key in signing if key)}

    def status(self, key: str | None) -> str | None:
        """Return active or inactive, or None if the key is not listed."""
        return self.keys[key]["status"] if key in self.keys else None

    def is_leaked(self, key: str | None) -> bool:
        return key in self.leaked

    # Time

    def age_of(self, key: Key) -> int | None:
        created = moment(key.get("create_time"))
        return None if created is None else max(0, self.now - created)

    def is_due(self, key: Key) -> bool:
        """Return whether a key must be replaced because of its age. An unknown age is due: a rule then blocks."""
        created, limit = moment(key.get("create_time")), moment(self.policy["rotate_created_before"])
        days = self.policy["max_age_days"]
        if created is None:
            return days is not None or limit is not None
        return (days is not None and self.now - created >= days * DAY) or (limit is not None and created < limit)

    def is_over(self, start: str | None, seconds: float) -> bool:
        """Return whether a time has passed. An unknown start never has."""
        begun = moment(start) if start else None
        return begun is not None and self.now >= begun + seconds

    # What this run has done

    def has_done(self, *steps: str, key: str | None = None, attempt: int | None = None) -> bool:
        return any(
            item["step"] in steps
            and (key is None or item.get("access_key_id") == key)
            and (attempt is None or item.get("attempt") == attempt)
            for item in self.done
        )

    # Keys of attempts

    def matches(self, attempt: Mapping[str, Any]) -> list[str]:
        """Return the listed keys that an attempt, or a tombstone, may have created. One is a proof, several are none."""
        return [key["id"] for key in self.keys.values() if self._may_be_of(key, attempt, by_nonce=True)]

    def proven(self, attempt: Mapping[str, Any]) -> str | None:
        """Return the ID of the key that an attempt has created, if that is proven.

        A new key may be a copy of one that is not listed yet. So only a key that has settled is proven.
        """
        found = self.matches(attempt) if self.capabilities["keeps_description"] else []
        has_settled = len(found) == 1 and self.is_over(self.keys[found[0]]["create_time"], self.capabilities["settle"])
        return found[0] if has_settled else None

    def _may_be_of(self, key: Key, attempt: Mapping[str, Any], by_nonce: bool) -> bool:
        created, since = moment(key.get("create_time")), moment(attempt["since"])
        return (
            (not by_nonce or key.get("description") == attempt["nonce"])
            and key["id"] not in attempt["keys_before"]
            and created is not None
            and since is not None
            and created >= since - CLOCK_TOLERANCE
        )

    def unclear_ids(self) -> list[str]:
        """Return the listed keys that an abandoned attempt may have created, without a proof."""
        known = {*self.own_ids, *self.others.protected, self.enrolled_id}
        by_nonce = self.capabilities["keeps_description"]
        found = {
            key["id"]
            for stone in self.state["tombstones"]
            if stone["access_key_id"] is None
            for key in self.keys.values()
            if self._may_be_of(key, stone, by_nonce) and not (by_nonce and len(self.matches(stone)) == 1)
        }
        return sorted(found - known)

    @property
    def attempt(self) -> dict[str, Any]:
        """Return the attempt in progress, in the form of a tombstone."""
        nonce = (self.state["next"] or {}).get("nonce")
        return {"nonce": nonce, "keys_before": self.state["keys_before"], "since": self.state["since"]}

    # Consumers

    @property
    def knows_consumers(self) -> bool:
        return all(consumer["checked"] for consumer in self.consumers)

    def uses(self, consumer: Mapping[str, Any], key: str | None) -> bool:
        return bool(consumer["access_key_id"] == key)

    # The limit

    @property
    def room(self) -> bool:
        limit = self.capabilities["limit"]
        return limit is None or len(self.all_keys) < limit

    @property
    def needs_key(self) -> bool:
        """Return whether a new key is to be created: there is none, or it is due or leaked."""
        current = self.current_id
        if current is None:
            return True
        return self.is_leaked(current) or (current in self.keys and self.is_due(self.keys[current]))

    @property
    def is_alive(self) -> bool:
        """Return whether an attempt is in progress."""
        return self.phase in (INTENDED, ESCROWED)

    @property
    def is_candidate(self) -> bool:
        """Return whether the record must be read: the listing does not prove that nothing is due."""
        key = self.keys.get(self.enrolled_id or "")
        if key is None or len(self.keys) != 1:
            return True
        return self.is_due(key) or self.is_leaked(key["id"])

    @property
    def lost_ids(self) -> list[str]:
        """Return the listed keys with a nonce of this enrolment, although there is no record of them."""
        if self.phase != NONE:
            return []
        form = re.compile(re.escape(self.view["name"]) + NONCE)
        named = (self.enrolled_id, self.policy["replace_named"])
        return [
            key["id"]
            for key in self.keys.values()
            if key["id"] not in named and form.fullmatch(key.get("description") or "")
        ]


def _id(key: Mapping[str, Any] | None) -> str | None:
    return key["access_key_id"] if key else None


# The form of a view


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_optional_text(value: Any) -> bool:
    return value is None or _is_text(value)


def _is_seconds(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def _is_optional_seconds(value: Any) -> bool:
    return value is None or _is_seconds(value)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_time(value: Any) -> bool:
    return value is None or moment(value) is not None


def _is_optional_time(value: Any) -> bool:
    return not isinstance(value, (list, dict)) and _is_time(value)


def _is_list_of(is_right: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(is_right(item) for item in value)


def _is_mapping_of(members: Mapping[str, Callable[[Any], bool]]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, Mapping) and not _odd_members(value, members)


def _odd_members(value: Mapping[str, Any], members: Mapping[str, Callable[[Any], bool]]) -> list[str]:
    return [name for name, is_right in members.items() if not is_right(value.get(name))]


_KEY = {
    "id": _is_text,
    "owner": _is_optional_text,
    "status": lambda value: value in ("active", "inactive"),
    "description": lambda value: value is None or isinstance(value, str),
    "create_time": _is_optional_time,
    "last_used": _is_optional_time,
    "last_used_state": lambda value: value in ("used", "never", "unknown"),
}
_CONSUMER = {
    "name": _is_text,
    "can_check": _is_flag,
    "checked": _is_flag,
    "access_key_id": lambda value: value is None or isinstance(value, str),
    "in_use": lambda value: value is None or isinstance(value, bool),
}
_CAPABILITIES = {
    "keeps_description": _is_flag,
    "chosen_id": _is_flag,
    "last_use": lambda value: value in ("none", "day", "second"),
    **dict.fromkeys(("last_use_delay", "settle", "verify_window", "attempt_time"), _is_seconds),
    "limit": lambda value: value is None or (_is_seconds(value) and value >= 1),
}
_DONE = {"step": _is_text, "failed": _is_flag}
_RECORD = {
    "version": lambda value: isinstance(value, str),
    "state": lambda value: value is None or (isinstance(value, Mapping) and "problem" in value),
}
_VERIFY = {
    "access_key_id": _is_text,
    "attempt": _is_seconds,
    "result": lambda value: value in ("proven", "rejected", "uncertain"),
}
_VIEW: dict[str, Callable[[Any], bool]] = {
    "name": lambda value: isinstance(value, str) and bool(NAME.fullmatch(value)),
    "account": _is_text,
    "owner": _is_text,
    "access_key_id": _is_optional_text,
    "policy": lambda value: isinstance(value, Mapping),
    "capabilities": _is_mapping_of(_CAPABILITIES),
    "keys": lambda value: value is None or _is_list_of(_is_mapping_of(_KEY))(value),
    "now": _is_optional_time,
    "controller_now": _is_optional_time,
    "signed_with": _is_optional_text,
    "signer": _is_optional_text,
    "consumers": _is_list_of(_is_mapping_of(_CONSUMER)),
    "record": lambda value: value is None or _is_mapping_of(_RECORD)(value),
    "probed": _is_flag,
    "verify": lambda value: value is None or _is_mapping_of(_VERIFY)(value),
    "done": _is_list_of(_is_mapping_of(_DONE)),
}
_POLICY: dict[str, Callable[[Any], bool]] = {
    "max_age_days": _is_optional_seconds,
    "rotate_created_before": _is_optional_time,
    "grace_days": _is_seconds,
    "soak_days": _is_seconds,
    "block_on_use": _is_flag,
    "ignore_use_until": _is_optional_time,
    "leaked": lambda value: isinstance(value, list),
    "at_limit": lambda value: value in LIMIT_POLICIES,
    "reap_unused_days": _is_optional_seconds,
    "reap_created_before": _is_optional_time,
    "replace_named": _is_optional_text,
}


def odd_members(view: Any) -> list[str]:
    """Return the members of a view that are missing or have another form than docs/dev/rotation.md says."""
    if not isinstance(view, Mapping):
        return ["(all)"]
    odd = _odd_members(view, _VIEW)
    for which in ("keys", "consumers"):
        if which not in odd:
            names = [item["id" if which == "keys" else "name"] for item in view.get(which) or []]
            odd += [which] if len(names) != len(set(names)) else []
    return odd


def odd_policy(policy: Mapping[str, Any]) -> list[str]:
    """Return the members of a policy that are unknown or have another form."""
    return [*sorted(policy.keys() - _POLICY.keys()), *_odd_members({**DEFAULT_POLICY, **policy}, _POLICY)]
