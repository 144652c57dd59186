# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define operations and the calls that they receive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..secret_log import SecretLog
from .errors import ApiError
from .installation import AccessKey, Account, Installation
from .modes import CLOUD, ZSPHERE, ZStackModes
from .query import Query
from .times import time_text, zone

EVERYWHERE = (CLOUD, ZSPHERE)


@dataclass(frozen=True)
class Field:
    """Describe one field of an operation's message. ``required`` lists the products that require it."""

    kind: Literal["string", "int", "strings", "map"] = "string"
    required: tuple[str, ...] = ()
    longest: int = 0
    shortest: int = 0
    choices: tuple[str, ...] = ()
    limits: tuple[int, int] | None = None


@dataclass(frozen=True)
class Arguments:
    """Hold the input of a request: path variables and body together, and the query."""

    params: Mapping[str, Any]
    query: Query = field(default_factory=Query)
    dry_run: bool = False


@dataclass(frozen=True)
class Context:
    """Hold a call for the business logic. Public operations have no caller."""

    installation: Installation
    modes: ZStackModes
    secret_log: SecretLog
    message: str
    caller: Account | None
    now: float

    @property
    def account(self) -> Account:
        """Return the account of the caller."""
        if self.caller is None:
            raise LookupError("a public operation has no caller")
        return self.caller

    @property
    def newest(self) -> bool:
        """Return whether the newest known source code applies, which is ZSphere's."""
        return self.modes.product == ZSPHERE

    def visible(self, key: AccessKey) -> bool:
        """Return whether a key has become visible after its creation."""
        return self.now >= key.visible_at

    def becomes_visible(self) -> float:
        """Return the time from when an object that is created now is visible."""
        delay = self.modes.visibility_delay_seconds
        return self.now + delay if delay else 0.0

    def time_text(self, epoch: float) -> str:
        """Return a time as replies show it."""
        return time_text(epoch, zone(self.modes.timezone))

    def same(self, one: str, other: str) -> bool:
        """Compare text as the database does."""
        if self.modes.case_insensitive_ids:
            return one.casefold() == other.casefold()
        return one == other


@dataclass(frozen=True)
class Operation:
    """Describe one operation of the API. ``wrapper`` is the key in the body that contains its parameters."""

    name: str
    method: str
    path: str
    message: str
    run: Callable[[Context, Arguments], dict[str, Any]]
    wrapper: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    public: bool = False
    asynchronous: bool = False
    write: bool = False
    inventory: str = ""
    products: tuple[str, ...] = EVERYWHERE

    @property
    def queries(self) -> bool:
        """Return whether the operation has the parameters of a query."""
        return self.name.startswith("Query")

    def permit(self, account: Account, newest: bool) -> None:
        """Reject the call if the account may not perform the operation."""
        may = account.policy is None or account.policy.allows(self.message)
        if self.name in account.deny or not may:
            code = "SYS.1019" if newest else "ID.1002"
            raise ApiError(code, "operation[API:%s] is denied: no permission", self.message)
