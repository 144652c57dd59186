# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations on sub-users: CAM API AddUser and related operations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from . import issuing
from .account import User
from .errors import ApiError
from .key_operations import issue_key
from .operation import Context, Operation
from .parameters import Parameter
from .times import time_text

USERS_PER_ACCOUNT = 1000
SECRET_PARAMETERS = frozenset({"Password"})
_MOST_UINS = 50
_SUB_USER = 2
_NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")
# The default rules: at least 8 characters, with an upper-case and a lower-case letter, a digit and another character.
_PASSWORD_RULES = (r".{8}", r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9]")

_REQUIRED_NAME = Parameter("string", required=True)
_PROFILE = {
    "Remark": Parameter("string"),
    "ConsoleLogin": Parameter("flag"),
    "Password": Parameter("string"),
    "NeedResetPassword": Parameter("flag"),
    "PhoneNum": Parameter("string"),
    "CountryCode": Parameter("string"),
    "Email": Parameter("string"),
}
_PHONE = {"phone_num", "country_code"}
_PLAIN = {
    "Remark": "remark",
    "PhoneNum": "phone_num",
    "CountryCode": "country_code",
    "Email": "email",
}


def _get(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    user = context.user(params)
    return {**_fields(context, user), "RecentlyLoginIP": "", "RecentlyLoginTime": ""}


def _list(context: Context, _params: dict[str, Any]) -> dict[str, Any]:
    users = [user for user in context.account.users.values() if context.visible(user)]
    return {
        "Data": [
            {
                **_fields(context, user),
                "CreateTime": time_text(user.create_time),
                "NickName": user.name,
            }
            for user in users
        ]
    }


def _add(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    account = context.account
    if not _NAME.fullmatch(params["Name"]):
        raise ApiError("InvalidParameter.UserNameIllegal", "The user name is not valid.")
    if account.user_by_name(params["Name"]) is not None:
        raise ApiError("InvalidParameter.SubUserNameInUse", "The user name is in use.")
    if len(account.users) >= USERS_PER_ACCOUNT:
        raise ApiError("InvalidParameter.SubUserFull", "The account is full of sub-users.")
    user = User(
        name=params["Name"],
        uin=account.next_uin(),
        uid=account.next_uid(),
        create_time=context.now,
        visible_at=context.becomes_visible(),
    )
    generated = _set_login(context, user, params)
    _set_plain(context, user, params)
    account.add_user(user)
    key = issue_key(context, user.uin) if params.get("UseApi") else None
    return {
        "Uin": user.uin,
        "Name": user.name,
        "Password": generated,
        "SecretId": key.access_key_id if key else "",
        "SecretKey": key.secret_access_key if key else "",
        "Uid": user.uid,
    }


def _update(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    user = context.user(params)
    # The reply of UpdateUser does not contain a generated password, so it is lost.
    _set_login(context, user, params)
    _set_plain(context, user, params)
    return {}


def _delete(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    user = context.user(params)
    if context.account.keys_of(user.uin):
        if not params.get("Force"):
            raise ApiError("OperationDenied.HaveKeys", "The user still has access keys.")
        if context.denied("DeleteApiKey"):
            raise ApiError("UnauthorizedOperation.DeleteApiKey", "No permission to delete access keys.")
    context.account.remove_user(user)
    return {}


def _describe(context: Context, params: dict[str, Any]) -> dict[str, Any]:
    uins = params["FilterSubAccountUin"]
    if len(uins) > _MOST_UINS:
        raise ApiError("InvalidParameter", f"At most {_MOST_UINS} accounts can be queried.")
    users = [context.account.users[uin] for uin in uins if uin in context.account.users]
    return {
        "SubAccounts": [
            {
                "Uin": user.uin,
                "Name": user.name,
                "Uid": user.uid,
                "Remark": _remark(context, user),
                "CreateTime": time_text(user.create_time),
                "UserType": _SUB_USER,
                "LastLoginIp": "",
                "LastLoginTime": None,
            }
            for user in users
            if context.visible(user)
        ]
    }


def _set_login(context: Context, user: User, params: Mapping[str, Any]) -> str:
    """Set the attributes of the console login. Return the password if the service generated one.

    A password has no effect for a user without console login (CAM API AddUser, Password).
    """
    login = bool(params.get("ConsoleLogin", user.console_login))
    given = params.get("Password")
    generated = ""
    if login and given is not None:
        if not all(re.search(rule, given) for rule in _PASSWORD_RULES):
            raise ApiError("InvalidParameter.PasswordViolatedRules", "The password violates the rules.")
    elif login and not user.console_login:
        generated = issuing.password()
        context.secret_log.add(generated)
    context.account.change(user, console_login=login)
    if generated or (login and given is not None):
        context.account.change(user, password_set=user.password_set + 1)
    if "NeedResetPassword" in params:
        context.account.change(user, need_reset_password=bool(params["NeedResetPassword"]))
    return generated


def _set_plain(context: Context, user: User, params: Mapping[str, Any]) -> None:
    given = {field: params[name] for name, field in _PLAIN.items() if name in params}
    if context.modes.phone_pair and len(_PHONE & given.keys()) == 1:
        given = {field: value for field, value in given.items() if field not in _PHONE}
    if context.modes.bare_country_code and "country_code" in given:
        given["country_code"] = re.sub(r"^(\+|00)", "", given["country_code"])
    context.account.change(user, **given)


def _fields(context: Context, user: User) -> dict[str, Any]:
    masked = context.modes.mask_contacts
    return {
        "Uin": user.uin,
        "Name": user.name,
        "Uid": user.uid,
        "Remark": _remark(context, user),
        "ConsoleLogin": int(user.console_login),
        "PhoneNum": _masked(user.phone_num, 3) if masked else user.phone_num,
        "CountryCode": user.country_code,
        "Email": _masked(user.email, 1) if masked else user.email,
    }


def _remark(context: Context, user: User) -> str | None:
    return user.remark or (None if context.modes.null_remark else "")


def _masked(text: str, shown: int) -> str:
    return text and text[:shown] + "****" + text[-4:]


OPERATIONS: Mapping[str, Operation] = {
    "GetUser": Operation(_get, {"Name": _REQUIRED_NAME}),
    "ListUsers": Operation(_list),
    "AddUser": Operation(_add, {"Name": _REQUIRED_NAME, **_PROFILE, "UseApi": Parameter("flag")}, write=True),
    "UpdateUser": Operation(_update, {"Name": _REQUIRED_NAME, **_PROFILE}, write=True),
    "DeleteUser": Operation(_delete, {"Name": _REQUIRED_NAME, "Force": Parameter("flag")}, write=True),
    "DescribeSubAccounts": Operation(_describe, {"FilterSubAccountUin": Parameter("uint64s", required=True)}),
}
