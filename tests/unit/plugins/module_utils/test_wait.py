# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that a wait looks at once, then more and more rarely, and a last time at the end."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._wait import wait_until
from ansible_collections.multicloud.iam.tests.support.clock import Time


def test_a_value_that_is_there_needs_no_pause():
    time = Time()
    assert wait_until(lambda: "x", 10, clock=time) == "x"
    assert time.pauses == []


@pytest.mark.parametrize("timeout", [0, 0.01, 7, 60])
def test_the_wait_ends_in_time_with_a_last_look(timeout):
    time, looks = Time(), []
    assert wait_until(lambda: looks.append(time.now), timeout, clock=time) is None
    assert looks[0] == 0.0
    assert looks[-1] == pytest.approx(timeout)
    assert time.pauses[:-1] == sorted(time.pauses[:-1])
    assert max([*time.pauses, 0]) <= 2.0


def test_a_false_value_ends_the_wait():
    answers = iter([None, None, False])
    time = Time()
    assert wait_until(lambda: next(answers), 10, clock=time) is False
    assert len(time.pauses) == 2
