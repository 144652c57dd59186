# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Call Tencent Cloud CAM: the official SDK builds and signs the requests, our transport sends them."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from .. import _parallel
from .._api import Api, Call, Reply
from .._creation_lock import Claim, Identifiers
from .._errors import USAGE, CloudError
from .._options import connection_settings, credentials_of
from .._reply import bad_reply
from .._surroundings import missing_library
from .._task import Task
from .._transport import Http
from .errors import parse_reply
from .options import INTERNATIONAL_DOMAIN, SOURCES, endpoint_of
from .permissions import PERMISSIONS

try:
    from tencentcloud.cam.v20190116 import cam_client, models
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
except ImportError:
    HAS_SDK = False
    TencentCloudSDKException = Exception  # type: ignore[assignment,misc]
else:
    HAS_SDK = True
    # At debug level, the SDK logs complete requests and replies, including new secrets.
    logging.getLogger("tencentcloud_sdk_common").disabled = True

T = TypeVar("T")
R = TypeVar("R")

READS_PER_SECOND = 19  # the API allows 20 calls per second of each operation; networks deliver them unevenly
WRITES_PER_SECOND = 4.5  # 5 for those of keys
WORKERS = 16


class _Carrier(TencentCloudSDKException):
    """Carry a CloudError through the SDK, which wraps all exceptions except those of the SDK."""

    def __init__(self, error: CloudError) -> None:
        super().__init__(str(error))
        self.error = error


class _Exchange:
    """Replace the HTTP layer of the SDK for one call.

    The HTTP layer of the SDK follows redirects, reads ~/.netrc, misinterprets NO_PROXY, ignores the CA variables, and
    treats an error as a success if its content type is not exactly the expected one.
    """

    def __init__(self, http: Http, endpoint: str, timeout: float, operation: str) -> None:
        self._http = http
        self._endpoint = endpoint
        self._timeout = timeout
        self._operation = operation
        self.request_id: str | None = None
        self.date: str | None = None
        self.has_reply = False

    def send_request(self, request: Any) -> Any:
        try:
            reply = self._http.send(request.method, self._endpoint + "/", request.header, request.data, self._timeout)
            self.has_reply = True
            self.date = reply.headers.get("Date")
            self.request_id = parse_reply(reply, self._operation)
        except CloudError as error:
            raise _Carrier(error) from None
        reply.headers["Content-Type"] = "application/json"
        return reply


class CamClient:
    """Call operations of CAM 2019-01-16. Safe to share between threads."""

    def __init__(self, task: Task, connections: int = 1) -> None:
        if not HAS_SDK:
            raise missing_library("tencentcloud-sdk-python-cam")
        # The SDK calls a function that Python 3.12 deprecates. With -W error, every call would fail. The filter is not
        # set on import, because Ansible removes it after loading an action plugin. Repeated filters are stored once.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="tencentcloud")
        credentials = credentials_of(task, SOURCES)
        with credentials.naming_sources():
            settings = connection_settings(task.options, endpoint_of(credentials))
        address = urlsplit(settings.endpoint)
        self.oddities = task.oddities
        self.predictions = task.predictions
        self.own_key_id = credentials["api_secret_id"]
        self.is_temporary = bool(credentials["api_token"])
        self._api = Api(task, settings, credentials, PERMISSIONS, connections)
        self._sdk = cam_client.CamClient(
            Credential(credentials["api_secret_id"], credentials["api_secret_key"], credentials["api_token"]),
            credentials["api_region"] or "",
            ClientProfile(
                httpProfile=HttpProfile(protocol=address.scheme, endpoint=address.netloc),
                language="en-US",
                request_client="multicloud.iam",
            ),
        )
        self._caller: tuple[str, str] | None = None
        self.predictions.at(settings.endpoint, self.own_key_id, lambda: self._api.account(lambda: self.caller()[1]))
        self._api.check_account(lambda: self.caller()[1])

    def call(self, call: Call, parameters: Mapping[str, Any], read: Callable[[Any], T]) -> T:
        """Call an operation, and return read(response), with the response object of the SDK.

        parameters: with the names of the API. None is omitted.
        """
        request = getattr(models, f"{call.operation}Request")()
        for name, value in parameters.items():
            if not hasattr(request, name):
                raise CloudError(
                    USAGE,
                    f"the installed tencentcloud-sdk-python-cam does not support {name} of {call.operation}",
                    advice="Upgrade it.",
                ).during(call.attempted, call.label)
            setattr(request, name, value)
        return self._api.send(call, partial(self._attempt, call.operation, request), read)

    def _attempt(self, operation: str, request: Any, timeout: float) -> Reply:
        """Send a request once through the SDK."""
        exchange = _Exchange(self._api.http, self._api.endpoint, timeout, operation)
        sdk: Any = copy.copy(self._sdk)
        sdk.request = exchange
        try:
            return Reply(getattr(sdk, operation)(request), exchange.request_id, date=exchange.date)
        except _Carrier as carrier:
            raise carrier.error from None
        except TencentCloudSDKException as error:
            if not exchange.has_reply:
                raise CloudError(
                    USAGE,
                    f"the installed tencentcloud-sdk-python-cam fails with {error.code} before anything is sent",
                    advice="Upgrade it. Check the settings of Python, such as PYTHONWARNINGS.",
                ) from None
            # The exchange has accepted the reply, so the models of the SDK have rejected it.
            raise bad_reply(f"{error.code} while reading {operation}", exchange.request_id) from None

    def claim(self, kind: str, turns: Iterable[str], known_as: Identifiers, *sought: Identifiers) -> Claim:
        """Return the claim for the creation of an object."""
        return self._api.claim(kind, turns, known_as, *sought)

    def caller(self) -> tuple[str, str]:
        """Return (UIN of the caller, UIN of the root account), from GetUserAppId."""
        if self._caller is None:
            self._caller = self.call(Call("GetUserAppId", "identify", "the caller"), {}, _read_caller)
        return self._caller

    def is_international(self) -> bool:
        """Return whether the endpoint belongs to the international site, whose API has no key descriptions."""
        return (urlsplit(self._api.endpoint).hostname or "").endswith(f".{INTERNATIONAL_DOMAIN}")


def _read_caller(reply: Any) -> tuple[str, str]:
    if not all(isinstance(uin, str) and uin.isdecimal() and uin.isascii() for uin in (reply.Uin, reply.OwnerUin)):
        raise bad_reply("the caller has no UIN")
    return reply.Uin, reply.OwnerUin


def for_each(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    """Return the results in the order of the items, with one read for each, in parallel within the rate limit."""
    return _parallel.for_each(function, items, READS_PER_SECOND, WORKERS)
