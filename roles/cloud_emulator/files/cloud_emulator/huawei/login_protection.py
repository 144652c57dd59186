# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations on the login protection of a user: a second factor for the console and for tokens."""

from __future__ import annotations

from typing import Any

from . import errors
from .account import User
from .operation import Arguments, Context, Operation, Output
from .parameters import Field

_PATH = "/v3.0/OS-USER/users/{user_id}/login-protect"
_METHODS = ("sms", "email", "vmfa")


def _update(context: Context, arguments: Arguments) -> Output:
    user = _find(context, arguments, "updateLoginProtect", None)
    given = arguments.body["login_protect"]
    context.account.change(user, login_protect=given["enabled"], verification_method=given["verification_method"])
    return Output({"login_protect": _fields(user)})


def _show(context: Context, arguments: Arguments) -> Output:
    user = _find(context, arguments, "getLoginProtect", arguments.path["user_id"])
    if user.login_protect is None and context.modes.login_protect_unset == "not_found":
        raise errors.not_found("login protect", user.id)
    return Output({"login_protect": _fields(user)})


def _find(context: Context, arguments: Arguments, action: str, owner: str | None) -> User:
    context.allow(f"iam:users:{action}", owner)
    user = context.find_user(arguments.path["user_id"])
    if user is None:
        raise errors.not_found("user", arguments.path["user_id"])
    return user


def _fields(user: User) -> dict[str, Any]:
    return {
        "user_id": user.id,
        "enabled": bool(user.login_protect),
        "verification_method": user.verification_method,
    }


OPERATIONS = (
    Operation("ShowUserLoginProtect", "GET", _PATH, _show, error_shape="B"),
    Operation(
        "UpdateLoginProtect",
        "PUT",
        _PATH,
        _update,
        body={
            "login_protect": Field(
                {
                    "enabled": Field(bool, required=True),
                    "verification_method": Field(str, required=True, choices=_METHODS),
                },
                required=True,
            )
        },
        write=True,
        error_shape="B",
        account_level=True,
    ),
)
