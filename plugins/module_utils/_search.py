# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Find keys by their IDs when their owners are not known: ask for them in parallel, until all of them are found.

A search that cannot ask everywhere proves nothing about the keys that it has not found. It says what it could not ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import Lock
from typing import Any, TypeVar

from ._errors import DENIED, INVALID, NOT_FOUND, QUOTA, REFUSED, REPLY, USAGE, CloudError
from ._parallel import Pace, in_parallel
from ._plan import UNKNOWN, State
from ._selection import near_match_warning

T = TypeVar("T")

OPTION = "access_key_ids"
_MOST_REASONS = 10
# Failures of one call. After any other one, the next call would fail as well.
_OF_ONE_CALL = frozenset({DENIED, INVALID, NOT_FOUND, QUOTA, REFUSED, REPLY})


def _ignore(_key: State) -> None:
    pass


class Search:
    """Collect the keys with some IDs, and what could not be asked. Threads may share it.

    field: the field of a key with its ID. on_found: called with each key at once, in the thread that has found it.
    """

    def __init__(self, ids: Iterable[str], field: str = "id", on_found: Callable[[State], None] = _ignore) -> None:
        self.ids = list(dict.fromkeys(ids))
        self._field = field
        self._on_found = on_found
        self._lock = Lock()
        self._found: dict[str, list[State]] = {}
        self._reasons: dict[str, list[str]] = {key_id: [] for key_id in self.ids}
        self._folded = {key_id.casefold(): key_id for key_id in self.ids}
        self._near: dict[str, str] = {}
        self._failure: CloudError | None = None
        self._not_asked = 0
        self.first_error: CloudError | None = None
        self._has_reply = False

    @property
    def missing(self) -> list[str]:
        """Return the IDs that are not found yet."""
        return [key_id for key_id in self.ids if key_id not in self._found]

    @property
    def is_over(self) -> bool:
        """Return whether everything is found, or no further call can succeed."""
        return self._failure is not None or len(self._found) == len(self.ids)

    def ask(self, read: Callable[[], list[State]], ids: Iterable[str] | None = None, workers: int = 1) -> None:
        """Note the sought keys among those that read() returns, or why it fails.

        ids: those that it may return; None: any. workers: how many keys are noted at the same time. Raises the CloudError of
        the first call if it is about all calls, so that nothing is known.
        """
        try:
            keys = read()
        except CloudError as error:
            if not self._has_reply and error.category not in _OF_ONE_CALL:
                raise
            self.note(error, ids)
            return
        self._has_reply = True
        if workers > 1:
            in_parallel(self._add, keys, workers)
            return
        for key in keys:
            self._add(key)

    def _add(self, key: State) -> None:
        key_id = key[self._field]
        if key_id == UNKNOWN:
            owner = key.get("user_name") or key["owner"] or "the caller"
            self.note(f"an access key of {owner} has an ID that cannot be read: {key_id.why}")
        elif key_id in self._reasons:
            with self._lock:
                self._found.setdefault(key_id, []).append(key)
            self._on_found(key)
        elif key_id.casefold() in self._folded:
            self._near[self._folded[key_id.casefold()]] = key_id

    def note(self, reason: CloudError | str, ids: Iterable[str] | None = None) -> None:
        """Note what could not be asked. ids: the keys that might have been found; None: any."""
        with self._lock:
            self._has_reply = True
            if isinstance(reason, CloudError):
                self.first_error = self.first_error or reason
            if isinstance(reason, CloudError) and reason.category not in _OF_ONE_CALL:
                self._failure = self._failure or reason
                ids = None
            for key_id in self.ids if ids is None else ids:
                self._reasons[key_id].append(str(reason))

    def for_each(self, ask: Callable[[T], None], items: Iterable[T], pace: Pace, workers: int) -> None:
        """Call ask(item) for each item in parallel, as long as something is sought."""

        def ask_in_time(item: T) -> None:
            if not self.is_over:
                pace.wait()
            if not self.is_over:
                ask(item)
            elif self._failure:
                with self._lock:
                    self._not_asked += 1

        in_parallel(ask_in_time, items, workers)

    def keys(self) -> list[State]:
        """Return the keys, in the order of their IDs."""
        return [key for key_id in self.ids for key in self._found.get(key_id, [])]

    def not_found(self) -> list[str]:
        """Return the IDs that certainly no key has."""
        return [key_id for key_id in self.missing if not self._reasons[key_id]]

    def unknown(self) -> list[dict[str, Any]]:
        """Return the other IDs, each with the reasons why it is not known whether a key has it."""
        return [{"id": key_id, "reasons": self._shown(key_id)} for key_id in self.missing if self._reasons[key_id]]

    def _shown(self, key_id: str) -> list[str]:
        """Return the reasons, but not more than a user would read."""
        reasons = list(dict.fromkeys(self._reasons[key_id]))
        more = len(reasons) - _MOST_REASONS
        return [
            *reasons[:_MOST_REASONS],
            *([f"{more} more calls failed"] if more > 0 else []),
            *([f"{self._not_asked} more calls were not sent after this failure"] if self._not_asked else []),
        ]

    def warnings(self) -> list[str]:
        """Return warnings of IDs that differ from one that was sought in case only."""
        return [
            near_match_warning(f"access key {key_id}", self._near[key_id])
            for key_id in self.missing
            if key_id in self._near
        ]


def wants_search(options: Mapping[str, Any], *others: str) -> bool:
    """Return whether a report seeks keys by their IDs; refuse other options, which would hide some of them."""
    if options[OPTION] is None:
        return False
    given = [name for name in others if options[name] is not None and options[name] is not False]
    if given:
        raise CloudError(
            USAGE,
            f"{OPTION} cannot be combined with {given[0]}",
            advice=f"Omit {given[0]}: keys are sought by their IDs among all owners, whatever else they are like.",
        )
    return True


def found_by(search: Search, keys: list[State]) -> dict[str, Any]:
    """Return what a report returns of a search. keys: those that were found, as the report shows them."""
    return {"access_keys": keys, "not_found": search.not_found(), "unknown": search.unknown()}
