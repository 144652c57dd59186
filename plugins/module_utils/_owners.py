# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Identify the owners of keys, and list the keys of many owners. A failed listing is not an empty one: it proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ._errors import NOT_FOUND, USAGE, CloudError
from ._plan import UNKNOWN, State


class Owner(NamedTuple):
    """Identify the owner of keys. Without ID and name, the owner is the caller. kind: the word in messages."""

    id: str | None = None
    name: str | None = None
    kind: str = "user"

    @property
    def label(self) -> str:
        if self.name:
            # A check run may predict an owner, whose ID only the cloud can choose.
            return f"{self.kind} {self.name}" + (f" ({self.id})" if isinstance(self.id, str) else "")
        return f"{self.kind} {self.id}" if self.id else "the caller"


def wants_all(options: Mapping[str, Any], ids: str, names: str) -> bool:
    """Return whether all_users is set; refuse it together with the options that name owners by ID or by name."""
    if options["all_users"] and (options[ids] is not None or options[names] is not None):
        raise CloudError(
            USAGE, f"all_users cannot be combined with {ids} or {names}", advice="Omit all_users, or omit the others."
        )
    return bool(options["all_users"])


def keys_of_owners(
    owners: Iterable[Owner],
    list_keys: Callable[[Owner], list[State]],
    for_each: Callable[[Callable[[Owner], list[State]], Iterable[Owner]], list[list[State]]],
    ids_now: Callable[[], Collection[str]] | None,
) -> tuple[list[State], list[str]]:
    """Return the keys of some owners, and warnings about owners who were deleted before their keys could be listed.

    ids_now: lists the IDs of all owners again; None for owners that the task names, so that each has to exist.
    """
    missing: dict[str, tuple[str, CloudError]] = {}

    def list_or_note(owner: Owner) -> list[State]:
        try:
            return list_keys(owner)
        except CloudError as error:
            if ids_now is None or error.category != NOT_FOUND:
                raise
            missing[str(owner.id)] = owner.label, error
            return []

    keys = [key for some in for_each(list_or_note, owners) for key in some if key["id"] != UNKNOWN]
    return keys, deleted_meanwhile(missing, ids_now) if missing and ids_now else []


def deleted_meanwhile(
    missing: Mapping[str, tuple[str, CloudError]], ids_now: Callable[[], Collection[str]]
) -> list[str]:
    """Return warnings about owners who were not found, and are no longer listed.

    missing: label and error by the ID of the owner. ids_now: lists the IDs of all owners again. Raises the error of an
    owner who is still listed.
    """
    now = ids_now() if missing else ()
    for owner_id, (label, error) in sorted(missing.items()):
        if owner_id in now:
            raise _not_certain(label, error)
    return [
        f"{label} was deleted while its keys were being listed." for _id, (label, _error) in sorted(missing.items())
    ]


def refuse_unless_gone(label: str, error: CloudError, is_gone: Callable[[], bool]) -> None:
    """Raise the error that an owner is not found, unless another lookup proves that there is none.

    is_gone: looks it up again, by a call other than the one that failed.
    """
    try:
        if is_gone():
            return
    except CloudError as failure:
        advice = f"It is not known whether {label} exists, because another lookup failed as well: {failure}"
        raise replace(error, advice=advice) from None
    raise _not_certain(label, error)


def _not_certain(label: str, error: CloudError) -> CloudError:
    return replace(
        error,
        advice=f"It is not certain that there is no {label}, so nothing is known about its keys. Check the owner, and"
        " whether the caller may see it.",
    )
