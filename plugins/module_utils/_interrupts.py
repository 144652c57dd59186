# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Handle interrupts, which end a task from outside: signals, and the timeout of the task.

An interrupt is never swallowed. Its cause is a CloudError that says what was interrupted, and what that leaves behind.
Code that catches an interrupt uses ``raise interrupt from error``, and ``report_of`` reads the cause.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ._errors import INTERRUPTED, CloudError

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The timeout of a task is an alarm.
_HELD = (*_SIGNALS, signal.SIGALRM)


class InterruptedBySignalError(BaseException):
    """Stand for a signal that ends the task. number: of the signal."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class TaskInterruptedError(BaseException):
    """Carry an interrupt out of a task, with the failed result that says what the task leaves behind."""

    def __init__(self, interrupt: BaseException, result: dict[str, Any]) -> None:
        super().__init__(result["msg"])
        self.interrupt = interrupt
        self.result = result


def text_of(error: BaseException) -> str:
    """Return the message of a failure, or the report of an interrupt."""
    return str(error.__cause__ if isinstance(error.__cause__, CloudError) else error)


def report_of(interrupt: BaseException) -> CloudError:
    """Return the report of an interrupt: what was interrupted, and what is left behind. A CloudError is its own report."""
    for error in (interrupt, interrupt.__cause__):
        if isinstance(error, CloudError):
            return error
    return CloudError(INTERRUPTED, "interrupted before it was finished", advice="Run this again.")


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Make signals raise InterruptedBySignalError in the body instead of ending the process, so that it can clean up.

    Only the first signal raises it, so that there is time to clean up. Ignored signals stay ignored. Outside the main
    thread this does nothing, because only the main thread can set handlers.
    """
    is_interrupted = False

    def interrupt(number: int, _frame: Any) -> None:
        nonlocal is_interrupted
        if not is_interrupted:
            is_interrupted = True
            raise InterruptedBySignalError(number)

    before = {number: signal.getsignal(number) for number in _SIGNALS if _is_handled(number)}
    try:
        for number in before:
            signal.signal(number, interrupt)
        yield
    finally:
        for number, handler in before.items():
            current = signal.getsignal(number)
            if isinstance(current, _Deferral):
                current.before = handler
            else:
                signal.signal(number, handler)


class _Deferral:
    """Remember a signal for later. before: the handler that will get it."""

    def __init__(self, before: Any) -> None:
        self.before = before
        self.has_come = False

    def __call__(self, _number: int, _frame: Any) -> None:
        self.has_come = True


def hold_interrupts() -> None:
    """Hold signals until they are released: the work is done, and its result must not be lost.

    A signal mask is not enough: it applies to one thread, and the signal would go to another one.
    """
    for number in filter(_is_handled, _HELD):
        before = signal.getsignal(number)
        if not isinstance(before, _Deferral):
            signal.signal(number, _Deferral(before))


def release_interrupts() -> None:
    """Deliver the signals that arrived while they were held, and stop holding later ones."""
    held = {number: signal.getsignal(number) for number in filter(_is_handled, _HELD)}
    deferrals = {number: handler for number, handler in held.items() if isinstance(handler, _Deferral)}
    came = [number for number, deferral in deferrals.items() if deferral.has_come]
    for number, deferral in deferrals.items():
        signal.signal(number, deferral.before)
    # All at once, because the first one may raise an exception.
    signal.pthread_sigmask(signal.SIG_BLOCK, came)
    for number in came:
        signal.raise_signal(number)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, came)


def _is_handled(number: signal.Signals) -> bool:
    """Return whether a signal interrupts this thread by a handler that Python can replace, and put back."""
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and signal.getsignal(number) not in (signal.SIG_IGN, None)
