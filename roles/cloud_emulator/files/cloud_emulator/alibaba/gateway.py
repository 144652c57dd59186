# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check a request as the gateway does: operation, caller, rate and parameters.

The order of the checks is not documented. Clients must not rely on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..exchange import Request
from ..rate_limits import RateCounter
from . import claims, entry_operations, errors, identity_operations, leak_operations, list_operations, parameters
from .account import Account, Principal
from .authentication import Authenticator
from .encoding import all_pairs, merged, query_pairs, with_lists
from .modes import AlibabaModes
from .operation import Context, Operation, Operations
from .permission import check_permission
from .vendors import Catalogue

OPERATIONS: Mapping[str, Operations] = {
    "2018-12-03": {**entry_operations.OPERATIONS, **list_operations.OPERATIONS, **leak_operations.OPERATIONS},
    "2015-04-01": identity_operations.OPERATIONS,
}
_PER_SECOND = 10
"""Assumed limits: the real ones are not published."""


@dataclass(frozen=True)
class Target:
    """Identify the operation of a request."""

    action: str
    version: str


@dataclass
class Gateway:
    """Check the requests to an account."""

    account: Account
    catalogue: Catalogue
    modes: AlibabaModes
    counter: RateCounter = field(default_factory=RateCounter)

    def __post_init__(self) -> None:
        self._authenticator = Authenticator(self.account)

    def perform(self, request: Request, now: float) -> dict[str, Any]:
        """Check and perform a request, and return the fields of its reply."""
        signed = merged(all_pairs(request))
        target = target_of(request, signed)
        operation = _operation(request, target)
        caller = self._authenticator.check(claims.read(request, signed), now)
        self._throttle(request, target, caller)
        # The real service certainly reads the body of a request with the legacy signature.
        seen = self.modes.accept_form_body or not claims.is_acs3(request)
        given = with_lists(signed if seen else merged(query_pairs(request)))
        params = parameters.check(given, operation.parameters, self.modes.ignore_unknown_parameters)
        check_permission(self.account, caller, operation, target.action)
        context = Context(self.account, self.catalogue, self.modes, caller, now)
        return operation.run(context, params)

    def _throttle(self, request: Request, target: Target, caller: Principal) -> None:
        if self.modes.rate_limits:
            times = self.counter.count((target.action, caller.id), request.arrived)
            if times > _PER_SECOND:
                raise errors.throttled()


def target_of(request: Request, params: Mapping[str, str]) -> Target:
    """Identify the operation by the headers of a request, or for a legacy request by its parameters."""
    action, version = request.headers.get("x-acs-action", ""), request.headers.get("x-acs-version", "")
    if claims.is_acs3(request):
        return Target(action, version)
    return Target(params.get("Action", action), params.get("Version", version))


def _operation(request: Request, target: Target) -> Operation:
    if not target.action:
        raise errors.missing("Action")
    if not target.version:
        raise errors.missing("Version")
    operation = OPERATIONS.get(target.version, {}).get(target.action)
    if operation is None or request.method not in ("GET", "POST"):
        raise errors.api_not_found()
    return operation
