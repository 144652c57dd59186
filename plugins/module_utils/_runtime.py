# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Execute one task, in whichever runtime, and run a module as a process."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import replace
from typing import Any, Callable

from ansible.module_utils.basic import AnsibleModule

from ._arguments import check_options, explaining_check_run, misplaced_secrets, without_secrets
from ._errors import DEFECT, CloudError
from ._interrupts import (
    InterruptedBySignalError,
    TaskInterruptedError,
    hold_interrupts,
    report_of,
    signals_interrupt,
    text_of,
)
from ._keys import describe_created
from ._module import Module, Result
from ._plan import without_unknowns
from ._predictions import VARIABLE, predictions_of
from ._recorder import MEMBER, recorder_of_process
from ._secrets import HAS_SECRETS_API, is_common, mask_in_output, without_surrogates
from ._task import Task

TOO_COMMON = (
    "A secret of this task is short, one word or a number. From here on, ansible-core hides that text"
    " in all output of the playbook, even where it is not secret. Choose a longer secret."
)
_REPORT_DEFECT = "This is a defect of multicloud.iam: please report it, without any secret."


def execute(module: Module, task: Task, secrets: Collection[str]) -> tuple[Result, list[str]]:
    """Return the result of a task and its warnings, the same for every runtime.

    secrets: the values of its secret options. Raises TaskInterruptedError for what interrupts the task. Interrupts that
    come when the work is done are held until the runtime releases them.
    """
    known = {*secrets, *misplaced_secrets(module, task.options)}
    for value in known:
        mask_in_output(value)
    task.secrets.add(*known)
    invocation = {"module_args": without_secrets(module, task)}
    try:
        result = run_task(module, task, hold_interrupts)
    except Exception as defect:
        # Of ours, and no interrupt: the runtime salvages a key that was created.
        defect.args = (task.secrets.scrub_message(str(defect)),)
        raise defect from None
    except BaseException as interrupt:
        error = _with_created_key(report_of(interrupt), task.created)
        failure = {**_without_secrets(task, error.as_result()), "invocation": invocation}
        # Newer cores give this text as the message of the task.
        interrupt.args = (task.secrets.scrub_message(f"{interrupt} {failure['msg']}".strip()),)
        raise TaskInterruptedError(interrupt, failure) from None
    # An object may be planned twice, if another task changed it. One warning is enough.
    warnings = [task.secrets.scrub_message(warning) for warning in dict.fromkeys(task.warnings)]
    return {**result, "invocation": invocation}, warnings


def run_task(module: Module, task: Task, when_done: Callable[[], None] = lambda: None) -> Result:
    """Return the result of a task, failed or not, without any known secret except the one that it is for.

    when_done: called when the work is done, successful or not, and its result must not be lost.
    """
    try:
        result = _run(module, task)
        when_done()
    finally:
        _clean_up(task)
        task.warnings += task.oddities.warnings()
        task.warnings += task.recorder.problems if task.recorder else []
    return _without_secrets(task, result)


def salvage(created: Result, failure: Exception) -> Result:
    """Return the result of a task that has created a key, if a defect of this collection would lose the key and its secret."""
    mask_in_output(created.get("secret"))
    error = CloudError(DEFECT, f"unexpected {type(failure).__name__} after the work was done", advice=_REPORT_DEFECT)
    return {**without_unknowns(_with_created_key(error, created).as_result()), "request_ids": []}


def _with_created_key(error: CloudError, created: Result) -> CloudError:
    """Return the failure of a task with the key that the task has created before."""
    if not created or "left_over" in error.details:
        return error
    key = describe_created(created["left_over"])
    return replace(
        error,
        details={**error.details, **created},
        retry_helps=False,
        advice=f"This task has created {key}. Delete it, unless its secret is in this result. {error.advice or ''}",
    )


def _run(module: Module, task: Task) -> Result:
    try:
        with explaining_check_run(task.predictions.is_check_run):
            check_options(module, task.options)
            return module.run(task)
    except CloudError as error:
        if error.api_operation is None and task.request_ids:
            # No call failed, but the last one returned what we object to.
            error = replace(error, request_id=error.request_id or task.request_ids[-1])
        return _with_created_key(error, task.created).as_result()
    except (Exception, SystemExit) as error:
        # Not even a defect of ours may show a traceback, which would show values as well. SystemExit would end the worker.
        unexpected = CloudError(DEFECT, f"unexpected {type(error).__name__}: {text_of(error)}", advice=_REPORT_DEFECT)
        return _with_created_key(unexpected, task.created).as_result()


def _without_secrets(task: Task, result: Result) -> Result:
    result = {**without_unknowns(result), "request_ids": task.request_ids}
    secret = result.get("secret")
    mask_in_output(secret)
    # The names are kept: they are ours, and a result without "failed" would be a success.
    scrubbed = {
        name: _message_without_secrets(task, value) if name in ("msg", "error") else task.secrets.scrub(value)
        for name, value in result.items()
        if name != "secret"
    }
    return {**scrubbed, "secret": secret and without_surrogates(secret)} if "secret" in result else scrubbed


def _message_without_secrets(task: Task, message: Any) -> Any:
    """Return the message of a result, or each of its parts, without secrets."""
    if isinstance(message, dict):
        return {name: _message_without_secrets(task, part) for name, part in message.items()}
    return task.secrets.scrub_message(message) if isinstance(message, str) else message


def _clean_up(task: Task) -> None:
    """Clean up after a task. A failure here does not change its result."""
    for clean_up in task.at_end:
        try:
            clean_up()
        except Exception as error:  # noqa: PERF203 - each of them, even if another one fails
            task.warnings.append(str(error))


def run_as_module(module: Module) -> None:
    """Run a module in its own process."""
    ansible = AnsibleModule(argument_spec=module.argument_spec, supports_check_mode=True, **module.rules)
    secrets = frozenset(ansible.no_log_values)
    predictions = predictions_of(os.environ.get(VARIABLE), ansible.check_mode)
    recorder = recorder_of_process()
    task = Task(ansible.params, ansible.check_mode, ansible._diff, predictions=predictions, recorder=recorder)
    common = {value for value in secrets if is_common(value)}
    # ansible-core would remove it from every text of the result, and from the fields of objects.
    ansible.no_log_values.difference_update(common)
    if common and HAS_SECRETS_API:
        ansible.warn(TOO_COMMON)
    with signals_interrupt():
        try:
            result, warnings = execute(module, task, secrets)
        except (TaskInterruptedError, InterruptedBySignalError) as interrupt:
            # Until the end, because the process ends with its result.
            hold_interrupts()
            result, warnings = _interrupted_result(interrupt), []
        except Exception as failure:
            if not task.created:
                raise
            result, warnings = salvage(task.created, failure), []
        if recorder and recorder.entries:
            result = {**result, MEMBER: recorder.entries}
        try:
            _exit(ansible, result, warnings)
        except Exception as failure:
            if not task.created:
                raise
            _exit(ansible, salvage(task.created, failure), [])


def _interrupted_result(interrupt: BaseException) -> Result:
    """Return the failed result of a task that was interrupted."""
    if isinstance(interrupt, TaskInterruptedError):
        return interrupt.result
    return {**report_of(interrupt).as_result(), "request_ids": []}


def _exit(ansible: Any, result: Result, warnings: list[str]) -> None:
    for warning in warnings:
        ansible.warn(warning)
    end = ansible.fail_json if result.get("failed") else ansible.exit_json
    # Without an invocation, ansible-core would add one, with the secrets that are too common for it to hide.
    end(**{"invocation": {}, **{name: value for name, value in result.items() if name != "failed"}})
