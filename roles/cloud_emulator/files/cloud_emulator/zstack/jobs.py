# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run asynchronous work when it is due, and keep the outcome for queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import ApiError

# rest.completedApi.expiredPeriod
_KEPT_SECONDS = 10800.0

Outcome = Mapping[str, Any] | ApiError


@dataclass
class Job:
    """Represent work that is called with the time when it is due, and then has an outcome.

    ``inventory`` is the class of the objects in the outcome.
    """

    uuid: str
    due: float
    work: Callable[[float], Outcome]
    inventory: str = ""
    outcome: Outcome | None = None

    def perform(self) -> None:
        """Do the work, and keep the outcome."""
        try:
            self.outcome = self.work(self.due)
        except ApiError as error:
            self.outcome = error


@dataclass
class Jobs:
    """Hold all jobs. ``deferred`` counts those that were accepted and not done immediately."""

    deferred: int = 0
    _jobs: dict[str, Job] = field(default_factory=dict)
    _waiting: list[Job] = field(default_factory=list)

    def __contains__(self, uuid: str) -> bool:
        """Return whether the ID has been used."""
        return uuid in self._jobs

    def add(self, job: Job, now: float) -> None:
        """Add a job, and do it immediately if it is due."""
        self._jobs[job.uuid] = job
        if job.due <= now:
            job.perform()
            return
        self._waiting.append(job)
        self.deferred += 1

    def settle(self, now: float) -> None:
        """Do the jobs that have become due, in the order of time."""
        due = sorted((job for job in self._waiting if job.due <= now), key=lambda job: job.due)
        self._waiting = [job for job in self._waiting if job.due > now]
        for job in due:
            job.perform()

    def find(self, uuid: str, now: float) -> Job | None:
        """Return a job that is still stored."""
        job = self._jobs.get(uuid)
        return None if job is None or now > job.due + _KEPT_SECONDS else job
