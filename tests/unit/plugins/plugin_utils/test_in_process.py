# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the warnings of the runtime in the worker when a result does not arrive."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._errors import DEFECT, DENIED, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._interrupts import TaskInterruptedError
from ansible_collections.multicloud.iam.plugins.module_utils._keys import new_key
from ansible_collections.multicloud.iam.plugins.module_utils._module import Module
from ansible_collections.multicloud.iam.plugins.plugin_utils import _in_process

SECRET = "sesame-sesame"
KEY = {**new_key("1"), "id": "K1"}


class TaskTimeoutError(BaseException):
    """Stand for the exception of ansible-core."""


@pytest.fixture
def warnings(monkeypatch):
    """Collect the warnings, and let an alarm be the timeout of the task."""
    shown: list[str] = []
    monkeypatch.setattr(_in_process.display, "warning", shown.append)

    def end(*_unused):
        raise TaskTimeoutError("in time")

    before = signal.signal(signal.SIGALRM, end)
    yield shown
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (CloudError(DENIED, "not you"), ["failed", "not you"]),
        (
            CloudError(DENIED, "left", advice="Delete K1.", details={"secret": SECRET, "left_over": KEY}),
            ["failed", "left", "Delete K1."],
        ),
        ({"changed": True, "access_key": KEY, "secret": SECRET}, ["K1", "whose secret is lost"]),
        ({"changed": True, "access_key": KEY}, ["its work was done"]),
    ],
    ids=["failed", "failed with a key left over", "made a key", "changed a key"],
)
def test_a_result_that_is_lost_to_a_timeout_during_the_clean_up_causes_a_warning(warnings, outcome, said):
    def work(task):
        task.at_end.append(lambda: signal.raise_signal(signal.SIGALRM))
        if isinstance(outcome, CloudError):
            raise outcome
        return dict(outcome)

    result: dict[str, Any] = {}
    with pytest.raises(TaskTimeoutError, match="in time"), _in_process.warn_of_loss("c.m", result, {}):
        result.update(
            _in_process.run_in_process(Module({}, work), "c.m", {}, check_mode=False, diff_mode=False, variables={})
        )
    (warning,) = warnings
    assert warning.startswith("c.m: interrupted after ")
    assert not [text for text in said if text not in warning]
    assert SECRET not in warning


def test_a_defect_after_the_work_does_not_lose_a_created_key(monkeypatch):
    def work(task):
        task.created.update(changed=True, left_over=KEY, secret=SECRET)
        monkeypatch.setattr(task.oddities, "warnings", lambda: int("none"))
        return {"changed": True, "access_key": KEY, "secret": SECRET}

    result: dict[str, Any] = {}
    with _in_process.warn_of_loss("c.m", result, {}):
        result.update(
            _in_process.run_in_process(Module({}, work), "c.m", {}, check_mode=False, diff_mode=False, variables={})
        )
    assert (result["failed"], result["error"]["category"]) == (True, DEFECT)
    assert (result["left_over"], result["secret"]) == (KEY, SECRET)


def test_an_interrupt_leaves_without_the_exception_that_it_interrupted():
    """Newer versions of ansible-core would show it unscrubbed."""
    carried = TaskInterruptedError(KeyboardInterrupt(), {"msg": "interrupted"})
    carried.interrupt.__context__ = CloudError(DENIED, "the password is sesame-sesame")
    with pytest.raises(KeyboardInterrupt) as raised, _in_process.warn_of_loss("m", {}, {}):
        raise carried
    assert raised.value.__suppress_context__
