# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of one Huawei Cloud account, which the API calls a domain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class AccessKey:
    """A permanent access key. ``last_used`` is the creation time until it is used."""

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
    """An IAM user. ``permissions`` are the actions allowed on others, ``deny`` those denied on all."""

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
    visible_at: float = 0.0


@dataclass
class TemporaryCredential:
    """A key with a security token, on behalf of a user."""

    access: str
    secret: str
    security_token: str
    user_id: str
    expires: float


@dataclass
class Token:
    """A token. It is good for IAM only when its scope is the domain, not a project.

    One that has ended was good until something about its user changed.
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
    """A project, which is a region or a part of one."""

    id: str
    name: str


@dataclass
class Account:
    """A domain with everything in it. ``foreign_keys`` are keys of other accounts, by their id."""

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
        """The user of this name."""
        return next((user for user in self.users.values() if user.name == name), None)

    def keys_of(self, user_id: str) -> list[AccessKey]:
        """The keys of a user, oldest first."""
        keys = [key for key in self.keys.values() if key.user_id == user_id]
        return sorted(keys, key=lambda key: key.create_time)

    def add_user(self, user: User) -> None:
        """Put a user into the account."""
        self.users[user.id] = user
        self.revision += 1

    def add_key(self, key: AccessKey) -> None:
        """Put a key into the account."""
        self.keys[key.access] = key
        self.revision += 1

    def change(self, thing: User | AccessKey, **values: Any) -> None:
        """Set attributes of an object; what stays the same is no change."""
        for name, value in values.items():
            if getattr(thing, name) != value:
                setattr(thing, name, value)
                self.revision += 1

    def remove_key(self, key: AccessKey) -> None:
        """Delete a key."""
        del self.keys[key.access]
        self.revision += 1

    def remove_user(self, user: User) -> None:
        """Delete a user with all its keys and tokens, which stop working at once."""
        for key in self.keys_of(user.id):
            self.remove_key(key)
        for access in [each for each, value in self.temporary.items() if value.user_id == user.id]:
            del self.temporary[access]
        for value in [each for each, token in self.tokens.items() if token.user_id == user.id]:
            del self.tokens[value]
        del self.users[user.id]
        self.revision += 1

    def end_tokens(self, user_id: str) -> None:
        """Make the tokens of a user worthless. What was committed is told by what made it so."""
        for token in self.tokens.values():
            token.ended = token.ended or token.user_id == user_id
