# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations on sessions: login, logout, renewal and validation."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from . import errors
from .errors import ApiError
from .installation import Account, Session
from .operation import EVERYWHERE, Arguments, Context, Field, Operation

_PACKAGE = "org.zstack.header.identity"
_INVENTORY = f"{_PACKAGE}.SessionInventory"
_REQUIRED = Field(required=EVERYWHERE)
_CLIENT_FIELDS = {"captchaUuid": Field(), "verifyCode": Field(), "clientInfo": Field("map")}


def _log_in_by_account(context: Context, arguments: Arguments) -> dict[str, Any]:
    return _log_in(context, arguments.params["accountName"], arguments.params["password"])


def _unified_log_in(context: Context, arguments: Arguments) -> dict[str, Any]:
    if arguments.params["loginType"] != "account":  # the emulator has no directory service
        raise errors.wrong_login()
    return _log_in(context, arguments.params["username"], arguments.params["password"])


def _log_in(context: Context, name: str, password: str) -> dict[str, Any]:
    account = context.installation.account_by_name(name)
    if account is None or not hmac.compare_digest((account.password_hash or "").encode(), password.encode()):
        raise errors.wrong_login()
    if context.newest and account.state != "Enabled":
        raise ApiError("ID.1007", "failed to login: account is disabled")
    sessions = context.installation.sessions
    mine = [each for each in sessions.values() if each.account_uuid == account.uuid and context.now < each.expires]
    if context.modes.unique_session:
        for each in mine:
            del sessions[each.uuid]
        mine = []
    if len(mine) >= context.modes.max_sessions:
        raise ApiError("ID.1006", "Login sessions hit limit of max allowed concurrent login sessions")
    expires = context.now + context.modes.session_timeout_seconds
    session = Session(uuid4().hex, account.uuid, context.now, expires)
    context.secret_log.add(session.uuid)
    sessions[session.uuid] = session
    return {"inventory": _fields(context, session)}


def _log_out(context: Context, arguments: Arguments) -> dict[str, Any]:
    context.installation.sessions.pop(arguments.params["sessionUuid"], None)
    return {}


def _validate(context: Context, arguments: Arguments) -> dict[str, Any]:
    session = context.installation.sessions.get(arguments.params["sessionUuid"])
    return {"valid": session is not None and context.now < session.expires}


def _renew(context: Context, arguments: Arguments) -> dict[str, Any]:
    session = context.installation.sessions.get(arguments.params["sessionUuid"])
    if session is None or context.now >= session.expires or not _may_see(context.account, session):
        raise errors.session_expired()
    duration = arguments.params["duration"]
    session.expires = context.now + (context.modes.session_timeout_seconds if duration is None else duration)
    return {"inventory": _fields(context, session)}


def _may_see(account: Account, session: Session) -> bool:
    return account.admin or session.account_uuid == account.uuid


def _fields(context: Context, session: Session) -> dict[str, Any]:
    fields = {
        "uuid": session.uuid,
        "accountUuid": session.account_uuid,
        "expiredDate": context.time_text(session.expires),
        "createDate": context.time_text(session.create_time),
    }
    if not context.newest:
        fields["userUuid"] = session.account_uuid
        fields["userType"] = "AccountVO"
    return fields


OPERATIONS: Sequence[Operation] = (
    Operation(
        "LogInByAccount",
        "PUT",
        "/v1/accounts/login",
        f"{_PACKAGE}.APILogInByAccountMsg",
        _log_in_by_account,
        wrapper="logInByAccount",
        fields={"accountName": _REQUIRED, "password": _REQUIRED, "accountType": Field(), **_CLIENT_FIELDS},
        public=True,
        inventory=_INVENTORY,
    ),
    Operation(
        "LogIn",
        "PUT",
        "/v1/login",
        f"{_PACKAGE}.login.APILogInMsg",
        _unified_log_in,
        wrapper="logIn",
        fields={
            "username": _REQUIRED,
            "password": _REQUIRED,
            "loginType": _REQUIRED,
            **_CLIENT_FIELDS,
            "properties": Field("map"),
        },
        public=True,
        inventory=_INVENTORY,
    ),
    Operation(
        "LogOut",
        "DELETE",
        "/v1/accounts/sessions/{sessionUuid}",
        f"{_PACKAGE}.APILogOutMsg",
        _log_out,
        fields={"sessionUuid": _REQUIRED},
        public=True,
    ),
    Operation(
        "ValidateSession",
        "GET",
        "/v1/accounts/sessions/{sessionUuid}/valid",
        f"{_PACKAGE}.APIValidateSessionMsg",
        _validate,
        fields={"sessionUuid": _REQUIRED},
        public=True,
    ),
    Operation(
        "RenewSession",
        "PUT",
        "/v1/accounts/sessions/{sessionUuid}/renew",
        f"{_PACKAGE}.APIRenewSessionMsg",
        _renew,
        wrapper="renewSession",
        fields={"sessionUuid": _REQUIRED, "duration": Field("int", limits=(60, 31536000))},
        asynchronous=True,
        inventory=_INVENTORY,
    ),
)
