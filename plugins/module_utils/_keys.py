# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Access keys of an owner, as every cloud has them: which one is meant, and what must not happen to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable

from ansible_collections.multicloud.iam.plugins.module_utils._errors import (
    QUOTA,
    REFUSED,
    USAGE,
    CloudError,
)
from ansible_collections.multicloud.iam.plugins.module_utils._plan import Attribute, Plan, Schema, State

KEY_SCHEMA = {
    "status": Attribute(),
    "description": Attribute(mutable=False),
}


def new_key(owner: str | None, **own_fields: Any) -> State:
    """A key as a creation gives it: the fields that every cloud's keys begin with, then the cloud's own."""
    return {
        "id": None,
        "status": "active",
        "owner": owner,
        "description": None,
        "create_time": None,
        "last_used": None,
        **own_fields,
    }


def describe_key(key: Mapping[str, Any]) -> str:
    """One key in one phrase, for messages that list keys."""
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


def check_identity(key_id: str | None, marker: str | None, create: str, present: bool, id_option: str) -> None:
    """Refuse, before any call, options that cannot say which key is meant."""
    if not present and not key_id and not marker:
        raise CloudError(
            USAGE,
            "state=absent does not say which key to delete",
            advice=f"Give {id_option}, or the description that marks the key.",
        )
    if present and key_id and create == "always":
        raise CloudError(
            USAGE,
            f"create=always makes a new key, and {id_option} names one that exists",
            advice=f"Give one of the two. The cloud chooses the {id_option} of a new key.",
        )


def choose_key(
    keys: list[State],
    key_id: str | None,
    marker: str | None,
    create: str,
    present: bool,
    id_option: str,
) -> State | None:
    """The key that is meant, among all keys of the owner.

    By its id where given, else by a non-empty description as marker, else the owner's only key. None
    means that there is none, and for a task that wants one that it is to be created.

    Raises CloudError where no or several keys are meant.
    """
    if present and create == "always":
        return None
    if key_id:
        found = [key for key in keys if key["id"] == key_id]
        if present and not found:
            raise CloudError(
                REFUSED,
                f"the owner has no key {key_id}; keys of the owner: {describe_keys(keys)}",
                advice=f"Check {id_option} and the owner. A key with a chosen id cannot be created.",
            )
        return found[0] if found else None
    found = [key for key in keys if key["description"] == marker] if marker else keys
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        which = f"have the description {marker!r}" if marker else "exist, and the task does not say which is meant"
        raise CloudError(
            REFUSED,
            f"{len(found)} keys {which}: {describe_keys(found)}",
            advice=f"Give {id_option}" + (", or a description that only one of them has." if not marker else "."),
        )
    if not present or (create == "if_none" and not keys) or (create == "if_unmatched" and marker):
        return None
    what = f"no key has the description {marker!r}" if marker else "the owner has no key"
    raise CloudError(
        REFUSED,
        f"{what}, and {_WHY_NOT_CREATED[create]}; keys of the owner: {describe_keys(keys)}",
        advice=f"Give the {id_option} of a key that exists, a description, or another value of create.",
    )


_WHY_NOT_CREATED = {
    "never": "create=never forbids to make one",
    "if_none": "create=if_none makes one only for an owner without any key",
    "if_unmatched": "no key is made without a description to know it by",
}


class KeyResource:
    """What the access keys of all clouds have in common; a cloud's class adds its four calls."""

    handle = "access_key_id"
    limit = 2
    yields_secret = True
    schema: Schema = KEY_SCHEMA

    # What a cloud's class sets and implements.
    own_key_id: str | None = None
    list_keys: Callable[[], list[State]]
    read_last_use: Callable[[list[State]], list[State]]

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        self.present = options["state"] == "present"
        self.key_id: str | None = options[self.handle]
        self.marker: str | None = options["description"]
        self.desired: dict[str, Any] = {name: options[name] for name in self.schema}
        self._listed: list[State] = []
        check_identity(self.key_id, self.marker, options["create"], self.present, self.handle)

    @property
    def label(self) -> str:
        which = self.key_id or (f"with description {self.marker!r}" if self.marker else "")
        return f"access key {which} of {self.owner_label}".replace("  ", " ")

    @property
    def owner_label(self) -> str:
        return "the caller"

    def identify(self, state: State) -> str:
        return f"{self.handle} {state['id']}"

    def read(self) -> State | None:
        self._listed = self.list_keys()
        try:
            return choose_key(
                self._listed,
                self.key_id,
                self.marker,
                self.options["create"],
                self.present,
                self.handle,
            )
        except CloudError as error:
            raise error.during("choose", self.label) from None

    def appeared(self) -> list[State]:
        known = {key["id"] for key in self._listed}
        return [key for key in self.list_keys() if key["id"] not in known]

    def guard(self, todo: Plan, current: State | None) -> None:
        if todo.action == "create" and len(self._listed) >= self.limit:
            keys = self.read_last_use(self._listed)
            raise CloudError(
                QUOTA,
                f"the owner has {len(keys)} keys, and the cloud allows {self.limit}: {describe_keys(keys)}",
                advice=f"Delete one by its {self.handle} first; one that is inactive and unused is the safest.",
                details={"access_keys": keys},
            )
        disables = todo.action == "update" and todo.attributes.get("status") == "inactive"
        own = current is not None and current["id"] == self.own_key_id
        if own and (disables or todo.action == "delete") and not self.options["allow_self_lockout"]:
            raise CloudError(
                REFUSED,
                "this key signs this very call, and without it the next one fails",
                advice="Sign with another key, or set allow_self_lockout to true.",
            )
