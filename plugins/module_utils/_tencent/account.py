# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""What an account holds, as CAM lists it: users and their access keys, in the collection's vocabulary
(API 2019-01-16: GetUser, ListUsers, ListAccessKeys)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from ansible_collections.multicloud.iam.plugins.module_utils._errors import NOT_FOUND, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._key_report import iso_utc
from ansible_collections.multicloud.iam.plugins.module_utils._keys import new_key
from ansible_collections.multicloud.iam.plugins.module_utils._plan import State
from ansible_collections.multicloud.iam.plugins.module_utils._reply import bad_reply
from ansible_collections.multicloud.iam.plugins.module_utils._tencent.client import CamClient

CHINA = timezone(timedelta(hours=8))
"""CAM's times are of this zone and do not say so."""

STATUSES = {"Active": "active", "Inactive": "inactive"}


class Owner(NamedTuple):
    """Whose keys: uin is None for the caller, name is None where it is not known."""

    uin: str | None = None
    name: str | None = None

    @property
    def label(self) -> str:
        if self.name and self.uin:
            return f"user {self.name} ({self.uin})"
        if self.name:
            return f"user {self.name}"
        return f"owner {self.uin}" if self.uin else "the caller"

    @property
    def number(self) -> int | None:
        """The UIN as the API takes it."""
        return None if self.uin is None else int(self.uin)


def key_state(item: Any, owner: Owner) -> State:
    """An AccessKey or AccessKeyDetail of the API in the collection's vocabulary, without its secret."""
    status = STATUSES.get(str(item.Status))
    if not isinstance(item.AccessKeyId, str) or not item.AccessKeyId or status is None:
        raise bad_reply("an access key without id, or with a status that is not known")
    return {
        **new_key(owner.uin, user_name=owner.name),
        "id": item.AccessKeyId,
        "status": status,
        "description": text_of(item, "Description") or None,
        "create_time": _parse_time(item.CreateTime),
    }


def _parse_time(text: Any) -> str | None:
    if not text:
        return None
    try:
        return iso_utc(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA))
    except (TypeError, ValueError, OverflowError):
        raise bad_reply("a time that cannot be read") from None


def list_keys(client: CamClient, owner: Owner) -> list[State]:
    """All keys of an owner; CAM does not page them."""
    return client.call(
        "ListAccessKeys",
        "list the access keys of",
        owner.label,
        lambda reply: [key_state(item, owner) for item in reply.AccessKeys or []],
        TargetUin=owner.number,
    )


def user_state(item: Any) -> State:
    """A GetUser reply or a SubAccountInfo in the collection's vocabulary."""
    if not str(item.Uin).isdigit() or not item.Name or item.ConsoleLogin not in (0, 1):
        raise bad_reply("a user without Uin, Name or ConsoleLogin")
    return {
        "name": text_of(item, "Name"),
        "uin": str(item.Uin),
        "uid": uid_of(item),
        "remark": text_of(item, "Remark"),
        "console_login": item.ConsoleLogin == 1,
        "phone_num": text_of(item, "PhoneNum"),
        "country_code": text_of(item, "CountryCode"),
        "email": text_of(item, "Email"),
    }


def uid_of(item: Any) -> str | None:
    """The Uid of a user; None where it is not told."""
    if item.Uid is None:
        return None
    if not str(item.Uid).isdigit():
        raise bad_reply("Uid is no number")
    return str(item.Uid)


def text_of(item: Any, name: str) -> str:
    """A text, which the API leaves out or answers as null where it is empty."""
    value = getattr(item, name)
    if not isinstance(value, (str, type(None))):
        raise bad_reply(f"{name} is of another type")
    return value or ""


def find_user(client: CamClient, name: str) -> State:
    """The user of that name; raises CloudError of the kind NOT_FOUND if there is none."""

    def read(reply: Any) -> State:
        user = user_state(reply)
        if user["name"].casefold() != name.casefold():
            raise bad_reply(f"it is about the user {user['name']}")
        return user

    return client.call("GetUser", "read", f"user {name}", read, Name=name)


def find_user_if_any(client: CamClient, name: str) -> State | None:
    """The user of that name; None if there is none."""
    try:
        return find_user(client, name)
    except CloudError as error:
        if error.category != NOT_FOUND:
            raise
        return None


def list_users(client: CamClient) -> list[State]:
    """All sub-users of the account; CAM does not page them."""
    return client.call("ListUsers", "list", "the users of the account", _read_users)


def _read_users(reply: Any) -> list[State]:
    if reply.Data is None:
        raise bad_reply("Data is null")
    return [user_state(item) for item in reply.Data]
