# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the emulator's cloud interface for Huawei Cloud."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar
from uuid import uuid4

from ..cloud import Cloud
from ..exchange import Call, Reply, Request
from ..secret_log import SecretLog
from . import error_shapes, errors, journal_params, routes, seed, signature
from .account import Account
from .authentication import Authenticator
from .errors import ApiError
from .gateway import Gateway
from .modes import HuaweiModes
from .snapshot import snapshot

_REGION = "cn-north-4"


class Huawei(Cloud):
    """Emulate IAM behind API Gateway, and the account lookup of STS."""

    name: ClassVar[str] = "huawei"
    key_variables: ClassVar[tuple[str, str]] = ("HW_ACCESS_KEY", "HW_SECRET_KEY")
    throttle_code: ClassVar[str] = "APIGW.0308"
    bad_signature_code: ClassVar[str] = errors.GATEWAY_AUTHENTICATION

    modes: HuaweiModes

    def __init__(self, secret_log: SecretLog) -> None:
        self.modes = HuaweiModes()
        self._secret_log = secret_log
        self._account = Account()
        authenticator = Authenticator(self._account, self.modes)
        self._gateway = Gateway(self._account, self.modes, secret_log, authenticator)

    @property
    def revision(self) -> int:
        """Return the number of changes so far."""
        return self._account.revision

    def claims(self, request: Request) -> bool:
        """Accept paths that begin with a version of IAM or STS."""
        return routes.is_ours(request.path)

    def describe(self, request: Request) -> Call:
        """Return what path, headers and body claim. Received secrets are added to the log."""
        access, caller = self._claimed(request)
        route = routes.find(request)
        if route is None:
            return Call(f"{request.method} {request.path}", caller, access)
        operation, path = route
        params = journal_params.collect(request, operation, path, self._secret_log)
        return Call(operation.name, caller, access, params, operation.write)

    def handle(self, request: Request) -> Reply:
        """Perform a request, and return its reply."""
        route = routes.find(request)
        own: error_shapes.Shape = "A" if route is None else route[0].error_shape
        try:
            if route is None:
                raise errors.no_such_api()
            now = time.time() + self.modes.clock_skew_seconds
            output = self._gateway.perform(request, *route, now)
        except ApiError as error:
            return self._failure(error, own)
        return self._reply(output.status, output.fields, output.headers)

    def failure(self, code: str, message: str) -> Reply:
        """Wrap an error."""
        authentication = code == errors.GATEWAY_AUTHENTICATION
        error = errors.gateway_authentication(message) if authentication else error_shapes.error_of(code, message)
        return self._failure(error)

    def echo(self, request: Request, text: str) -> Reply:
        """Repeat the request as the gateway does: in canonical form, and in one line."""
        parsed = signature.parse_authorization(request.headers.get("Authorization", ""))
        every = sorted({name.lower() for name, _unused in request.headers})
        canonical = signature.canonical_request(
            request.method,
            request.path,
            request.query,
            request.headers,
            parsed.signed_headers if parsed else every,
            signature.payload_hash(request.headers, request.body),
        )
        return self._failure(errors.signature_failure(canonical))

    def seed(self, data: Mapping[str, Any]) -> None:
        """Merge objects of a seed."""
        seed.merge(self._account, data, self._secret_log)

    def administrator_keys(self) -> list[tuple[str, str]]:
        """Return the active keys of the owner of the account."""
        owners = [user.id for user in self._account.users.values() if user.domain_owner]
        keys = [key for owner in owners for key in self._account.keys_of(owner)]
        return [(key.access, key.secret) for key in keys if key.status == "active"]

    def snapshot(self) -> dict[str, Any]:
        """Return all objects."""
        return snapshot(self._account)

    def _claimed(self, request: Request) -> tuple[str | None, str | None]:
        """Return the IDs of the key and of the user in the request."""
        account = self._account
        parsed = signature.parse_authorization(request.headers.get("Authorization", ""))
        if parsed is None:
            token = account.tokens.get(request.headers.get("X-Auth-Token", ""))
            return None, token.user_id if token else None
        key = account.keys.get(parsed.access) or account.temporary.get(parsed.access)
        return parsed.access, key.user_id if key else None

    def _failure(self, error: ApiError, own: error_shapes.Shape = "A") -> Reply:
        headers = {}
        status = error.status
        if status == 429:
            status = self.modes.throttle_status
            if self.modes.retry_after:
                headers["Retry-After"] = self.modes.retry_after
        request_id = uuid4().hex
        code = error_shapes.code_of(error, own)
        if self.modes.error_shape == "html" and not error_shapes.is_gateway(error):
            html = self._reply(status, None, {**headers, "Content-Type": "text/html"}, request_id)
            return replace(html, body=error_shapes.page(error).encode(), code=code)
        fields = error_shapes.fields(error, self.modes.error_shape, own, request_id)
        return replace(self._reply(status, fields, headers, request_id), code=code)

    def _reply(
        self, status: int, fields: dict[str, Any] | None, headers: Mapping[str, str], request_id: str = ""
    ) -> Reply:
        request_id = request_id or uuid4().hex
        own = {"X-Request-Id": request_id, "X-Iam-Trace-Id": f"token_{_REGION}_null_{request_id}"}
        if fields is None:
            return Reply(status, {**own, **headers}, b"", request_id=request_id)
        # Compact and with raw UTF-8, like the real service.
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        own["Content-Type"] = self.modes.content_type
        return Reply(status, {**own, **headers}, text.encode(), request_id=request_id)
