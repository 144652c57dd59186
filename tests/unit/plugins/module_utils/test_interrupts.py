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
    signals_interrupt,
    tell,
    told,
)


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
