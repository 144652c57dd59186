# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""CAM access keys (API 2019-01-16: ListAccessKeys, CreateAccessKey, UpdateAccessKey, DeleteAccessKey)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from ansible_collections.multicloud.iam.plugins.module_utils._api import nothing
from ansible_collections.multicloud.iam.plugins.module_utils._errors import (
    NOT_FOUND,
    USAGE,
    CloudError,
)
from ansible_collections.multicloud.iam.plugins.module_utils._gone import deleted_meanwhile
from ansible_collections.multicloud.iam.plugins.module_utils._key_report import select_keys
from ansible_collections.multicloud.iam.plugins.module_utils._keys import (
    WITHOUT_DESCRIPTIONS,
    KeyResource,
    new_key,
)
from ansible_collections.multicloud.iam.plugins.module_utils._plan import UNKNOWN, State
from ansible_collections.multicloud.iam.plugins.module_utils._reply import Oddities, bad_reply
from ansible_collections.multicloud.iam.plugins.module_utils._resource import check_made
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.account import (
    STATUSES,
    Owner,
    find_uin,
    key_state,
    list_keys,
    list_users,
    listed_uins,
)
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.client import (
    WORKERS,
    CamClient,
    for_each,
)
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.last_use import LastUses

T = TypeVar("T")
WIRE_STATUSES = {ours: theirs for theirs, ours in STATUSES.items()}

_DESCRIPTION = re.compile(r"[\w+=,.@:/-]{1,1024}")


def check_uin(option: str, uin: str) -> str:
    """Refuse what is no UIN: 0, as the API may take for the caller, and zeros in front, which a number does not keep."""
    if not re.fullmatch(r"[1-9][0-9]{0,19}", uin):
        raise CloudError(
            USAGE,
            f"{option} is {uin!r}",
            advice="A UIN is a number above 0 without zeros in front, 12 digits for a sub-user.",
        )
    return uin


def check_description(client: CamClient, description: str | None, advice: str = "") -> None:
    """Refuse a description that the API would not take, or, on the international site, not keep.

    advice: what to do instead of giving one there, beside giving the id.
    """
    if not description:
        return
    if not _DESCRIPTION.fullmatch(description):
        raise CloudError(
            USAGE,
            f"the description {description!r} is not one that CAM takes",
            advice="1 to 1024 letters, digits and _ + = , . @ : / - are allowed, and no blanks.",
        )
    if client.is_international():
        raise CloudError(
            USAGE,
            "the international site keeps no description of access keys",
            advice=f"Identify the key by access_key_id instead. {advice}".strip(),
        )


def _new_key_state(detail: Any, owner: Owner, odd: Oddities) -> State:
    """The key that a creation has made. Its id is what counts: whatever else is odd must not lose it."""
    detail.Status = "Active"  # as every new key is
    made = key_state(detail, owner, odd)
    if made["id"] == UNKNOWN:
        raise bad_reply("an access key without id")
    return made


class AccessKey(KeyResource):
    """One access key of a user of CAM, or of the caller."""

    def __init__(self, task: Task) -> None:
        super().__init__(task)
        if not self.present and not self.options["target_uin"] and not self.options["user_name"]:
            raise CloudError(
                USAGE,
                "state=absent does not say whose key to delete",
                advice="Give target_uin or user_name: a key that the caller does not have may be another user's.",
            )
        uin = self.options["target_uin"]
        self._owner = Owner(check_uin("target_uin", uin) if uin else None, self.options["user_name"])
        self._client = CamClient(task)
        self.own_key_id = self._client.own_key_id
        self.make_claim = self._client.claim
        self.wanted = replace(self.wanted, has_descriptions=not self._client.is_international())
        check_description(self._client, self.wanted.marker, WITHOUT_DESCRIPTIONS if self.present else "")

    @property
    def owner_label(self) -> str:
        return self._owner.label

    @property
    def owner_id(self) -> str | None:  # type: ignore[override]
        return self._owner.uin

    def find_owner(self) -> None:
        if self._owner.name and not self._owner.uin:
            self._owner = self._owner._replace(uin=find_uin(self._client, self._owner.name))

    def is_owner_gone(self) -> bool:
        if self._owner.uin is None:
            return True  # GetUser is about nothing else
        # The listing has neither the root account in it, nor, maybe, the caller.
        return self._owner.uin not in {*self._client.caller(), *listed_uins(self._client)}

    def list_keys(self) -> list[State]:
        return list_keys(self._client, self._owner)

    def blank(self) -> State:
        return new_key(self._owner.uin, user_name=self._owner.name)

    def create(self, attributes: Mapping[str, Any]) -> tuple[State, str | None]:
        return self._call(
            "CreateAccessKey",
            "create",
            self._read_created,
            repeatable=False,
            Description=attributes.get("description"),
        )

    def _read_created(self, reply: Any) -> tuple[State, str | None]:
        if reply.AccessKey is None:
            raise bad_reply("no access key in it")
        secret = reply.AccessKey.SecretAccessKey
        self.task.secrets.add(secret)
        made = _new_key_state(reply.AccessKey, self._owner, self._client.oddities)
        check_made(self, made, secret if isinstance(secret, str) else None)
        return made, secret

    def update(self, current: State, attributes: Mapping[str, Any]) -> None:
        self._call(
            "UpdateAccessKey",
            "change the status of",
            nothing,
            AccessKeyId=current["id"],
            Status=WIRE_STATUSES[attributes["status"]],
        )

    def delete(self, current: State) -> None:
        self._call("DeleteAccessKey", "delete", nothing, AccessKeyId=current["id"])

    def read_last_use(self, keys: list[State]) -> list[State]:
        uses = LastUses(self._client)
        uses.ask_for(keys)
        return uses.added_to(keys)

    def _call(self, action: str, doing: str, read: Callable[[Any], T], **parameters: Any) -> T:
        """Without TargetUin the API takes the caller for the owner, so a given owner is always sent."""
        return self._client.call(action, doing, self.label, read, TargetUin=self._owner.number, **parameters)


def report_access_keys(task: Task) -> list[State]:
    """The keys of the owners that the options name, with last use and ages, filtered."""
    client = CamClient(task, connections=WORKERS)
    check_description(client, task.options["description"])
    uses = LastUses(client)
    lost: dict[str, tuple[str, CloudError]] = {}

    def keys_of(owner: Owner) -> list[State]:
        try:
            keys = list_keys(client, owner)
        except CloudError as error:
            if not (task.options["all_users"] and error.category == NOT_FOUND):
                raise
            lost[str(owner.uin)] = owner.label, error
            return []
        uses.ask_for(keys)
        return keys

    listed = for_each(keys_of, _owners(client, task))
    task.warnings += deleted_meanwhile(lost, lambda: listed_uins(client))
    keys = uses.added_to([key for some in listed for key in some if key["id"] != UNKNOWN])
    if uses.denied:
        task.warnings.append(f"The last use of the keys is unknown: {uses.denied}")
    return select_keys(keys, task.options)


def _owners(client: CamClient, task: Task) -> list[Owner]:
    uins, names = task.options["target_uins"], task.options["user_names"]
    if task.options["all_users"]:
        if uins is not None or names is not None:
            raise CloudError(
                USAGE, "all_users goes with neither target_uins nor user_names", advice="Give one of the three."
            )
        users = list_users(client)
        for user in users:
            if user["uin"] == UNKNOWN:
                task.warnings.append(f"The keys of user {user['name']} are not listed, because its uin cannot be read.")
        return [Owner(user["uin"], user["name"] or None) for user in users if user["uin"]]
    if uins is None and names is None:
        return [Owner()]

    def by_name(name: str) -> Owner:
        return Owner(find_uin(client, name), name)

    known = [Owner(check_uin("target_uins", uin)) for uin in dict.fromkeys(uins or [])]
    return known + for_each(by_name, dict.fromkeys(names or []))
