# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""The reconciler: read, plan, apply only the plan. The one sentence behind every state module."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple, NoReturn, Optional, TypeVar

from ansible_collections.multicloud.iam.plugins.module_utils._creation_lock import (
    REMEMBERED,
    UNTIL_LISTED,
    Record,
    Turn,
    forget,
    is_being_made,
)
from ansible_collections.multicloud.iam.plugins.module_utils._errors import (
    INTERRUPTED,
    INVALID,
    NOT_FOUND,
    QUOTA,
    REFUSED,
    REPLY,
    CloudError,
)
from ansible_collections.multicloud.iam.plugins.module_utils._interrupts import report_of, text_of
from ansible_collections.multicloud.iam.plugins.module_utils._plan import (
    UNKNOWN,
    Plan,
    State,
    plan,
    predict,
)
from ansible_collections.multicloud.iam.plugins.module_utils._resource import Resource, check_made
from ansible_collections.multicloud.iam.plugins.module_utils._wait import wait_until

T = TypeVar("T")

_UNTIL_VISIBLE = (0.5, 1.0, 2.0, 4.0)  # seconds between looks for an object that was just created
_UNTIL_SPREAD = 8.0  # seconds that an accepted change may take to be seen


@dataclass
class Outcome:
    """What a task did, or in check mode would do."""

    changed: bool
    state: State | None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    yields_secret: bool = False
    secret: str | None = None
    warnings: list[str] = field(default_factory=list)


def reconcile(
    resource: Resource,
    present: bool,
    check_mode: bool,
    secret_has_a_home: bool,
    judge: Callable[[Outcome], None] = lambda outcome: None,  # noqa: ARG005
    made: dict[str, Any] | None = None,
) -> Outcome:
    """Bring the object into the desired state.

    secret_has_a_home: the result of this task is kept, so that a secret in it is not lost. judge: told the outcome
    that a creation with a secret will have, before it is sent; raises CloudError where its secret would be lost.
    made: filled in with an object that was made, and its secret, from the reply on until it is deleted again.
    """
    consider = partial(_consider, resource, present, secret_has_a_home, judge)
    began = time.time()
    task = consider(resource.read())
    if not check_mode and _meets_others(resource, task, began):
        task = _apply_in_turn(resource, task, consider, {} if made is None else made)
    else:
        _apply(resource, task, check_mode)
    if present and not (check_mode and task.outcome.changed):
        _finish(resource, task.outcome)
    return task.outcome


class Considered(NamedTuple):
    """An object as it was read, what is to be done with it, and what will have come of it then."""

    current: State | None
    todo: Plan
    outcome: Outcome


Consider = Callable[[Optional[State]], Considered]


def _consider(
    resource: Resource,
    present: bool,
    secret_has_a_home: bool,
    judge: Callable[[Outcome], None],
    current: State | None,
) -> Considered:
    """What is to be done with an object; raises CloudError where that must not be."""
    todo = plan(current, resource.desired, resource.schema, present)
    outcome = Outcome(todo.changes_something, current, todo.before, todo.after)
    outcome.yields_secret = todo.action == "create" and resource.yields_secret
    try:
        _refuse(resource, todo, current, outcome.yields_secret and not secret_has_a_home)
        if outcome.yields_secret:
            judge(replace(outcome, state=_predict(resource, resource.blank(), todo.attributes)))
    except CloudError as error:
        raise error.during(_VERBS[todo.action], resource.label) from None
    return Considered(current, todo, outcome)


def _apply(resource: Resource, task: Considered, check_mode: bool) -> None:
    """Do what is to be done, a creation excepted."""
    current, todo, outcome = task
    if todo.action == "create":
        outcome.state = _predict(resource, resource.blank(), todo.attributes)
    elif todo.action == "update" and current is not None:
        outcome.state = _update(resource, current, todo.attributes, check_mode)
        known = resource.claim.known_as
        if not check_mode and any(
            name in known and current.get(name) != value for name, value in todo.attributes.items()
        ):
            forget(resource.claim, resource.identify(current))  # what it was known by may be given to another one
    elif todo.action == "delete" and current is not None and not check_mode:
        _delete(resource, current)


def _meets_others(resource: Resource, task: Considered, began: float) -> bool:
    """Whether other tasks may be making the same object: one that is to be created, or was not finished when read."""
    current, todo, _outcome = task
    if todo.action == "update" and current is not None:
        return is_being_made(resource.claim, resource.identify(current), began)
    return todo.action == "create"


def _apply_in_turn(resource: Resource, task: Considered, consider: Consider, record: dict[str, Any]) -> Considered:
    """Do what is to be done when it is this task's turn, by which time somebody else may have done it.

    record: filled in with what was made.

    The turn ends when the object is as it was asked for, so that one task is changed, however many ask.
    """
    with ExitStack() as held:
        with _nothing_sent(_VERBS[task.todo.action], resource.label):
            turn = held.enter_context(Turn(resource.claim))
            task = _look_again(resource, consider, turn)
            if task.todo.action == "create":
                turn.begin()
        if task.todo.action == "create":
            found = _create(resource, task.todo, task.outcome, turn, record)
            if found is None:
                return task
            task = consider(found)
        _apply(resource, task, check_mode=False)
        return task


@contextmanager
def _nothing_sent(attempted: str, label: str) -> Iterator[None]:
    """Have a failure and an interrupt before a creation is sent say so."""
    try:
        yield
    except CloudError as error:
        raise error.during(attempted, label) from None
    except (Exception, SystemExit):
        raise
    except BaseException as interrupt:
        if interrupt.__cause__ is not None:
            raise
        waited = CloudError(
            INTERRUPTED,
            "interrupted while it waited for other tasks that make the same object",
            advice="Nothing was sent. Run this again.",
        )
        raise interrupt from waited.during(attempted, label)


def _look_again(resource: Resource, consider: Consider, turn: Turn) -> Considered:
    """What is to be done now that nobody else makes the object; what was just made is waited for until it is listed."""
    task = consider(resource.read())
    record = turn.made_before() if task.todo.action == "create" else None
    if record is None:
        return task

    def look() -> Considered | None:
        seen = consider(resource.read())
        return None if seen.todo.action == "create" else seen

    found = wait_until(look, UNTIL_LISTED - turn.age(record), first_pause=0.25)
    if found is None:
        raise _not_listed(record, turn.age(record))
    return found


def _not_listed(record: Record, age: float) -> CloudError:
    known_as = ", ".join(f"{name} {value!r}" for name, value in record.known_as.items() if value is not None)
    named = f"{record.made} ({known_as})" if record.made else f"one with {known_as}"
    unknown = "" if record.settled else " with an outcome that is not known"
    return CloudError(
        REFUSED,
        f"the creation of {named} was begun on this machine {age:.0f} s ago{unknown}, and it is not listed. No other"
        " one was made",
        advice=f"Look for it in the console of the cloud. From {REMEMBERED:.0f} s after its creation on, running this"
        " again makes another one if it is not listed by then.",
        retry_helps=True,
    )


_VERBS = {"create": "create", "update": "change", "delete": "delete", "none": "manage"}


def _refuse(resource: Resource, todo: Plan, current: State | None, secret_would_be_lost: bool) -> None:
    unread = [*todo.unknown]
    if todo.changes_something and current is not None:
        unread += [name for name in resource.essential if current.get(name) == UNKNOWN]
    if unread:
        raise CloudError(
            REPLY,
            f"its {unread[0]} cannot be read, so that nothing is done: {(current or {})[unread[0]].why}",
            advice="Look at the object in the console of the cloud.",
        )
    if todo.conflicts:
        name, have, want = todo.conflicts[0]
        raise CloudError(
            REFUSED,
            f"its {name} is {have!r} and {want!r} was asked for, but the cloud cannot change the {name}"
            " of an object that exists",
            advice=f"Leave {name} out, or name the object that has it.",
        )
    resource.guard(todo, current)
    if secret_would_be_lost:
        raise CloudError(
            REFUSED,
            "the creation returns a secret that is shown only once, and the task has no 'register' that"
            " certainly keeps it, or runs under 'async', which would leave it in a file",
            advice="Add 'register' and remove 'async', or set allow_unregistered_secret to true"
            " (which does not allow 'async'). Of the expressions of a 'register', one has to be _task.result or"
            " _task.result.secret; in a loop, _task.loop_result.",
        )


def _delete(resource: Resource, current: State) -> None:
    try:
        resource.delete(current)
    except CloudError as error:
        if error.category != NOT_FOUND:  # somebody was faster, or the reply to the first attempt was lost
            raise
    forget(resource.claim, resource.identify(current))


def _patiently(call: Callable[[], T]) -> T:
    """Call again for some seconds while the cloud does not find what it has just created."""
    for pause in _UNTIL_VISIBLE:
        try:
            return call()
        except CloudError as error:
            if error.category != NOT_FOUND:
                raise
        time.sleep(pause)
    return call()


def _predict(resource: Resource, current: State, attributes: Mapping[str, Any]) -> State:
    return resource.complete(predict(current, attributes, resource.schema, resource.blank()))


def _update(resource: Resource, current: State, attributes: Mapping[str, Any], check_mode: bool) -> State:
    expected = _predict(resource, current, attributes)
    if check_mode:
        return {**expected, **dict.fromkeys(resource.volatile)}
    told = resource.update(current, attributes)
    if told is not None:
        return {**expected, **told}
    try:
        return _confirm(resource, expected, attributes)
    except CloudError as error:
        details = {"changed": True, **error.details}
        raise replace(error, details=details).during("confirm the change of", resource.label) from None


def _confirm(resource: Resource, expected: State, attributes: Mapping[str, Any]) -> State:
    """The object as the cloud shows it after a change that it has accepted."""
    readable = {name: value for name, value in attributes.items() if not resource.schema[name].write_only}
    missed = Plan("none")

    def look() -> State | None:
        nonlocal missed
        seen = resource.reread(expected)
        if seen is None:
            return expected
        missed = plan(seen, readable, resource.schema)
        return None if missed.changes_something else seen

    state = wait_until(look, _UNTIL_SPREAD, first_pause=0.25)
    if state is None:
        # What only goes along with what has changed is not in it.
        names = ", ".join(f"{name} as {value!r}" for name, value in missed.before.items())
        raise CloudError(
            REPLY,
            f"the cloud accepted the change, and still shows {names}",
            advice="Look at the object in the console of the cloud before you run this again.",
        )
    return state


def _finish(resource: Resource, outcome: Outcome) -> None:
    if outcome.state is None:
        return
    try:
        outcome.state = resource.finish(outcome.state)
    except CloudError as error:
        raise replace(error, details={"changed": outcome.changed, **error.details}) from None


def _create(resource: Resource, todo: Plan, outcome: Outcome, turn: Turn, record: dict[str, Any]) -> State | None:
    """Create the object; gives the one of somebody else where that is why the cloud makes none."""
    try:
        made, secret = resource.create(todo.attributes)
        check_made(resource, made, secret)
        # One that the caller has chosen is no news, and is not returned.
        if resource.yields_secret:
            outcome.secret = secret
            record.update(changed=True, left_over=made, secret=secret)
    except CloudError as error:
        if error.maybe_done:
            raise _explain_lost_reply(resource, error, turn) from None
        turn.forget()
        found = _made_by_another(resource, error)
        if found is None:
            raise
        return found
    except Exception as error:
        # A defect of ours, or a reply that nobody thought of: what matters is what was created.
        lost = CloudError(REPLY, f"unexpected {type(error).__name__} over the reply: {error}", maybe_done=True)
        raise _explain_lost_reply(resource, lost, turn) from None
    except BaseException as interrupt:
        raise interrupt from _explain_lost_reply(resource, report_of(interrupt), turn)
    try:
        turn.made(resource.identify(made))
        outcome.state = _settle(resource, made, outcome)
        turn.settled()
    except BaseException as cause:
        _undo(resource, made, outcome, cause)
        turn.forget()
        record.clear()
        _raise_undone(resource.identify(made), cause)
    return None


def _made_by_another(resource: Resource, error: CloudError) -> State | None:
    """The object, if it is there now: then that is why its creation was refused."""
    if error.category not in (INVALID, QUOTA):
        return None
    try:
        return wait_until(resource.read, UNTIL_LISTED if error.is_taken else 0.0, first_pause=0.25)
    except CloudError:
        return None  # what failed first is what counts


def _settle(resource: Resource, made: State, outcome: Outcome) -> State:
    """Send what the create call could not take (a status, say), and look at what it did not keep."""
    sent = {name: value for name, value in resource.desired.items() if not resource.schema[name].write_only}
    rest = plan(made, sent, resource.schema)
    for name, _have, _want in rest.conflicts:
        outcome.warnings.append(
            f"The reply to the creation of {resource.label} does not carry the {name} that was sent: it cannot serve"
            f" as an identity. Name the object by {resource.identify(made)} from now on; the same task run again"
            " may create another one."
        )
    if rest.action == "update":
        return _patiently(lambda: _update(resource, made, rest.attributes, check_mode=False))
    return made


def _undo(resource: Resource, made: State, outcome: Outcome, cause: BaseException) -> None:
    """Delete what was just created; if that fails too, hand it over rather than lose it."""
    try:
        # "Not found" is no proof here: what was just created may not be visible yet.
        _patiently(lambda: resource.delete(made))
    except BaseException as failure:
        error = _left_over(resource, made, outcome, cause, failure)
        for interrupt in (cause, failure):
            if not isinstance(interrupt, Exception):
                raise interrupt from error
        raise error from None


def _raise_undone(named: str, cause: BaseException) -> NoReturn:
    """Raise what a step after a creation has failed of, with a report that the object was deleted again."""
    error = report_of(cause)
    undone = f"{named}, which had just been created, was deleted again."
    error = replace(error, advice=f"{undone} {error.advice or ''}".strip())
    if isinstance(cause, CloudError):
        raise error from None
    if isinstance(cause, Exception):
        raise cause
    raise cause from error


def _left_over(
    resource: Resource, made: State, outcome: Outcome, cause: BaseException, failure: BaseException
) -> CloudError:
    """Return the failure that hands over an object that was just created and could not be deleted."""
    named = resource.identify(made)
    category = failure.category if isinstance(failure, CloudError) else REPLY
    left: dict[str, Any] = {"changed": True, "left_over": made}
    if outcome.secret is not None:
        left["secret"] = outcome.secret
    is_found = category != NOT_FOUND
    return CloudError(
        category,
        f"a step after the creation failed ({_told(cause)}), and deleting {named}, which had just been created,"
        f" failed as well: {_told(failure)}",
        attempted="create",
        object_label=resource.label,
        advice=f"The object exists: {named}. Delete it, or manage it by this id."
        if is_found
        else f"It was deleted, or is not visible yet: look for {named}, and delete it if it is there.",
        details=left,
        retry_helps=None if is_found else False,  # it would make another one
    )


def _told(error: BaseException) -> str:
    return text_of(error) or type(error).__name__


def _explain_lost_reply(resource: Resource, error: CloudError, turn: Turn) -> CloudError:
    """Return the failure of a creation that was sent and had no good reply: it says what is there now.

    It is never sent again.
    """
    # It may still appear, and a second one beside it; and a key without its secret is not what the task was for.
    lost = replace(
        error.during("create", resource.label), retry_helps=False, details={**error.details, "appeared": None}
    )
    it = "it"
    if resource.chosen_id:
        it = resource.identify({"id": resource.chosen_id})
        turn.made(it)
    sent = f"It was sent at {turn.begun}."
    look_for_it = f"Look for {it} before you run this again. {sent}"
    try:
        found = resource.appeared()
    except CloudError as failure:
        unknown = "Whether it was created is not known, because looking again failed as well"
        return replace(lost, advice=f"{unknown}: {failure} {look_for_it}")
    except BaseException as interrupt:
        unknown = "Whether it was created is not known, because looking again was interrupted"
        raise interrupt from replace(lost, advice=f"{unknown}. {look_for_it}")
    mine = [state for state in found if resource.yields_secret and state["id"] == resource.chosen_id]
    if mine:
        return _take_back(resource, mine, lost, may_work_next_time=error.retry_helps is not False, turn=turn)
    names = ", ".join(resource.identify(state) for state in found)
    if len(found) == 1:
        turn.made(names)
    is_other = bool(resource.chosen_id) and all(state["id"] != resource.chosen_id for state in found)
    can_be_managed = False
    if not found or is_other:
        # A server that ignores the chosen id has made one with another.
        others = f"Since then {names} appeared, maybe somebody else's." if found else "Nothing new is listed."
        advice = f"{others} It may still appear: look for {it} before you run this again. {sent}"
    elif resource.yields_secret:
        advice = (
            f"Since then {names} appeared. If nobody else made it, its secret is lost: delete it and run this again."
            f" It was left alone, because it may be somebody else's. {sent}"
        )
    else:
        can_be_managed = True
        advice = f"Since then {names} appeared: run this again to bring it into the desired state."
    return replace(lost, advice=advice, retry_helps=can_be_managed, details={**lost.details, "appeared": found})


def _take_back(
    resource: Resource, mine: list[State], lost: CloudError, may_work_next_time: bool, turn: Turn
) -> CloudError:
    """Delete what this call made, as its identity proves, and nobody can use without its secret."""
    names = ", ".join(resource.identify(state) for state in mine)
    left = {**lost.details, "appeared": mine}
    try:
        for state in mine:
            resource.delete(state)
    except CloudError as failure:
        advice = f"This task made {names}, and deleting it failed: {failure} Delete it, and run this again."
        return replace(lost, advice=advice, details=left)
    except BaseException as interrupt:
        advice = f"This task made {names}, and deleting it was interrupted. Delete it, and run this again."
        raise interrupt from replace(lost, advice=advice, details=left)
    turn.forget()
    advice = f"This task had made {names}, and deleted it again."
    again = " Run this again." if may_work_next_time else ""
    return replace(lost, advice=advice + again, retry_helps=may_work_next_time)
