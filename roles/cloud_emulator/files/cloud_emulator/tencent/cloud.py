# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the emulator's cloud interface for Tencent Cloud."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import uuid4

from ..cloud import Cloud
from ..exchange import Call, Reply, Request
from ..secret_log import SecretLog
from . import gateway, parameters, seed, signature
from .account import Account
from .errors import ApiError
from .modes import TencentModes
from .times import time_text
from .user_operations import SECRET_PARAMETERS


class Tencent(Cloud):
    """Emulate CAM and STS. Errors have HTTP status 200, as from the real service."""

    name: ClassVar[str] = "tencent"
    key_variables: ClassVar[tuple[str, str]] = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
    throttle_code: ClassVar[str] = "RequestLimitExceeded"
    bad_signature_code: ClassVar[str] = "AuthFailure.SignatureFailure"

    modes: TencentModes

    def __init__(self, secret_log: SecretLog) -> None:
        self.modes = TencentModes()
        self._secret_log = secret_log
        self._account = Account()
        self._gateway = gateway.Gateway(self._account, self.modes, secret_log)

    @property
    def revision(self) -> int:
        """Return the number of changes so far."""
        return self._account.revision

    def claims(self, request: Request) -> bool:
        """Accept requests with the headers of API 3.0."""
        signed = request.headers.get("Authorization", "").startswith(signature.ALGORITHM)
        return request.path == "/" and (signed or _has_own_header(request))

    def describe(self, request: Request) -> Call:
        """Return what the headers and the body claim. A received password is added to the log."""
        action = request.headers.get("X-TC-Action", "")
        parsed = signature.parse_authorization(request.headers.get("Authorization", ""))
        key_id = parsed.secret_id if parsed else None
        owner = self._account.keys.get(key_id or "") or self._account.temporary.get(key_id or "")
        operations = [each[action] for each in gateway.SERVICES.values() if action in each]
        return Call(
            action=action,
            caller=str(owner.uin) if owner else None,
            access_key_id=key_id,
            params=self._params(request),
            write=any(operation.write for operation in operations),
        )

    def handle(self, request: Request) -> Reply:
        """Perform a request and wrap its result."""
        request_id = str(uuid4())
        try:
            now = time.time() + self.modes.clock_skew_seconds
            fields = self._gateway.perform(request, request_id, now)
        except ApiError as error:
            return self._failure(error.code, error.message, request_id)
        return self._reply(fields, None, request_id)

    def failure(self, code: str, message: str) -> Reply:
        """Wrap an error."""
        return self._failure(code, message, str(uuid4()))

    def seed(self, data: Mapping[str, Any]) -> None:
        """Merge objects of a seed."""
        seed.merge(self._account, data, self._secret_log)

    def administrator_keys(self) -> list[tuple[str, str]]:
        """Return the active keys of the root account."""
        account = self._account
        keys = account.keys_of(account.owner_uin)
        return [(key.access_key_id, key.secret_access_key) for key in keys if key.status == "Active"]

    def snapshot(self) -> dict[str, Any]:
        """Return all objects with the names of the seed, and times as the API writes them."""
        account = self._account
        return {
            "account": {
                "owner_uin": account.owner_uin,
                "app_id": account.app_id,
                "keys": self._keys(account.owner_uin),
            },
            "users": [
                {
                    "name": user.name,
                    "uin": user.uin,
                    "uid": user.uid,
                    "remark": user.remark,
                    "console_login": user.console_login,
                    "password_set": user.password_set,
                    "need_reset_password": user.need_reset_password,
                    "phone_num": user.phone_num,
                    "country_code": user.country_code,
                    "email": user.email,
                    "create_time": time_text(user.create_time),
                    "deny": sorted(user.deny),
                    "keys": self._keys(user.uin),
                }
                for user in account.users.values()
            ],
            "temporary_credentials": [
                {
                    "access_key_id": credential.access_key_id,
                    "uin": credential.uin,
                    "expires": time_text(credential.expires),
                }
                for credential in account.temporary.values()
            ],
        }

    def _keys(self, uin: int) -> list[dict[str, Any]]:
        return [
            {
                "access_key_id": key.access_key_id,
                "status": key.status,
                "create_time": time_text(key.create_time),
                "description": key.description,
                "last_used": None if key.last_used is None else time_text(key.last_used),
            }
            for key in self._account.keys_of(uin)
        ]

    def _params(self, request: Request) -> Any:
        try:
            params = parameters.parse(request)
        except ApiError:
            return None
        for name in SECRET_PARAMETERS & params.keys():
            if isinstance(params[name], str):
                self._secret_log.add(params[name])
            params[name] = "***"
        return params

    def _failure(self, code: str, message: str, request_id: str) -> Reply:
        return self._reply({"Error": {"Code": code, "Message": message}}, code, request_id)

    def _reply(self, fields: dict[str, Any], code: str | None, request_id: str) -> Reply:
        # Compact and with raw UTF-8, like the real service.
        text = json.dumps(
            {"Response": {**fields, "RequestId": request_id}},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        headers = {"Content-Type": self.modes.content_type}
        return Reply(200, headers, text.encode(), code=code, request_id=request_id)


def _has_own_header(request: Request) -> bool:
    return any(name.lower().startswith("x-tc-") for name in dict(request.headers))
