# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signals that end a task."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._errors import DENIED, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._interrupts import (
    InterruptedBySignalError,
    release_interrupts,
    signals_interrupt,
    tell,
    told,
)
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import Module, Validated, execute


@pytest.fixture(autouse=True)
def harmless_signals():
    """A signal that nothing of ours catches is lost, instead of ending the tests."""
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
            os.kill(os.getpid(), second)

    with pytest.raises(InterruptedBySignalError) as caught, signals_interrupt(), cleaning_up():
        os.kill(os.getpid(), first)
    assert caught.value.number == first
    assert [signal.getsignal(number) for number in (first, second)] == before


def test_what_is_ignored_stays_ignored():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with signals_interrupt():
        os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_beside_the_main_thread_signals_are_left_alone():
    before = signal.getsignal(signal.SIGTERM)
    seen = []

    def work():
        with signals_interrupt():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


def test_an_interrupt_says_what_it_was_told_and_a_failure_speaks_for_itself():
    interrupt, failure = KeyboardInterrupt(), CloudError(DENIED, "no")
    assert str(told(interrupt)) == "interrupted before its end. A retry may help. Run this again."
    tell(interrupt, failure)
    assert (told(interrupt), str(interrupt)) == (failure, str(failure))
    assert told(failure) is failure


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM])
def test_what_comes_when_the_work_is_done_waits_for_its_result(number):
    """While the task cleans up behind itself, say: a new secret would be lost."""
    arrived = []
    before = signal.signal(number, lambda *_unused: arrived.append(number))

    def work(task):
        task.at_end.append(lambda: os.kill(os.getpid(), number))
        return {"changed": True, "secret": "sesame-sesame"}

    try:
        result, _warnings = execute(Module({}, work), Validated({}, set(), check_mode=False, diff_mode=False))
        assert (result["secret"], arrived) == ("sesame-sesame", [])
        release_interrupts()
        assert arrived == [number]
    finally:
        release_interrupts()
        signal.signal(number, before)


def test_an_interrupt_shows_nothing_of_what_it_came_into():
    """Newer cores would show it unscrubbed."""

    def work(_task):
        refusal = KeyboardInterrupt("over sesame-sesame")
        refusal.__context__ = CloudError(DENIED, "the password is sesame-sesame")
        raise refusal

    with pytest.raises(KeyboardInterrupt) as caught:
        execute(Module({}, work), Validated({}, {"sesame-sesame"}, check_mode=False, diff_mode=False))
    assert "sesame" not in str(caught.value)
    assert caught.value.__suppress_context__
