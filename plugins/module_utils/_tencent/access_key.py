# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Manage CAM access keys (API 2019-01-16: ListAccessKeys, CreateAccessKey, UpdateAccessKey, DeleteAccessKey)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from .._api import Call, nothing
from .._errors import USAGE, CloudError
from .._keys import WITHOUT_DESCRIPTIONS, KeyResource, new_key
from .._owners import Owner
from .._plan import UNKNOWN, State
from .._reply import Oddities, bad_reply
from .._resource import check_creation_reply
from .._task import Task
from .account import WIRE_STATUSES, LastUses, find_uin, key_state, list_keys, listed_uins, target_uin, uin_of
from .checks import check_description, check_uin
from .client import CamClient

T = TypeVar("T")


def _new_key_state(detail: Any, owner: Owner, odd: Oddities) -> State:
    """Return the created key. Only the ID is required, so that a malformed field cannot lose the key."""
    detail.Status = "Active"  # as every new key is
    created = key_state(detail, owner, odd)
    if created["id"] == UNKNOWN:
        raise bad_reply("AccessKeyId is missing")
    return created


class AccessKey(KeyResource):
    """Manage one access key of a CAM user or of the caller."""

    last_used_state_of_new_key = "never"

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        if not self.present and not self.options["target_uin"] and not self.options["user_name"]:
            raise CloudError(
                USAGE,
                "state=absent requires the owner of the key",
                advice="Set target_uin or user_name, because a key that the caller does not have may belong to another user.",
            )
        uin = self.options["target_uin"]
        self._owner = (
            Owner(check_uin("target_uin", uin), kind="owner") if uin else Owner(name=self.options["user_name"])
        )
        self._client = CamClient(task)
        self.own_key_id = self._client.own_key_id
        self.make_claim = self._client.claim
        is_international = self._client.is_international()
        self.wanted = replace(self.wanted, has_descriptions=not is_international)
        check_description(self.wanted.marker, is_international, WITHOUT_DESCRIPTIONS if self.present else "")

    def find_owner(self) -> None:
        if self._owner.name and not self._owner.id:
            self._owner = self._owner._replace(id=find_uin(self._client, self._owner.name))

    def is_owner_gone(self) -> bool:
        if self._owner.id is None:
            return True  # GetUser has no other reason to fail like this
        # The list does not contain the root account, and maybe not the caller.
        return self._owner.id not in {*self._client.caller(), *listed_uins(self._client)}

    def list_keys(self) -> list[State]:
        return list_keys(self._client, self._owner)

    def blank(self) -> State:
        return new_key(self._owner.id, user_name=self._owner.name)

    def as_listed(self, state: State) -> State:
        return {**state, "owner": uin_of(self._client, self._owner)}

    def create(self, attributes: Mapping[str, Any]) -> tuple[State, str | None]:
        call = Call("CreateAccessKey", "create", self.label, repeatable=False)
        return self._call(call, {"Description": attributes.get("description")}, self._read_created)

    def _read_created(self, reply: Any) -> tuple[State, str | None]:
        if reply.AccessKey is None:
            raise bad_reply("AccessKey is missing")
        secret = reply.AccessKey.SecretAccessKey
        self.task.secrets.add(secret)
        created = _new_key_state(reply.AccessKey, self._owner, self._client.oddities)
        check_creation_reply(self, created, secret if isinstance(secret, str) else None)
        return created, secret

    def update(self, current: State, attributes: Mapping[str, Any]) -> None:
        call = Call("UpdateAccessKey", "change the status of", self.label)
        parameters = {"AccessKeyId": current["id"], "Status": WIRE_STATUSES[attributes["status"]]}
        self._call(call, parameters, nothing)

    def delete(self, current: State) -> None:
        call = Call("DeleteAccessKey", "delete", self.label)
        self._call(call, {"AccessKeyId": current["id"]}, nothing)

    def read_last_use(self, keys: list[State]) -> list[State]:
        uses = LastUses(self._client)
        uses.look_up(keys)
        return uses.added_to(keys)

    def _call(self, call: Call, parameters: Mapping[str, Any], read: Callable[[Any], T]) -> T:
        """Call an operation for the owner. Without TargetUin, the API uses the caller as the owner."""
        return self._client.call(call, {"TargetUin": target_uin(self._owner), **parameters}, read)
