# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations on users: those of ``/v3.0/OS-USER``, and the older ones of ``/v3/users``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import errors, issuing, user_listing, user_rules
from .account import User
from .login_protection import OPERATIONS as LOGIN_PROTECTION
from .operation import Arguments, Context, Operation, Output
from .own_user_operations import OPERATIONS as OWN_USER
from .parameters import FLAG, TEXT, Field
from .user_fields import created_fields, keystone_created_fields, keystone_fields, shown_fields, updated_fields

_SECRETS = frozenset({"password"})
_KEYSTONE = {
    "name": TEXT,
    "domain_id": TEXT,
    "password": TEXT,
    "enabled": FLAG,
    "description": TEXT,
}
_UPDATE = {
    "name": TEXT,
    "password": TEXT,
    "email": TEXT,
    "areacode": TEXT,
    "phone": TEXT,
    "enabled": FLAG,
    "pwd_status": FLAG,
    "xuser_type": TEXT,
    "xuser_id": TEXT,
    "access_mode": TEXT,
    "description": TEXT,
}


def _list(context: Context, arguments: Arguments) -> Output:
    context.allow("iam:users:listUsers")
    if arguments.query.get("domain_id", context.account.id) != context.account.id:
        raise errors.forbidden()
    users = [user for user in context.account.users.values() if context.visible(user)]
    users = user_listing.matching(users, arguments.query, context.modes.hide_disabled_users)
    links = {"self": f"{context.origin}/v3/users", "previous": None, "next": None}
    return Output({"users": [keystone_fields(context, user) for user in users], "links": links})


def _keystone_show(context: Context, arguments: Arguments) -> Output:
    user = _find(context, arguments, "getUser")
    return Output({"user": keystone_fields(context, user)})


def _show(context: Context, arguments: Arguments) -> Output:
    user = _find(context, arguments, "getUser")
    return Output({"user": shown_fields(context, user)})


def _create(context: Context, arguments: Arguments) -> Output:
    return Output({"user": created_fields(context, _add(context, arguments.body["user"]))}, 201)


def _keystone_create(context: Context, arguments: Arguments) -> Output:
    user = _add(context, arguments.body["user"], keystone=True)
    return Output({"user": keystone_created_fields(context, user)}, 201)


def _update(context: Context, arguments: Arguments) -> Output:
    user = _find(context, arguments, "updateUser", own=False)
    _change(context, user, arguments.body["user"])
    return Output({"user": updated_fields(context, user)})


def _keystone_update(context: Context, arguments: Arguments) -> Output:
    user = _find(context, arguments, "updateUser", own=False)
    given = dict(arguments.body["user"])
    if given.pop("domain_id", context.account.id) != context.account.id:
        raise errors.forbidden()
    _change(context, user, given, keystone=True)
    return Output({"user": keystone_fields(context, user)})


def _delete(context: Context, arguments: Arguments) -> Output:
    user = _find(context, arguments, "deleteUser", own=False)
    if user.domain_owner:
        text = "The administrator of the account cannot be deleted."
        raise errors.ApiError(400, text, weak_code="1107")
    context.account.remove_user(user)
    return Output(status=204)


def _add(context: Context, given: Mapping[str, Any], *, keystone: bool = False) -> User:
    context.allow("iam:users:createUser")
    account = context.account
    for name in ("name", "domain_id"):
        if name not in given:
            raise errors.ApiError(400, f"The parameter {name} is missing.", weak_code="1100")
    if given["domain_id"] != account.id:
        raise errors.forbidden()
    if len(account.users) >= account.user_quota:
        raise errors.ApiError(400, "The quota of users is reached.", weak_code="1115")
    user_rules.check(account, None, given, keystone=keystone)
    attributes = {name: value for name, value in given.items() if name != "domain_id"}
    if "password" in attributes:
        context.secret_log.add(attributes["password"])
        attributes = {"pwd_status": True, **attributes, "password_set": 1}
    user = User(id=issuing.object_id(), create_time=context.now, visible_at=context.becomes_visible(), **attributes)
    account.add_user(user)
    return user


def _change(context: Context, user: User, given: Mapping[str, Any], *, keystone: bool = False) -> None:
    account = context.account
    user_rules.check(account, user, given, keystone=keystone)
    if "password" in given:
        context.secret_log.add(given["password"])
        account.change(user, password_set=user.password_set + 1)
    before = account.revision
    account.change(user, **given)
    if account.revision != before:
        user.update_time = context.now
    if "password" in given or not user.enabled:
        account.end_tokens(user.id)


def _find(context: Context, arguments: Arguments, action: str, *, own: bool = True) -> User:
    """Return the user in the path. With ``own``, users need no permission for themselves."""
    user_id = arguments.path["user_id"]
    context.allow(f"iam:users:{action}", user_id if own else None)
    if user_id != context.caller.id and context.modes.require_domain_id:
        context.need_domain()
    user = context.find_user(user_id)
    if user is None:
        raise errors.not_found("user", user_id)
    return user


def _body(fields: Mapping[str, Field]) -> dict[str, Field]:
    return {"user": Field(fields, required=True)}


_USERS, _USER = "/v3/users", "/v3/users/{user_id}"
_OS_USERS, _OS_USER = "/v3.0/OS-USER/users", "/v3.0/OS-USER/users/{user_id}"

OPERATIONS = (
    Operation("KeystoneListUsers", "GET", _USERS, _list, query=user_listing.QUERY, account_level=True),
    Operation("KeystoneShowUser", "GET", _USER, _keystone_show),
    Operation("ShowUser", "GET", _OS_USER, _show, error_shape="B"),
    Operation(
        "CreateUser",
        "POST",
        _OS_USERS,
        _create,
        body=_body({**_UPDATE, "domain_id": TEXT}),
        write=True,
        error_shape="B",
        account_level=True,
        secrets=_SECRETS,
    ),
    Operation(
        "KeystoneCreateUser",
        "POST",
        _USERS,
        _keystone_create,
        body=_body(_KEYSTONE),
        write=True,
        account_level=True,
        secrets=_SECRETS,
    ),
    Operation(
        "UpdateUser",
        "PUT",
        _OS_USER,
        _update,
        body=_body(_UPDATE),
        write=True,
        error_shape="B",
        account_level=True,
        secrets=_SECRETS,
    ),
    Operation(
        "KeystoneUpdateUserByAdmin",
        "PATCH",
        _USER,
        _keystone_update,
        body=_body({**_KEYSTONE, "pwd_status": FLAG}),
        write=True,
        account_level=True,
        secrets=_SECRETS,
    ),
    Operation("KeystoneDeleteUser", "DELETE", _USER, _delete, write=True, account_level=True),
    *OWN_USER,
    *LOGIN_PROTECTION,
)
