# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Implement what access keys of all clouds share: which key a task identifies, and what must not happen to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ._creation_lock import Claim, Identifiers
from ._errors import AUTHENTICATION, NOT_FOUND, QUOTA, REFUSED, REPLY, USAGE, CloudError
from ._key_report import as_if_new, unknown_last_use
from ._owners import Owner, refuse_unless_gone
from ._plan import Attribute, Plan, Schema, State, Unknown, may_have, unreadable_values
from ._predictions import Kind
from ._resource import ResourceDefaults
from ._selection import check_unmasked, is_near_match, near_match_warning
from ._task import Task

KEY = Kind("access key", is_owned=True)
KEY_SCHEMA = {"status": Attribute(), "description": Attribute(mutable=False)}


def new_key(owner: str | None, **own_fields: Any) -> State:
    """Return a key as it is created: first the fields that all clouds share, then those of one cloud."""
    return {
        "id": None,
        "status": "active",
        "owner": owner,
        "description": None,
        "create_time": None,
        "last_used": None,
        **own_fields,
    }


_CHOSEN_BY_THE_CLOUD = {"id": "x" * 20, "access_key_id": "x" * 20, "create_time": "2026-01-02T03:04:05Z"}


def as_if_created(key: Mapping[str, Any]) -> State:
    """Return a predicted key with sample values where the cloud will choose some."""
    chosen = {name: text for name, text in _CHOSEN_BY_THE_CLOUD.items() if name in key and key[name] is None}
    return {**key, **chosen}


def describe_created(key: Mapping[str, Any]) -> str:
    """Describe a new key and its owner, so that a user can find it."""
    owner = f"owner {key['owner']}" if key.get("owner") else "the caller"
    return f"access key {describe_key(key)} of {owner}"


def describe_key(key: Mapping[str, Any]) -> str:
    """Describe a key in one phrase, for messages that list keys."""
    parts = [f"{key['id']} ({key['status']}"]
    if key.get("description"):
        parts.append(f"description {key['description']!r}")
    if key.get("create_time"):
        parts.append(f"created {key['create_time']}")
    if key.get("age_days") is not None:
        parts.append(f"{key['age_days']} days old")
    if key.get("last_used_state") == "never":
        parts.append("never used")
    elif key.get("last_used_state"):
        parts.append(f"last used {key.get('last_used') or 'unknown'}")
    return ", ".join(parts) + ")"


def describe_keys(keys: list[State]) -> str:
    return "; ".join(describe_key(key) for key in keys) or "none"


@dataclass(frozen=True)
class Wanted:
    """Describe which key a task identifies.

    present: whether the key should exist. create: when it may be created.
    key_id: the ID that the option id_option gives; a key has it in the field id_field.
    marker: the description that identifies the key if there is no ID.
    may_choose_id: the task may choose the ID of a new key.
    has_descriptions: the cloud stores descriptions of keys; otherwise, a marker cannot identify a key.
    """

    present: bool
    create: str
    key_id: str | None
    marker: str | None
    id_option: str
    id_field: str = "id"
    may_choose_id: bool = False
    has_descriptions: bool = True


def check_identity(wanted: Wanted) -> None:
    """Refuse, before any call, options that do not identify a key."""
    if not wanted.present and not wanted.key_id and not wanted.marker:
        raise CloudError(
            USAGE,
            "state=absent does not say which key to delete",
            advice=f"Set {wanted.id_option}, or the description that identifies the key.",
        )
    if wanted.marker == "" and not wanted.key_id:
        # An undefined variable may have emptied it. Then the owner's only key would be managed.
        raise CloudError(
            USAGE,
            f"description is empty, and without {wanted.id_option} it identifies the key",
            advice=f"Omit description, or set {wanted.id_option} to that of the key whose description should be empty.",
        )
    if wanted.marker and not wanted.key_id:
        check_unmasked("description", wanted.marker)
    if wanted.present and wanted.key_id and wanted.create == "always":
        raise CloudError(
            USAGE,
            f"create=always creates a new key on every run, and {wanted.id_option} identifies an existing one",
            advice=f"Omit create=always or {wanted.id_option}.",
        )


def choose_key(keys: list[State], wanted: Wanted) -> State | None:
    """Return the key that the task identifies, among all keys of the owner.

    It is identified by its ID, otherwise by a marker, otherwise as the owner's only key. None means that it does not
    exist, and that a task that wants one has to create it. Raises CloudError if several keys match, or if none does and
    the task does not allow a creation.
    """
    if wanted.present and wanted.create == "always":
        return None
    identity: dict[str, str] = {}
    which = "exist, and the task does not identify one of them"
    if wanted.key_id:
        identity = {wanted.id_field: wanted.key_id}
        which = f"have the {wanted.id_option} {wanted.key_id}"
    elif wanted.marker:
        identity = {"description": wanted.marker}
        which = f"have the description {wanted.marker!r}"
    found = [key for key in keys if all(key[name] == value for name, value in identity.items())]
    if len(found) > 1:
        raise CloudError(
            REFUSED,
            f"{len(found)} keys {which}: {describe_keys(found)}",
            advice="Delete all but one of them, by their own IDs."
            if wanted.key_id
            else f"Identify one of them with {wanted.id_option}.",
        )
    if found:
        return found[0]
    doubtful = [key for key in keys if may_have(key, identity)]
    if doubtful:
        raise CloudError(
            REPLY,
            f"not all of these keys can be read, and one may be the key of this task: {describe_keys(doubtful)}:"
            f" {unreadable_values(doubtful, identity)}",
            advice=f"Identify the key with {wanted.id_option}, or look at it in the console of the cloud.",
        )
    if wanted.present:
        _refuse_unwanted_creation(keys, wanted)
    return None


def _refuse_unwanted_creation(keys: list[State], wanted: Wanted) -> None:
    """Refuse a creation that the task did not ask for."""
    if wanted.key_id and not wanted.may_choose_id:
        raise CloudError(
            REFUSED,
            f"the owner has no key {wanted.key_id}; keys of the owner: {describe_keys(keys)}",
            advice=f"Check {wanted.id_option} and the owner. The cloud chooses the ID of a new key.",
        )
    named = wanted.key_id or wanted.marker
    if (wanted.create == "if_none" and not keys) or (wanted.create == "if_unmatched" and named):
        return
    what = "the owner has no key"
    if wanted.key_id:
        what = f"no key has the {wanted.id_option} {wanted.key_id}"
    elif wanted.marker:
        what = f"no key has the description {wanted.marker!r}"
    raise CloudError(
        REFUSED,
        f"{what}, and {_WHY_NOT_CREATED[wanted.create]}; keys of the owner: {describe_keys(keys)}",
        advice=f"Set {wanted.id_option} to that of an existing key, or set a description or another value of create."
        if wanted.has_descriptions
        else f"Set {wanted.id_option} to that of an existing key. {WITHOUT_DESCRIPTIONS}",
    )


WITHOUT_DESCRIPTIONS = (
    "Keys have no description at this site: create=if_none creates the first key of an owner, and create=always creates"
    " one more on every run."
)
_WHY_NOT_CREATED = {
    "never": "create=never does not allow creating one",
    "if_none": "create=if_none creates one only for an owner without any key",
    "if_unmatched": "no key is created without a description to identify it",
}


def _check_status(current: State | None, expected: str) -> None:
    """Refuse to change a key that does not certainly have the expected status."""
    have = current["status"] if current else None
    if have == expected:
        return
    if current is None:
        reason = "there is no such key"
    elif isinstance(have, Unknown):
        reason = f"its status cannot be read: {have.why}"
    else:
        reason = f"its status is {have}"
    raise CloudError(
        REFUSED,
        f"{reason}, and expected_status is {expected}",
        advice="Find out who has changed the key. Run this again if expected_status holds, or without it.",
    )


class KeyResource(ResourceDefaults):
    """Implement what access keys of all clouds share. The class of a cloud adds its four calls."""

    kind = KEY
    id_option = "access_key_id"  # identifies a key that exists
    limit = 2
    yields_secret = True
    last_used_state_of_new_key = "unknown"
    schema: Schema = KEY_SCHEMA

    # Each cloud's class sets and implements these.
    own_key_id: str | None = None
    list_keys: Callable[[], list[State]]
    blank: Callable[[], State]
    is_owner_gone: Callable[[], bool]  # looks it up again, and returns whether an owner certainly does not exist
    make_claim: Callable[..., Claim]

    def __init__(self, task: Task) -> None:
        options = task.options
        self.task = task
        self.options = options
        self.present = options["state"] == "present"
        self.wanted = self.wanted_key()
        self.desired: dict[str, Any] = {name: options[name] for name in self.schema}
        self._owner = Owner()  # the class of a cloud replaces it
        self._listed: list[State] = []
        check_identity(self.wanted)

    def wanted_key(self) -> Wanted:
        """Return which key the options identify."""
        options, name = self.options, self.id_option
        return Wanted(self.present, options["create"], options[name], options["description"], name)

    @property
    def label(self) -> str:
        marker = self.wanted.marker
        which = self.wanted.key_id or (f"with description {marker!r}" if marker else "")
        return f"access key {which} of {self.owner_label}".replace("  ", " ")

    @property
    def owner_label(self) -> str:
        return self._owner.label

    @property
    def owner_id(self) -> str | None:
        return self._owner.id

    def identify(self, state: State) -> str:
        return f"{self.id_option} {state['id']}"

    def find_owner(self) -> None:
        """Look up the owner that the task names; raises CloudError NOT_FOUND if there is none."""

    def read(self) -> State | None:
        try:
            self.find_owner()
            return self.read_key()
        except CloudError as error:
            if self.present or error.category != NOT_FOUND:
                raise
            refuse_unless_gone(self.owner_label, error, self.is_owner_gone)
            self.task.warnings.append(f"{self.owner_label} was not found, so it has no keys: {error}")
            return None

    def read_key(self) -> State | None:
        """Return the key that the task identifies among the keys of its owner, or None."""
        return self.choose(self.list_keys())

    def choose(self, keys: list[State]) -> State | None:
        """Return the key that the task identifies among some keys; warn of near matches if there is none."""
        self._listed = keys
        try:
            key = choose_key(keys, self.wanted)
        except CloudError as error:
            raise error.during("choose", self.label) from None
        if key is None and self.wanted.create != "always":
            self._warn_of_near_matches(self.keys_seen())
        return key

    def keys_seen(self) -> list[State]:
        """Return the keys that the last listing contained, of the owner or not."""
        return self._listed

    def _warn_of_near_matches(self, keys: list[State]) -> None:
        wanted = self.wanted
        field, text = (wanted.id_field, wanted.key_id) if wanted.key_id else ("description", wanted.marker)
        near = [key for key in keys if is_near_match(key[field], text)]
        if near:
            named = "; ".join(f"{key[field]!r} of key {describe_key(key)}" for key in near)
            self.task.warnings.append(near_match_warning(self.label, named))

    def is_same(self, state: State) -> bool:
        if self.wanted.create == "always" or state["owner"] != self.as_listed(self.blank())["owner"]:
            return False
        identity = (
            (self.wanted.id_field, self.wanted.key_id) if self.wanted.key_id else ("description", self.wanted.marker)
        )
        return identity[1] is None or state[identity[0]] == identity[1]

    def read_last_use(self, keys: list[State]) -> list[State]:
        """Return the keys with their ages, and with their last use if the cloud reports it."""
        return unknown_last_use(keys)

    def appeared(self) -> list[State]:
        return [key for key in self.list_keys() if key["id"] not in self.listed_ids]

    @property
    def listed_ids(self) -> frozenset[str]:  # type: ignore[override]
        return frozenset(key["id"] for key in self._listed)

    @property
    def owner_identifiers(self) -> Identifiers:
        """Return the identifiers of the owner. The caller, who has no other name, is known by the key that signs."""
        return {"owner": self.owner_id, "signer": None if self.owner_id else self.own_key_id}

    @property
    def claim(self) -> Claim:
        wanted, whose = self.wanted, self.owner_identifiers
        # A cloud may compare IDs case-insensitively. Waiting once too often does no harm.
        chosen = wanted.key_id.casefold() if wanted.key_id else None
        known_as = {**whose, "description": self.desired["description"], "chosen id": chosen}
        sought: list[Identifiers] = []
        if wanted.create != "always" and wanted.key_id:
            sought.append({"chosen id": chosen})
        elif wanted.create != "always" and wanted.marker:
            sought.append({**whose, "description": wanted.marker})
        if wanted.create == "if_none":
            sought.append(whose)
        turns = [f"owner {whose['owner'] or whose['signer']}", *([f"id {chosen}"] if chosen else [])]
        return self.make_claim("access key", turns, known_as, *sought)

    def signs(self, key: State) -> bool:
        """Return whether a key signs the calls of this task."""
        return bool(key["id"] == self.own_key_id)

    def has_room(self) -> bool:
        """Return whether the owner may have one more key."""
        return len(self._listed) < self.limit

    def guard(self, todo: Plan, current: State | None) -> None:
        if todo.changes_something and self.options["expected_status"]:
            _check_status(current, self.options["expected_status"])
        if todo.action == "create" and not self.has_room():
            keys = self._listed_with_last_use()
            raise CloudError(
                QUOTA,
                f"the owner has {len(keys)} keys, and the cloud allows {self.limit}: {describe_keys(keys)}",
                advice=f"Delete one by its {self.id_option} first. The safest is one that is inactive and unused."
                + ("" if self.wanted.has_descriptions else f" {WITHOUT_DESCRIPTIONS}"),
                details={"access_keys": keys},
            )
        disables = todo.action == "update" and todo.attributes.get("status") == "inactive"
        own = current is not None and self.signs(current)
        if own and (disables or todo.action == "delete") and not self.options["allow_self_lockout"]:
            raise CloudError(
                REFUSED,
                "this key signs the calls of this task, and without it the next one fails",
                advice="Sign with another key, or set allow_self_lockout to true.",
            )

    def _listed_with_last_use(self) -> list[State]:
        predicted = [key for key in self._listed if self.task.predictions.would_create(self.kind, key)]
        real = [key for key in self._listed if key not in predicted]
        try:
            return self.read_last_use(real) + as_if_new(predicted, self.last_used_state_of_new_key)
        except CloudError as error:
            if error.category == AUTHENTICATION:
                raise
            # It only adds to the message about the limit, which must not be lost.
            return unknown_last_use(self._listed)
