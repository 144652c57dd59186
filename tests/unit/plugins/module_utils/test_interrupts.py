# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test signals that end a task."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._errors import DENIED, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._interrupts import (
    InterruptedBySignalError,
    TaskInterruptedError,
    hold_interrupts,
    release_interrupts,
    report_of,
    signals_interrupt,
    text_of,
)
from ansible_collections.multicloud.iam.plugins.module_utils._module import Module
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import execute
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task


@pytest.fixture(autouse=True)
def harmless_signals():
    """Ignore a signal that our code does not catch, instead of ending the tests."""
    before = {number: signal.signal(number, lambda *_unused: None) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("first", "second"), [(signal.SIGINT, signal.SIGTERM), (signal.SIGTERM, signal.SIGINT)])
def test_a_signal_interrupts_and_a_further_one_leaves_time_to_clean_up(first, second):
    before = [signal.getsignal(number) for number in (first, second)]

    @contextmanager
    def cleaning_up():
        try:
            yield
        finally:
            signal.raise_signal(second)

    with pytest.raises(InterruptedBySignalError) as caught, signals_interrupt(), cleaning_up():
        signal.raise_signal(first)
    assert caught.value.number == first
    assert [signal.getsignal(number) for number in (first, second)] == before


def test_ignored_signals_stay_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with signals_interrupt():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_signals_are_untouched_outside_the_main_thread():
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def work():
        with signals_interrupt():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


def test_an_interrupt_carries_a_report_and_a_failure_needs_none():
    interrupt, failure = KeyboardInterrupt(), CloudError(DENIED, "no")
    assert str(report_of(interrupt)) == "interrupted before it was finished. A retry may help. Run this again."
    with pytest.raises(KeyboardInterrupt):
        raise interrupt from failure
    assert (report_of(interrupt), text_of(interrupt)) == (failure, str(failure))
    assert report_of(failure) is failure


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM])
def test_a_signal_after_the_work_waits_for_the_result(number):
    """It may arrive while the task cleans up, and a new secret would be lost."""
    arrived = []
    before = signal.signal(number, lambda *_unused: arrived.append(number))

    def work(task):
        task.at_end.append(lambda: signal.raise_signal(number))
        return {"changed": True, "secret": "sesame-sesame"}

    try:
        result, _warnings = execute(Module({}, work), Task({}), set())
        assert (result["secret"], arrived) == ("sesame-sesame", [])
        release_interrupts()
        assert arrived == [number]
    finally:
        release_interrupts()
        signal.signal(number, before)


def test_interrupts_are_held_whatever_threads_there_are_and_none_of_them_is_lost():
    arrived = []
    ended = threading.Event()
    other = threading.Thread(target=ended.wait)
    other.start()
    numbers = (signal.SIGALRM, signal.SIGTERM)
    before = {number: signal.signal(number, lambda number, _frame: arrived.append(number)) for number in numbers}
    try:
        hold_interrupts()
        for number in numbers:
            signal.pthread_kill(other.ident or 0, number)
        time.sleep(0.05)  # this thread learns of it a moment later
        assert arrived == []
        release_interrupts()
        assert sorted(arrived) == sorted(numbers)
    finally:
        ended.set()
        other.join()
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_held_signal_stays_held_after_the_end():
    """A module process ends with its result."""
    arrived = []
    before = signal.signal(signal.SIGTERM, lambda *_unused: arrived.append("before"))
    try:
        with signals_interrupt():
            hold_interrupts()
        signal.raise_signal(signal.SIGTERM)
        assert arrived == []
        release_interrupts()
        assert arrived == ["before"]
    finally:
        signal.signal(signal.SIGTERM, before)


def test_an_interrupt_does_not_show_the_exception_that_it_interrupted():
    """Newer versions of ansible-core would show it unscrubbed."""

    def work(_task):
        refusal = KeyboardInterrupt("over sesame-sesame")
        refusal.__context__ = CloudError(DENIED, "the password is sesame-sesame")
        raise refusal

    with pytest.raises(TaskInterruptedError) as caught:
        execute(Module({}, work), Task({}), {"sesame-sesame"})
    assert isinstance(caught.value.interrupt, KeyboardInterrupt)
    assert "sesame" not in f"{caught.value.interrupt} {caught.value} {caught.value.result}"
