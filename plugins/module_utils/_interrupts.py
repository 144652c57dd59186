# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""What ends a task from outside: signals, and the timeout of the task. It is never swallowed, and says what it leaves."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._errors import INTERRUPTED, CloudError

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# The timeout of a task is an alarm.
_WAITING = (*_SIGNALS, signal.SIGALRM)


class InterruptedBySignalError(BaseException):
    """A signal that ends the task. number: of the signal. result: the failed result that says what it leaves."""

    result: dict[str, Any]

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.result = {**told(self).as_result(), "request_ids": []}


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Have signals raise an exception, so that what is under way can be named or cleaned up, where they would kill.

    Only the first one does: the rest of the time is for that. Signals that are ignored stay so.
    """
    is_interrupted = False

    def interrupt(number: int, _frame: Any) -> None:
        nonlocal is_interrupted
        if not is_interrupted:
            is_interrupted = True
            raise InterruptedBySignalError(number)

    before: dict[signal.Signals, Any] = {}
    if threading.current_thread() is threading.main_thread():  # no other one may have handlers
        before = {number: signal.getsignal(number) for number in _SIGNALS}
    # A handler that Python knows nothing of could not be put back.
    before = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}
    try:
        for number in before:
            signal.signal(number, interrupt)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def hold_interrupts() -> None:
    """Have everything that would interrupt wait from here on: the work is done, and its result must not be lost."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _WAITING)


def release_interrupts() -> None:
    """Have what waits interrupt now."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _WAITING)


def tell(interrupt: BaseException, error: CloudError) -> None:
    """Have an interrupt say what it has interrupted, and what it leaves behind."""
    interrupt.own_text = own_text(interrupt)  # type: ignore[attr-defined]
    interrupt.args = (str(error),)
    interrupt.told = error  # type: ignore[attr-defined]


def own_text(interrupt: BaseException) -> str:
    """What an interrupt said before it was told anything: that it is the timeout of the task, say."""
    return str(getattr(interrupt, "own_text", interrupt))


def told(interrupt: BaseException) -> CloudError:
    """What an interrupt says; a failure speaks for itself."""
    error: CloudError | None = interrupt if isinstance(interrupt, CloudError) else getattr(interrupt, "told", None)
    return error or CloudError(INTERRUPTED, "interrupted before its end", advice="Run this again.")
