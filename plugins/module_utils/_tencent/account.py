# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Find and list users and access keys, as states (API 2019-01-16: GetUser, ListUsers, ListAccessKeys)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import partial
from threading import Lock
from typing import Any, NamedTuple

from .._api import Call
from .._errors import DENIED, NOT_FOUND, CloudError
from .._key_report import add_ages, iso_utc, unknown_last_use
from .._keys import KEY, new_key
from .._owners import Owner
from .._parallel import Pace
from .._plan import UNKNOWN, State
from .._predictions import Kind
from .._reply import Oddities, bad_reply
from .client import READS_PER_SECOND, CamClient

CHINA = timezone(timedelta(hours=8))
"""The time zone of all times in CAM, which do not include it."""

USER = Kind("user", "uin")
_LIST_USERS = Call("ListUsers", "list", "the users of the account")
STATUSES = {"Active": "active", "Inactive": "inactive"}
WIRE_STATUSES = {ours: theirs for theirs, ours in STATUSES.items()}


def target_uin(owner: Owner) -> int | None:
    """Return the UIN of an owner as the API takes it, or None for the caller."""
    return None if owner.id is None else int(owner.id)


def key_state(item: Any, owner: Owner, odd: Oddities) -> State:
    """Return the state of an AccessKey or AccessKeyDetail, without its secret."""
    key_id = odd.read(f"an access key of {owner.label}", "id", lambda: _named(item, "AccessKeyId"))
    label = f"access key {key_id}"
    return {
        **new_key(owner.id, user_name=owner.name),
        "id": key_id,
        "status": odd.read(label, "status", lambda: _status(item)),
        "description": odd.read(label, "description", lambda: text_of(item, "Description") or None),
        "create_time": odd.read(label, "create_time", lambda: _parse_time(item.CreateTime)) or None,
    }


def _named(item: Any, name: str) -> str:
    """Return a required string."""
    text = text_of(item, name)
    if not text:
        raise bad_reply(f"{name} is missing")
    return text


def _status(item: Any) -> str:
    status = STATUSES.get(str(item.Status))
    if status is None:
        raise bad_reply(f"Status is {item.Status!r}, which has no known meaning")
    return status


def _parse_time(text: Any) -> str | None:
    if not text:
        return None
    try:
        return iso_utc(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA))
    except (TypeError, ValueError, OverflowError):
        raise bad_reply("a time that cannot be read") from None


def list_keys(client: CamClient, owner: Owner) -> list[State]:
    """Return all keys of an owner. CAM does not page them."""
    call = Call("ListAccessKeys", "list the access keys of", owner.label)

    def read(reply: Any) -> list[State]:
        return [key_state(item, owner, client.oddities) for item in reply.AccessKeys or []]

    return client.predictions.over_owner(
        KEY,
        lambda: client.call(call, {"TargetUin": target_uin(owner)}, read),
        owner=lambda: uin_of(client, owner),
        view={"owner": owner.id, "user_name": owner.name},
        label=owner.label,
    )


def uin_of(client: CamClient, owner: Owner) -> str:
    """Return the UIN of an owner, who may be the caller."""
    return owner.id or client.predictions.caller(lambda: client.caller()[0])


def user_state(item: Any, odd: Oddities) -> State:
    """Return the state of a GetUser reply or a SubAccountInfo."""
    name = odd.read("a user", "name", lambda: _named(item, "Name"))
    label = f"user {name or item.Uin}"
    texts = {"remark": "Remark", "phone_num": "PhoneNum", "country_code": "CountryCode", "email": "Email"}
    texts_read = {ours: odd.read(label, ours, partial(text_of, item, theirs)) for ours, theirs in texts.items()}
    return {
        "name": name,
        "uin": odd.read(label, "uin", lambda: _uin_of(item)),
        "uid": odd.read(label, "uid", lambda: uid_of(item)),
        "console_login": odd.read(label, "console_login", lambda: _flag(item, "ConsoleLogin")),
        **texts_read,
    }


def _uin_of(item: Any) -> str:
    if not str(item.Uin).isdigit():
        raise bad_reply("Uin is not a number")
    return str(item.Uin)


def _flag(item: Any, name: str) -> bool:
    value = getattr(item, name)
    if not isinstance(value, int) or value not in (0, 1):
        raise bad_reply(f"{name} is {value!r}, not 0 or 1")
    return value == 1


def uid_of(item: Any) -> str | None:
    """Return the Uid of a user, or None if it is missing."""
    if item.Uid is None:
        return None
    if not str(item.Uid).isdigit():
        raise bad_reply("Uid is not a number")
    return str(item.Uid)


def text_of(item: Any, name: str) -> str:
    """Return a string, which is missing or null in the reply if it is empty."""
    value = getattr(item, name)
    if not isinstance(value, (str, type(None))):
        raise bad_reply(f"{name} is not a string")
    return value or ""


def find_user(client: CamClient, name: str) -> State:
    """Return the user with that name. Raise CloudError NOT_FOUND if the user does not exist."""

    def read(reply: Any) -> State:
        found = _named(reply, "Name")
        if found.casefold() != name.casefold():
            raise bad_reply(f"it is about the user {found}")
        return user_state(reply, client.oddities)

    return client.predictions.found(
        USER,
        lambda: client.call(Call("GetUser", "read", f"user {name}"), {"Name": name}, read),
        lambda user: bool(user["name"] == name),
        f"user {name}",
    )


def find_uin(client: CamClient, name: str) -> str:
    """Return the UIN of the user with that name. Raise CloudError NOT_FOUND if the user does not exist."""
    uin = find_user(client, name)["uin"]
    if uin == UNKNOWN:
        raise bad_reply(uin.why).during("read", f"user {name}")
    return uin  # type: ignore[no-any-return]


def find_user_if_any(client: CamClient, name: str) -> State | None:
    """Return the user with that name, or None."""
    try:
        return find_user(client, name)
    except CloudError as error:
        if error.category != NOT_FOUND:
            raise
        return None


def list_users(client: CamClient) -> list[State]:
    """Return all sub-users of the account. CAM does not page them."""

    def read(reply: Any) -> list[State]:
        if reply.Data is None:
            raise bad_reply("Data is null")
        users = [user_state(item, client.oddities) for item in reply.Data]
        return [user for user in users if user["name"] or user["uin"]]

    return client.call(_LIST_USERS, {}, read)


def listed_uins(client: CamClient) -> set[str]:
    """Return the UINs of all sub-users. Raise CloudError if one of them cannot be read."""
    return client.predictions.without_deleted(USER, client.call(_LIST_USERS, {}, _all_uins))


def _all_uins(reply: Any) -> set[str]:
    return {_uin_of(item) for item in reply.Data or []}


_IDS_PER_CALL = 10


class LastUse(NamedTuple):
    """Hold the time at which a key was last used. state: used, never or unknown."""

    moment: str | None
    state: str


class LastUses:
    """Look up the last use of keys, ten at once, while other keys are still being listed. The limits are separate.

    Safe to share between threads. denied: why the last use of all keys is unknown.
    """

    def __init__(self, client: CamClient) -> None:
        self._client = client
        self._pace = Pace(READS_PER_SECOND)
        self._lock = Lock()
        self._pending: list[str] = []
        self._found: dict[str, LastUse] = {}
        self.denied: CloudError | None = None

    def look_up(self, keys: list[State]) -> None:
        """Look up these keys as soon as a call is full. The rest waits for other keys."""
        with self._lock:
            self._pending += [key["id"] for key in keys if key["id"]]
        while group := self._take(at_least=_IDS_PER_CALL):
            self._look_up(group)

    def added_to(self, keys: list[State]) -> list[State]:
        """Return the keys with last use and ages. look_up must have been called for all of them."""
        while group := self._take(at_least=1):
            self._look_up(group)
        if self.denied:
            return unknown_last_use(keys)
        now = datetime.now(timezone.utc)
        return [add_ages(key, *self._found.get(key["id"], LastUse(None, "unknown")), now=now) for key in keys]

    def _take(self, at_least: int) -> list[str]:
        with self._lock:
            if len(self._pending) < at_least:
                return []
            group, self._pending = self._pending[:_IDS_PER_CALL], self._pending[_IDS_PER_CALL:]
        return group

    def _look_up(self, ids: list[str]) -> None:
        """Send one call. Match its rows by ID, because the API does not guarantee their order."""
        if self.denied:
            return
        self._pace.wait()
        try:
            rows = self._client.call(
                Call("GetSecurityLastUsed", "read the last use of", "access keys"),
                {"SecretIdList": ids},
                lambda reply: [self._read(row) for row in reply.SecretIdLastUsedRows or []],
            )
        except CloudError as error:
            if error.category != DENIED:
                raise
            self.denied = error
        else:
            self._found.update(rows)

    def _read(self, row: Any) -> tuple[str, LastUse]:
        odd = self._client.oddities
        key_id = odd.read("a last use", "access key", lambda: text_of(row, "SecretId"))
        use = odd.read(f"access key {key_id}", "last use", lambda: _last_use(row))
        return key_id, use or LastUse(None, "unknown")


def _last_use(row: Any) -> LastUse:
    """Return the last use of a row. For a date without a time, return its last second."""
    try:
        if row.LastSecretUsedDate:
            moment = datetime.fromtimestamp(row.LastSecretUsedDate / 1000, timezone.utc)
        elif row.LastUsedDate:
            day = datetime.strptime(row.LastUsedDate, "%Y-%m-%d").replace(tzinfo=CHINA)
            moment = day + timedelta(days=1, seconds=-1)
        else:
            return LastUse(None, "never")
        return LastUse(iso_utc(moment), "used")
    except (TypeError, ValueError, OverflowError):
        raise bad_reply("a last use that cannot be read") from None
