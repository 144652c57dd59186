# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Handle a creation without a valid reply: report what exists now, and never send it again."""

from __future__ import annotations

from dataclasses import replace

from ._creation_lock import Turn
from ._errors import CloudError
from ._plan import State
from ._resource import Resource


def explain_lost_reply(resource: Resource, error: CloudError, turn: Turn) -> CloudError:
    """Return the failure of a creation whose reply was lost, with what exists now.

    Keys are listed again, and new ones are reported. An object is deleted only if this task chose its ID.
    """
    # It may still appear, and a retry would create a second one; and a key without its secret is of no use.
    lost = replace(
        error.during("create", resource.label), retry_helps=False, details={**error.details, "appeared": None}
    )
    it = "it"
    if resource.chosen_id:
        it = resource.identify({"id": resource.chosen_id})
        turn.note_created(it)
    sent = f"It was sent at {turn.begun}."
    unknown = "It is not known whether it was created, because another listing"
    look_for_it = f"Look for {it} before you run this again. {sent}"
    try:
        found = resource.appeared()
    except CloudError as failure:
        return replace(lost, advice=f"{unknown} failed as well: {failure} {look_for_it}")
    except BaseException as interrupt:
        raise interrupt from replace(lost, advice=f"{unknown} was interrupted. {look_for_it}")
    own = [state for state in found if resource.yields_secret and state["id"] == resource.chosen_id]
    if own:
        return _take_back(resource, own, lost, may_retry=error.retry_helps is not False, turn=turn)
    if len(found) == 1:
        turn.note_created(_names(resource, found))
    lost = replace(lost, details={**lost.details, "appeared": found})
    return _with_advice(resource, lost, found, it, sent)


def _with_advice(resource: Resource, lost: CloudError, found: list[State], it: str, sent: str) -> CloudError:
    """Return the failure with advice about the objects that have appeared and are not certainly this task's."""
    names = _names(resource, found)
    is_other = bool(resource.chosen_id) and all(state["id"] != resource.chosen_id for state in found)
    if not found or is_other:
        # A server that ignores the chosen ID has created one with another ID.
        others = f"After that, {names} appeared, maybe created by another user." if found else "Nothing new is listed."
        advice = f"{others} It may still appear: look for {it} before you run this again. {sent}"
        return replace(lost, advice=advice)
    if resource.yields_secret:
        advice = (
            f"After that, {names} appeared. If no other user created it, its secret is lost: delete it and run this again."
            f" It was left alone, because it may belong to another user. {sent}"
        )
        return replace(lost, advice=advice)
    advice = f"After that, {names} appeared: run this again to bring it into the desired state."
    return replace(lost, advice=advice, retry_helps=True)


def _take_back(resource: Resource, own: list[State], lost: CloudError, may_retry: bool, turn: Turn) -> CloudError:
    """Delete what this task has certainly created, because it is useless without its secret."""
    names = _names(resource, own)
    left = {**lost.details, "appeared": own}
    try:
        for state in own:
            resource.delete(state)
    except CloudError as failure:
        advice = f"This task created {names}, and deleting it failed: {failure} Delete it, and run this again."
        return replace(lost, advice=advice, details=left)
    except BaseException as interrupt:
        advice = f"This task created {names}, and deleting it was interrupted. Delete it, and run this again."
        raise interrupt from replace(lost, advice=advice, details=left)
    turn.forget()
    again = " Run this again." if may_retry else ""
    advice = f"This task had created {names}, and deleted it.{again}"
    return replace(lost, advice=advice, retry_helps=may_retry)


def _names(resource: Resource, states: list[State]) -> str:
    return ", ".join(resource.identify(state) for state in states)
