# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""What a resource needs to know of the task it works for; a runtime makes it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, TypeVar

from ansible_collections.multicloud.iam.plugins.module_utils._secrets import Secrets

T = TypeVar("T")


@dataclass
class Task:
    """One task, or one item of its loop.

    options: the validated module options. secrets: what must not be shown. warnings, request_ids:
    collected on the way, for the result. at_end: what is called when the task is done, failed or not.
    kept: what the items of one loop share.
    """

    options: Mapping[str, Any]
    check_mode: bool = False
    diff_mode: bool = False
    secrets: Secrets = field(default_factory=Secrets)
    warnings: list[str] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)
    at_end: list[Callable[[], None]] = field(default_factory=list)
    kept: dict[Hashable, Any] = field(default_factory=dict)

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """What an earlier item of the loop has made under the key, else what make() gives.

        The key has to hold all that the value depends on, the credentials above all.
        """
        if key not in self.kept:
            self.kept[key] = make()
        kept: T = self.kept[key]
        return kept
