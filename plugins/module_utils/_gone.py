# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Owners of keys that a call does not find: a failed listing is no empty one, and proves nothing about its keys."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError


def refuse_unless_gone(label: str, error: CloudError, is_gone: Callable[[], bool]) -> None:
    """Raise the error that an owner is not found, unless a second look proves that there is none.

    is_gone: looks again, otherwise than the call that failed.
    """
    try:
        if is_gone():
            return
    except CloudError as failure:
        advice = f"Whether {label} exists is not known, because looking again failed as well: {failure}"
        raise replace(error, advice=advice) from None
    raise _not_certain(label, error)


def _not_certain(label: str, error: CloudError) -> CloudError:
    return replace(
        error,
        advice=f"It is not certain that there is no {label}, so that nothing is known about its keys. Check the owner,"
        " and whether the caller may see it.",
    )


def deleted_meanwhile(
    lost: Mapping[str, tuple[str, CloudError]], users_now: Callable[[], Collection[str]]
) -> list[str]:
    """Warnings about owners of a listing who were deleted before their keys could be listed.

    lost: by the id of an owner who was not found, its label and the error. users_now: lists the ids of the owners again.
    Raises the error of one who is there all the same, and what the second listing raises.
    """
    now = users_now() if lost else ()
    for owner, (label, error) in sorted(lost.items()):
        if owner in now:
            raise _not_certain(label, error)
    return [
        f"{label} was deleted while its keys were being listed." for _owner, (label, _error) in sorted(lost.items())
    ]
