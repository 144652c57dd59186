# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Call operations of Huawei Cloud IAM, and look up the caller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Callable, NamedTuple, TypeVar

from .. import _parallel
from .._api import Call, Request, RestApi
from .._creation_lock import Claim, Identifiers
from .._errors import DENIED, INVALID, NOT_FOUND, REPLY, UNAVAILABLE, USAGE, CloudError
from .._options import connection_settings, credentials_of
from .._reply import member, quiet_member
from .._task import Task
from .errors import NO_IAM, parse_reply
from .options import SOURCES, default_endpoint
from .permissions import PERMISSIONS
from .signer import KeySigner, TokenAuth

T = TypeVar("T")
R = TypeVar("R")

CREDENTIALS_PATH = "/v3.0/OS-CREDENTIAL/credentials"

# Failures of this lookup alone: the next call may succeed.
_LOOK_UP_FAILED = (DENIED, INVALID, REPLY, UNAVAILABLE)


class Caller(NamedTuple):
    """Describe the owner of the credentials. None: the cloud does not report it."""

    account: str | None
    user_id: str | None
    name: str | None = None


class IamClient:
    """Call operations of IAM. Threads may share it."""

    def __init__(self, task: Task, connections: int = 1) -> None:
        credentials = credentials_of(task, SOURCES)
        secret_key, token = credentials["api_secret_key"], credentials["api_auth_token"]
        with credentials.naming_sources():
            settings = connection_settings(task.options, default_endpoint(credentials))
        self.own_key_id = credentials["api_access_key"]
        self.oddities = task.oddities
        self._token = token
        self._is_temporary = bool(credentials["api_security_token"])
        self._domain_id = credentials["api_domain_id"]
        auth = (
            KeySigner(self.own_key_id, secret_key, credentials["api_security_token"])
            if self.own_key_id and secret_key
            else TokenAuth(str(token))
        )
        self._api = RestApi(task, settings, credentials, PERMISSIONS, auth, parse_reply, connections)
        self._no_account = ""  # why calls do not name the account
        self._known_account: str | None = None
        task.predictions.at(settings.endpoint, self.own_key_id or token, lambda: self._api.account(self._account))
        self._api.check_account(self._account_to_check)

    def call(self, call: Call, request: Request, read: Callable[[Any], T], is_listing: bool = False) -> T:
        """Call an operation, and return read(body of the reply).

        is_listing: it lists what always exists, though it may be empty. So "not found" is about the endpoint.
        """
        own = {
            "Content-Type": "application/json;charset=utf8" if request.body is not None else "application/json",
            **({"X-Domain-Id": self._domain_id} if self._domain_id else {}),
        }
        try:
            return self._api.call(call, request._replace(headers={**own, **request.headers}), read)
        except CloudError as error:
            raise (self._listing_error(error) if is_listing else error) from None

    def _listing_error(self, error: CloudError) -> CloudError:
        if error.category == NOT_FOUND:
            return self._api.advise(replace(error, category=REPLY), NO_IAM)
        if self._no_account and error.category in (DENIED, INVALID):
            advice = (
                f"The call does not name the account, which could not be looked up ({self._no_account}): set"
                " api_domain_id."
            )
            return replace(error, advice=advice)
        return error

    def claim(self, kind: str, turns: Iterable[str], known_as: Identifiers, *sought: Identifiers) -> Claim:
        """Return the claim for the creation of an object."""
        return self._api.claim(kind, turns, known_as, *sought)

    def name_account(self) -> None:
        """Name the account of the caller in all later calls, if it can be looked up.

        Some listings of the account are denied if a key pair signs them and they do not name it.
        """
        if self._token or self._domain_id or self._no_account:
            return
        try:
            self._domain_id = self._account()
        except CloudError as error:
            if error.category not in _LOOK_UP_FAILED:
                raise
            self._no_account = ": ".join(filter(None, (error.code, error.reason.rstrip("."))))
        if not self._domain_id and not self._no_account:
            self._no_account = "the reply names none, or several"

    def caller(self) -> Caller:
        """Return the user and the account of the caller. A temporary key does not identify its user."""
        if self._token:
            return self._caller_of_token(self._token)
        return Caller(self._account(), None if self._is_temporary else self.caller_id())

    def _caller_of_token(self, token: str) -> Caller:
        call = Call("KeystoneValidateToken", "identify", "the caller")
        return self.call(call, Request("GET", "/v3/auth/tokens", headers={"X-Subject-Token": token}), _user_of_token)

    def caller_id(self) -> str:
        """Return the user ID of the caller: of the token, or of the key that signs."""
        if self._token:
            return str(self._caller_of_token(self._token).user_id)
        if self._is_temporary:
            raise CloudError(
                USAGE, "a temporary key does not identify its user", advice="Set user_id or user_name."
            ).during("identify", "the caller")
        call = Call("ShowPermanentAccessKey", "identify", "the caller")
        return self.call(call, Request("GET", f"{CREDENTIALS_PATH}/{self.own_key_id}"), _user_of_key)

    def _account_to_check(self) -> str | None:
        try:
            return self._account()
        except CloudError as error:
            if error.category not in _LOOK_UP_FAILED:
                raise
            advice = (
                "Without the account, api_expected_account cannot be checked. Try the api_endpoint of another region."
            )
            raise replace(error, advice=advice) from None

    def _account(self) -> str | None:
        """Return the only account of the caller, or None if the reply contains none or several."""
        if not self._known_account:
            call = Call("KeystoneListAuthDomains", "identify", "the account of the caller")
            request = Request("GET", "/v3/auth/domains")
            self._known_account = self.call(call, request, _only_domain, is_listing=True)
        return self._known_account


def _user_of_token(body: Any) -> Caller:
    user = member(member(body, "token", dict), "user", dict)
    account = member(member(user, "domain", dict), "id", str)
    return Caller(account, member(user, "id", str), quiet_member(user, "name", str))


def _user_of_key(body: Any) -> str:
    return member(member(body, "credential", dict), "user_id", str)


def _only_domain(body: Any) -> str | None:
    domains = member(body, "domains", list)
    return member(domains[0], "id", str) if len(domains) == 1 else None


WORKERS = 16

READS_PER_SECOND = 50  # the gateway allows 200 by default, over all callers of an account


def for_each(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    return _parallel.for_each(function, items, READS_PER_SECOND, WORKERS)
