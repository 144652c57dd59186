# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the objects of one Tencent Cloud account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..policies import Policy


@dataclass
class AccessKey:
    """Represent an access key of a user or of the root account."""

    access_key_id: str
    secret_access_key: str
    uin: int
    create_time: float
    status: str = "Active"
    description: str | None = None
    last_used: float | None = None
    visible_at: float = 0.0


@dataclass
class User:
    """Represent a sub-user. Its password is not stored, only how often it was set."""

    name: str
    uin: int
    uid: int
    create_time: float
    remark: str = ""
    console_login: bool = False
    phone_num: str = ""
    country_code: str = "86"
    email: str = ""
    need_reset_password: bool = False
    password_set: int = 0
    deny: frozenset[str] = frozenset()
    policy: Policy | None = None
    visible_at: float = 0.0


@dataclass
class TemporaryCredential:
    """Represent a key with a session token, for a user or the root account."""

    access_key_id: str
    secret_access_key: str
    token: str
    uin: int
    expires: float


@dataclass
class Account:
    """Represent a root account with everything in it."""

    owner_uin: int = 100000000000
    app_id: int = 1250000000
    users: dict[int, User] = field(default_factory=dict)
    keys: dict[str, AccessKey] = field(default_factory=dict)
    temporary: dict[str, TemporaryCredential] = field(default_factory=dict)
    last_uin: int = 0
    last_uid: int = 10000000
    revision: int = 0

    def next_uin(self) -> int:
        """Return an unused number for a new user."""
        self.last_uin = max(self.last_uin, self.owner_uin, *self.users, 0) + 1
        return self.last_uin

    def next_uid(self) -> int:
        """Return an unused message-recipient number for a new user."""
        self.last_uid = max([self.last_uid, *(user.uid for user in self.users.values())]) + 1
        return self.last_uid

    def user_by_name(self, name: str) -> User | None:
        """Return the user with this name."""
        return next((user for user in self.users.values() if user.name == name), None)

    def keys_of(self, uin: int) -> list[AccessKey]:
        """Return the keys of a user or of the root account, oldest first."""
        keys = [key for key in self.keys.values() if key.uin == uin]
        return sorted(keys, key=lambda key: key.create_time)

    def add_user(self, user: User) -> None:
        """Add a user to the account."""
        self.users[user.uin] = user
        self.revision += 1

    def add_key(self, key: AccessKey) -> None:
        """Add a key to the account."""
        self.keys[key.access_key_id] = key
        self.revision += 1

    def change(self, thing: User | AccessKey, **values: Any) -> None:
        """Set attributes of an object. Equal values are no change."""
        for name, value in values.items():
            if getattr(thing, name) != value:
                setattr(thing, name, value)
                self.revision += 1

    def remove_key(self, key: AccessKey) -> None:
        """Delete a key."""
        del self.keys[key.access_key_id]
        self.revision += 1

    def remove_user(self, user: User) -> None:
        """Delete a user with all its keys, which stop working immediately."""
        for key in self.keys_of(user.uin):
            self.remove_key(key)
        for access_key_id in [k for k, v in self.temporary.items() if v.uin == user.uin]:
            del self.temporary[access_key_id]
        del self.users[user.uin]
        self.revision += 1
