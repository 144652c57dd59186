# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check a request as the gateway and IAM do: operation, rate, caller and input.

The order of the checks is not documented. Clients must not rely on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..exchange import Request
from ..rate_limits import RateCounter
from ..secret_log import SecretLog
from . import errors, parameters
from .account import Account
from .authentication import Authenticator
from .lockout import Lockout
from .modes import HuaweiModes
from .operation import Arguments, Context, Credential, Operation, Output

# The default of API Gateway for an API. The limits of IAM are not published.
_PER_SECOND = 200


@dataclass
class Gateway:
    """Check the requests to an account."""

    account: Account
    modes: HuaweiModes
    secret_log: SecretLog
    authenticator: Authenticator
    logins: Lockout = field(default_factory=Lockout)
    counter: RateCounter = field(default_factory=RateCounter)

    def perform(self, request: Request, operation: Operation, path: Mapping[str, str], now: float) -> Output:
        """Check and perform a request."""
        if self.modes.rate_limits and self.counter.count(operation.name, request.arrived) > _PER_SECOND:
            raise errors.too_many_requests()
        credential = None if operation.anonymous else self.authenticator.authenticate(request, now)
        context = Context(
            account=self.account,
            modes=self.modes,
            secret_log=self.secret_log,
            logins=self.logins,
            now=now,
            origin=f"https://{request.headers.get('Host', '')}",
            credential=credential,
        )
        if credential is not None:
            self._check_scope(request, operation, credential)
            if operation.account_level and self.modes.require_domain_id:
                context.need_domain()
        body = {} if operation.body is None else parameters.body_of(request, operation.body)
        query = parameters.query_of(request, operation.query)
        subject = request.headers.get("X-Subject-Token", "")
        return operation.run(context, Arguments(path, query, body, subject))

    def _check_scope(self, request: Request, operation: Operation, credential: Credential) -> None:
        headers = request.headers
        named = headers.get("X-Domain-Id", self.account.id) == self.account.id
        project = headers.get("X-Project-Id")
        known = project is None or project in self.account.projects
        if not named or not known or not (credential.domain_scope or operation.any_scope):
            raise errors.forbidden()
