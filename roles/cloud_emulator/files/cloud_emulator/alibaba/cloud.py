# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the emulator's cloud interface for Alibaba Cloud."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any, ClassVar

from ..cloud import Cloud
from ..exchange import Call, Reply, Request
from ..secret_log import SecretLog
from . import claims, envelope, gateway, seed, signature, snapshot, validation
from .account import Account
from .encoding import Pairs, all_pairs, with_lists
from .errors import BAD_SIGNATURE, THROTTLED, ApiError
from .modes import AlibabaModes
from .parameters import SYSTEM_PARAMETERS
from .secret_fields import hidden, secrets_in
from .vendors import Catalogue


class Alibaba(Cloud):
    """Emulate Security Center and STS at one address."""

    name: ClassVar[str] = "alibaba"
    key_variables: ClassVar[tuple[str, str]] = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET")
    throttle_code: ClassVar[str] = THROTTLED
    bad_signature_code: ClassVar[str] = BAD_SIGNATURE

    modes: AlibabaModes

    def __init__(self, secret_log: SecretLog) -> None:
        self.modes = AlibabaModes()
        self._secret_log = secret_log
        self._account = Account()
        self._catalogue = Catalogue()
        self._gateway = gateway.Gateway(self._account, self._catalogue, self.modes)

    @property
    def revision(self) -> int:
        """Return the number of changes so far."""
        return self._account.revision

    def claims(self, request: Request) -> bool:
        """Accept requests with the headers, the Authorization or the parameters of this vendor."""
        if request.path != "/":
            return False
        names = {name.lower() for name, _unused in request.headers}
        signed = claims.is_acs3(request) or any(name.startswith("x-acs-") for name in names)
        return signed or any(name in ("Action", "AccessKeyId") for name, _unused in _pairs(request))

    def describe(self, request: Request) -> Call:
        """Return what the request claims to be. A received secret is added to the log."""
        pairs = _pairs(request)
        for name, value in pairs:
            for secret in secrets_in(name, value):
                self._secret_log.add(secret)
        given = dict(pairs)
        target = gateway.target_of(request, given)
        authorization = signature.parse_authorization(request.headers.get("Authorization", ""))
        key_id = authorization.access_key_id if authorization else given.get("AccessKeyId")
        principal = self._account.principal_of(key_id or "")
        operation = gateway.OPERATIONS.get(target.version, {}).get(target.action)
        return Call(
            action=target.action,
            caller=principal.id if principal else None,
            access_key_id=key_id,
            params=_params(given),
            write=operation is not None and operation.write,
        )

    def handle(self, request: Request) -> Reply:
        """Perform a request and wrap its result."""
        xml = False
        try:
            xml = envelope.wants_xml(request)
            fields = self._gateway.perform(request, self._now())
        except ApiError as error:
            host = re.sub(r":[0-9]+$", "", request.headers.get("Host", ""))
            return envelope.failure(self.modes, error, host, xml=xml)
        return envelope.success(self.modes, fields, gateway.target_of(request, dict(_pairs(request))).action, xml=xml)

    def failure(self, code: str, message: str) -> Reply:
        """Wrap an error."""
        return envelope.failure(self.modes, ApiError(code, message))

    def echo(self, request: Request, text: str) -> Reply:
        """Reply to a bad signature as the gateway does: with the texts that it computed from the request."""
        try:
            text = f"{claims.calculation(request)}\n{text}"
        except ApiError as error:
            text = f"{error.message}\n{text}"
        return self.failure(self.bad_signature_code, text)

    def seed(self, data: Mapping[str, Any]) -> None:
        """Merge objects of a seed."""
        seed.merge(self._account, self._catalogue, data, self._secret_log)

    def administrator_keys(self) -> list[tuple[str, str]]:
        """Return the active keys of the account itself."""
        keys = self._account.keys.values()
        owner = self._account.account_id
        return [(key.access_key_id, key.access_key_secret) for key in keys if key.active and key.owner == owner]

    def snapshot(self) -> dict[str, Any]:
        """Return all objects with the names of the seed, after due validations have finished."""
        for entry in self._account.entries.values():
            validation.settle(entry, self.modes, self._now())
        return snapshot.of(self._account)

    def _now(self) -> float:
        return time.time() + self.modes.clock_skew_seconds


def _pairs(request: Request) -> Pairs:
    try:
        return all_pairs(request)
    except ApiError:
        return []


def _params(given: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the parameters of the operation, with secrets hidden."""
    own = {name: value for name, value in given.items() if name not in SYSTEM_PARAMETERS}
    try:
        params = with_lists(own)
    except ApiError:
        return None
    return {name: hidden(name, value) for name, value in params.items()}
