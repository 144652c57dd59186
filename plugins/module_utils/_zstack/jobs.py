# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Send calls that the server completes at once, and calls that it performs as a job, which is followed to its end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from .._api import Call, Reply, Request, RestApi
from .._errors import INTERRUPTED, UNAVAILABLE, CloudError
from .._reply import bad_reply, quiet_member
from .._wait import CLOCK, wait_until
from .errors import JobReply, JobUnknownError

T = TypeVar("T")

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_JOB_IN_LOCATION = re.compile(r"/api-jobs/([0-9a-f]{32})/?\Z")
_UNTIL_REGISTERED = 1.5  # seconds that a request whose reply was lost may take to become a job


@dataclass(eq=False, repr=False)
class JobLostError(CloudError):
    """Report that the outcome of a job is not known.

    is_unknown: the server does not know the job. It may still come to know it: the request may be under way.
    """

    is_unknown: bool = False


def send_and_read(api: RestApi, call: Call, request: Request, read: Callable[[Any], T]) -> T:
    """Send a call that the server completes at once."""

    def read_body(reply: JobReply) -> T:
        if reply.is_running:
            raise bad_reply("it is accepted as a job, and should be completed at once")
        return read(reply.body)

    if request.body is not None:
        request = request._replace(headers=_JSON)
    return api.send(call, partial(api.attempt, request), read_body)


def submit_and_follow(api: RestApi, call: Call, request: Request, read: Callable[[Any], T], wait_timeout: float) -> T:
    """Submit a job once, wait until it ends, and return read(its result).

    The ID of the job is chosen here, so that a job whose acceptance is lost can be followed too. Raises JobLostError if
    its outcome is not known. wait_timeout: seconds.
    """
    lost: CloudError | None = None
    job = uuid4().hex
    headers = {"X-Job-UUID": job, **(_JSON if request.body is not None else {})}
    request = request._replace(headers=headers, request_id=job)
    try:
        # Never sent twice: the server rejects a job ID that it has seen, and the job says more.
        submit = partial(api.attempt, request)
        job = api.send(call._replace(repeatable=False), submit, _read_accepted, is_whole=False) or job
    except CloudError as error:
        if not error.maybe_done:
            api.record(call, error=error)
            raise
        lost = error
    try:
        result = _result(_follow(api, call, job, lost, wait_timeout), job, read)
    except JobLostError as error:
        api.record(call, error=error)
        raise
    except CloudError as error:
        failure = replace(error, api_operation=error.api_operation or call.operation)
        api.record(call, job, error=failure)
        raise failure.during(call.attempted, call.label) from None
    except BaseException:
        api.record(call, job, CloudError(INTERRUPTED, "interrupted while waiting for the job", maybe_done=True))
        raise
    api.record(call, job, result=result)
    return result


def _result(end: JobReply, job: str, read: Callable[[Any], T]) -> T:
    """Return read(result) of a job that has ended; raises CloudError for one that has failed."""
    if end.error is not None:
        raise replace(end.error, request_id=job)
    return read(end.body)


def _read_accepted(reply: JobReply) -> str | None:
    if not reply.is_running:
        raise bad_reply("it should be accepted as a job")
    return job_in(reply.body)


def job_in(body: dict[str, Any]) -> str | None:
    """Return the ID of the job that a reply points to."""
    match = _JOB_IN_LOCATION.search(quiet_member(body, "location", str) or "")
    return match.group(1) if match else None


def _follow(api: RestApi, call: Call, job: str, lost: CloudError | None, wait_timeout: float) -> JobReply:
    """Poll a job until it has ended, and return its outcome. lost: why its acceptance is not known."""
    patience = CLOCK.monotonic() + (_UNTIL_REGISTERED if lost else 0)
    try:
        with api.within(wait_timeout):
            end = wait_until(partial(_look, api, call, job, patience), wait_timeout)
    except CloudError as error:
        raise _job_lost(call, job, lost, error) from None
    if end is not None:
        return end
    why = CloudError(UNAVAILABLE, f"the job was still running after {wait_timeout} seconds")
    raise _job_lost(call, job, None, why)


def _look(api: RestApi, call: Call, job: str, patience: float) -> JobReply | None:
    """Return the outcome of a job, or None while it runs. patience: until when an unknown job may become known."""
    poll = Call("QueryJob", f"poll the job to {call.attempted}", call.label)
    # Unsigned, and always at our own endpoint: a location in a reply may lead anywhere.
    request = Request("GET", f"/v1/api-jobs/{job}", request_id=job)
    try:
        found: JobReply = api.send(poll, partial(_attempt, api, request), lambda content: content)
    except JobUnknownError:
        if CLOCK.monotonic() >= patience:
            raise
        return None
    return None if found.is_running else found


def _attempt(api: RestApi, request: Request, timeout: float) -> Reply:
    """Poll a job once. An error with a code is not an error of this call, but the outcome of the job."""
    try:
        return api.attempt(request, timeout)
    except CloudError as error:
        if error.code is None:
            raise
        return Reply(JobReply(False, {}, error), request.request_id)


def _job_lost(call: Call, job: str, lost: CloudError | None, why: CloudError) -> JobLostError:
    """Return the failure of a job whose outcome is not known. lost: the first thing that went wrong, if anything did."""
    first = lost or why
    return JobLostError(
        category=UNAVAILABLE if isinstance(first, JobUnknownError) else first.category,
        reason=first.reason,
        api_operation=first.api_operation or call.operation,
        code=first.code,
        request_id=job,
        http_status=first.http_status,
        advice=first.advice or "Try again later.",
        maybe_done=True,
        is_unknown=isinstance(why, JobUnknownError),
    ).during(call.attempted, call.label)
