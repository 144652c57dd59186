# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report the outcome of a job. No authentication is required."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from ..exchange import Reply, Request
from . import replies
from .errors import ApiError, TextError
from .jobs import Jobs
from .modes import ZStackModes

OPERATION = "QueryJob"
_FOREIGN_HOST = "10.0.0.9:8080"
_PATH = re.compile(r"/v1/api-jobs/([^/]+)")


def job_in_path(uri: str) -> str | None:
    """Return the job in a path."""
    match = _PATH.fullmatch(uri)
    return None if match is None else match[1]


def location(request: Request, job_uuid: str, modes: ZStackModes) -> str:
    """Return the URL of a job. Its scheme is that of the server, even behind a proxy."""
    host = _FOREIGN_HOST if modes.foreign_host_in_location else request.headers.get("Host", "127.0.0.1")
    context_path = "" if modes.location_without_context_path else "/zstack"
    return f"http://{host}{context_path}/v1/api-jobs/{job_uuid}"


def reply_to(request: Request, job_uuid: str, jobs: Jobs, modes: ZStackModes) -> Reply:
    """Report the outcome of a job."""
    if request.method != "GET":
        raise TextError(405, "only GET method is allowed for querying job status")
    job = None if modes.jobs_expire else jobs.find(job_uuid, time.time())
    if job is None:
        raise TextError(404, "the job has been expired")
    if job.outcome is None:
        return replies.result({}, modes, 202, job_uuid)
    if isinstance(job.outcome, ApiError):
        return replies.error(job.outcome, modes, job_uuid)
    fields = replies.described(_stored(job.outcome, modes), job.inventory, request)
    return replies.result(fields, modes, 200, job_uuid)


def _stored(outcome: Mapping[str, Any], modes: ZStackModes) -> Mapping[str, Any]:
    inventory = outcome.get("inventory")
    if not modes.stored_job_results_lack_secret or inventory is None:
        return outcome
    kept = {name: value for name, value in inventory.items() if name != "AccessKeySecret"}
    return {**outcome, "inventory": kept}
