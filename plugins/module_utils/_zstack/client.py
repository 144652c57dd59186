# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""The client of ZStack: queries, page by page, and work, both in the name of the task's credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ansible_collections.multicloud.iam.plugins.module_utils._api import Call, Request, pages
from ansible_collections.multicloud.iam.plugins.module_utils._creation_lock import Claim, Marks
from ansible_collections.multicloud.iam.plugins.module_utils._credentials import Credentials
from ansible_collections.multicloud.iam.plugins.module_utils._errors import UNAVAILABLE, USAGE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._reply import bad_reply, member, quiet_member
from ansible_collections.multicloud.iam.plugins.module_utils._requests import AuthBase
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.errors import SessionExpiredError
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.jobs import JobLostError, Rest
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.options import (
    DEFAULT_TIMEZONE,
    checked_credentials,
    settings_of,
)
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.session import (
    Fixed,
    Identity,
    Login,
)
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.signer import KeyAuth, SessionAuth
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.times import zone_of

T = TypeVar("T")
Row = dict[str, Any]
Conditions = Mapping[str, str]
"""Field names to the values that they must have."""

PAGE = 1000
_LISTINGS = 3  # how often a list that changes while it is read is begun
# The server splits a condition at the first of these that it finds anywhere, in this order and before "=".
_EARLIER_OPERATORS = ("!=", ">=", "<=", "!?=", "!~=", "~=", "?=")
_SECRET = "AccessKeySecret"


def can_be_asked(field: str, value: str) -> bool:
    """Whether the server would understand the condition that a field is equal to a value."""
    return not any(operator in f"{field}={value}" for operator in _EARLIER_OPERATORS)


class ZStackClient:
    """Calls operations of one server."""

    def __init__(self, task: Task) -> None:
        credentials = checked_credentials(task)
        self._wait_timeout = _wait_timeout(task.options)
        zone = credentials["api_timezone"]
        zone = DEFAULT_TIMEZONE if zone is None else zone
        with credentials.spelled():
            self.zone = zone_of(zone)
            settings = settings_of(task.options, credentials)
        self._task = task
        self.oddities = task.oddities
        self._rest = Rest(task, settings, credentials, zone)
        self.own_key_id = credentials["api_access_key_id"]
        self._identity = self._who(credentials)
        self._account: str | None = None
        self._rest.check_account(self.account)

    def _who(self, credentials: Credentials) -> Identity:
        key_id, session = credentials["api_access_key_id"], credentials["api_session_uuid"]
        if key_id:
            secret = credentials["api_access_key_secret"] or ""
            return Fixed(KeyAuth(key_id, secret, urlsplit(self._rest.endpoint).path, self.zone))
        if session:
            return Fixed(SessionAuth(session))
        name, password = credentials["api_account_name"] or "", credentials["api_password"] or ""
        return Login(self._rest, self._task, name, password)

    def account(self) -> str | None:
        """The uuid of the caller's account; None for a given session, which does not tell it."""
        if self._account is None and self.own_key_id:
            self._account = self._account_of_own_key(self.own_key_id)
        return self._account or self._identity.account()

    def _account_of_own_key(self, key_id: str) -> str:
        call = Call("QueryAccessKey", "identify", "the caller")
        rows = self.query(call, "/v1/accesskeys", {"AccessKeyID": key_id}, lambda row, _secret: row)
        found = {member(row, "accountUuid", str) for row in rows if quiet_member(row, "AccessKeyID", str) == key_id}
        if len(found) != 1:
            raise bad_reply(f"{len(found)} accounts have the key that signs the call").during(
                call.attempted, call.label
            )
        return found.pop()

    def claim(self, kind: str, turns: Iterable[str], known_as: Marks, *sought: Marks) -> Claim:
        """What the creation of an object takes. Whoever has the turn may wait for a job."""
        claim = self._rest.claim(kind, turns, known_as, *sought)
        return replace(claim, patience=claim.patience + self._wait_timeout)

    def find(self, call: Call, path: str, uuid: str, read: Callable[[Row, str | None], T]) -> T | None:
        """What read makes of the object with a uuid, by GET {path}/{uuid}; None if there is none."""

        def read_one(body: Any) -> T | None:
            rows = _rows(body)
            if len(rows) > 1 or any(member(row, "uuid", str) != uuid for row in rows):
                raise bad_reply("it is about another object, or about several")
            return self._read_row(rows[0], read) if rows else None

        return self._in_my_name(lambda auth: self._rest.ask(call, Request("GET", f"{path}/{uuid}"), read_one, auth))

    def query(self, call: Call, path: str, conditions: Conditions, read: Callable[[Row, str | None], T]) -> list[T]:
        """What read makes of each object that fulfils the conditions, ordered by uuid; all pages.

        A condition that the server would misunderstand is not sent: the caller compares anyway, because
        the server's comparison may ignore case and trailing blanks.
        """
        asked = [f"{field}={value}" for field, value in conditions.items() if can_be_asked(field, value)]
        return self._pages(call, path, asked, read)

    def query_any(
        self, call: Call, path: str, field: str, values: Iterable[str], read: Callable[[Row, str | None], T]
    ) -> list[T]:
        """The same for each object whose field has one of the values, which are uuids."""
        return self._pages(call, path, [f"{field}?={','.join(values)}"], read)

    def work(self, call: Call, request: Request, read: Callable[[dict[str, Any]], T]) -> T:
        """What read makes of the result of a job.

        One that the server does not know is submitted once more, if the call is repeatable.
        """
        try:
            try:
                body = self._work(call, request)
            except JobLostError as error:
                if not (call.repeatable and error.is_unknown):
                    raise
                body = self._work(call, request)
            return read(body)
        except CloudError as error:
            raise _of(call, error) from None

    def _work(self, call: Call, request: Request) -> dict[str, Any]:
        return self._in_my_name(lambda auth: self._rest.work(call, request, auth, self._wait_timeout))

    def _in_my_name(self, send: Callable[[AuthBase], T]) -> T:
        """Send with credentials; with new ones if the session has expired, because nothing was done then."""
        try:
            return send(self._identity.auth())
        except SessionExpiredError as error:
            if not self._identity.renew():
                raise self._rest.advise(error, self._identity.advice) from None
        return send(self._identity.auth())

    def _pages(self, call: Call, path: str, asked: Iterable[str], read: Callable[[Row, str | None], T]) -> list[T]:
        """All pages. A list that grows or shrinks meanwhile is read anew: rows would have moved past the reader."""
        conditions = [("q", condition) for condition in asked]
        turns = pages(call)
        for _attempt in range(_LISTINGS):
            rows = self._read_pages(call, path, conditions, turns)
            if rows is not None:
                break
        else:
            raise CloudError(
                UNAVAILABLE,
                "the list changed every time while it was being read",
                api_operation=call.operation,
                advice="Try again when fewer keys are made and deleted at the same time.",
            ).during(call.attempted, call.label)
        try:
            return [self._read_row(row, read) for row in rows]
        except CloudError as error:
            raise _of(call, error) from None

    def _read_pages(
        self, call: Call, path: str, conditions: list[tuple[str, str]], turns: Iterator[None]
    ) -> list[Row] | None:
        """The rows of all pages; None if their number changed on the way."""
        found: dict[str | int, Row] = {}
        totals: set[int] = set()
        start = 0
        while True:
            next(turns)
            rows, total = self._read_page(call, path, conditions, start)
            # Of rows whose uuid cannot be read, each is another one.
            found.update((quiet_member(row, "uuid", str) or number, row) for number, row in enumerate(rows, start))
            totals.add(total)
            start += len(rows)
            if not rows or start >= total:
                return list(found.values()) if totals == {len(found)} else None

    def _read_page(self, call: Call, path: str, conditions: list[tuple[str, str]], start: int) -> tuple[list[Row], int]:
        page = [("limit", str(PAGE)), ("start", str(start)), ("replyWithCount", "true"), ("sort", "uuid")]
        request = Request("GET", path, [*conditions, *page])

        def read(body: Any) -> tuple[list[Row], int]:
            return _rows(body), member(body, "total", int)

        return self._in_my_name(lambda auth: self._rest.ask(call, request, read, auth))

    def _read_row(self, row: Row, read: Callable[[Row, str | None], T]) -> T:
        return read(row, self.take_secret(row))

    def take_secret(self, row: Row) -> str | None:
        """Take the secret of a key out of a reply; None where it is not told, or as stars.

        Replies tell it in clear each time. From here on nothing can show it.
        """
        secret = row.pop(_SECRET, None) if isinstance(row, dict) else None
        if not isinstance(secret, str) or not secret.strip("*"):
            return None
        self._task.secrets.add(secret)
        return secret


def _of(call: Call, error: CloudError) -> CloudError:
    """Return the failure of what was read from the replies to a call."""
    return replace(error, api_operation=error.api_operation or call.operation).during(call.attempted, call.label)


def _wait_timeout(options: Mapping[str, Any]) -> int:
    """Seconds that a job may take; modules that only read have no such option."""
    seconds: int = options.get("wait_timeout") or 0
    if "wait_timeout" in options and seconds < 1:
        raise CloudError(USAGE, f"wait_timeout is {seconds}", advice="Give seconds, 1 or more.")
    return seconds


def _rows(body: Any) -> list[Any]:
    """The rows of a reply, each a JSON object if it can be read."""
    return member(body, "inventories", list)
