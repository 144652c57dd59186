# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Reconcile: read, plan, apply only the plan. Every state module is this one sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from ._apply import VERBS, Decide, Decision, Outcome, apply, predict_state
from ._creation import apply_in_turn, needs_turn
from ._errors import REFUSED, REPLY, CloudError
from ._plan import UNKNOWN, Plan, State, plan
from ._predictions import NO_PREDICTIONS, Predictions
from ._resource import Resource
from ._wait import CLOCK


def reconcile(
    resource: Resource,
    present: bool,
    check_mode: bool,
    secret_is_registered: bool,
    check_prediction: Callable[[Outcome], None] = lambda outcome: None,  # noqa: ARG005
    created: dict[str, Any] | None = None,
    predictions: Predictions = NO_PREDICTIONS,
    announce: Callable[[State | None, Plan], None] = lambda current, todo: None,  # noqa: ARG005
) -> Outcome:
    """Bring the object into the desired state, and return what that changed.

    secret_is_registered: the result of the task is kept, so that a secret in it is not lost.
    check_prediction: called with the predicted outcome of a creation that yields a secret, before it is sent. Raises
        CloudError if the secret would be lost.
    created: filled in with the new object and its secret, from the reply to its creation until it is deleted.
    predictions: what earlier tasks of a check run would change.
    announce: called with an object as it was read, and the plan for it, before that is applied.
    """
    decide = partial(_decide, resource, present, secret_is_registered, check_prediction, announce)
    began = CLOCK.time()
    decision = decide(resource.read())
    if check_mode:
        return _predict(resource, decision, decide, predictions, present)
    if needs_turn(resource, decision, began):
        decision = apply_in_turn(resource, decision, decide, {} if created is None else created)
    else:
        apply(resource, decision, check_mode=False)
    if decision.outcome.changed:
        _settle(resource, decision, predictions)
    if present:
        _finish(resource, decision.outcome)
    return decision.outcome


def _predict(
    resource: Resource, decision: Decision, decide: Decide, predictions: Predictions, present: bool
) -> Outcome:
    """Predict what a real run would do, and let later tasks of the check run know it."""
    apply(resource, decision, check_mode=True)
    if decision.outcome.changed:
        with predictions.turn() as is_current:
            if not is_current:
                decision = decide(resource.read())
                apply(resource, decision, check_mode=True)
            if decision.outcome.changed:
                state = decision.outcome.state
                listed = partial(resource.as_listed, state) if present and state else None
                predictions.record(resource.kind, decision.todo.action, decision.current, listed)
    elif present and not predictions.concern(resource.kind, decision.current):
        _finish(resource, decision.outcome)
    return decision.outcome


def _settle(resource: Resource, decision: Decision, predictions: Predictions) -> None:
    """Let the change of a real task replace predictions. If that fails, the change is done nevertheless."""
    try:
        predictions.settle(resource.kind, decision.current or decision.outcome.state, resource.is_same)
    except CloudError as error:
        warning = f"Later tasks of this check run may not know what this task has changed: {error}"
        decision.outcome.warnings.append(warning)


def _decide(
    resource: Resource,
    present: bool,
    secret_is_registered: bool,
    check_prediction: Callable[[Outcome], None],
    announce: Callable[[State | None, Plan], None],
    current: State | None,
) -> Decision:
    """Plan what to do with an object; raises CloudError if the plan must not be applied."""
    todo = plan(current, resource.desired, resource.schema, present)
    outcome = Outcome(todo.changes_something, current, todo.before, todo.after)
    outcome.yields_secret = todo.action == "create" and resource.yields_secret
    try:
        _refuse(resource, todo, current, outcome.yields_secret and not secret_is_registered)
        if outcome.yields_secret:
            check_prediction(replace(outcome, state=predict_state(resource, resource.blank(), todo.attributes)))
    except CloudError as error:
        raise error.during(VERBS[todo.action], resource.label) from None
    announce(current, todo)
    return Decision(current, todo, outcome)


def _refuse(resource: Resource, todo: Plan, current: State | None, secret_would_be_lost: bool) -> None:
    """Refuse a plan that cannot be carried out, that would do harm, or whose secret would be lost."""
    unread = [*todo.unknown]
    if todo.changes_something and current is not None:
        unread += [name for name in resource.essential if current.get(name) == UNKNOWN]
    if unread:
        raise CloudError(
            REPLY,
            f"its {unread[0]} cannot be read, so nothing is done: {(current or {})[unread[0]].why}",
            advice="Look at the object in the console of the cloud.",
        )
    if todo.conflicts:
        name, have, want = todo.conflicts[0]
        raise CloudError(
            REFUSED,
            f"its {name} is {have!r} and {want!r} was asked for, but the cloud cannot change the {name}"
            " of an existing object",
            advice=f"Omit {name}, or identify the object that has it.",
        )
    resource.guard(todo, current)
    if todo.action == "create":
        resource.prepare_creation()
    if secret_would_be_lost:
        raise CloudError(
            REFUSED,
            "the creation returns a secret that is shown only once, and the task has no 'register' that"
            " certainly keeps it, or runs under 'async', which would leave it in a file",
            advice="Add 'register' and remove 'async', or set allow_unregistered_secret to true"
            " (which does not allow 'async'). Of the expressions of a 'register', one has to be _task.result or"
            " _task.result.secret; in a loop, _task.loop_result.",
        )


def _finish(resource: Resource, outcome: Outcome) -> None:
    """Wait for what the task wants to be waited for."""
    if outcome.state is None:
        return
    try:
        outcome.state = resource.finish(outcome.state)
    except CloudError as error:
        raise replace(error, details={"changed": outcome.changed, **error.details}) from None
