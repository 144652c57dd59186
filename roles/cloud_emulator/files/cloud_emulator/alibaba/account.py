# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the objects of one Alibaba Cloud account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..policies import Policy

ENABLED = 0
DISABLED = 1
NORMAL = 0
ABNORMAL = 1
VALIDATING = 2
TIMED_OUT = 3
PENDING = "pending"
PROCESSED = "dealed"


@dataclass(frozen=True)
class Principal:
    """Represent a caller: the account itself, a RAM user, or a session of a role."""

    kind: str
    id: str
    name: str = ""
    deny: frozenset[str] = frozenset()
    policy: Policy | None = None


@dataclass
class AccessKey:
    """Represent a key that signs calls."""

    access_key_id: str
    access_key_secret: str
    owner: str
    active: bool = True


@dataclass
class TemporaryCredential:
    """Represent a key with a session token, from assuming a role."""

    access_key_id: str
    access_key_secret: str
    token: str
    owner: str
    expires: float


@dataclass
class Module:
    """Represent a module of Security Center that uses a vendor's key."""

    status: int = VALIDATING
    message: str = ""
    trail_status: str | None = None
    trail_message: str | None = None


@dataclass
class Entry:
    """Represent a key of an account at another vendor. Its secret is not stored, only how often it was set."""

    auth_id: int
    vendor: str
    ak_type: str
    secret_id: str
    status: int = ENABLED
    service_status: int = VALIDATING
    message: str = ""
    alias: str | None = None
    domain: str | None = None
    regions: list[str] = field(default_factory=list)
    tenant_id: str | None = None
    subscription_ids: list[str] = field(default_factory=list)
    ctdr_cloud_user_id: str | None = None
    extend_info: str | None = None
    vendor_uid: str | None = None
    vendor_user_name: str | None = None
    modules: dict[str, Module] = field(default_factory=dict)
    secret_set: int = 0
    validating_since: float | None = None
    visible_at: float = 0.0


@dataclass
class Leak:
    """Represent a key of the account that was found in a public place, at a time in seconds since 1970."""

    leak_id: int
    access_key_id: str
    discovered: float
    status: str = PENDING
    user_type: str = "ram"
    user_name: str | None = None
    url: str | None = None


@dataclass
class Account:
    """Represent an account with everything in it."""

    account_id: str = "1000000000000001"
    principals: dict[str, Principal] = field(default_factory=dict)
    keys: dict[str, AccessKey] = field(default_factory=dict)
    temporary: dict[str, TemporaryCredential] = field(default_factory=dict)
    entries: dict[int, Entry] = field(default_factory=dict)
    leaks: dict[int, Leak] = field(default_factory=dict)
    last_auth_id: int = 2831
    revision: int = 0

    def next_auth_id(self) -> int:
        """Return an unused number for a new entry."""
        self.last_auth_id = max([self.last_auth_id, *self.entries]) + 1
        return self.last_auth_id

    def put(self, entry: Entry) -> None:
        """Add an entry, or replace the one with its number. An equal entry is no change."""
        if self.entries.get(entry.auth_id) != entry:
            self.entries[entry.auth_id] = entry
            self.last_auth_id = max(self.last_auth_id, entry.auth_id)
            self.revision += 1

    def remove(self, entry: Entry) -> None:
        """Delete an entry."""
        del self.entries[entry.auth_id]
        self.revision += 1

    def principal_of(self, access_key_id: str) -> Principal | None:
        """Return the caller who signs with a key."""
        key: Any = self.keys.get(access_key_id) or self.temporary.get(access_key_id)
        return self.principals[key.owner] if key else None
