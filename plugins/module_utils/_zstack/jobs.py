# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Calls that are answered at once, and work that the server does as a job, followed to its end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import uuid4

from ansible_collections.multicloud.iam.plugins.module_utils._api import Call, Reply, Request, RestApi
from ansible_collections.multicloud.iam.plugins.module_utils._credentials import Credentials
from ansible_collections.multicloud.iam.plugins.module_utils._endpoint import Settings
from ansible_collections.multicloud.iam.plugins.module_utils._errors import UNAVAILABLE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._reply import bad_reply, quiet_member
from ansible_collections.multicloud.iam.plugins.module_utils._requests import AuthBase
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.plugins.module_utils._wait import wait_until
from ansible_collections.multicloud.iam.plugins.module_utils._zstack.errors import (
    JobUnknownError,
    Outcome,
    Replies,
)

T = TypeVar("T")

_JOB_IN_LOCATION = re.compile(r"/api-jobs/([0-9a-f]{32})/?\Z")
_UNTIL_REGISTERED = 1.5  # seconds that a request whose reply was lost may take to become a job


@dataclass(eq=False, repr=False)
class JobLostError(CloudError):
    """What became of a job is not known.

    is_unknown: the server does not know the job. It may still come to know it: the request may be under way.
    """

    is_unknown: bool = False


class Rest(RestApi):
    """The REST interface of one server."""

    def __init__(self, task: Task, settings: Settings, credentials: Credentials, time_zone: str) -> None:
        super().__init__(task, settings, credentials, None, Replies(time_zone).understand)

    def ask(self, call: Call, request: Request, read: Callable[[Any], T], auth: AuthBase | None = None) -> T:
        """What read makes of the body that answers a call at once."""

        def attempt(timeout: float) -> Reply:
            outcome: Outcome = self._send(request, timeout, auth)
            if outcome.error is not None:
                raise outcome.error
            if outcome.status == 202:
                raise bad_reply("it is accepted as a job, and should be answered at once")
            return Reply(outcome.body, None, outcome.status)

        return self.send(call, attempt, read)

    def work(self, call: Call, request: Request, auth: AuthBase, wait_timeout: float) -> dict[str, Any]:
        """The result of a job that is submitted once, and waited for so many seconds.

        The job's id is chosen here, so that a job whose acceptance is lost can be followed too. Raises
        JobLostError if what became of it cannot be told.
        """
        lost: CloudError | None = None
        job = uuid4().hex
        try:
            job = self._submit(call, request, auth, job)
        except CloudError as error:
            if not error.maybe_done:
                raise
            lost = error
        outcome = self._follow(call, job, lost, wait_timeout)
        if outcome.error is not None:
            failure = replace(outcome.error, api_operation=call.operation, request_id=job)
            raise failure.during(call.attempted, call.label)
        return outcome.body

    def _send(self, request: Request, timeout: float, auth: AuthBase | None) -> Outcome:
        headers = {**request.headers, "Content-Type": "application/json; charset=utf-8"} if request.body else {}
        outcome: Outcome = self.attempt(request._replace(headers={**request.headers, **headers}), timeout, auth).content
        return outcome

    def _submit(self, call: Call, request: Request, auth: AuthBase, job: str) -> str:
        """The id of the accepted job."""
        request = request._replace(headers={**request.headers, "X-Job-UUID": job})

        def attempt(timeout: float) -> Reply:
            try:
                outcome = self._send(request, timeout, auth)
                if outcome.error is not None:
                    raise outcome.error
                if outcome.status != 202:
                    raise bad_reply("it should be accepted as a job")
            except CloudError as error:
                raise replace(error, request_id=job) from None
            return Reply(outcome.body, job, outcome.status)

        # Never sent twice: the server refuses a job id that it has seen, and the job tells more.
        return self.send(call._replace(repeatable=False), attempt, lambda body: job_in(body) or job)

    def _follow(self, call: Call, job: str, lost: CloudError | None, wait_timeout: float) -> Outcome:
        """The end of a job. lost: why its acceptance was not heard of."""
        patience = time.monotonic() + (_UNTIL_REGISTERED if lost else 0)

        def look() -> Outcome | None:
            try:
                outcome = self._poll(call, job)
            except JobUnknownError:
                if time.monotonic() >= patience:
                    raise
                return None
            return None if outcome.status == 202 else outcome

        try:
            with self.within(wait_timeout):
                outcome = wait_until(look, wait_timeout)
        except CloudError as error:
            raise _job_lost(call, job, lost, error) from None
        if outcome is None:
            why = CloudError(UNAVAILABLE, f"the job was still running after {wait_timeout} seconds")
            raise _job_lost(call, job, None, why)
        return outcome

    def _poll(self, call: Call, job: str) -> Outcome:
        """Ask for the job at the own endpoint, and nameless: where a reply points, no credentials go."""
        request = Request("GET", f"/v1/api-jobs/{job}")

        def attempt(timeout: float) -> Reply:
            try:
                return Reply(self._send(request, timeout, None), job)
            except CloudError as error:
                raise replace(error, request_id=job) from None

        poll = Call("QueryJob", f"learn whether it was possible to {call.attempted}", call.label)
        outcome: Outcome = self.send(poll, attempt, lambda outcome: outcome)
        return outcome


def job_in(body: dict[str, Any]) -> str | None:
    """The id of the job that a reply points to."""
    match = _JOB_IN_LOCATION.search(quiet_member(body, "location", str) or "")
    return match.group(1) if match else None


def _job_lost(call: Call, job: str, lost: CloudError | None, why: CloudError) -> JobLostError:
    """The failure of a job that did not tell its end. lost: the first thing that went wrong, where there was one."""
    first = lost or why
    return JobLostError(
        UNAVAILABLE if isinstance(first, JobUnknownError) else first.category,
        first.reason,
        api_operation=first.api_operation or call.operation,
        code=first.code,
        request_id=job,
        http_status=first.http_status,
        advice=first.advice or "Try again later.",
        maybe_done=True,
        is_unknown=isinstance(why, JobUnknownError),
    ).during(call.attempted, call.label)
