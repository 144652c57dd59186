# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Process a request as the REST layer does: operation, caller, arguments, and then work or a job."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from ..exchange import Reply, Request
from ..rate_limits import RateCounter
from ..secret_log import SecretLog
from . import arguments, errors, job_queries, replies, routes
from .authentication import Claim, authenticate
from .errors import TextError
from .installation import Installation
from .jobs import Job, Jobs
from .modes import ZStackModes
from .operation import Arguments, Context, Operation

JOB_HEADER = "X-Job-UUID"
_TIMEOUT_MILLISECONDS = 1800000


@dataclass
class Gateway:
    """Emulate the REST layer in front of an installation."""

    installation: Installation
    modes: ZStackModes
    secret_log: SecretLog
    jobs: Jobs = field(default_factory=Jobs)
    counter: RateCounter = field(default_factory=RateCounter)

    def perform(self, request: Request) -> Reply:
        """Check and perform a request. Raise the error that it causes."""
        self._throttle(request)
        uri = routes.uri(request)
        job_uuid = job_queries.job_in_path(uri)
        if job_uuid is not None:
            return job_queries.reply_to(request, job_uuid, self.jobs, self.modes)
        route = routes.find(request, self.modes)
        operation = route.operation
        claim = None
        if not operation.public:
            now = time.time() + self.modes.clock_skew_seconds
            claim = authenticate(request, uri, self.installation, self.modes, now)
        given, tags = arguments.read(request, route)
        job_uuid = self._chosen_job(request, operation)

        def work(real_time: float) -> Mapping[str, Any]:
            return self._work(operation, claim, given, tags, real_time + self.modes.clock_skew_seconds)

        if operation.asynchronous:
            job = Job(job_uuid or uuid4().hex, time.time() + self.modes.job_delay_seconds, work, operation.inventory)
            return self._accept(request, job)
        fields = replies.described(work(time.time()), operation.inventory, request)
        return replies.result(fields, self.modes)

    def _throttle(self, request: Request) -> None:
        if not self.modes.rate_limits:
            return
        # Count per minute. The emulator has only one client address.
        if self.counter.count("client", request.arrived / 60) > self.modes.requests_per_minute:
            raise TextError(429, errors.RATE_LIMITED)

    def _chosen_job(self, request: Request, operation: Operation) -> str | None:
        chosen = request.headers.get(JOB_HEADER)
        if chosen is None or operation.queries:
            return None
        if len(chosen) != 32:
            raise TextError(400, f"Invalid header[{JOB_HEADER}], it must be a UUID with '-' stripped")
        if request.method != "GET" and chosen in self.jobs:
            raise TextError(400, f"Duplicate job uuid[{chosen}]")
        return chosen

    def _accept(self, request: Request, job: Job) -> Reply:
        timeout = request.headers.get("X-API-Timeout", "")
        self.jobs.add(job, time.time())
        fields = {
            "location": job_queries.location(request, job.uuid, self.modes),
            "apiTimeout": int(timeout) * 1000 if timeout.isdecimal() else _TIMEOUT_MILLISECONDS,
        }
        return replies.result(fields, self.modes, 202, job.uuid)

    def _work(
        self,
        operation: Operation,
        claim: Claim | None,
        given: Arguments,
        tags: tuple[str, ...],
        now: float,
    ) -> Mapping[str, Any]:
        caller = None
        if claim is not None:
            if operation.write:
                self._lose_session(claim)
            caller = claim.account(self.installation, self.modes, now)
        context = Context(self.installation, self.modes, self.secret_log, operation.message, caller, now)
        arguments.validate(operation, given, self.modes.product)
        if caller is not None:
            operation.permit(caller, context.newest)
        arguments.check_tags(tags, self.installation)
        return operation.run(context, given)

    def _lose_session(self, claim: Claim) -> None:
        if claim.session_uuid is not None and self.modes.session_expires_in_job > 0:
            self.modes.session_expires_in_job -= 1
            self.installation.sessions.pop(claim.session_uuid, None)
