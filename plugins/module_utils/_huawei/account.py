# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""What an account holds, as IAM lists it: users and their permanent access keys, in the collection's vocabulary
(API v3.0: ListPermanentAccessKeys, ShowPermanentAccessKey; v3: KeystoneListUsers)."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, NamedTuple

from ansible_collections.multicloud.iam.plugins.module_utils._api import Call
from ansible_collections.multicloud.iam.plugins.module_utils._errors import (
    NOT_FOUND,
    REFUSED,
    CloudError,
)
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.client import (
    CREDENTIALS_PATH,
    IamClient,
)
from ansible_collections.multicloud.iam.plugins.module_utils._key_report import iso_utc
from ansible_collections.multicloud.iam.plugins.module_utils._keys import new_key
from ansible_collections.multicloud.iam.plugins.module_utils._plan import State
from ansible_collections.multicloud.iam.plugins.module_utils._reply import (
    bad_reply,
    member,
    optional_member,
    quiet_member,
)


class Owner(NamedTuple):
    """Whose keys: user_id is None for the caller, name is None where it is not known."""

    user_id: str | None = None
    name: str | None = None

    @property
    def label(self) -> str:
        if self.name:
            return f"user {self.name}" + (f" ({self.user_id})" if self.user_id else "")
        return f"user {self.user_id}" if self.user_id else "the caller"


def credential_state(item: Any, owner: Owner) -> State:
    """A credential of the API in the collection's vocabulary, without its secret."""
    status = member(item, "status", str)
    if status not in ("active", "inactive"):
        raise bad_reply(f"the status {status!r} is not known")
    return {
        **new_key(owner.user_id, user_id=member(item, "user_id", str), user_name=owner.name),
        "id": member(item, "access", str),
        "status": status,
        "description": optional_member(item, "description", str) or None,
        "create_time": parse_time(quiet_member(item, "create_time", str)),
    }


def parse_time(text: str | None) -> str | None:
    """A time of the API (UTC, with a fraction or without) as ISO 8601; None where it cannot be read."""
    for form in ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ"):
        try:
            return iso_utc(datetime.strptime(text or "", form).replace(tzinfo=timezone.utc))
        except ValueError:  # noqa: PERF203 - two forms are known
            continue
    return None


def list_keys(client: IamClient, owner: Owner) -> list[State]:
    """All keys of an owner; IAM does not page them, and promises no order."""
    call = Call("ListPermanentAccessKeys", "list the access keys of", owner.label)

    def read(body: Any) -> list[State]:
        keys = [credential_state(item, owner) for item in member(body, "credentials", list)]
        if any(owner.user_id not in (None, key["user_id"]) for key in keys):
            raise bad_reply("it holds access keys of another user")
        return sorted(keys, key=lambda key: (key["create_time"] or "", key["id"]))

    if owner.user_id is None:
        return client.list(call, CREDENTIALS_PATH, read)
    return client.call(call, "GET", CREDENTIALS_PATH, read, [("user_id", owner.user_id)])


def show_key(client: IamClient, access_key: str, owner: Owner) -> tuple[State, str | None]:
    """One key, and when it was last used, as the API tells it; raises NOT_FOUND if there is none."""

    def read(body: Any) -> tuple[State, str | None]:
        item = member(body, "credential", dict)
        state = credential_state(item, owner)
        if state["id"] != access_key:
            raise bad_reply(f"it is about the access key {state['id']}")
        return state, parse_time(quiet_member(item, "last_use_time", str))

    call = Call("ShowPermanentAccessKey", "read", f"access key {access_key}")
    return client.call(call, "GET", f"{CREDENTIALS_PATH}/{access_key}", read)


def list_users(client: IamClient, name: str | None = None, enabled: bool | None = None) -> list[Owner]:
    """The users of the account, or those of a name. Whether disabled ones are among them is for the API to decide."""
    call = Call("KeystoneListUsers", *(("find", f"user {name}") if name else ("list", "the users of the account")))
    query = {"name": name, "enabled": None if enabled is None else str(enabled).lower()}
    return client.list_of_account(
        call,
        "/v3/users",
        lambda body: [
            Owner(member(item, "id", str), member(item, "name", str)) for item in member(body, "users", list)
        ],
        [(key, value) for key, value in query.items() if value is not None],
    )


def find_user(client: IamClient, name: str) -> Owner:
    """The user of that name, enabled or not; raises NOT_FOUND if there is none."""
    for enabled in (None, False):
        found = [user for user in list_users(client, name, enabled) if user.name == name]
        if len(found) > 1:
            ids = ", ".join(str(user.user_id) for user in found)
            raise CloudError(REFUSED, f"several users have this name: {ids}", advice="Give user_id.").during(
                "find", f"user {name}"
            )
        if found:
            return found[0]
    raise CloudError(
        NOT_FOUND,
        "there is no user of this name",
        advice="Check the name and the account; a user made seconds ago may not be visible yet.",
    ).during("find", f"user {name}")


def all_users(client: IamClient) -> list[Owner]:
    """All users of the account, disabled ones too: the listing without a filter may leave them out."""
    users = [*list_users(client), *list_users(client, enabled=False)]
    return list({user.user_id: user for user in users}.values())
