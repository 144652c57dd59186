# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define what a report has to know about a cloud. Each cloud describes itself in its file traits.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

State = Mapping[str, Any]


class Citation(NamedTuple):
    """Name a published rule that a finding checks.

    date: of the publication, if it is known. read: the month in which the source was read. note: how the rule applies.
    """

    source: str
    rule: str
    date: str | None = None
    read: str = "2026-11"
    note: str | None = None


class Traits(NamedTuple):
    """Describe the listing of a cloud, and what it says.

    module: the info module that lists everything in an account. options: its options that select everything. objects: the
    member of its result. key_id: the member of an object with the ID that signs. user_name: the member with a readable name
    of the owner. kind: access_key or entry. validation: the member with the state of the validation of an entry. has_last_use:
    whether the cloud reports when a key was last used. root: the values of a member of an object that say whether it is a key
    of the root account; a cloud whose listing has no such keys has the member None. not_listed: what the listing leaves out.
    citations: the rules about this cloud, by finding. status_module: disables keys by their IDs; None for a cloud that holds
    keys of other vendors. key_form: a pattern for the IDs of keys in a text. has_distinct_ids: whether only keys of this cloud
    have this form. possible_id: a pattern that matches every ID that the modules accept.
    """

    module: str
    objects: str
    options: Mapping[str, Any]
    key_id: str = "id"
    user_name: str = "user_name"
    kind: str = "access_key"
    validation: str | None = None
    has_last_use: bool = True
    root: tuple[str | None, Mapping[Any, bool]] = ("", {})
    not_listed: str | None = None
    citations: Mapping[str, tuple[Citation, ...]] = {}
    status_module: str | None = None
    key_form: str | None = None
    has_distinct_ids: bool = False
    possible_id: str = ".*"

    def is_root(self, item: State) -> bool | None:
        """Return whether a listed object is a key of a root account. None if that is not known."""
        member, values = self.root
        return False if member is None else values.get(item.get(member))
