# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations of users on their own address, phone number and password."""

from __future__ import annotations

import hmac

from . import errors, user_rules
from .operation import Arguments, Context, Operation, Output
from .parameters import REQUIRED_TEXT, TEXT, Field


def _update_information(context: Context, arguments: Arguments) -> Output:
    user = context.caller
    if arguments.path["user_id"] != user.id:
        raise errors.forbidden()
    given = dict(arguments.body["user"])
    if not given:
        raise errors.missing_property("user.email")
    if "mobile" in given:
        given["areacode"], _dash, given["phone"] = given.pop("mobile").partition("-")
    user_rules.check(context.account, user, given)
    context.account.change(user, **given)
    return Output(status=204)


def _update_password(context: Context, arguments: Arguments) -> Output:
    user = context.caller
    if arguments.path["user_id"] != user.id:
        raise errors.forbidden()
    given = arguments.body["user"]
    for each in given.values():
        context.secret_log.add(each)
    known = user.password is not None and hmac.compare_digest(
        user.password.encode(), given["original_password"].encode()
    )
    if not known:
        raise errors.wrong_password()
    user_rules.check_password(user, given["password"], {})
    context.account.change(user, password=given["password"], password_set=user.password_set + 1, pwd_status=False)
    context.account.end_tokens(user.id)
    return Output(status=204)


OPERATIONS = (
    Operation(
        "UpdateUserInformation",
        "PUT",
        "/v3.0/OS-USER/users/{user_id}/info",
        _update_information,
        body={"user": Field({"email": TEXT, "mobile": TEXT}, required=True)},
        write=True,
        error_shape="B",
    ),
    Operation(
        "KeystoneUpdateUserPassword",
        "POST",
        "/v3/users/{user_id}/password",
        _update_password,
        body={"user": Field({"password": REQUIRED_TEXT, "original_password": REQUIRED_TEXT}, required=True)},
        write=True,
        secrets=frozenset({"password", "original_password"}),
    ),
)
