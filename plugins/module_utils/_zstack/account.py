# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""What an installation holds: accounts and their access keys, in the collection's vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import tzinfo
from typing import Any, NamedTuple

from ansible_collections.multicloud.iam.plugins.module_utils._api import Call
from ansible_collections.multicloud.iam.plugins.module_utils._errors import NOT_FOUND, REFUSED, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._keys import new_key
from ansible_collections.multicloud.iam.plugins.module_utils._plan import State
from ansible_collections.multicloud.iam.plugins.module_utils._reply import bad_reply, member, quiet_member
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.client import Row, ZStackClient
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.options import is_uuid, trim
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.times import iso_time

KEYS = "/v1/accesskeys"
ACCOUNTS = "/v1/accounts"
STATUSES = {"Enabled": "active", "Disabled": "inactive"}

_ACCOUNTS_PER_CALL = 50  # what fits into a URL with ease


class Owner(NamedTuple):
    """Whose keys: both are None for the caller until it is known."""

    uuid: str | None = None
    name: str | None = None

    @property
    def label(self) -> str:
        if self.name and self.uuid:
            return f"account {self.name} ({self.uuid})"
        if self.name:
            return f"account {self.name}"
        return f"account {self.uuid}" if self.uuid else "the caller"


def key_state(row: Row, zone: tzinfo) -> State:
    """An AccessKeyInventory in the collection's vocabulary; its secret was taken out before."""
    uuid, owner, key_id = (member(row, name, str) for name in ("uuid", "accountUuid", "AccessKeyID"))
    status = STATUSES.get(member(row, "state", str))
    if status is None or not is_uuid(uuid) or not is_uuid(owner) or not key_id:
        raise bad_reply("an access key with ids or a state that are not known")
    return {
        **new_key(owner, access_key_id=key_id, user_uuid=quiet_member(row, "userUuid", str)),
        "id": uuid,
        "status": status,
        "description": trim(quiet_member(row, "description", str) or "") or None,
        "create_time": iso_time(row.get("createDate"), zone),
    }


def keys_of_account(client: ZStackClient, owner: Owner) -> list[tuple[State, str | None]]:
    """All keys of an account, each with its secret where the cloud tells it."""
    call = Call("QueryAccessKey", "list the access keys of", owner.label)
    found = client.query(
        call, KEYS, {"accountUuid": str(owner.uuid)}, lambda row, secret: (_state(client, row), secret)
    )
    return [pair for pair in found if pair[0]["owner"] == owner.uuid]


def keys_with_id(client: ZStackClient, key_id: str) -> list[tuple[State, str | None]]:
    """All keys of that AccessKeyID that the caller may see, of whatever account; there may be several."""
    call = Call("QueryAccessKey", "look for", f"access key {key_id}")
    found = client.query(call, KEYS, {"AccessKeyID": key_id}, lambda row, secret: (_state(client, row), secret))
    return [pair for pair in found if pair[0]["access_key_id"] == key_id]


def find_key(client: ZStackClient, uuid: str) -> tuple[State, str | None] | None:
    """The key of that uuid with its secret; None if the caller sees none."""
    call = Call("QueryAccessKey", "read", f"access key {uuid}")
    return client.find(call, KEYS, uuid, lambda row, secret: (_state(client, row), secret))


def all_keys(client: ZStackClient) -> list[State]:
    """All keys that the caller may see."""
    call = Call("QueryAccessKey", "list", "all access keys")
    return client.query(call, KEYS, {}, lambda row, _secret: _state(client, row))


def keys_of_accounts(client: ZStackClient, uuids: Iterable[str]) -> list[State]:
    """All keys of some accounts, in the order of the accounts."""
    call = Call("QueryAccessKey", "list the access keys of", "the accounts")
    uuids = list(uuids)
    found: dict[str, list[State]] = {uuid: [] for uuid in uuids}
    for some in _groups(uuids):
        for key in client.query_any(call, KEYS, "accountUuid", some, lambda row, _secret: _state(client, row)):
            found.get(key["owner"], []).append(key)
    return [key for keys in found.values() for key in keys]


def _groups(uuids: list[str]) -> list[list[str]]:
    return [uuids[start : start + _ACCOUNTS_PER_CALL] for start in range(0, len(uuids), _ACCOUNTS_PER_CALL)]


def _state(client: ZStackClient, row: Row) -> State:
    return key_state(row, client.zone)


def find_account(client: ZStackClient, name: str) -> str:
    """The uuid of the account of that name; raises CloudError of the kind NOT_FOUND if the caller sees none."""
    call = Call("QueryAccount", "read", f"account {name}")
    rows = client.query(call, ACCOUNTS, {"name": name}, _account)
    found = [str(row["uuid"]) for row in rows if row["name"] == name]
    if not found:
        raise CloudError(
            NOT_FOUND,
            "there is no account of this name, or the caller may not see it",
            action=call.action,
            advice="Check the name, or give the uuid.",
        ).during(call.doing, call.label)
    if len(found) > 1:
        raise CloudError(
            REFUSED,
            f"{len(found)} accounts have this name: {', '.join(found)}",
            advice="Give the uuid.",
        ).during(call.doing, call.label)
    return found[0]


def check_accounts(client: ZStackClient, uuids: Iterable[str]) -> None:
    """Raise CloudError for the first of the accounts that does not exist: its keys are not none, but unknown."""
    call = Call("QueryAccount", "read", "the accounts")
    uuids = list(uuids)
    known = {row["uuid"] for some in _groups(uuids) for row in client.query_any(call, ACCOUNTS, "uuid", some, _account)}
    for uuid in uuids:
        if uuid not in known:
            raise CloudError(
                NOT_FOUND,
                "there is no account of this uuid, or the caller may not see it",
                action=call.action,
                advice="Check account_uuids.",
            ).during("read", f"account {uuid}")


def is_unlimited(client: ZStackClient, uuid: str) -> bool:
    """Whether an account may have any number of keys: an administrator may, or the caller cannot see what it is."""
    call = Call("QueryAccount", "read", f"account {uuid}")
    kind = client.find(call, ACCOUNTS, uuid, lambda row, _secret: quiet_member(row, "type", str))
    return kind is None or kind == "SystemAdmin"


def _account(row: Row, _secret: Any) -> Row:
    return {name: member(row, name, str) for name in ("uuid", "name")}
