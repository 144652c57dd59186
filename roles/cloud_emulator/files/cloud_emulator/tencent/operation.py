# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define operations and the calls that they receive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..secret_log import SecretLog
from . import errors
from .account import AccessKey, Account, User
from .modes import TencentModes
from .parameters import Parameters


@dataclass(frozen=True)
class Context:
    """Hold an authenticated call for the business logic."""

    account: Account
    modes: TencentModes
    secret_log: SecretLog
    caller: int
    now: float

    def visible(self, thing: User | AccessKey) -> bool:
        """Return whether an object has become visible after its creation."""
        return self.now >= thing.visible_at

    def becomes_visible(self) -> float:
        """Return the time from when an object that is created now is visible."""
        delay = self.modes.visibility_delay_seconds
        return self.now + delay if delay else 0.0

    def target(self, params: Mapping[str, Any]) -> int:
        """Return the owner of the keys: the account in TargetUin, otherwise the caller."""
        uin: int = params.get("TargetUin", self.caller)
        owner = self.account.owner_uin
        if uin == owner and self.caller != owner:
            raise errors.ApiError("OperationDenied.SubUin", "A sub-user cannot manage the keys of the root account.")
        user = self.account.users.get(uin)
        if uin != owner and (user is None or not self.visible(user)):
            raise errors.target_not_found()
        return uin

    def user(self, params: Mapping[str, Any]) -> User:
        """Return the user with the given Name."""
        user = self.account.user_by_name(params["Name"])
        if user is None or not self.visible(user):
            raise errors.user_not_found()
        return user

    def denied(self, permission: str) -> bool:
        """Return whether the caller does not have a permission."""
        user = self.account.users.get(self.caller)
        if user is None:
            return False
        may = user.policy is None or user.policy.allows(f"cam:{permission}")
        return permission in user.deny or not may


def any_resource(_context: Context, _params: Mapping[str, Any]) -> str:
    """Return the resource of an operation that policies allow or deny as a whole."""
    return "*"


@dataclass(frozen=True)
class Operation:
    """Describe one operation of the API."""

    run: Callable[[Context, dict[str, Any]], dict[str, Any]]
    parameters: Parameters = field(default_factory=dict)
    write: bool = False
    per_second: int = 20
    resource: Callable[[Context, Mapping[str, Any]], str] = any_resource
