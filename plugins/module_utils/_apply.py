# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Apply the plan for an object that exists: update it and confirm the change, or delete it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Optional

from ._creation_lock import forget
from ._errors import NOT_FOUND, REPLY, CloudError
from ._plan import Plan, State, plan, predict
from ._resource import Resource
from ._wait import wait_until

VERBS = {"create": "create", "update": "change", "delete": "delete", "none": "manage"}
_UNTIL_PROPAGATED = 8.0  # seconds until an accepted change must be visible


@dataclass
class Outcome:
    """Describe what a task has done, or in check mode would do."""

    changed: bool
    state: State | None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    yields_secret: bool = False
    secret: str | None = None
    warnings: list[str] = field(default_factory=list)


class Decision(NamedTuple):
    """Hold an object as it was read, the plan for it, and its outcome, which is completed while the plan is applied."""

    current: State | None
    todo: Plan
    outcome: Outcome


Decide = Callable[[Optional[State]], Decision]
"""Plans what to do with an object as it was read; raises CloudError if that must not be done."""


def predict_state(resource: Resource, current: State, attributes: Mapping[str, Any]) -> State:
    """Return the state that an object will have with these attributes."""
    return resource.complete(predict(current, attributes, resource.schema, resource.blank()))


def apply(resource: Resource, decision: Decision, check_mode: bool) -> None:
    """Carry out a plan; a creation is only predicted."""
    current, todo, outcome = decision
    if todo.action == "create":
        outcome.state = predict_state(resource, resource.blank(), todo.attributes)
    elif todo.action == "update" and current is not None:
        outcome.state = update(resource, current, todo.attributes, check_mode)
        known = resource.claim.known_as
        if not check_mode and any(
            name in known and current.get(name) != value for name, value in todo.attributes.items()
        ):
            forget(resource.claim, resource.identify(current))  # another object may get its former name
    elif todo.action == "delete" and current is not None and not check_mode:
        _delete(resource, current)


def update(resource: Resource, current: State, attributes: Mapping[str, Any], check_mode: bool) -> State:
    """Send attributes of an object, and return its new state. Read it again if the reply does not prove the change."""
    expected = predict_state(resource, current, attributes)
    if check_mode:
        return {**expected, **dict.fromkeys(resource.volatile)}
    proven = resource.update(current, attributes)
    if proven is not None:
        return {**expected, **proven}
    try:
        return _confirm(resource, expected, attributes)
    except CloudError as error:
        details = {"changed": True, **error.details}
        raise replace(error, details=details).during("confirm the change of", resource.label) from None


def _confirm(resource: Resource, expected: State, attributes: Mapping[str, Any]) -> State:
    """Return the object as the cloud shows it after an accepted change; raises CloudError if the change is not seen."""
    readable = {name: value for name, value in attributes.items() if not resource.schema[name].write_only}
    missed = Plan("none")

    def poll() -> State | None:
        nonlocal missed
        seen = resource.reread(expected)
        if seen is None:
            return expected
        missed = plan(seen, readable, resource.schema)
        return None if missed.changes_something else seen

    state = wait_until(poll, _UNTIL_PROPAGATED, first_pause=0.25)
    if state is None:
        # Attributes that are only sent along are not in it.
        names = ", ".join(f"{name} as {value!r}" for name, value in missed.before.items())
        raise CloudError(
            REPLY,
            f"the cloud accepted the change, and still shows {names}",
            advice="Look at the object in the console of the cloud before you run this again.",
        )
    return state


def _delete(resource: Resource, current: State) -> None:
    try:
        resource.delete(current)
    except CloudError as error:
        if error.category != NOT_FOUND:  # another task was faster, or the reply to the first attempt was lost
            raise
    forget(resource.claim, resource.identify(current))
