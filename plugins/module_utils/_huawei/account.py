# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""List and find users and permanent access keys of an account, and translate them into states.

API v3.0: ListPermanentAccessKeys, ShowPermanentAccessKey. API v3: KeystoneListUsers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from .._api import Call, Request
from .._errors import NOT_FOUND, REFUSED, CloudError
from .._key_report import add_ages, iso_utc
from .._keys import new_key
from .._owners import Owner
from .._plan import UNKNOWN, State
from .._reply import STRICT, Oddities, bad_reply, member, optional_member, quiet_member
from .client import CREDENTIALS_PATH, IamClient, for_each


def key_state(item: Any, owner: Owner, odd: Oddities) -> State:
    """Translate an access key into a state without the secret."""
    access = odd.read(f"an access key of {owner.label}", "id", lambda: key_id_in(item))
    label = f"access key {access}"
    user_id = odd.read(label, "user_id", lambda: member(item, "user_id", str))
    return {
        **new_key(owner.id, user_id=user_id, user_name=owner.name),
        "id": access,
        "status": odd.read(label, "status", lambda: _status(item)),
        "description": odd.read(label, "description", lambda: optional_member(item, "description", str) or None),
        "create_time": odd.read(label, "create_time", lambda: _time(item, "create_time")) or None,
    }


def key_id_in(item: Any) -> str:
    """Return the ID of an access key. An empty one would make a call about all keys out of one about this key."""
    access = member(item, "access", str)
    if not access:
        raise bad_reply("access is empty")
    return access


def _status(item: Any) -> str:
    status = member(item, "status", str)
    if status not in ("active", "inactive"):
        raise bad_reply(f"the status {status!r} is not known")
    return status


def _time(item: Any, name: str) -> str | None:
    text = optional_member(item, name, str)
    moment = parse_time(text)
    if text and moment is None:
        raise bad_reply(f"{name} is {text!r}, which is not a time")
    return moment


def parse_time(text: str | None) -> str | None:
    """Return a time of the API (UTC, with or without a fraction) as ISO 8601, or None if it cannot be read."""
    for form in ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            return iso_utc(datetime.strptime(text or "", form).replace(tzinfo=timezone.utc))
        except ValueError:  # noqa: PERF203 - two forms are known
            continue
    return None


def list_keys(client: IamClient, owner: Owner) -> list[State]:
    """Return all keys of an owner; IAM does not page them, and promises no order."""
    call = Call("ListPermanentAccessKeys", "list the access keys of", owner.label)

    def read(body: Any) -> list[State]:
        keys = [key_state(item, owner, client.oddities) for item in member(body, "credentials", list)]
        if owner.id and any(key["user_id"] not in (owner.id, UNKNOWN) for key in keys):
            raise bad_reply("it holds access keys of another user")
        return sorted(keys, key=lambda key: (key["create_time"] or "", str(key["id"])))

    if owner.id is None:
        return client.call(call, Request("GET", CREDENTIALS_PATH), read, is_listing=True)
    return client.call(call, Request("GET", CREDENTIALS_PATH, [("user_id", owner.id)]), read)


def show_key(client: IamClient, access_key: str, owner: Owner) -> tuple[State, str | None]:
    """Return a key, and the time of its last use as the API reports it. Raises CloudError of the category NOT_FOUND if there is none."""

    def read(body: Any) -> tuple[State, str | None]:
        item = member(body, "credential", dict)
        found = member(item, "access", str)
        if found != access_key:
            raise bad_reply(f"it is about the access key {found}")
        odd = client.oddities
        last_use = odd.read(f"access key {access_key}", "last_use_time", lambda: _time(item, "last_use_time"))
        return key_state(item, owner, odd), last_use or None

    call = Call("ShowPermanentAccessKey", "read", f"access key {access_key}")
    return client.call(call, Request("GET", f"{CREDENTIALS_PATH}/{access_key}"), read)


def proves_change(reply: Any, access_key: str, sent: Mapping[str, Any]) -> bool:
    """Return whether the reply to a change of a key proves it.

    Replies show the status. The description is documented, but no example contains it.
    """
    item = member(reply, "credential", dict)
    is_this_key = key_id_in(item) == access_key
    return is_this_key and all(quiet_member(item, name, str) == value for name, value in sent.items())


def list_users(
    client: IamClient, name: str | None = None, enabled: bool | None = None, odd: Oddities = STRICT
) -> list[Owner]:
    """Return the users of the account, or those of a name. The API decides whether disabled ones are among them.

    odd: notes what cannot be read. Users without an ID are omitted.
    """
    call = Call("KeystoneListUsers", *(("find", f"user {name}") if name else ("list", "the users of the account")))
    query = {"name": name, "enabled": None if enabled is None else str(enabled).lower()}
    request = Request("GET", "/v3/users", [(key, value) for key, value in query.items() if value is not None])

    def read(body: Any) -> list[Owner]:
        return [user for user in (_user(item, odd) for item in member(body, "users", list)) if user.id]

    client.name_account()
    return client.call(call, request, read, is_listing=True)


def _user(item: Any, odd: Oddities) -> Owner:
    user_id = odd.read("a user", "id", lambda: member(item, "id", str))
    name = odd.read(f"user {user_id}", "name", lambda: member(item, "name", str))
    return Owner(user_id or None, name or None)


def find_user(client: IamClient, name: str) -> Owner:
    """Return the user of that name, enabled or not. Raises CloudError of the category NOT_FOUND if there is none."""
    for enabled in (None, False):
        found = [user for user in list_users(client, name, enabled) if user.name == name]
        if len(found) > 1:
            ids = ", ".join(str(user.id) for user in found)
            raise CloudError(REFUSED, f"several users have this name: {ids}", advice="Set user_id instead.").during(
                "find", f"user {name}"
            )
        if found:
            return found[0]
    raise CloudError(
        NOT_FOUND,
        "there is no user of this name",
        advice="Check the name and the account; a user that was created seconds ago may not be visible yet.",
    ).during("find", f"user {name}")


def all_users(client: IamClient, odd: Oddities = STRICT) -> list[Owner]:
    """Return all users of the account, including disabled ones, which the listing without a filter may omit."""
    users = [*list_users(client, odd=odd), *list_users(client, enabled=False, odd=odd)]
    return list({user.id: user for user in users}.values())


def add_last_use(client: IamClient, keys: list[State]) -> list[State]:
    """Return the keys with last use and age. This needs a call for each key, because no listing has the last use.

    For a key that was never used, the API returns its creation as last use (docs/dev/apis/huawei.md).
    """
    now = datetime.now(timezone.utc)

    def read_last_use(key: State) -> State:
        if key["id"] == UNKNOWN:
            return with_last_use(key, None, now)
        try:
            moment = show_key(client, key["id"], Owner())[1]
        except CloudError as error:
            if error.category != NOT_FOUND:
                raise
            moment = None  # deleted since it was listed
        return with_last_use(key, moment, now)

    return for_each(read_last_use, keys)


def with_last_use(key: State, moment: str | None, now: datetime) -> State:
    """Return a key with its last use and age. moment: the last use as the API reports it."""
    state = "unknown" if moment is None else "never" if moment == key["create_time"] else "used"
    return add_ages(key, moment if state == "used" else None, state, now)
