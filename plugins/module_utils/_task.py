# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""What a resource needs to know of the task it works for; a runtime makes it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, TypeVar

from ansible_collections.multicloud.iam.plugins.module_utils._reply import Oddities
from ansible_collections.multicloud.iam.plugins.module_utils._secrets import Secrets

T = TypeVar("T")

_MOST_KEPT = 12  # an item needs far fewer, so that nothing is closed under it


class Kept:
    """What the items of a loop share: the things that were used last. What is dropped for them is closed."""

    def __init__(self, most: int = _MOST_KEPT) -> None:
        self._most = most
        self._things: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under the key, else what make() gives."""
        if key not in self._things:
            self._things[key] = make()
        self._things.move_to_end(key)
        thing: T = self._things[key]
        self._drop_all_but(self._most)
        return thing

    def clear(self) -> None:
        """Drop everything."""
        self._drop_all_but(0)

    def _drop_all_but(self, most: int) -> None:
        while len(self._things) > most:
            _key, dropped = self._things.popitem(last=False)
            if hasattr(dropped, "close"):
                dropped.close()


@dataclass
class Task:
    """One task, or one item of its loop.

    options: the validated module options. secrets: what must not be shown. warnings, request_ids:
    collected on the way, for the result. at_end: what is called when the task is done, failed or not.
    kept: what the items of one loop share. oddities: what of the objects it met cannot be read.
    judge: told the result that a creation with a secret will have, before it is sent; raises CloudError where that
    result would not be kept. made: what was made with a secret, from the reply on, as members of a failed result.
    """

    options: Mapping[str, Any]
    check_mode: bool = False
    diff_mode: bool = False
    secrets: Secrets = field(default_factory=Secrets)
    warnings: list[str] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)
    at_end: list[Callable[[], None]] = field(default_factory=list)
    kept: Kept = field(default_factory=Kept)
    judge: Callable[[dict[str, Any]], None] = lambda result: None  # noqa: ARG005
    made: dict[str, Any] = field(default_factory=dict)
    oddities: Oddities = field(default_factory=Oddities)

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What an earlier item of the loop has made under the key, else what make() gives.

        The key has to hold all that the value depends on, the credentials above all.
        """
        return self.kept.get(key, make)
