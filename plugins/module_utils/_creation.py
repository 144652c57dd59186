# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Create an object: one task at a time, only once, and without losing a secret.

A creation takes the lock, reads again, and is sent once. A later step that fails undoes it. ``_lost_reply`` deals with
a creation that was sent and has no good reply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, NoReturn, TypeVar

from ._apply import VERBS, Decide, Decision, Outcome, apply, update
from ._creation_lock import RECORD_LIFETIME, UNTIL_LISTED, Record, Turn, is_being_created
from ._errors import INTERRUPTED, INVALID, NOT_FOUND, QUOTA, REFUSED, REPLY, CloudError
from ._interrupts import report_of, text_of
from ._lost_reply import explain_lost_reply
from ._plan import Plan, State, plan
from ._resource import Resource, check_creation_reply
from ._wait import CLOCK, wait_until

T = TypeVar("T")

_PAUSES_UNTIL_VISIBLE = (0.5, 1.0, 2.0, 4.0)  # seconds between attempts to reach an object that was just created


def needs_turn(resource: Resource, decision: Decision, began: float) -> bool:
    """Return whether other tasks may be creating the object: it is missing, or was not finished when it was read.

    began: the time of day before it was read.
    """
    current, todo, _outcome = decision
    if todo.action == "update" and current is not None:
        return is_being_created(resource.claim, resource.identify(current), began)
    return todo.action == "create"


def apply_in_turn(resource: Resource, decision: Decision, decide: Decide, created: dict[str, Any]) -> Decision:
    """Decide again when it is this task's turn, because another task may have created the object, and apply that.

    created: filled in with what was created.

    The turn ends when the object is in the desired state, so only one of many tasks that ask for it reports a change.
    """
    with ExitStack() as held:
        with _nothing_sent(VERBS[decision.todo.action], resource.label):
            turn = held.enter_context(Turn(resource.claim))
            decision = _decide_in_turn(resource, decide, turn)
            if decision.todo.action == "create":
                turn.note_begun()
        if decision.todo.action == "create":
            found = _create(resource, decision.todo, decision.outcome, turn, created)
            if found is None:
                return decision
            decision = decide(found)
        apply(resource, decision, check_mode=False)
        return decision


@contextmanager
def _nothing_sent(attempted: str, label: str) -> Iterator[None]:
    """Make failures and interrupts in the body report that nothing was sent."""
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
            "interrupted while it waited for other tasks that create the same object",
            advice="Nothing was sent. Run this again.",
        )
        raise interrupt from waited.during(attempted, label)


def _decide_in_turn(resource: Resource, decide: Decide, turn: Turn) -> Decision:
    """Read again and decide. If another task has just created the object, wait until it is listed."""
    decision = decide(resource.read())
    record = turn.earlier_creation() if decision.todo.action == "create" else None
    if record is None:
        return decision

    def poll() -> Decision | None:
        seen = decide(resource.read())
        return None if seen.todo.action == "create" else seen

    found = wait_until(poll, UNTIL_LISTED - turn.age(record), first_pause=0.25)
    if found is None:
        raise _not_listed(record, turn.age(record))
    return found


def _not_listed(record: Record, age: float) -> CloudError:
    known_as = ", ".join(f"{name} {value!r}" for name, value in record.known_as.items() if value is not None)
    named = f"{record.named} ({known_as})" if record.named else f"one with {known_as}"
    unknown = "" if record.settled else " with an outcome that is not known"
    return CloudError(
        REFUSED,
        f"the creation of {named} was begun on this machine {age:.0f} s ago{unknown}, and it is not listed. No other"
        " one was created",
        advice=f"Look for it in the console of the cloud. From {RECORD_LIFETIME:.0f} s after its creation on, running this"
        " again creates another one if it is not listed by then.",
        retry_helps=True,
    )


def _create(resource: Resource, todo: Plan, outcome: Outcome, turn: Turn, created: dict[str, Any]) -> State | None:
    """Create the object. Return another task's object if the cloud rejects the creation because of it."""
    try:
        new, secret = resource.create(todo.attributes)
        check_creation_reply(resource, new, secret)
        # A secret that the task has chosen is not returned.
        if resource.yields_secret:
            outcome.secret = secret
            created.update(changed=True, left_over=new, secret=secret)
    except CloudError as error:
        if error.maybe_done:
            raise explain_lost_reply(resource, error, turn) from None
        turn.forget()
        found = _created_by_another(resource, error)
        if found is None:
            raise
        return found
    except Exception as error:
        # A defect of this collection, or an unforeseen reply. The object may exist, so it must be reported.
        lost = CloudError(REPLY, f"unexpected {type(error).__name__} while reading the reply: {error}", maybe_done=True)
        raise explain_lost_reply(resource, lost, turn) from None
    except BaseException as interrupt:
        raise interrupt from explain_lost_reply(resource, report_of(interrupt), turn)
    try:
        turn.note_created(resource.identify(new))
        outcome.state = _settle(resource, new, outcome)
        turn.note_settled()
    except BaseException as cause:
        _undo(resource, new, outcome, cause)
        turn.forget()
        created.clear()
        _raise_undone(resource.identify(new), cause)
    return None


def _created_by_another(resource: Resource, error: CloudError) -> State | None:
    """Return the object if it exists now, because that is why its creation was rejected."""
    if error.category not in (INVALID, QUOTA):
        return None
    try:
        return wait_until(resource.read, UNTIL_LISTED if error.is_taken else 0.0, first_pause=0.25)
    except CloudError:
        return None  # the first failure is the one to report


def _settle(resource: Resource, new: State, outcome: Outcome) -> State:
    """Check a new object, and send what the create call could not take, such as a status."""
    try:
        resource.check_created(new)
    except CloudError as error:
        raise error.during("create", resource.label) from None
    sent = {name: value for name, value in resource.desired.items() if not resource.schema[name].write_only}
    rest = plan(new, sent, resource.schema)
    for name, _have, _want in rest.conflicts:
        outcome.warnings.append(
            f"The reply to the creation of {resource.label} does not contain the {name} that was sent: it cannot"
            f" identify the object. Identify it by {resource.identify(new)} from now on; the same task run again may"
            " create another one."
        )
    if rest.action == "update":
        return _patiently(lambda: update(resource, new, rest.attributes, check_mode=False))
    return new


def _patiently(call: Callable[[], T]) -> T:
    """Repeat a call for some seconds while the cloud does not find the new object."""
    for pause in _PAUSES_UNTIL_VISIBLE:
        try:
            return call()
        except CloudError as error:
            if error.category != NOT_FOUND:
                raise
        CLOCK.sleep(pause)
    return call()


def _undo(resource: Resource, new: State, outcome: Outcome, cause: BaseException) -> None:
    """Delete the new object. If that fails too, raise an error that contains the object."""
    try:
        # "Not found" is no proof here: what was just created may not be visible yet.
        _patiently(lambda: resource.delete(new))
    except BaseException as failure:
        error = _left_over(resource, new, outcome, cause, failure)
        for interrupt in (cause, failure):
            if not isinstance(interrupt, Exception):
                raise interrupt from error
        raise error from None


def _raise_undone(named: str, cause: BaseException) -> NoReturn:
    """Raise what made a step after a creation fail, with the report that the object was deleted."""
    error = report_of(cause)
    undone = f"{named}, which had just been created, was deleted."
    error = replace(error, advice=f"{undone} {error.advice or ''}".strip())
    if isinstance(cause, CloudError):
        raise error from None
    if isinstance(cause, Exception):
        raise cause
    raise cause from error


def _left_over(
    resource: Resource, new: State, outcome: Outcome, cause: BaseException, failure: BaseException
) -> CloudError:
    """Return the failure that contains a new object that could not be deleted."""
    named = resource.identify(new)
    category = failure.category if isinstance(failure, CloudError) else REPLY
    left: dict[str, Any] = {"changed": True, "left_over": new}
    if outcome.secret is not None:
        left["secret"] = outcome.secret
    is_found = category != NOT_FOUND
    return CloudError(
        category,
        f"a step after the creation failed ({_text(cause)}), and deleting {named}, which had just been created,"
        f" failed as well: {_text(failure)}",
        attempted="create",
        object_label=resource.label,
        advice=f"The object exists: {named}. Delete it, or manage it by this ID."
        if is_found
        else f"It was deleted, or is not visible yet: look for {named}, and delete it if it is there."
        + _others_that_appeared(resource, named),
        details=left,
        retry_helps=None if is_found else False,  # a retry would create another one
    )


def _others_that_appeared(resource: Resource, named: str) -> str:
    """Name new objects in place of one that is not found: the reply to the creation may have contained a wrong ID."""
    try:
        others = [resource.identify(state) for state in resource.appeared()]
    except CloudError:
        return ""
    others = [other for other in others if other != named]
    return f" Since then, {', '.join(others)} appeared: look there as well." if others else ""


def _text(error: BaseException) -> str:
    return text_of(error) or type(error).__name__
