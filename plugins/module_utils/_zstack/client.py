# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Call operations of ZStack, signed with the credentials of the task: queries page by page, and jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from .._api import Call, Request, RestApi
from .._creation_lock import Claim, Identifiers
from .._credentials import Credentials
from .._errors import USAGE, CloudError
from .._listing import Listing
from .._reply import bad_reply, member, quiet_member
from .._task import Task
from .errors import SessionExpiredError, parse_reply
from .jobs import JobLostError, send_and_read, submit_and_follow
from .options import DEFAULT_TIMEZONE, checked_credentials, settings_of
from .permissions import PERMISSIONS
from .session import Caller, GivenCaller, LoginCaller
from .signer import KeyAuth, SessionAuth
from .times import zone_of

T = TypeVar("T")
Row = dict[str, Any]
ReadRow = Callable[[Row, "str | None"], T]
"""Reads a row of a listing, and the secret that was taken out of it."""

PAGE = 1000
# The server splits a condition at the first of these that it finds anywhere, in this order and before "=".
_EARLIER_OPERATORS = ("!=", ">=", "<=", "!?=", "!~=", "~=", "?=")
_SECRET = "AccessKeySecret"


def can_be_queried(field: str, value: str) -> bool:
    """Return whether the server would understand the condition that a field is equal to a value."""
    return not any(operator in f"{field}={value}" for operator in _EARLIER_OPERATORS)


def equal(field: str, value: str) -> list[str]:
    """Return the condition that a field is equal to a value, or none if the server would misunderstand it.

    Compare the results as well: the server's comparison may ignore case and trailing blanks.
    """
    return [f"{field}={value}"] if can_be_queried(field, value) else []


def any_of(field: str, values: Iterable[str]) -> list[str]:
    """Return the condition that a field is one of some values, which contain no comma and no operator."""
    return [f"{field}?={','.join(values)}"]


class ZStackClient:
    """Call operations of one server."""

    def __init__(self, task: Task, connections: int = 1) -> None:
        credentials = checked_credentials(task)
        self._wait_timeout = _wait_timeout(task.options)
        zone = credentials["api_timezone"]
        zone = DEFAULT_TIMEZONE if zone is None else zone
        with credentials.naming_sources():
            self.zone = zone_of(zone)
            settings = settings_of(task.options, credentials)
        self._task = task
        self.oddities = task.oddities
        self._api = RestApi(task, settings, credentials, PERMISSIONS, None, partial(parse_reply, zone), connections)
        self.own_key_id = credentials["api_access_key_id"]
        self._caller = self._caller_with(credentials)
        self._account: str | None = None
        # An administrator sees the objects of all accounts.
        task.predictions.at(settings.endpoint, self.own_key_id, None)
        self._api.check_account(self.account)

    def _caller_with(self, credentials: Credentials) -> Caller:
        key_id, session = credentials["api_access_key_id"], credentials["api_session_uuid"]
        if key_id:
            secret = credentials["api_access_key_secret"] or ""
            return GivenCaller(KeyAuth(key_id, secret, urlsplit(self._api.endpoint).path, self.zone))
        if session:
            return GivenCaller(SessionAuth(session))
        name, password = credentials["api_account_name"] or "", credentials["api_password"] or ""
        return LoginCaller(self._api, self._task, name, password)

    def signs_with(self, key_id: Any) -> bool:
        """Return whether the key with an ID signs the calls. The server's database may ignore the case of IDs."""
        return bool(self.own_key_id and str(key_id).casefold() == self.own_key_id.casefold())

    def account(self) -> str | None:
        """Return the uuid of the caller's account, or None for a given session, which does not say it."""
        if self._account is None and self.own_key_id:
            self._account = self._account_of_own_key(self.own_key_id)
        return self._account or self._caller.account()

    def _account_of_own_key(self, key_id: str) -> str:
        call = Call("QueryAccessKey", "identify", "the caller")
        rows = self.query(call, "/v1/accesskeys", equal("AccessKeyID", key_id), lambda row, _secret: row)
        found = {member(row, "accountUuid", str) for row in rows if quiet_member(row, "AccessKeyID", str) == key_id}
        if len(found) != 1:
            error = bad_reply(f"{len(found)} accounts have the key that signs the call")
            raise error.during(call.attempted, call.label)
        return found.pop()

    def claim(self, kind: str, turns: Iterable[str], known_as: Identifiers, *sought: Identifiers) -> Claim:
        """Return the claim for the creation of an object. The task whose turn it is may wait for a job."""
        claim = self._api.claim(kind, turns, known_as, *sought)
        return replace(claim, patience=claim.patience + self._wait_timeout)

    def call(self, call: Call, request: Request, read: Callable[[Any], T], send: Callable[..., T] = send_and_read) -> T:
        """Sign and send a request, and return read(body of the reply).

        send: sends it, and finds the body. If the session has expired, nothing was done: it is sent again with a new one.
        """
        try:
            result: T = send(self._api, call, request._replace(auth=self._caller.auth()), read)
        except SessionExpiredError as error:
            if not self._caller.renew():
                raise self._api.advise(error, self._caller.advice) from None
            result = send(self._api, call, request._replace(auth=self._caller.auth()), read)
        return result

    def run_job(self, call: Call, request: Request, read: Callable[[Any], T]) -> T:
        """Send a call that the server performs as a job, and return read(its result).

        A job that the server does not know is submitted once more, if the call is repeatable.
        """
        follow: Callable[..., T] = partial(submit_and_follow, wait_timeout=self._wait_timeout)
        try:
            return self.call(call, request, read, follow)
        except JobLostError as error:
            if not (call.repeatable and error.is_unknown):
                raise
        return self.call(call, request, read, follow)

    def find(self, call: Call, path: str, uuid: str, read: ReadRow[T]) -> T | None:
        """Return read(row, secret) of the object with a uuid, or None if there is none."""

        def read_body(body: Any) -> T | None:
            rows = member(body, "inventories", list)
            if len(rows) > 1 or any(member(row, "uuid", str) != uuid for row in rows):
                raise bad_reply("it is about another object, or about several")
            return read(rows[0], self.take_secret(rows[0])) if rows else None

        return self.call(call, Request("GET", f"{path}/{uuid}"), read_body)

    def query(self, call: Call, path: str, conditions: Iterable[str], read: ReadRow[T]) -> list[T]:
        """Return read(row, secret) of each object that satisfies all conditions, ordered by uuid."""

        def read_page(body: Any) -> tuple[list[T], list[str], int]:
            rows, total = member(body, "inventories", list), member(body, "total", int)
            uuids = [uuid for row in rows if (uuid := quiet_member(row, "uuid", str))]
            return [read(row, self.take_secret(row)) for row in rows], uuids, total

        listing: Listing[T] = Listing(call)
        asked = [("q", condition) for condition in conditions]
        while listing.is_incomplete():
            start = str(len(listing.objects))
            page = [("limit", str(PAGE)), ("start", start), ("replyWithCount", "true"), ("sort", "uuid")]
            listing.add(*self.call(call, Request("GET", path, [*asked, *page]), read_page))
        return listing.objects

    def take_secret(self, row: Row) -> str | None:
        """Take the secret of a key out of a row; return None if it is missing or masked.

        Every reply contains it in clear text. From here on, no output shows it.
        """
        secret = row.pop(_SECRET, None) if isinstance(row, dict) else None
        if not isinstance(secret, str) or not secret.strip("*"):
            return None
        self._task.secrets.add(secret)
        return secret


def _wait_timeout(options: Mapping[str, Any]) -> int:
    """Return the seconds that a job may take. Modules that only read have no such option."""
    seconds: int = options.get("wait_timeout") or 0
    if "wait_timeout" in options and seconds < 1:
        raise CloudError(USAGE, f"wait_timeout is {seconds}", advice="Set a number of seconds, 1 or more.")
    return seconds
