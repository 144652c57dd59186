# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Call operations of Security Center (Sas 2018-12-03), and look up the caller at STS."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Callable, TypeVar

from .._api import Call, Request, RestApi
from .._creation_lock import Claim, Identifiers
from .._options import connection_settings, credentials_of
from .._reply import member
from .._task import Task
from .errors import parse_reply
from .options import SOURCES, default_endpoint, sts_endpoint
from .permissions import PERMISSIONS
from .signer import Acs3Signer

T = TypeVar("T")

_SAS = "2018-12-03"
_STS = "2015-04-01"


class SasClient:
    """Call operations of Security Center."""

    def __init__(self, task: Task) -> None:
        credentials = credentials_of(task, SOURCES)
        self.oddities = task.oddities
        self.own_key_id = credentials["api_access_key_id"]
        secret, token = credentials["api_access_key_secret"], credentials["api_security_token"]
        with credentials.naming_sources():
            settings = connection_settings(task.options, default_endpoint(credentials))
        signer = Acs3Signer(str(credentials["api_access_key_id"]), str(secret), token)
        self._api = RestApi(task, settings, credentials, PERMISSIONS, signer, parse_reply)
        settings = replace(settings, endpoint=sts_endpoint(task.options, settings.endpoint))
        self._sts = RestApi(task, settings, credentials, PERMISSIONS, signer, parse_reply)
        task.predictions.at(self._api.endpoint, self.own_key_id, lambda: self._sts.account(self._account))
        self._sts.check_account(self._account)

    def call(self, call: Call, parameters: Mapping[str, Any], read: Callable[[Any], T]) -> T:
        """Call an operation, and return read(body of the reply).

        parameters: with the names of the API. None is omitted.
        """
        return self._api.call(call, _request(_SAS, call, parameters), read)

    def claim(self, kind: str, turns: Iterable[str], known_as: Identifiers, *sought: Identifiers) -> Claim:
        """Return the claim for the creation of an object."""
        return self._api.claim(kind, turns, known_as, *sought)

    def within(self, seconds: float) -> AbstractContextManager[None]:
        """Limit the time of all calls in the body together, in seconds."""
        return self._api.within(seconds)

    def _account(self) -> str:
        """Return the ID of the account that the credentials belong to."""
        call = Call("GetCallerIdentity", "identify", "the caller")
        return self._sts.call(call, _request(_STS, call, {}), lambda body: member(body, "AccountId", str))


def _request(version: str, call: Call, parameters: Mapping[str, Any]) -> Request:
    """Return the request of an operation. The API's metadata has all parameters in the query; the body is empty."""
    headers = {"accept": "application/json", "x-acs-action": call.operation, "x-acs-version": version}
    return Request("POST", "/", list(flatten(parameters)), headers=headers)


def flatten(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield parameters as the gateway expects them: a list as Name.1, Name.2 and so on, a dictionary as JSON text."""
    for name, value in parameters.items():
        if isinstance(value, (list, tuple)):
            yield from ((f"{name}.{number}", str(item)) for number, item in enumerate(value, 1))
        elif value is not None:
            yield name, json.dumps(value, sort_keys=True) if isinstance(value, Mapping) else str(value)
