# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations on tokens: create one with a password, and show one."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from . import errors, issuing
from .account import Project, Token, User
from .authentication import check_user
from .operation import Arguments, Context, Operation, Output
from .parameters import REQUIRED_TEXT, TEXT, Field
from .times import key_time

_PATH = "/v3/auth/tokens"
_LIFETIME = 24 * 3600
_QUERY = frozenset({"nocatalog"})

_NAME = Field({"name": REQUIRED_TEXT}, required=True)
_EITHER = Field({"id": TEXT, "name": TEXT})
_PASSWORD_USER = Field({"name": REQUIRED_TEXT, "password": REQUIRED_TEXT, "domain": _NAME}, required=True)
_TOTP_USER = Field({"id": REQUIRED_TEXT, "passcode": REQUIRED_TEXT}, required=True)
_IDENTITY = {
    "methods": Field(list, required=True),
    "password": Field({"user": _PASSWORD_USER}, required=True),
    "totp": Field({"user": _TOTP_USER}),
}
_BODY = {
    "auth": Field(
        {
            "identity": Field(_IDENTITY, required=True),
            "scope": Field({"domain": _EITHER, "project": _EITHER}),
        },
        required=True,
    )
}


def _create(context: Context, arguments: Arguments) -> Output:
    identity = arguments.body["auth"]["identity"]
    methods = tuple(identity["methods"])
    if methods not in (("password",), ("password", "totp")) or ("totp" in methods) != ("totp" in identity):
        raise errors.invalid_body()
    user = _log_in(context, identity)
    project = _project(context, arguments.body["auth"].get("scope", {}))
    token = Token(
        value=issuing.token(),
        user_id=user.id,
        issued=context.now,
        expires=context.now + _LIFETIME,
        methods=methods,
        project_id=project.id if project else None,
    )
    context.secret_log.add(token.value)
    context.account.tokens[token.value] = token
    return Output({"token": _fields(context, token, arguments.query)}, 201, {"X-Subject-Token": token.value})


def _validate(context: Context, arguments: Arguments) -> Output:
    token = context.account.tokens.get(arguments.subject_token)
    if not arguments.subject_token:
        raise errors.invalid_parameter("X-Subject-Token")
    owned = token is not None and token.user_id == context.caller.id
    if not owned and not context.caller.admin:
        raise errors.forbidden()
    if token is None or token.ended or context.now >= token.expires:
        # Keystone names the object that it did not find, which is a secret here.
        raise errors.ApiError(404, "Could not find token.")
    return Output({"token": _fields(context, token, arguments.query)}, headers={"X-Subject-Token": token.value})


def _log_in(context: Context, identity: Mapping[str, Any]) -> User:
    given = identity["password"]["user"]
    name = given["name"]
    if context.logins.is_locked(name, context.now):
        raise errors.ApiError(401, "The account is locked.", "IAM.0061")
    user = context.account.user_by_name(name)
    in_account = given["domain"]["name"] == context.account.name
    if not in_account or user is None or not context.visible(user) or not _proven(user, identity):
        context.logins.failed(name, context.now)
        raise errors.wrong_password()
    context.logins.succeeded(name)
    check_user(user)
    return user


def _proven(user: User, identity: Mapping[str, Any]) -> bool:
    password = identity["password"]["user"]["password"]
    right = user.password is not None and hmac.compare_digest(user.password.encode(), password.encode())
    if "totp" in identity:
        totp = identity["totp"]["user"]
        return right and totp == {"id": user.id, "passcode": user.mfa_passcode}
    needed = user.login_protect and user.verification_method == "vmfa"
    return right and not needed


def _project(context: Context, scope: Mapping[str, Any]) -> Project | None:
    """Return the project of a scope, or None if the scope is the domain. A project takes precedence."""
    account = context.account
    if "project" in scope:
        for project in account.projects.values():
            if _identifies(scope["project"], project.id, project.name):
                return project
        raise errors.wrong_password()
    if "domain" in scope and not _identifies(scope["domain"], account.id, account.name):
        raise errors.wrong_password()
    return None


def _identifies(given: Mapping[str, str], own_id: str, name: str) -> bool:
    return bool(given) and given.get("id", own_id) == own_id and given.get("name", name) == name


def _fields(context: Context, token: Token, query: Mapping[str, str]) -> dict[str, Any]:
    account = context.account
    user = account.users[token.user_id]
    domain = {"id": account.id, "name": account.name}
    fields: dict[str, Any] = {
        "expires_at": key_time(token.expires, fraction=True),
        "issued_at": key_time(token.issued, fraction=True),
        "methods": list(token.methods),
        "user": {"id": user.id, "name": user.name, "domain": domain, "password_expires_at": ""},
        "roles": [{"id": "0", "name": "te_admin"}, {"id": "0", "name": "secu_admin"}] if user.admin else [],
        "catalog": [] if query.get("nocatalog") == "true" else [_service(context)],
    }
    if user.password_expires_at is not None:
        fields["user"]["password_expires_at"] = key_time(user.password_expires_at, fraction=True)
    if "totp" in token.methods:
        fields["mfa_authn_at"] = fields["issued_at"]
    if token.project_id is None:
        return {**fields, "domain": domain}
    project = account.projects[token.project_id]
    return {**fields, "project": {"id": project.id, "name": project.name, "domain": domain}}


def _service(context: Context) -> dict[str, Any]:
    endpoint = {"id": "0", "interface": "public", "region": "*", "region_id": "*", "url": f"{context.origin}/v3"}
    return {"id": "0", "name": "iam", "type": "identity", "endpoints": [endpoint]}


OPERATIONS = (
    Operation(
        "KeystoneCreateUserTokenByPassword",
        "POST",
        _PATH,
        _create,
        query=_QUERY,
        body=_BODY,
        anonymous=True,
        secrets=frozenset({"password", "passcode"}),
    ),
    Operation("KeystoneValidateToken", "GET", _PATH, _validate, query=_QUERY, any_scope=True),
)
