# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Collect a listing page by page, although the objects change while it is read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Generic, TypeVar

from ._api import Call
from ._errors import REPLY, UNAVAILABLE, CloudError
from ._wait import CLOCK, Clock

T = TypeVar("T")

_MAX_PAGES = 1000
_MAX_SECONDS = 600.0
_MAX_PASSES = 3


class Listing(Generic[T]):
    """Collect the objects of all pages of one listing.

    Pages are not a snapshot. If an object is created or deleted while they are read, another one may move to a page
    that was already read. Then the listing begins again, a few times.

    objects: what was collected. pages: how many pages that took.
    """

    def __init__(self, call: Call, clock: Clock = CLOCK) -> None:
        self.objects: list[T] = []
        self.pages = 0
        self._call = call
        self._clock = clock
        self._begin = clock.monotonic()
        self._all_pages = 0
        self._passes = 1
        self._ids: set[str] = set()
        self._total: int | None = None

    def is_incomplete(self) -> bool:
        """Return whether another page has to be read. Raises CloudError for a listing that does not end."""
        if self._total is not None and len(self.objects) == self._total:
            return False
        seconds = self._clock.monotonic() - self._begin
        if self._all_pages == _MAX_PAGES or seconds >= _MAX_SECONDS:
            raise self._failure(
                REPLY,
                f"the list has not ended after {self._all_pages} pages in {seconds:.0f} s",
                "Check that api_endpoint is the API itself. If there really are so many objects, select fewer of them.",
            )
        return True

    def add(self, objects: Collection[T], ids: Collection[str], total: int) -> None:
        """Add a page.

        ids: those that can be read. An object without one counts as another object each time. total: how many objects
        the API says there are. Raises CloudError if the listing changes each time.
        """
        self._all_pages += 1
        self.pages += 1
        is_repeated = len(self._ids.union(ids)) < len(self._ids) + len(ids)
        count = len(self.objects) + len(objects)
        if is_repeated or self._total not in (None, total) or count > total or (count < total and not objects):
            self._begin_again()
            return
        self._total = total
        self._ids.update(ids)
        self.objects += objects

    def _begin_again(self) -> None:
        if self._passes == _MAX_PASSES:
            raise self._failure(
                UNAVAILABLE,
                "the list changes while it is being read, or does not contain as many objects as it says",
                "Run this again when fewer objects are created and deleted at the same time.",
            )
        self._passes += 1
        self.objects, self.pages, self._ids, self._total = [], 0, set(), None

    def _failure(self, category: str, reason: str, advice: str) -> CloudError:
        error = CloudError(category, reason, api_operation=self._call.operation, advice=advice)
        return error.during(self._call.attempted, self._call.label)
