# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Calls of an API: repeated by the one retry loop, their request ids kept, their failures named."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Callable, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from ansible_collections.multicloud.iam.plugins.module_utils._creation_lock import UNTIL_LISTED, Claim, Marks
from ansible_collections.multicloud.iam.plugins.module_utils._credentials import Credentials
from ansible_collections.multicloud.iam.plugins.module_utils._errors import (
    AUTHENTICATION,
    INTERRUPTED,
    REFUSED,
    REPLY,
    USAGE,
    CloudError,
)
from ansible_collections.multicloud.iam.plugins.module_utils._interrupts import tell
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.plugins.module_utils._transport import (
    AuthBase,
    Http,
    Response,
    Retry,
    Settings,
)

T = TypeVar("T")

_COURTESY = 2.0  # seconds for an attempt
_COURTESIES = 2  # repeats
_MOST_PAGES = 1000
_LONGEST_LISTING = 600.0  # seconds


class Answer(NamedTuple):
    """What a call was answered, once it is known to be what the API promises. status: of HTTP."""

    content: Any
    request_id: str | None = None
    status: int = 200


class Call(NamedTuple):
    """One operation on one object.

    action: the API operation. doing, label: what is attempted, on which object, for the message of a
    failure. repeatable: sending it twice does no more than sending it once. is_courtesy: nobody waits
    for it, so it is not tried for long.
    """

    action: str
    doing: str
    label: str
    repeatable: bool = True
    is_courtesy: bool = False


class Request(NamedTuple):
    """One HTTP request. query: names and values, sent in this order; body: sent as JSON."""

    method: str
    path: str
    query: Iterable[tuple[str, str]] = ()
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = {}


class Api:
    """Performs the calls of one task. Safe to share between threads.

    The items of a loop share their connections where both the credentials and the settings are the same.
    """

    def __init__(self, task: Task, settings: Settings, credentials: Credentials, connections: int = 1) -> None:
        self.task = task
        self.endpoint = settings.endpoint
        self._credentials = credentials
        self._longest = settings.longest
        self._way = (settings, credentials.identity)
        self.http = task.keep(("connections", *self._way), lambda: Http(settings, connections=connections))
        self._retry = Retry(settings)
        timeout, retries = min(settings.timeout, _COURTESY), min(settings.retries, _COURTESIES)
        self._briefly = Retry(replace(settings, timeout=timeout, retries=retries))
        self._end: float | None = None

    def check_account(self, ask: Callable[[], str | None]) -> None:
        """Refuse credentials that are not of the expected account.

        ask: tells the account, None if it cannot; asked once for the items of a loop.
        """
        expected = self.task.options["api_expected_account"]
        actual = self.task.keep(("account", *self._way), ask) if expected else None
        if actual != expected:
            belong = f"belong to account {actual}" if actual else "do not tell which account they belong to"
            raise CloudError(
                REFUSED,
                f"the credentials {belong}, and api_expected_account is {expected}",
                advice="Use the credentials of the expected account.",
            )

    def claim(self, kind: str, turns: Iterable[str], known_as: Marks, *sought: Marks) -> Claim:
        """What the creation of an object takes. A task waits for others as long as a call and a listing may take."""
        return Claim(self.endpoint, kind, self._longest + UNTIL_LISTED, tuple(turns), known_as, sought)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Have the calls that are made meanwhile take no longer than so many seconds, all together."""
        self._end = time.monotonic() + seconds
        try:
            yield
        finally:
            self._end = None

    def perform(self, call: Call, attempt: Callable[[float], Answer], read: Callable[[Any], T]) -> T:
        """What read makes of the answer of an attempt, which gets the seconds that it may take."""

        def once(timeout: float) -> Answer:
            try:
                answer = attempt(timeout)
            except CloudError as error:
                self._keep(error.request_id)
                raise
            self._keep(answer.request_id)
            return answer

        answer = Answer(None)
        left = None if self._end is None else self._end - time.monotonic()
        try:
            answer = (self._briefly if call.is_courtesy else self._retry).run(once, call.repeatable, left)
            return read(answer.content)
        except CloudError as error:
            if error.code or error.http_status:
                error.reason = self.task.secrets.scrub_foreign(error.reason)
            error.api_operation = error.api_operation or call.action
            error.request_id = error.request_id or answer.request_id
            if error.category == REPLY and answer.content is not None:
                error.http_status = answer.status
            self.advise(error, error.advice)
            raise error.during(call.doing, call.label) from None
        except (Exception, SystemExit):
            raise
        except BaseException as interrupt:
            reason = "interrupted while the reply was awaited"
            lost = CloudError(INTERRUPTED, reason, api_operation=call.action, advice="Run this again.")
            tell(interrupt, lost.during(call.doing, call.label))
            raise

    def advise(self, error: CloudError, advice: str | None) -> None:
        """Give an error its advice, in the names of what was read; who signed is told where that is in question."""
        error.advice = advice and self._credentials.spell(advice)
        used = f"The credentials that were used: {self._credentials.signer}."
        if error.category == AUTHENTICATION and used not in (advice or ""):
            error.advice = f"{used} {error.advice or ''}".strip()

    def _keep(self, request_id: str | None) -> None:
        if request_id and request_id not in self.task.request_ids:
            self.task.request_ids.append(request_id)


class RestApi(Api):
    """Calls that are plain HTTP requests, signed by one of the signers.

    understand: makes an answer of a reply, or raises the CloudError that it stands for.
    """

    def __init__(
        self,
        task: Task,
        settings: Settings,
        credentials: Credentials,
        auth: AuthBase | None,
        understand: Callable[[Response], Answer],
        connections: int = 1,
    ) -> None:
        super().__init__(task, settings, credentials, connections)
        self.auth = auth
        self._understand = understand

    def call(self, call: Call, request: Request, read: Callable[[Any], T]) -> T:
        """What read makes of the answer to a request."""
        return self.perform(call, lambda timeout: self.attempt(request, timeout), read)

    def attempt(self, request: Request, timeout: float, auth: AuthBase | None = None) -> Answer:
        """Send a request once. auth: instead of the usual one."""
        try:
            query = urlencode(list(request.query), quote_via=quote, safe="")
        except UnicodeError:
            raise CloudError(
                USAGE, "an option has characters that cannot be sent", advice="Remove what is no Unicode text from it."
            ) from None
        url = self.endpoint + request.path + (f"?{query}" if query else "")
        body = None if request.body is None else json.dumps(request.body)
        reply = self.http.send(request.method, url, request.headers, body, timeout, auth or self.auth)
        try:
            return self._understand(reply)._replace(status=reply.status_code)
        except CloudError as error:
            if error.category == REPLY:
                error.http_status = reply.status_code
            raise


def pages(call: Call, clock: Callable[[], float] = time.monotonic) -> Iterator[None]:
    """One turn for each page of a listing, those included that are read anew; raises CloudError if there is no end."""
    begin = clock()
    number = 0
    while number < _MOST_PAGES and clock() - begin < _LONGEST_LISTING:
        yield
        number += 1
    raise CloudError(
        REPLY,
        f"the list has come to no end after {number} pages in {clock() - begin:.0f} s",
        api_operation=call.action,
        advice="Check that api_endpoint is the API itself. If there are so many objects, ask for fewer of them.",
    ).during(call.doing, call.label)


def nothing(_content: Any) -> None:
    """The reader of answers that hold no more than a request id."""
