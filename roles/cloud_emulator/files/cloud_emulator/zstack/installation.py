# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the objects of one ZStack installation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..policies import Policy

ADMIN_UUID = "36c27e8ff05c4780bf6d2fa65700f22e"
"""UUID of the first administrator, the same in every installation."""

SYSTEM_ADMIN = "SystemAdmin"


@dataclass
class User:
    """Represent a user of an account. Only ZStack Cloud has users."""

    uuid: str
    name: str
    create_time: float
    description: str | None = None


@dataclass
class Account:
    """Represent an account. Only the hash of its password is stored, as clients send it."""

    uuid: str
    name: str
    create_time: float
    type: str = "Normal"
    state: str = "Enabled"
    description: str | None = None
    password_hash: str | None = None
    deny: frozenset[str] = frozenset()
    policy: Policy | None = None
    users: dict[str, User] = field(default_factory=dict)

    @property
    def admin(self) -> bool:
        """Return whether the account manages everything."""
        return self.type == SYSTEM_ADMIN


@dataclass
class AccessKey:
    """Represent an access key. Its secret is stored and shown in clear text, as by the real service."""

    uuid: str
    account_uuid: str
    user_uuid: str
    access_key_id: str
    access_key_secret: str
    create_time: float
    last_op_time: float
    description: str | None = None
    state: str = "Enabled"
    visible_at: float = 0.0


@dataclass
class Session:
    """Represent a login."""

    uuid: str
    account_uuid: str
    create_time: float
    expires: float


@dataclass
class Installation:
    """Hold all objects. ``revision`` counts the changes, except those of sessions."""

    accounts: dict[str, Account] = field(default_factory=dict)
    keys: dict[str, AccessKey] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    system_tags: set[str] = field(default_factory=set)
    revision: int = 0

    def account_by_name(self, name: str) -> Account | None:
        """Return the account with this name."""
        return next((account for account in self.accounts.values() if account.name == name), None)

    def keys_of(self, account_uuid: str) -> list[AccessKey]:
        """Return the keys of an account, in the order of creation."""
        return [key for key in self.keys.values() if key.account_uuid == account_uuid]

    def keys_with_id(self, access_key_id: str, ignore_case: bool) -> list[AccessKey]:
        """Return the keys with an AccessKeyID, which need not be unique."""
        if not ignore_case:
            return [key for key in self.keys.values() if key.access_key_id == access_key_id]
        wanted = access_key_id.casefold()
        return [key for key in self.keys.values() if key.access_key_id.casefold() == wanted]

    def add_account(self, account: Account) -> None:
        """Add an account."""
        self.accounts[account.uuid] = account
        self.revision += 1

    def add_key(self, key: AccessKey) -> None:
        """Add a key."""
        self.keys[key.uuid] = key
        self.revision += 1

    def remove_key(self, key: AccessKey) -> None:
        """Delete a key."""
        del self.keys[key.uuid]
        self.revision += 1

    def change(self, thing: Account | AccessKey | User, **values: Any) -> None:
        """Set attributes of an object. Equal values are no change."""
        for name, value in values.items():
            if getattr(thing, name) != value:
                setattr(thing, name, value)
                self.revision += 1
