# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the objects of one Huawei Cloud account, which the API calls a domain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..policies import Policy


@dataclass
class AccessKey:
    """Represent a permanent access key. ``last_used`` is the creation time until the key is used."""

    access: str
    secret: str
    user_id: str
    create_time: float
    last_used: float
    status: str = "active"
    description: str = ""
    visible_at: float = 0.0


@dataclass
class User:
    """Represent an IAM user. ``permissions`` lists the actions allowed on others, ``deny`` those denied on all.

    A ``policy`` does both.
    """

    id: str
    name: str
    create_time: float
    enabled: bool = True
    description: str = ""
    email: str = ""
    areacode: str = ""
    phone: str = ""
    access_mode: str = "default"
    pwd_status: bool = False
    password: str | None = None
    password_set: int = 0
    password_expires_at: float | None = None
    default_project_id: str | None = None
    xuser_type: str = ""
    xuser_id: str = ""
    update_time: float | None = None
    login_protect: bool | None = None
    verification_method: str = "none"
    mfa_passcode: str | None = None
    domain_owner: bool = False
    admin: bool = False
    permissions: frozenset[str] = frozenset()
    deny: frozenset[str] = frozenset()
    policy: Policy | None = None
    visible_at: float = 0.0


@dataclass
class TemporaryCredential:
    """Represent a key with a security token, on behalf of a user."""

    access: str
    secret: str
    security_token: str
    user_id: str
    expires: float


@dataclass
class Token:
    """Represent a token. IAM accepts it only if its scope is the domain, not a project.

    A token that has ended was valid until its user changed.
    """

    value: str
    user_id: str
    issued: float
    expires: float
    methods: tuple[str, ...] = ("password",)
    project_id: str | None = None
    ended: bool = False


@dataclass
class Project:
    """Represent a project, which is a region or a part of one."""

    id: str
    name: str


@dataclass
class Account:
    """Represent a domain with everything in it. ``foreign_keys`` are the IDs of keys of other accounts."""

    id: str = "d0000000000000000000000000000001"
    name: str = "emulator-account"
    user_quota: int = 50
    users: dict[str, User] = field(default_factory=dict)
    keys: dict[str, AccessKey] = field(default_factory=dict)
    temporary: dict[str, TemporaryCredential] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    foreign_keys: set[str] = field(default_factory=set)
    revision: int = 0

    def user_by_name(self, name: str) -> User | None:
        """Return the user with this name."""
        return next((user for user in self.users.values() if user.name == name), None)

    def keys_of(self, user_id: str) -> list[AccessKey]:
        """Return the keys of a user, oldest first."""
        keys = [key for key in self.keys.values() if key.user_id == user_id]
        return sorted(keys, key=lambda key: key.create_time)

    def add_user(self, user: User) -> None:
        """Add a user to the account."""
        self.users[user.id] = user
        self.revision += 1

    def add_key(self, key: AccessKey) -> None:
        """Add a key to the account."""
        self.keys[key.access] = key
        self.revision += 1

    def change(self, thing: User | AccessKey, **values: Any) -> None:
        """Set attributes of an object. Equal values are no change."""
        for name, value in values.items():
            if getattr(thing, name) != value:
                setattr(thing, name, value)
                self.revision += 1

    def remove_key(self, key: AccessKey) -> None:
        """Delete a key."""
        del self.keys[key.access]
        self.revision += 1

    def remove_user(self, user: User) -> None:
        """Delete a user with all its keys and tokens, which stop working immediately."""
        for key in self.keys_of(user.id):
            self.remove_key(key)
        for access in [each for each, value in self.temporary.items() if value.user_id == user.id]:
            del self.temporary[access]
        for value in [each for each, token in self.tokens.items() if token.user_id == user.id]:
            del self.tokens[value]
        del self.users[user.id]
        self.revision += 1

    def end_tokens(self, user_id: str) -> None:
        """Invalidate the tokens of a user. The caller of this function counts the change."""
        for token in self.tokens.values():
            token.ended = token.ended or token.user_id == user_id
