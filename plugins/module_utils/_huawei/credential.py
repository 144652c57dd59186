# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Manage permanent access keys of IAM users (API v3.0, OS-CREDENTIAL)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Callable, TypeVar

from .._api import Call, Request
from .._errors import AUTHENTICATION, NOT_FOUND, CloudError
from .._keys import KeyResource, new_key
from .._owners import Owner
from .._plan import Attribute, Schema, State
from .._reply import bad_reply, member, quiet_member
from .._resource import check_creation_reply
from .._task import Task
from .account import add_last_use, all_users, find_user, key_id_in, key_state, list_keys, proves_change, show_key
from .checks import check_access_key, check_user_id
from .client import CREDENTIALS_PATH, IamClient
from .errors import explain_denied_change

T = TypeVar("T")


_SCHEMA: Schema = {"status": Attribute(), "description": Attribute()}


class Credential(KeyResource):
    """Manage one permanent access key of a user, or of the caller."""

    id_option = "access_key"
    last_used_state_of_new_key = "never"
    schema = _SCHEMA

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        if self.wanted.key_id:
            check_access_key(self.wanted.key_id)
        user_id = self.options["user_id"]
        self._owner = Owner(check_user_id("user_id", user_id) if user_id else None, self.options["user_name"])
        self._client = IamClient(task)
        self._user_id = self._owner.id
        self.own_key_id = self._client.own_key_id
        self.make_claim = self._client.claim

    @property
    def owner_id(self) -> str | None:
        return self._user_id

    @property
    def essential(self) -> tuple[str, ...]:  # type: ignore[override]
        return ("id", "user_id") if self._owner.id else ("id",)

    @property
    def _id_says_all(self) -> bool:
        """Return whether the task identifies the key by its ID alone: it need not be one of the caller's."""
        return bool(self.wanted.key_id) and self._owner == Owner()

    @property
    def label(self) -> str:
        return f"access key {self.wanted.key_id}" if self._id_says_all else super().label

    def find_owner(self) -> None:
        if self._owner.name and not self._owner.id:
            self._owner = find_user(self._client, self._owner.name)
            self._user_id = self._owner.id

    def is_owner_gone(self) -> bool:
        if self._owner.id is None:
            return bool(self._owner.name)  # no user of this name was listed; the caller exists
        return self._owner.id not in {user.id for user in all_users(self._client)}

    def read_key(self) -> State | None:
        if not self._id_says_all:
            return super().read_key()
        key_id = str(self.wanted.key_id)
        try:
            return self.task.predictions.found(
                self.kind,
                lambda: show_key(self._client, key_id, self._owner)[0],
                lambda key: bool(key["id"] == key_id),
                self.label,
            )
        except CloudError as error:
            if self.present or error.category != NOT_FOUND:
                raise
            return None

    def list_keys(self) -> list[State]:
        return self.task.predictions.over_owner(
            self.kind,
            partial(list_keys, self._client, self._owner),
            owner=lambda: self._owner.id or self.task.predictions.caller(self._client.caller_id),
            view={"owner": self._owner.id, "user_name": self._owner.name},
            label=self.owner_label,
        )

    def as_listed(self, state: State) -> State:
        return {**state, "owner": state["user_id"]}

    def prepare_creation(self) -> None:
        if not self._user_id:
            # The API requires the owner even if it is the caller, whose own keys show who that is.
            known = [key["user_id"] for key in self._listed if key["user_id"]]
            self._user_id = known[0] if known else self._client.caller_id()

    def blank(self) -> State:
        return new_key(self._owner.id, user_id=self._user_id, user_name=self._owner.name)

    def create(self, attributes: Mapping[str, Any]) -> tuple[State, str | None]:
        body = {"user_id": self._user_id}
        if "description" in attributes:
            body["description"] = attributes["description"]
        call = Call("CreatePermanentAccessKey", "create", self.label, repeatable=False)
        request = Request("POST", CREDENTIALS_PATH, body={"credential": body})
        return self._change(self._owner == Owner(), call, request, self._read_created)

    def _read_created(self, reply: Any) -> tuple[State, str | None]:
        """Return the new key and its secret. Only the ID is required, so that a malformed field cannot lose them."""
        item = member(reply, "credential", dict)
        secret = quiet_member(item, "secret", str)
        self.task.secrets.add(secret)
        access, user_id = key_id_in(item), quiet_member(item, "user_id", str)
        if user_id not in (None, self._user_id):
            raise bad_reply(f"it is about access_key {access}, which is of another user")
        certain = {"access": access, "status": "active", "user_id": self._user_id}
        optional = {name: quiet_member(item, name, str) for name in ("description", "create_time")}
        created = key_state({**optional, **certain}, self._owner, self._client.oddities)
        check_creation_reply(self, created, secret)
        return created, secret

    def update(self, current: State, attributes: Mapping[str, Any]) -> State | None:
        call = Call("UpdatePermanentAccessKey", "change", self.label)
        sent = dict(attributes)
        request = Request("PUT", f"{CREDENTIALS_PATH}/{current['id']}", body={"credential": sent})
        return self._change(self._is_own(current), call, request, lambda body: _proof(body, current["id"], sent))

    def reread(self, state: State) -> State | None:
        try:
            return show_key(self._client, state["id"], self._owner)[0]
        except CloudError as error:
            if error.category != AUTHENTICATION:
                raise
            if self.signs(state) and state["status"] == "inactive":
                return None  # as was asked for with allow_self_lockout
            if self._client.own_key_id:
                raise
            self.task.warnings.append(
                f"{self.label} was changed. This has ended the token, because a change of a user's key ends all tokens of"
                " that user. Get a new token for the following tasks."
            )
            return None

    def delete(self, current: State) -> None:
        call = Call("DeletePermanentAccessKey", "delete", self.label)
        request = Request("DELETE", f"{CREDENTIALS_PATH}/{current['id']}")
        self._change(self._is_own(current), call, request, _check_deleted)

    def _is_own(self, key: State) -> bool:
        """Return whether a key is certainly one of the caller's."""
        return self.signs(key) or (self._owner == Owner() and not self._id_says_all)

    def _change(self, is_own: bool, call: Call, request: Request, read: Callable[[Any], T]) -> T:
        """Send a change of a key. is_own: the key is certainly one of the caller's."""
        try:
            return self._client.call(call, request, read)
        except CloudError as error:
            raise explain_denied_change(error, is_own) from None

    def read_last_use(self, keys: list[State]) -> list[State]:
        return add_last_use(self._client, keys)


def _check_deleted(reply: Any) -> None:
    """Refuse a reply with content: the API replies with status 204."""
    if reply is not None:
        raise bad_reply("it has content")


def _proof(reply: Any, access_key: str, sent: Mapping[str, Any]) -> State | None:
    """Return an empty state if the reply proves the change, or None if it does not."""
    return {} if proves_change(reply, access_key, sent) else None
