# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the emulator's cloud interface for ZStack."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import unquote

from ..cloud import Cloud
from ..exchange import Call, Reply, Request
from ..secret_log import SecretLog
from . import authentication, job_queries, journal_params, replies, routes, seed, signature
from .errors import RATE_LIMITED, ApiError, TextError
from .gateway import Gateway
from .installation import Installation
from .modes import ZStackModes
from .snapshot import snapshot


class ZStack(Cloud):
    """Emulate access keys and sessions. The code of a text reply is its HTTP status."""

    name: ClassVar[str] = "zstack"
    key_variables: ClassVar[tuple[str, str]] = ("ZSTACK_ACCESS_KEY_ID", "ZSTACK_ACCESS_KEY_SECRET")
    throttle_code: ClassVar[str] = "429"
    bad_signature_code: ClassVar[str] = "403"

    modes: ZStackModes

    def __init__(self, secret_log: SecretLog) -> None:
        self.modes = ZStackModes()
        self._secret_log = secret_log
        self._installation = Installation()
        self._gateway = Gateway(self._installation, self.modes, secret_log)

    @property
    def revision(self) -> int:
        """Return the number of changes so far. Delayed work counts when it is accepted."""
        self._settle()
        return self._installation.revision + self._gateway.jobs.deferred

    def claims(self, request: Request) -> bool:
        """Accept paths below the context path."""
        return unquote(request.path).startswith(f"{routes.CONTEXT_PATH}/")

    def describe(self, request: Request) -> Call:
        """Return what the request claims to be. Received secrets are added to the log."""
        self._settle()
        caller, key_id = self._claimed(request.headers.get("Authorization", ""))
        uri = routes.uri(request)
        job = job_queries.job_in_path(uri)
        if job is not None:
            return Call(job_queries.OPERATION, caller, key_id, {"uuid": job})
        try:
            route = routes.find(request, self.modes)
        except TextError:
            return Call(f"{request.method} {journal_params.shown_path(uri)}", caller, key_id)
        params = journal_params.shown_params(request, route, self._secret_log.add)
        return Call(route.operation.name, caller, key_id, params, route.operation.write)

    def handle(self, request: Request) -> Reply:
        """Perform a request and wrap its result."""
        self._settle()
        try:
            return self._gateway.perform(request)
        except TextError as error:
            return replies.text(error, self.modes)
        except ApiError as error:
            return replies.error(error, self.modes)

    def failure(self, code: str, message: str) -> Reply:
        """Wrap an error. A code of three digits is the status of a text reply. Other codes are in JSON."""
        if code == self.throttle_code:
            return replies.text(TextError(429, RATE_LIMITED), self.modes)
        if len(code) == 3 and code.isdecimal():
            return replies.text(TextError(int(code), message), self.modes)
        return replies.error(ApiError(code, message), self.modes)

    def seed(self, data: Mapping[str, Any]) -> None:
        """Merge objects of a seed."""
        self._settle()
        seed.merge(self._installation, data, self._secret_log)

    def administrator_keys(self) -> list[tuple[str, str]]:
        """Return the active keys of the administrators."""
        owners = [account.uuid for account in self._installation.accounts.values() if account.admin]
        keys = [key for owner in owners for key in self._installation.keys_of(owner)]
        return [(key.access_key_id, key.access_key_secret) for key in keys if key.state == "Enabled"]

    def snapshot(self) -> dict[str, Any]:
        """Return all objects."""
        self._settle()
        return snapshot(self._installation, self.modes.timezone)

    def _settle(self) -> None:
        self._gateway.jobs.settle(time.time())

    def _claimed(self, authorization: str) -> tuple[str | None, str | None]:
        """Return the account and the key that an Authorization header claims."""
        session = self._installation.sessions.get(authentication.session_of(authorization) or "")
        if session is not None:
            return session.account_uuid, None
        if not authorization.strip().startswith(signature.SCHEME):
            return None, None
        key_id = authorization.strip().removeprefix(signature.SCHEME).strip().partition(":")[0]
        keys = self._installation.keys_with_id(key_id, self.modes.case_insensitive_ids)
        return (keys[0].account_uuid if keys else None), key_id
