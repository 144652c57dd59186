# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define operations, the calls that they receive, and the caller's permissions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..secret_log import SecretLog
from . import errors
from .account import AccessKey, Account, User
from .error_shapes import Shape
from .lockout import Lockout
from .modes import HuaweiModes
from .parameters import Schema


@dataclass(frozen=True)
class Credential:
    """Hold what authenticated a call: a key ID or a token, and the account in the request."""

    user: User
    access: str | None = None
    token: str | None = None
    domain_named: bool = False
    domain_scope: bool = True


@dataclass(frozen=True)
class Arguments:
    """Hold the checked input of a call. ``subject_token`` is the header of that name."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    subject_token: str = ""


@dataclass(frozen=True)
class Output:
    """Hold the output of a call. Without fields, the reply has no body."""

    fields: dict[str, Any] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """Hold a call for the business logic. Links in replies begin with ``origin``."""

    account: Account
    modes: HuaweiModes
    secret_log: SecretLog
    logins: Lockout
    now: float
    origin: str
    credential: Credential | None = None

    @property
    def caller(self) -> User:
        """Return the authenticated user."""
        if self.credential is None:
            raise errors.gateway_authentication("x-auth-token not found")
        return self.credential.user

    def visible(self, thing: User | AccessKey) -> bool:
        """Return whether an object has become visible after its creation."""
        return self.now >= thing.visible_at

    def becomes_visible(self) -> float:
        """Return the time from when an object that is created now is visible."""
        delay = self.modes.visibility_delay_seconds
        return self.now + delay if delay else 0.0

    def find_user(self, user_id: str) -> User | None:
        """Return the user with this ID, unless it is not visible yet."""
        user = self.account.users.get(user_id)
        return user if user is not None and self.visible(user) else None

    def allow(self, action: str, owner: str | None = None) -> None:
        """Raise an error unless the caller may do this to the user, or without a user to the account.

        Users need no permission for their own objects, but a policy can still deny it.
        """
        caller = self.caller
        policy = caller.policy
        if action in caller.deny or (policy and policy.denies(action)):
            raise errors.denied(action)
        is_allowed = action in caller.permissions or (policy and policy.allows(action))
        if owner != caller.id and not caller.admin and not is_allowed:
            raise errors.forbidden()

    def need_domain(self) -> None:
        """Raise an error if an account-level call is signed with a key and does not name the account."""
        credential = self.credential
        if credential is not None and credential.access is not None and not credential.domain_named:
            raise errors.forbidden()


@dataclass(frozen=True)
class Operation:
    """Describe one operation of the API.

    ``secrets`` are the fields that the journal never shows. ``error_shape`` is the form of its
    errors. ``anonymous``: the call has no credentials. ``any_scope``: the token of a project is
    accepted. ``account_level``: a call signed with a key names the account.
    """

    name: str
    method: str
    path: str
    run: Callable[[Context, Arguments], Output]
    query: frozenset[str] = frozenset()
    body: Schema | None = None
    write: bool = False
    error_shape: Shape = "A"
    anonymous: bool = False
    any_scope: bool = False
    account_level: bool = False
    secrets: frozenset[str] = frozenset()
