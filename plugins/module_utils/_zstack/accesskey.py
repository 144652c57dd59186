# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Manage access keys of ZStack Cloud and ZSphere.

Operations: QueryAccessKey, CreateAccessKey, ChangeAccessKeyState, DeleteAccessKey.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from .._api import Call, Request, nothing
from .._creation_lock import Claim, Identifiers
from .._errors import NOT_FOUND, REFUSED, CloudError
from .._keys import KEY_SCHEMA, KeyResource, Wanted, describe_keys, new_key
from .._owners import Owner
from .._plan import UNKNOWN, Attribute, Plan, State
from .._reply import bad_reply, member
from .._task import Task
from .account import (
    KEYS,
    KeyAndSecret,
    caller_as_owner,
    check_sees_keys,
    find_account,
    find_key,
    is_unlimited,
    key_after,
    key_state,
    keys_of_account,
    keys_with_id,
    sees_all,
    status_change,
    unless_changed,
)
from .checks import check_description, check_key_options
from .client import ZStackClient

_NOT_BEGUN = "SYS.1010"  # the one error of a job that may be gone soon, and proves that nothing was done
_INTERNAL = "SYS.1000"  # also the code for a uuid that is already in use
_SENT_ALONG = Attribute(write_only="on_create", sent_with=frozenset({"status"}))
_SCHEMA = {
    **KEY_SCHEMA,
    "access_key_secret": Attribute(mutable=False, write_only="on_create", secret=True),
    "system_tags": _SENT_ALONG,
    "user_tags": _SENT_ALONG,
}

_CHOOSES = "This server chooses ID and secret itself: omit access_key_id and access_key_secret."
_REMEDIES = {
    "owner": "Sign with the credentials of the account that the key should belong to.",
    "user_uuid": "This server has no users: omit user_uuid.",
    "access_key_id": _CHOOSES,
    "access_key_secret": _CHOOSES,
}


class AccessKey(KeyResource):
    """Manage one access key of an account."""

    id_option = "uuid"
    essential = ("id", "owner", "user_uuid", "access_key_id")

    def __init__(self, task: Task) -> None:
        options = task.options
        check_description(options["description"])
        check_key_options(options)
        self.schema = _SCHEMA
        if options["access_key_id"] and options["uuid"]:
            self.schema = {**_SCHEMA, "access_key_id": Attribute(mutable=False)}
        super().__init__(task)
        self.yields_secret = not options["access_key_secret"]
        self._client = ZStackClient(task)
        self.own_key_id = self._client.own_key_id
        self.make_claim = self._client.claim
        self._owner = Owner(options["account_uuid"], options["account_name"], "account")
        self._is_same_secret: dict[str, bool | None] = {}
        self._duplicates: list[State] = []
        self._has_seen_owner = False
        self._is_unlimited: bool | None = None

    # --- which key ---

    def wanted_key(self) -> Wanted:
        key_id = self.options["access_key_id"]
        wanted = replace(super().wanted_key(), may_choose_id=bool(key_id and self.options["access_key_secret"]))
        if not key_id or self.options["uuid"]:
            return wanted
        return replace(wanted, key_id=key_id, id_option="access_key_id", id_field="access_key_id")

    @property
    def label(self) -> str:
        has_owner = bool(self._owner.id or self._owner.name)
        return super().label if has_owner or not self.wanted.key_id else f"access key {self.wanted.key_id}"

    @property
    def owner_identifiers(self) -> Identifiers:
        user = self.options["user_uuid"]
        return {**super().owner_identifiers, **({"user": user} if user else {})}

    def find_owner(self) -> None:
        if self._owner.name and not self._owner.id:
            self._owner = self._owner._replace(id=find_account(self._client, self._owner.name))

    def is_owner_gone(self) -> bool:
        return sees_all(self._client)

    def read_key(self) -> State | None:
        """Return the key that the task identifies: by uuid, by access_key_id, or among the keys of its owner."""
        named = self._named_keys()
        if len(named) == 1 and not self._is_of_owner(named[0]):
            self._leave_alone(named.pop())
        if named or (self.wanted.key_id and not self.present):
            return self.choose(named)
        if self.wanted.key_id:
            self._check_may_be_created()
        if self._owner.id is None:
            self._owner = caller_as_owner(self._client)
        return self.choose([key for key in self.list_keys() if self._is_of_owner(key)])

    def _leave_alone(self, key: State) -> None:
        """Refuse to manage a key of another owner; do not delete it."""
        whose = f"account {key['owner']}, user {key['user_uuid']}"
        if self.present:
            raise CloudError(
                REFUSED,
                f"it belongs to {whose}",
                advice="Set the account and user that it belongs to, or the uuid of another key.",
            ).during("manage", self.label)
        self.task.warnings.append(f"{self.label} is left alone, because it belongs to {whose}.")

    def _check_may_be_created(self) -> None:
        """Refuse to create a key with an ID, unless the task gives its secret too, and no other key has the ID."""
        if not self.wanted.may_choose_id:
            raise CloudError(
                REFUSED,
                f"there is no key of this {self.wanted.id_option}, or the caller may not see it",
                advice=f"Check {self.wanted.id_option}. To create a key with a given ID, set access_key_id and"
                " access_key_secret, and uuid to choose the UUID as well.",
            ).during("manage", self.label)
        self._refuse_duplicates()

    def list_keys(self) -> list[State]:
        """Return all keys of the account, also those of its other users."""
        return self.task.predictions.over_owner(self.kind, self._list_keys, owner=lambda: self._owner.id)

    def _list_keys(self) -> list[State]:
        keys = [self._compared(pair) for pair in keys_of_account(self._client, self._owner)]
        if not keys and not self._has_seen_owner:
            check_sees_keys(self._client, [str(self._owner.id)])
        self._has_seen_owner = True
        return keys

    def keys_seen(self) -> list[State]:
        return self._listed + self._duplicates

    def _refuse_duplicates(self) -> None:
        """Refuse to create a key with an ID that the server may take for the ID of another key."""
        key_id = self.options["access_key_id"]
        duplicates = self._keys_alike() if self.options["uuid"] else self._duplicates
        if not duplicates:
            return
        is_taken = any(key["access_key_id"] == key_id for key in duplicates)
        raise CloudError(
            REFUSED,
            f"another key has the access_key_id {key_id} already: {describe_keys(duplicates)}"
            if is_taken
            else f"other keys have an access_key_id that differs from {key_id} only in upper and lower case: {describe_keys(duplicates)}",
            advice="Set uuid to that of this key, or choose another access_key_id: if two keys have the same ID, neither can sign."
            if is_taken
            else "Choose another access_key_id: the server may confuse the two, and then neither can sign.",
        ).during("create", self.label)

    def _named_keys(self) -> list[State]:
        """Return the keys with the uuid or the access_key_id that the task gives, of whatever owner."""
        if self.options["uuid"]:
            return self._over("id", self.options["uuid"], [find_key(self._client, self.options["uuid"])])
        if not self.options["access_key_id"]:
            return []
        alike = self._keys_alike()
        found = [key for key in alike if key["access_key_id"] == self.options["access_key_id"]]
        self._duplicates = [key for key in alike if key not in found]
        return found

    def _keys_alike(self) -> list[State]:
        """Return the keys whose ID the server may take for the access_key_id that the task gives."""
        key_id = self.options["access_key_id"]
        return self._over("access_key_id", key_id, keys_with_id(self._client, key_id))

    def _over(self, field: str, text: str, pairs: Iterable[KeyAndSecret | None]) -> list[State]:
        """Return the keys with this text in a field, as they would be after earlier tasks of a check run."""
        listed = [self._compared(pair) for pair in pairs if pair]
        return self.task.predictions.over(self.kind, listed, lambda key: str(key[field]).casefold() == text.casefold())

    def _is_of_owner(self, key: State) -> bool:
        """Return whether a key belongs to the account and user that the task names, as far as it names them."""
        wanted = {"owner": self._owner.id, "user_uuid": self.options["user_uuid"]}
        return all(value in (None, key[name]) or key[name] == UNKNOWN for name, value in wanted.items())

    def appeared(self) -> list[State]:
        keys = [key for key in self.list_keys() if key["id"] not in self.listed_ids]
        chosen = self.options["access_key_id"] if self.wanted.may_choose_id else None
        own = [key for key in keys if self._is_of_owner(key) and chosen in (None, key["access_key_id"])]
        return own + [key for key in keys if key["id"] == self.chosen_id and key not in own]

    # --- what must not happen to it ---

    def _compared(self, pair: KeyAndSecret) -> State:
        """Return the key; remember only whether its secret equals the wanted one."""
        key, secret = pair
        wanted = self.options["access_key_secret"]
        if wanted:
            self._is_same_secret[key["id"]] = (
                None if secret is None else hmac.compare_digest(secret.encode(), wanted.encode())
            )
        return key

    def guard(self, todo: Plan, current: State | None) -> None:
        super().guard(todo, current)
        if current is None or not self.options["access_key_secret"]:
            return
        is_same = self._is_same_secret.get(current["id"])
        if is_same is False:
            raise CloudError(
                REFUSED,
                "its access_key_secret differs from the given one, and the cloud cannot change the access_key_secret of"
                " an existing key",
                advice="Omit access_key_secret, or delete the key and create it again.",
            )
        if is_same is None:
            is_predicted = self.task.predictions.would_create(self.kind, current)
            why = (
                "a check run does not keep the one of an earlier task" if is_predicted else "the cloud does not show it"
            )
            self.task.warnings.append(f"It is not known whether {self.label} has the given access_key_secret: {why}.")

    @property
    def claim(self) -> Claim:
        claim, key_id = super().claim, self.options["access_key_id"]
        if not (self.options["uuid"] and key_id):
            return claim
        # The ID does not identify it, but no two keys may have the same.
        return replace(claim, turns=(*claim.turns, f"id {key_id.casefold()}"))

    def signs(self, key: State) -> bool:
        return self._client.signs_with(key["access_key_id"])

    def has_room(self) -> bool:
        """Return whether the user may have another key. The limit is for each user; an administrator has none."""
        of_user = [key for key in self._listed if key["user_uuid"] == self._user_uuid]
        if len(of_user) < self.limit:
            return True
        if self._is_unlimited is None:
            self._is_unlimited = is_unlimited(self._client, str(self._owner.id))
        return self._is_unlimited

    # --- what can happen to it ---

    @property
    def _user_uuid(self) -> str | None:
        """Return the user of a new key. Without a user, it is the account."""
        return self.options["user_uuid"] or self._owner.id

    def blank(self) -> State:
        chosen = self.options["access_key_id"]
        return {**new_key(self._owner.id, access_key_id=chosen, user_uuid=self._user_uuid), "id": self.options["uuid"]}

    def create(self, attributes: Mapping[str, Any]) -> tuple[State, str | None]:
        self.chosen_id = self.options["uuid"] or uuid4().hex
        given = {
            "description": attributes.get("description"),
            "AccessKeyID": self.options["access_key_id"],
            "AccessKeySecret": attributes.get("access_key_secret"),
        }
        params = {
            # Releases before ZSphere 4.3 require userUuid, later ones ignore it.
            "accountUuid": self._owner.id,
            "userUuid": self._user_uuid,
            "resourceUuid": self.chosen_id,
            **{name: value for name, value in given.items() if value},
        }
        call = Call("CreateAccessKey", "create", self.label, repeatable=False)
        request = Request("POST", KEYS, body={"params": params, **_tags(attributes)})
        try:
            created: KeyAndSecret = self._client.run_job(call, request, self._read_created)
        except CloudError as error:
            if error.code == _INTERNAL and self.options["uuid"]:
                error = replace(error, reason=f"{error.reason} (the uuid may be that of another object)")
            if not error.maybe_done:
                raise error from None
            created = self._recover(error)
        if self.yields_secret and created[1] is None:
            created = self._read_secret_of(created)
        self._compared(created)
        return created

    def _read_created(self, body: dict[str, Any]) -> KeyAndSecret:
        inventory = member(body, "inventory", dict)
        secret = self._client.take_secret(inventory)
        created = key_state(inventory, self._client.zone)
        if created["id"] != self.chosen_id:
            # A key that differs from the request is deleted, so it must be the key of this request.
            raise bad_reply(f"it is about the access key {created['id']}")
        return created, secret

    def _recover(self, error: CloudError) -> KeyAndSecret:
        """Return the key of a creation whose outcome is not known, by the UUID that was chosen for it.

        Raise the failure of the creation if the key cannot be identified. A missing key may still appear, because the
        request may still be on its way, and the job may continue after its error. A UUID in the options proves nothing,
        because another task may have the same one.
        """
        try:
            created = find_key(self._client, str(self.chosen_id))
        except CloudError:
            created = None
        else:
            if created is None and error.code == _NOT_BEGUN:
                raise replace(error, maybe_done=False, advice="The key was not created. Run this again.")
        if created is not None and not self.options["uuid"] and (created[1] or not self.yields_secret):
            return created
        raise error

    def check_created(self, state: State) -> None:
        """Refuse a key that was not created as requested. Servers ignore parameters that they do not know."""
        asked = {"owner": self._owner.id, **{name: self.options[name] for name in ("user_uuid", "access_key_id")}}
        other = [name for name, value in asked.items() if value not in (None, state[name])]
        if self._is_same_secret.get(state["id"]) is False:
            other.append("access_key_secret")
        if other:
            raise CloudError(
                REFUSED,
                f"the server created the key without the requested {' and '.join(other)}",
                advice=" ".join(dict.fromkeys(_REMEDIES[name] for name in other if name in _REMEDIES)),
            )

    def _read_secret_of(self, created: KeyAndSecret) -> KeyAndSecret:
        """Read a key with its secret, which the result of a job does not contain if another node keeps it."""
        try:
            return find_key(self._client, created[0]["id"]) or created
        except CloudError:
            return created  # and is deleted, because it is of no use

    def update(self, current: State, attributes: Mapping[str, Any]) -> None:
        uuid, status = current["id"], attributes["status"]
        with unless_changed(self._client, uuid, status):
            self._client.run_job(*status_change(uuid, status, self.label, _tags(attributes)))

    def delete(self, current: State) -> None:
        call = Call("DeleteAccessKey", "delete", self.label)
        if current["id"] == self.chosen_id and find_key(self._client, current["id"]) is None:
            # The job would succeed, and prove nothing.
            raise CloudError(
                NOT_FOUND,
                "the key is not visible (yet)",
                api_operation=call.operation,
                advice=f"Look for {self.identify(current)}.",
            ).during(call.attempted, call.label)
        request = Request("DELETE", f"{KEYS}/{current['id']}", [("deleteMode", "Permissive")])
        try:
            self._client.run_job(call, request, nothing)
        except CloudError as error:
            if key_after(self._client, error, current["id"]) is not None:
                raise error from None


def _tags(attributes: Mapping[str, Any]) -> dict[str, list[str]]:
    return {"systemTags": attributes.get("system_tags") or [], "userTags": attributes.get("user_tags") or []}
