# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Hold what a resource needs to know about the task that it works for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, TypeVar

from ._plan import Plan
from ._predictions import Predictions
from ._recorder import Change, Recorder
from ._reply import Oddities
from ._secrets import Secrets

T = TypeVar("T")

_MAX_CACHED = 12  # an item needs far fewer, so that nothing is closed while it is in use


class LoopCache:
    """Share the most recently used objects between the items of a loop, and close those that are dropped."""

    def __init__(self, most: int = _MAX_CACHED) -> None:
        self._most = most
        self._objects: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, create: Callable[[], T]) -> T:
        """Return the cached object of the key, or create it."""
        if key not in self._objects:
            self._objects[key] = create()
        self._objects.move_to_end(key)
        found: T = self._objects[key]
        self._drop_all_but(self._most)
        return found

    def clear(self) -> None:
        """Drop everything."""
        self._drop_all_but(0)

    def _drop_all_but(self, most: int) -> None:
        while len(self._objects) > most:
            _key, dropped = self._objects.popitem(last=False)
            if hasattr(dropped, "close"):
                dropped.close()


@dataclass
class Task:
    """Hold one task, or one item of its loop.

    options: the validated module options. secrets: what must not be shown. warnings, request_ids: collected for the
    result. service_time: the cloud's own time in its latest reply, if the reply has one. at_end: called when the task
    is done, failed or not. cache: shared by the items of one loop. oddities: what cannot be read of the objects in
    replies.
    check_prediction: called with the result that a creation with a secret will have, before it is sent; raises CloudError
    if that result would be lost. created: an object that was created with a secret, from the reply on, as members of a
    failed result. predictions: what earlier tasks of a check run would change. recorder: records the calls, if that is on.
    """

    options: Mapping[str, Any]
    check_mode: bool = False
    diff_mode: bool = False
    secrets: Secrets = field(default_factory=Secrets)
    warnings: list[str] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)
    service_time: str | None = None
    at_end: list[Callable[[], None]] = field(default_factory=list)
    cache: LoopCache = field(default_factory=LoopCache)
    check_prediction: Callable[[dict[str, Any]], None] = lambda result: None  # noqa: ARG005
    created: dict[str, Any] = field(default_factory=dict)
    oddities: Oddities = field(default_factory=Oddities)
    predictions: Predictions = field(default_factory=Predictions)
    recorder: Recorder | None = None

    def announce(self, current: Mapping[str, Any] | None, todo: Plan) -> None:
        """Let the recorder know what is about to change. current: the object as it was read, or None."""
        if self.recorder:
            known = current or {}
            sides = (self.secrets.scrub(dict(side)) for side in (todo.before, todo.after))
            self.recorder.about(Change(known.get("id"), known.get("owner"), *sides))

    def cached(self, key: Hashable, create: Callable[[], T]) -> T:
        """Return the object that an earlier item of the loop has created under the key, or create it.

        The key must contain everything that the value depends on, above all the credentials.
        """
        return self.cache.get(key, create)
