# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Describe the replies of a cloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Any

from .cloud import Reply

# Allows a task to create a key whose secret is not registered.
SAVED = {"allow_unregistered_secret": True}


@dataclass(frozen=True)
class Facts:
    """Hold the facts that decide whether a reply of a cloud is plausible.

    optional: fields that are omitted or null if an object has no value. words: fields with a fixed set of values.
    success: the statuses of a success. counted: lists whose length is in another field, so that a wrong length is
    noticed. totals: such fields. alike: operations whose replies have one form. empty: the content of a reply that can
    be mistaken for the reply to another operation. is_of_another: whether a reply shows that it is about another object
    than the requested one.
    """

    optional: Set[str]
    words: Mapping[str, Set[Any]]
    success: Set[int]
    counted: Mapping[str, str] = field(default_factory=dict)
    totals: Set[str] = frozenset()
    alike: Set[str] = frozenset()
    empty: bytes = b""
    is_of_another: Callable[[Reply, Reply], bool] = lambda _other, _reply: False
