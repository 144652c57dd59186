# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record everything that ansible-core passes to a callback plugin, as an event exporter would."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from ansible.playbook.task import Task
from ansible.plugins.callback import CallbackBase


def _on_result(event: str) -> Callable[..., None]:
    """Return the method that records a result as this event."""

    def write(self: CallbackModule, result: Any, ignore_errors: bool = False) -> None:
        self._write(event, result._task, host=result._host.get_name(), result=dict(result._result))

    return write


class CallbackModule(CallbackBase):
    """Write one JSON object per line to the file in RECORD_FILE.

    The arguments are those at the start of a task. ansible-core does not hide the templated arguments in a result from
    callback plugins, regardless of the module or no_log.
    """

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def _write(self, event: str, task: Task, **fields: Any) -> None:
        known = {"event": event, "task": task.get_name(), **fields}
        with open(os.environ["RECORD_FILE"], "a", encoding="utf-8") as file:
            file.write(json.dumps(known, default=str) + "\n")

    def v2_playbook_on_task_start(self, task: Task, is_conditional: bool) -> None:
        self._write("start", task, args=task.args)

    def v2_playbook_on_handler_task_start(self, task: Task) -> None:
        self._write("start", task, args=task.args)

    v2_runner_on_ok = _on_result("ok")
    v2_runner_on_failed = _on_result("failed")
    v2_runner_on_skipped = _on_result("skipped")
    v2_runner_on_unreachable = _on_result("unreachable")
    v2_runner_item_on_ok = _on_result("item ok")
    v2_runner_item_on_failed = _on_result("item failed")
    v2_runner_item_on_skipped = _on_result("item skipped")
    v2_runner_retry = _on_result("retry")
    v2_runner_on_async_failed = _on_result("async failed")
    v2_runner_on_async_ok = _on_result("async ok")
    v2_runner_on_async_poll = _on_result("async poll")
    v2_on_file_diff = _on_result("diff")
