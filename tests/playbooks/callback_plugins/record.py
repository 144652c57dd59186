# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Record everything that ansible-core passes to a callback plugin, as an event exporter would."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.playbook.task import Task
from ansible.plugins.callback import CallbackBase


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

    def _write_result(self, event: str, result: Any) -> None:
        self._write(event, result._task, host=result._host.get_name(), result=dict(result._result))

    def v2_playbook_on_task_start(self, task: Task, is_conditional: bool) -> None:
        self._write("start", task, args=task.args)

    def v2_playbook_on_handler_task_start(self, task: Task) -> None:
        self._write("start", task, args=task.args)

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write_result("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write_result("failed", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write_result("skipped", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write_result("unreachable", result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        self._write_result("item ok", result)

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._write_result("item failed", result)

    def v2_runner_item_on_skipped(self, result: Any) -> None:
        self._write_result("item skipped", result)

    def v2_runner_retry(self, result: Any) -> None:
        self._write_result("retry", result)

    def v2_runner_on_async_failed(self, result: Any) -> None:
        self._write_result("async failed", result)

    def v2_runner_on_async_ok(self, result: Any) -> None:
        self._write_result("async ok", result)

    def v2_runner_on_async_poll(self, result: Any) -> None:
        self._write_result("async poll", result)

    def v2_on_file_diff(self, result: Any) -> None:
        self._write_result("diff", result)
