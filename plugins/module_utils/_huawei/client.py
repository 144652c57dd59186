# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""The client of Huawei Cloud IAM: its operations, and who is calling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Callable, TypeVar

from ansible_collections.multicloud.iam.plugins.module_utils import _errors as kinds
from ansible_collections.multicloud.iam.plugins.module_utils import _parallel
from ansible_collections.multicloud.iam.plugins.module_utils._api import Call, Request, RestApi
from ansible_collections.multicloud.iam.plugins.module_utils._creation_lock import Claim, Marks
from ansible_collections.multicloud.iam.plugins.module_utils._errors import (
    CloudError,
)
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.errors import NO_IAM, understand
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.options import (
    SOURCES,
    default_endpoint,
)
from ansible_collections.multicloud.iam.plugins.module_utils._huawei.signer import KeySigner, TokenAuth
from ansible_collections.multicloud.iam.plugins.module_utils._options import connection_settings, credentials_of
from ansible_collections.multicloud.iam.plugins.module_utils._reply import member
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task

T = TypeVar("T")
R = TypeVar("R")

CREDENTIALS_PATH = "/v3.0/OS-CREDENTIAL/credentials"

# What says that the account cannot be looked up, and not that the next call would fail as well.
_LOOK_UP_FAILED = (kinds.DENIED, kinds.INVALID, kinds.REPLY, kinds.UNAVAILABLE)


class IamClient:
    """Calls operations of IAM. Safe to share between threads."""

    def __init__(self, task: Task, connections: int = 1) -> None:
        credentials = credentials_of(task, SOURCES)
        secret_key, token = credentials["api_secret_key"], credentials["api_auth_token"]
        with credentials.spelled():
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
        self._api = RestApi(task, settings, credentials, auth, understand, connections)
        self._unnamed = ""  # why the calls do not say which account they are about
        self._api.check_account(self._account_to_check)

    def call(
        self,
        call: Call,
        method: str,
        path: str,
        read: Callable[[Any], T],
        query: Iterable[tuple[str, str]] = (),
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> T:
        """What read makes of the reply to one operation."""
        own = {
            "Content-Type": "application/json;charset=utf8" if body is not None else "application/json",
            **({"X-Domain-Id": self._domain_id} if self._domain_id else {}),
            **(headers or {}),
        }
        return self._api.call(call, Request(method, path, query, body, own), read)

    def list(self, call: Call, path: str, read: Callable[[Any], T], query: Iterable[tuple[str, str]] = ()) -> T:
        """What read makes of a listing that is always there, if maybe empty: "not found" is the endpoint's fault."""
        try:
            return self.call(call, "GET", path, read, query)
        except CloudError as error:
            if error.category == kinds.NOT_FOUND:
                raise self._api.advise(replace(error, category=kinds.REPLY), NO_IAM) from None
            raise

    def claim(self, kind: str, turns: Iterable[str], known_as: Marks, *sought: Marks) -> Claim:
        """What the creation of an object takes."""
        return self._api.claim(kind, turns, known_as, *sought)

    def list_of_account(
        self, call: Call, path: str, read: Callable[[Any], T], query: Iterable[tuple[str, str]] = ()
    ) -> T:
        """What read makes of a listing of the account. Signed with a key pair, some are denied that do not name it."""
        self._name_account()
        try:
            return self.list(call, path, read, query)
        except CloudError as error:
            if self._unnamed and error.category in (kinds.DENIED, kinds.INVALID):
                advice = (
                    f"The call does not name the account, which could not be looked up ({self._unnamed}): give"
                    " api_domain_id."
                )
                raise replace(error, advice=advice) from None
            raise

    def _name_account(self) -> None:
        """See to it that calls say which account they are about, where it can be looked up."""
        if self._token or self._domain_id or self._unnamed:
            return
        try:
            self._domain_id = self._account()
        except CloudError as error:
            if error.category not in _LOOK_UP_FAILED:
                raise
            self._unnamed = ": ".join(filter(None, (error.code, error.reason.rstrip("."))))
        if not self._domain_id and not self._unnamed:
            self._unnamed = "the reply names none, or several"

    def caller_id(self) -> str:
        """The user id of the caller: of the token, or of the key that signs."""
        if self._token:
            call = Call("KeystoneValidateToken", "identify", "the caller")
            return self.call(call, "GET", "/v3/auth/tokens", _user_of_token, headers={"X-Subject-Token": self._token})
        if self._is_temporary:
            raise CloudError(
                kinds.USAGE, "a temporary key does not tell whose it is", advice="Give user_id or user_name."
            ).during("identify", "the caller")
        call = Call("ShowPermanentAccessKey", "identify", "the caller")
        return self.call(call, "GET", f"{CREDENTIALS_PATH}/{self.own_key_id}", _user_of_key)

    def _account_to_check(self) -> str | None:
        try:
            return self._account()
        except CloudError as error:
            if error.category in _LOOK_UP_FAILED:
                advice = "Without it api_expected_account cannot be checked: give the api_endpoint of another region."
                raise replace(error, advice=advice) from None
            raise

    def _account(self) -> str | None:
        call = Call("KeystoneListAuthDomains", "identify", "the account of the caller")
        return self.list(call, "/v3/auth/domains", _only_domain)


def _user_of_token(body: Any) -> str:
    return member(member(member(body, "token", dict), "user", dict), "id", str)


def _user_of_key(body: Any) -> str:
    return member(member(body, "credential", dict), "user_id", str)


def _only_domain(body: Any) -> str | None:
    domains = member(body, "domains", list)
    return member(domains[0], "id", str) if len(domains) == 1 else None


WORKERS = 16

READS_PER_SECOND = 50  # the gateway allows 200 by default, over all callers of an account


def for_each(function: Callable[[T], R], items: Iterable[T]) -> list[R]:
    return _parallel.for_each(function, items, READS_PER_SECOND, WORKERS)
