# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Send calls to an API: retry them, collect their request IDs, and name what failed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from threading import local
from typing import Any, Callable, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from ._creation_lock import UNTIL_LISTED, Claim, Identifiers
from ._credentials import Credentials
from ._endpoint import Settings
from ._errors import AUTHENTICATION, INTERRUPTED, REFUSED, REPLY, USAGE, CloudError, E
from ._permissions import Permissions
from ._recorder import now_text
from ._requests import AuthBase, Response
from ._retry import Retry
from ._service_time import service_time
from ._task import Task
from ._transport import Http
from ._wait import CLOCK

T = TypeVar("T")

_BEST_EFFORT_TIMEOUT = 2.0  # seconds for one attempt
_BEST_EFFORT_RETRIES = 2


class Reply(NamedTuple):
    """Hold a reply that is known to be what the API promises. status: the HTTP status. date: the Date header."""

    content: Any
    request_id: str | None = None
    status: int = 200
    date: str | None = None


class Call(NamedTuple):
    """Describe one API operation on one object.

    operation: its name in the API. attempted, label: the verb and the object for the error message, as in "create" and
    "access key of bob". repeatable: sending it twice has the same effect as sending it once. is_best_effort: no
    result depends on it, so it gets little time and few retries.
    """

    operation: str
    attempted: str
    label: str
    repeatable: bool = True
    is_best_effort: bool = False


class Request(NamedTuple):
    """Describe one HTTP request.

    query: names and values, sent in this order. body: sent as JSON. auth: signs it in place of the usual one.
    request_id: the ID that the client has chosen for it, if the API lets it choose.
    """

    method: str
    path: str
    query: Iterable[tuple[str, str]] = ()
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = {}
    auth: AuthBase | None = None
    request_id: str | None = None


class Api:
    """Send the calls of one task. Threads may share it.

    Items of a loop with the same credentials and settings share their connections.
    """

    def __init__(
        self,
        task: Task,
        settings: Settings,
        credentials: Credentials,
        permissions: Permissions,
        connections: int = 1,
    ) -> None:
        self.task = task
        self._permissions = permissions
        self.endpoint = settings.endpoint
        self._credentials = credentials
        self._longest = settings.longest
        self._shared_by = (settings, credentials.cache_key)
        self.http = task.cached(("connections", *self._shared_by), lambda: Http(settings, connections=connections))
        self._retry = Retry(settings)
        timeout = min(settings.timeout, _BEST_EFFORT_TIMEOUT)
        retries = min(settings.retries, _BEST_EFFORT_RETRIES)
        self._brief_retry = Retry(replace(settings, timeout=timeout, retries=retries))
        self._limits = local()

    def account(self, look_up: Callable[[], str | None]) -> str | None:
        """Return the account of the credentials. look_up: called once for all items of a loop."""
        return self.task.cached(("account", *self._shared_by), look_up)

    def check_account(self, look_up: Callable[[], str | None]) -> None:
        """Refuse credentials of an account other than the expected one.

        look_up: returns the account of the credentials, or None if it is not known. It is called once for all items of a loop.
        """
        expected = self.task.options["api_expected_account"]
        actual = self.account(look_up) if expected else None
        if actual != expected:
            belong = f"belong to account {actual}" if actual else "do not show which account they belong to"
            raise CloudError(
                REFUSED,
                f"the credentials {belong}, and api_expected_account is {expected}",
                advice="Use the credentials of the expected account.",
            )

    def claim(self, kind: str, turns: Iterable[str], known_as: Identifiers, *sought: Identifiers) -> Claim:
        """Return the claim for the creation of an object.

        A task waits for another one as long as one call and one listing may take.
        """
        return Claim(self.endpoint, kind, self._longest + UNTIL_LISTED, tuple(turns), known_as, sought)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Limit the time of all calls of this thread in the body together, in seconds."""
        self._limits.deadline = CLOCK.monotonic() + seconds
        try:
            yield
        finally:
            self._limits.deadline = None

    def send(self, call: Call, attempt: Callable[[float], Reply], read: Callable[[Any], T], is_whole: bool = True) -> T:
        """Send a call, with retries, and return read(content of the reply).

        attempt: sends the call once, within the given seconds. read: raises CloudError for content that is not what
        the API promises. is_whole: the reply ends the call; otherwise, the caller records it. Raises CloudError, which names
        the call.
        """
        retry = self._brief_retry if call.is_best_effort else self._retry
        deadline = getattr(self._limits, "deadline", None)
        seconds = None if deadline is None else deadline - CLOCK.monotonic()
        reply = Reply(None)
        try:
            reply = retry.run(attempt, call.repeatable, seconds, lambda error: self._note(error.request_id))
            self._note(reply.request_id)
            self.task.service_time = service_time(reply.date) or self.task.service_time
            result = read(reply.content)
        except CloudError as error:
            explained = self._explained(error, call, reply)
            if is_whole:
                self.record(call, error=explained)
            raise explained from None
        except (Exception, SystemExit):
            raise
        except BaseException as interrupt:
            reason = "interrupted while waiting for the reply"
            lost = CloudError(INTERRUPTED, reason, api_operation=call.operation, advice="Run this again.")
            if is_whole:
                self.record(call, error=replace(lost, maybe_done=True))
            raise interrupt from lost.during(call.attempted, call.label)
        if is_whole:
            self.record(call, reply.request_id, result=result)
        return result

    def record(
        self, call: Call, request_id: str | None = None, error: CloudError | None = None, result: Any = None
    ) -> None:
        """Record a call that was sent, if that is on. result: what was read from its reply."""
        if self.task.recorder is None:
            return
        write = None
        if self._permissions.writes(call.operation):
            write = self._write_of(call, request_id, error, result)
        self.task.recorder.add({"cloud": self._permissions.cloud, "operation": call.operation}, write)

    def _write_of(self, call: Call, request_id: str | None, error: CloudError | None, result: Any) -> dict[str, Any]:
        """Return what an audit trail says about a write, without secrets."""
        state = result[0] if isinstance(result, tuple) and result else result
        outcome = "done" if error is None else "unknown" if error.maybe_done else "failed"
        facts: dict[str, Any] = {
            "time": now_text(),
            "attempted": call.attempted,
            "object": call.label,
            "key_id": state.get("id") if isinstance(state, Mapping) else None,
            "account": self.task.options.get("api_expected_account"),
            "request_id": request_id or (error.request_id if error else None),
            "outcome": outcome,
            "category": error.category if error else None,
            "code": error.code if error else None,
        }
        scrubbed: dict[str, Any] = self.task.secrets.scrub(facts)
        return scrubbed

    def _explained(self, error: CloudError, call: Call, reply: Reply) -> CloudError:
        """Return the failure of a call, with the facts that only the call knows."""
        is_about_reply = error.category == REPLY and reply.content is not None
        is_of_api = error.code or error.http_status
        explained = replace(
            error,
            reason=self.task.secrets.scrub_foreign(error.reason) if is_of_api else error.reason,
            api_operation=error.api_operation or call.operation,
            request_id=error.request_id or reply.request_id,
            http_status=reply.status if is_about_reply else error.http_status,
        )
        return self.advise(explained, error.advice).during(call.attempted, call.label)

    def advise(self, error: E, advice: str | None) -> E:
        """Return the error with this advice, in which options have the names of their sources.

        For rejected credentials, the advice says which ones were used.
        """
        spelled = advice and self._credentials.name_sources(advice)
        used = f"The credentials that were used: {self._credentials.signer}."
        if error.category == AUTHENTICATION and used not in (advice or ""):
            spelled = f"{used} {spelled or ''}".strip()
        return replace(error, advice=spelled)

    def _note(self, request_id: str | None) -> None:
        if request_id and request_id not in self.task.request_ids:
            self.task.request_ids.append(request_id)


class RestApi(Api):
    """Send calls that are plain HTTP requests.

    auth: signs each request. parse_reply: returns the checked reply, or raises the CloudError that it reports.
    """

    def __init__(
        self,
        task: Task,
        settings: Settings,
        credentials: Credentials,
        permissions: Permissions,
        auth: AuthBase | None,
        parse_reply: Callable[[Response], Reply],
        connections: int = 1,
    ) -> None:
        super().__init__(task, settings, credentials, permissions, connections)
        self.auth = auth
        self._parse_reply = parse_reply

    def call(self, call: Call, request: Request, read: Callable[[Any], T]) -> T:
        """Send a call as a request, and return read(content of the reply)."""
        return self.send(call, partial(self.attempt, request), read)

    def attempt(self, request: Request, timeout: float) -> Reply:
        """Send a request once."""
        try:
            query = urlencode(list(request.query), quote_via=quote, safe="")
        except UnicodeError:
            raise CloudError(
                USAGE, "an option has characters that cannot be sent", advice="Remove characters that are not Unicode."
            ) from None
        url = self.endpoint + request.path + (f"?{query}" if query else "")
        body = None if request.body is None else json.dumps(request.body)
        status = None
        try:
            response = self.http.send(request.method, url, request.headers, body, timeout, request.auth or self.auth)
            status = response.status_code
            reply = self._parse_reply(response)
        except CloudError as error:
            known = status if error.category == REPLY and status else error.http_status
            raise replace(error, http_status=known, request_id=error.request_id or request.request_id) from None
        return reply._replace(
            status=response.status_code,
            request_id=reply.request_id or request.request_id,
            date=response.headers.get("Date"),
        )


def nothing(_content: Any) -> None:
    """Read a reply that contains only a request ID."""
