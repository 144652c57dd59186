# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the replies of a cloud have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.multicloud.iam.tests.fuzz.cloud import Reply

# Lets a task create a key whose secret is not registered.
SAVED = {"allow_unregistered_secret": True}


@dataclass(frozen=True)
class Facts:
    """Hold what decides whether a reply of a cloud may be a good one.

    optional: fields that are left out or null where an object has no such thing. words: fields that hold one of a few
    words. success: the statuses of a success. counted: listings that report in another field how many entries they
    hold, so that one more or less is noticed. totals: such fields. alike: operations whose replies have one form.
    empty: what is in a reply that looks like one to another operation. is_of_another: whether a reply says itself that
    it is about another object than the one that was asked for.
    """

    optional: Set[str]
    words: Mapping[str, Set[Any]]
    success: Set[int]
    counted: Mapping[str, str] = field(default_factory=dict)
    totals: Set[str] = frozenset()
    alike: Set[str] = frozenset()
    empty: bytes = b""
    is_of_another: Callable[[Reply, Reply], bool] = lambda _other, _reply: False
