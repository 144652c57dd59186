# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""List and find accounts and access keys of an installation, and translate them into states."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import tzinfo
from typing import Any

from .._api import Call, Request
from .._errors import NOT_FOUND, REFUSED, USAGE, CloudError
from .._keys import new_key
from .._owners import Owner
from .._plan import UNKNOWN, State
from .._reply import STRICT, Oddities, bad_reply, member, optional_member, quiet_member
from .._selection import is_near_match
from .client import Row, ZStackClient, any_of, equal
from .options import is_uuid, trim
from .times import iso_time

KEYS = "/v1/accesskeys"
ACCOUNTS = "/v1/accounts"
STATUSES = {"Enabled": "active", "Disabled": "inactive"}
_EVENTS = {"active": "enable", "inactive": "disable"}

KeyAndSecret = tuple[State, "str | None"]
"""A key, and its secret if the cloud returns it."""

_ACCOUNTS_PER_CALL = 50  # easily fits into a URL
_ADMINISTRATOR = "SystemAdmin"
_FIRST_ADMINISTRATOR = "36c27e8ff05c4780bf6d2fa65700f22e"  # of every installation


def key_state(row: Row, zone: tzinfo, odd: Oddities = STRICT) -> State:
    """Translate an AccessKeyInventory into a state; its secret was taken out before."""
    key_id = odd.read("an access key", "access_key_id", lambda: _named(row, "AccessKeyID"))
    uuid = odd.read(f"access key {key_id}", "uuid", lambda: _uuid(row, "uuid"))
    label = f"access key {key_id or uuid}"
    owner = odd.read(label, "owner", lambda: _uuid(row, "accountUuid"))
    # Servers without users return the account again, or nothing.
    user_uuid = odd.read(label, "user_uuid", lambda: optional_member(row, "userUuid", str) or owner)
    return {
        **new_key(owner, access_key_id=key_id, user_uuid=user_uuid),
        "id": uuid,
        "status": odd.read(label, "status", lambda: _status(row)),
        "description": odd.read(label, "description", lambda: _description(row)),
        "create_time": odd.read(label, "create_time", lambda: _time(row, zone)) or None,
    }


def _named(row: Row, name: str) -> str:
    text = member(row, name, str)
    if not text:
        raise bad_reply(f"{name} is empty")
    return text


def _uuid(row: Row, name: str) -> str:
    uuid = member(row, name, str)
    if not is_uuid(uuid):
        raise bad_reply(f"{name} is {uuid!r}, which is not a uuid")
    return uuid


def _status(row: Row) -> str:
    state = member(row, "state", str)
    if state not in STATUSES:
        raise bad_reply(f"the state is {state!r}, which is not known")
    return STATUSES[state]


def _description(row: Row) -> str | None:
    return trim(optional_member(row, "description", str) or "") or None


def _time(row: Row, zone: tzinfo) -> str | None:
    text = row.get("createDate") if isinstance(row, Mapping) else None
    moment = iso_time(text, zone)
    if text and moment is None:
        raise bad_reply(f"createDate is {text!r}, which is not a time")
    return moment


def keys_of_account(client: ZStackClient, owner: Owner) -> list[tuple[State, str | None]]:
    """Return all keys of an account, the oldest first, each with its secret if the cloud returns it."""
    call = Call("QueryAccessKey", "list the access keys of", owner.label)
    found = client.query(
        call, KEYS, equal("accountUuid", str(owner.id)), lambda row, secret: (_state(client, row), secret)
    )
    own = [pair for pair in found if pair[0]["owner"] in (owner.id, UNKNOWN)]
    return sorted(own, key=lambda pair: pair[0]["create_time"] or "")


def keys_with_id(client: ZStackClient, key_id: str) -> list[tuple[State, str | None]]:
    """Return all keys with that AccessKeyID that the caller may see, of any account. There may be several.

    An ID that differs in case only is included, because the server may take one for the other.
    """
    call = Call("QueryAccessKey", "look for", f"access key {key_id}")
    found = client.query(call, KEYS, equal("AccessKeyID", key_id), lambda row, secret: (_state(client, row), secret))
    if any(pair[0]["access_key_id"] == UNKNOWN for pair in found):
        raise bad_reply("a key whose AccessKeyID cannot be read").during(call.attempted, call.label)
    return [pair for pair in found if pair[0]["access_key_id"].casefold() == key_id.casefold()]


def keys_with_ids(client: ZStackClient, key_ids: Iterable[str]) -> list[State]:
    """Return all keys with one of these AccessKeyIDs, in any case, that the caller may see."""
    key_ids = list(key_ids)
    call = Call("QueryAccessKey", "look for", f"access keys {', '.join(key_ids)}")
    return client.query(call, KEYS, any_of("AccessKeyID", key_ids), lambda row, _secret: _state(client, row))


def find_key(client: ZStackClient, uuid: str) -> tuple[State, str | None] | None:
    """Return the key of that uuid with its secret, or None if the caller sees none."""
    call = Call("QueryAccessKey", "read", f"access key {uuid}")
    return client.find(call, KEYS, uuid, lambda row, secret: (_state(client, row), secret))


def status_change(
    uuid: str, status: str, label: str, tags: Mapping[str, Any] | None = None
) -> tuple[Call, Request, Callable[[dict[str, Any]], None]]:
    """Return the arguments of the job that enables or disables a key. tags: further members of the request."""
    call = Call("ChangeAccessKeyState", "change the status of", label)
    body = {"changeAccessKeyState": {"stateEvent": _EVENTS[status]}, **(tags or {})}

    def read(result: dict[str, Any]) -> None:
        inventory = member(result, "inventory", dict)
        changed, state = (member(inventory, name, str) for name in ("uuid", "state"))
        if changed != uuid:
            raise bad_reply(f"it is about the access key {changed}")
        if STATUSES.get(state) != status:
            raise bad_reply(f"the state is {state} after the change")

    return call, Request("PUT", f"{KEYS}/{uuid}/actions", body=body), read


@contextmanager
def unless_changed(client: ZStackClient, uuid: str, status: str) -> Iterator[None]:
    """Let a change of the status fail only if the key, read again, does not have it: its outcome may not be known."""
    try:
        yield
    except CloudError as error:
        found = key_after(client, error, uuid)
        if found is None or found[0]["status"] != status:
            raise error from None


def key_after(client: ZStackClient, error: CloudError, uuid: str) -> KeyAndSecret | None:
    """Return a key after a change whose outcome is not known. Raise the error if it is known."""
    if not error.maybe_done:
        raise error
    try:
        return find_key(client, uuid)
    except CloudError:
        raise error from None


def all_keys(client: ZStackClient) -> list[State]:
    """Return all keys that the caller may see."""
    call = Call("QueryAccessKey", "list", "all access keys")
    return client.query(call, KEYS, (), lambda row, _secret: _state(client, row))


def keys_of_accounts(client: ZStackClient, uuids: Iterable[str]) -> list[State]:
    """Return all keys of some accounts, in the order of the accounts."""
    call = Call("QueryAccessKey", "list the access keys of", "the accounts")
    uuids = list(uuids)
    found: dict[Any, list[State]] = {**{uuid: [] for uuid in uuids}, UNKNOWN: []}
    for some in _groups(uuids):
        for key in client.query(call, KEYS, any_of("accountUuid", some), lambda row, _secret: _state(client, row)):
            found.get(key["owner"], []).append(key)
    return [key for keys in found.values() for key in keys]


def _groups(uuids: list[str]) -> list[list[str]]:
    return [uuids[start : start + _ACCOUNTS_PER_CALL] for start in range(0, len(uuids), _ACCOUNTS_PER_CALL)]


def _state(client: ZStackClient, row: Row) -> State:
    return key_state(row, client.zone, client.oddities)


def find_account(client: ZStackClient, name: str) -> str:
    """Return the uuid of the account of that name. Raises CloudError of the category NOT_FOUND if the caller sees none."""
    call = Call("QueryAccount", "read", f"account {name}")
    rows = client.query(call, ACCOUNTS, equal("name", name), _account)
    if any(row["name"] in (None, name) and (row["name"] is None or not is_uuid(row["uuid"] or "")) for row in rows):
        raise bad_reply("an account whose name or uuid cannot be read").during(call.attempted, call.label)
    found = [str(row["uuid"]) for row in rows if row["name"] == name]
    if not found:
        near = [f"{row['name']} ({row['uuid']})" for row in rows if is_near_match(row["name"], name)]
        raise CloudError(
            NOT_FOUND,
            "there is no account of this name, or the caller may not see it",
            api_operation=call.operation,
            advice=f"Did you mean {' or '.join(near)}?"
            if near
            else "Check the name, or identify the account by its uuid.",
        ).during(call.attempted, call.label)
    if len(found) > 1:
        raise CloudError(
            REFUSED,
            f"{len(found)} accounts have this name: {', '.join(found)}",
            advice="Identify the account by its uuid.",
        ).during(call.attempted, call.label)
    return found[0]


def check_sees_keys(client: ZStackClient, uuids: Iterable[str]) -> None:
    """Raise CloudError unless the caller would see keys of all these accounts, for which nothing was listed.

    An ordinary account sees only its own keys. So an empty listing of others proves nothing.
    """
    uuids = list(uuids)
    caller = client.account() if uuids else None
    foreign = [uuid for uuid in uuids if uuid != caller]
    if not foreign:
        return
    call = Call("QueryAccount", "read", "the accounts")
    types: dict[str, str | None] = {}
    for some in _groups(foreign):
        # A session does not identify its account. Then it matters which other accounts it sees.
        asked = dict.fromkeys([*some, caller or _FIRST_ADMINISTRATOR])
        types.update(client.query(call, ACCOUNTS, any_of("uuid", asked), _type_of))
    for uuid in foreign:
        if uuid not in types:
            raise CloudError(
                NOT_FOUND,
                "there is no account of this uuid, or the caller may not see it",
                api_operation=call.operation,
                advice="Check the uuid, or use the credentials of this account or of an administrator.",
            ).during("read", f"account {uuid}")
    sees_all = types.get(caller) == _ADMINISTRATOR if caller else _session_sees(client, types)
    if not sees_all:
        reason = f"the caller, account {caller}, is not an administrator, and does not see keys of other accounts"
        unknown = "a session does not identify its account, and this one sees no keys that only an administrator sees"
        raise CloudError(
            REFUSED,
            f"{reason if caller else unknown}: it is not known whether there are any",
            advice="Sign with an access key or a password, of this very account or of an administrator.",
        ).during("list the access keys of", f"account {foreign[0]}")


def _session_sees(client: ZStackClient, types: Mapping[str, str | None]) -> bool:
    """Return whether a session also sees the keys of the accounts that it sees. It does not say whose session it is.

    Each session sees at least its own account, and the keys of that.
    """
    is_shown_itself_only = len(types) == 1 and _FIRST_ADMINISTRATOR not in types
    return is_shown_itself_only or _is_of_administrator(client, types)


def _is_of_administrator(client: ZStackClient, alone: Mapping[str, str | None] | None = None) -> bool:
    """Return whether a session sees what only an administrator sees: keys of several accounts, or of an administrator.

    alone: the account that the session sees if it sees only one, which is its own.
    """
    owners = {key["owner"] for key in all_keys(client)}
    if len(owners) > 1:
        return True
    shown = dict(client.query(Call("QueryAccount", "list", "the accounts"), ACCOUNTS, (), _type_of))
    return any(shown.get(owner) == _ADMINISTRATOR for owner in owners) or (len(shown) == 1 and alone == shown)


def sees_all(client: ZStackClient) -> bool:
    """Return whether the caller sees all accounts, as an administrator does. For others, an unseen account may exist."""
    caller = client.account()
    return _is_of_administrator(client) if caller is None else is_unlimited(client, caller)


def is_unlimited(client: ZStackClient, uuid: str) -> bool:
    """Return whether an account may have any number of keys: an administrator may. False if it is not known."""
    call = Call("QueryAccount", "read", f"account {uuid}")
    found = client.find(call, ACCOUNTS, uuid, _type_of)
    return found is not None and found[1] == _ADMINISTRATOR


def name_and_kind(client: ZStackClient, uuid: str) -> tuple[str | None, str | None]:
    """Return the name of an account, and whether it is an administrator or an ordinary account. None: not known."""
    call = Call("QueryAccount", "read", f"account {uuid}")
    found = client.find(
        call, ACCOUNTS, uuid, lambda row, _secret: (quiet_member(row, "name", str), optional_member(row, "type", str))
    )
    name, account_type = found or (None, None)
    return name, account_type and ("administrator" if account_type == _ADMINISTRATOR else "account")


def _type_of(row: Row, _secret: Any) -> tuple[str, str | None]:
    return quiet_member(row, "uuid", str) or "", quiet_member(row, "type", str)


def _account(row: Row, _secret: Any) -> Row:
    return {name: quiet_member(row, name, str) for name in ("uuid", "name")}


def caller_as_owner(client: ZStackClient) -> Owner:
    """Return the account of the caller as an owner of keys."""
    uuid = client.account()
    if uuid is None:
        raise CloudError(
            USAGE,
            "a session does not identify its account, and the task names no account",
            advice="Set the account, or sign with an access key or a password instead of api_session_uuid.",
        )
    return Owner(uuid, kind="account")
