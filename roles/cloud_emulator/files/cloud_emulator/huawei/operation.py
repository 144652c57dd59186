# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operation is, what it gets to see, and what the caller may do."""

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
    """What a call was authenticated with: a key's id or a token, and the account it named."""

    user: User
    access: str | None = None
    token: str | None = None
    domain_named: bool = False
    domain_scope: bool = True


@dataclass(frozen=True)
class Arguments:
    """The checked input of a call; ``subject_token`` is the header of that name."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Mapping[str, Any]
    subject_token: str = ""


@dataclass(frozen=True)
class Answer:
    """The output of a call. Without fields there is no body."""

    fields: dict[str, Any] | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """A call on its way to the business logic. ``origin`` begins the links of replies."""

    account: Account
    modes: HuaweiModes
    secret_log: SecretLog
    logins: Lockout
    now: float
    origin: str
    credential: Credential | None = None

    @property
    def caller(self) -> User:
        """The authenticated user."""
        if self.credential is None:
            raise errors.gateway_authentication("x-auth-token not found")
        return self.credential.user

    def visible(self, thing: User | AccessKey) -> bool:
        """Tell whether an object has become visible after its creation."""
        return self.now >= thing.visible_at

    def becomes_visible(self) -> float:
        """When an object that is created now will be seen."""
        delay = self.modes.visibility_delay_seconds
        return self.now + delay if delay else 0.0

    def find_user(self, user_id: str) -> User | None:
        """The user of this id, unless it is not visible yet."""
        user = self.account.users.get(user_id)
        return user if user is not None and self.visible(user) else None

    def allow(self, action: str, owner: str | None = None) -> None:
        """Fail unless the caller may do it to this user, or to the account without one.

        One's own things need no permission, but a policy can deny them all the same.
        """
        caller = self.caller
        if action in caller.deny:
            raise errors.denied(action)
        if owner != caller.id and not caller.admin and action not in caller.permissions:
            raise errors.forbidden()

    def need_domain(self) -> None:
        """Fail when an account-level call signed with a key does not name the account."""
        credential = self.credential
        if credential is not None and credential.access is not None and not credential.domain_named:
            raise errors.forbidden()


@dataclass(frozen=True)
class Operation:
    """One operation of the API.

    ``secrets`` are the fields whose values no journal shows. ``error_shape`` is the form
    of its errors, ``anonymous`` tells whether the call comes without credentials, ``any_scope`` whether a token
    of a project is good enough, ``account_level`` whether a call under AK/SK names the account.
    """

    name: str
    method: str
    path: str
    run: Callable[[Context, Arguments], Answer]
    query: frozenset[str] = frozenset()
    body: Schema | None = None
    write: bool = False
    error_shape: Shape = "A"
    anonymous: bool = False
    any_scope: bool = False
    account_level: bool = False
    secrets: frozenset[str] = frozenset()
