# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Run a task: the base of the action plugin in front of every module.

It works inside the worker process if that gives the same result, and hands the task over to a module process otherwise.
In both cases, it does what only the controller can do: check whether the result is registered, hide output with a
secret, and end a loop whose credentials were rejected.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._arguments import explaining_check_run, prepare
from ..module_utils._errors import CloudError
from ..module_utils._interrupts import hold_interrupts
from ..module_utils._module import Module
from ..module_utils._predictions import Journal, predictions_of
from ..module_utils._runtime import salvage
from ._check_run import directory_of_check_run, passed_to_module
from ._conditions import Conditions
from ._in_process import run_in_process, warn_of_loss
from ._module_process import ModuleProcess, is_unread
from ._output import Output
from ._recording import recording_of
from ._register import may_create_secret, variables_with_secret
from ._rejections import rejected_before, remember_rejection
from ._runtime_choice import configured_interpreter, why_not_in_process, with_own_python

Result = dict[str, Any]

display = Display()

# The task and the result of an attempt that `until` must not repeat. The task is the same object for all attempts of one
# item, and another one for each item.
_final: list[tuple[Any, Mapping[str, Any]]] = []

# The predictions of earlier tasks as far as the items of a loop have read them.
_journals: dict[str, Journal] = {}


class CloudActionModule(ActionBase):
    """Run the tasks of one module. A file in plugins/action names the module."""

    module_name: str
    module: Module
    _supports_check_mode = True
    _supports_async = True

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._output = Output(self.module_name, self.module, self._task)
        self._conditions = Conditions(self._task, self._loader)
        self._predictions = predictions_of(directory_of_check_run(), bool(self._task.check_mode), _journals)

    def run(self, tmp: Any = None, task_vars: Any = None) -> Result:
        result: Result = super().run(tmp, task_vars)
        final = [earlier for task, earlier in _final if task is self._task]
        if final:
            return {**result, **copy.deepcopy(final[0])}
        self._attempt(result, task_vars or {})
        return result

    def _attempt(self, result: Result, variables: Mapping[str, Any]) -> None:
        """Do the work, and fill in the result."""
        rejection = rejected_before(self._task)
        # Before the hand-over, because a host that cannot be reached ends it with an exception.
        self._output.hide_loop_secrets(variables)
        done: Result = _failed(rejection) if rejection else {}
        created: Result = {}
        with warn_of_loss(self.module_name, done, created):
            if not rejection:
                self._work(variables, done, created)
            try:
                hold_interrupts()
                result.update(done)
                self._finish(result, variables)
            except Exception as failure:
                self._keep(done, failure)
                result.update(done)

    def _keep(self, result: Result, failure: Exception) -> None:
        """Keep a result although a step after it failed, and show nothing of it, to be on the safe side."""
        self._output.hide_all(result)
        display.warning(f"{self.module_name}: unexpected {type(failure).__name__} after the work was done: {failure}")

    def _finish(self, result: Result, variables: Mapping[str, Any]) -> None:
        """Hide, check and remember what only the controller can, for a result."""
        self._output.finish(result, variables.get("inventory_hostname"))
        if result.get("secret"):
            try:
                self._conditions.check(variables, result)
            except CloudError as failure:
                if not result.get("failed"):
                    result.update(failed=True, msg=str(failure))
        remember_rejection(self._task, result.get("error"))
        if _is_final(result) or (is_unread(result) and may_create_secret(self.module, self._task)):
            _final[:] = [(self._task, copy.deepcopy(result))]

    def _work(self, variables: Mapping[str, Any], done: Result, created: Result) -> None:
        """Do the work, and let no failure replace its result.

        done, created: filled in with the result, and with a key that was created, as soon as there is one.
        """
        try:
            why = self._why_not_in_process(variables)
            if why:
                host = variables.get("inventory_hostname")
                self._output.print_once(f"handed over to a module process: {why}", host)
                self._hand_over(variables, done)
            else:
                done.update(self._run_in_process(variables, created))
        except CloudError as refusal:
            done.update(_failed(refusal))
        except Exception as failure:
            if created and not done:
                done.update(salvage(created, failure))
            if not done:
                raise
            self._keep(done, failure)

    def _why_not_in_process(self, variables: Mapping[str, Any]) -> str | None:
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        return why_not_in_process(self._task, self._connection, environment, self._interpreter(variables))

    def _interpreter(self, variables: Mapping[str, Any]) -> str | None:
        return configured_interpreter(self._task, self._templar, variables)

    def _run_in_process(self, variables: Mapping[str, Any], created: Result) -> Result:
        recording = recording_of(self.module_name, self._task, variables)
        return run_in_process(
            self.module,
            self.module_name,
            self._arguments(),
            bool(self._task.check_mode),
            bool(self._task.diff),
            variables,
            lambda prediction: self._conditions.check_prediction(variables, prediction),
            created,
            self._predictions,
            recording.recorder() if recording else None,
        )

    def _hand_over(self, variables: Mapping[str, Any], done: Result) -> None:
        """Run the module as a process. A process cannot check conditions before a creation, so it may predict first."""
        is_async = bool(self._task.async_val)
        if self._conditions.are_risky and may_create_secret(self.module, self._task) and not is_async:
            self._run_module(variables, done, check_mode=True)
            if "secret" in done and not done.get("failed"):
                self._check_handed_over(variables, done)
            if self._task.check_mode or done.get("failed") or not done.get("changed"):
                return  # a real run that has nothing to do would return the same
            done.clear()
        self._run_module(variables, done, bool(self._task.check_mode))

    def _check_handed_over(self, variables: Mapping[str, Any], done: Result) -> None:
        """Replace a predicted creation by a failure if its result would be lost."""
        try:
            self._conditions.check_prediction(variables, done)
        except CloudError as refusal:
            refusal = refusal.during("create", f"access key of {done['access_key']['owner'] or 'the caller'}")
            request_ids = done["request_ids"]
            done.clear()
            done.update({**_failed(refusal), "request_ids": request_ids})

    def _run_module(self, variables: Mapping[str, Any], done: Result, check_mode: bool) -> None:
        # A local connection uses the controller's own Python, unless the task names another one.
        is_own = self._connection.transport == "local" and not self._interpreter(variables)
        named: dict[str, Any] = {
            "module_name": self.module_name,
            "module_args": self._arguments(),
            "task_vars": with_own_python(self._task, variables) if is_own else dict(variables),
            "wrap_async": bool(self._task.async_val),
        }
        process = ModuleProcess(self.module_name, self.module, self._task, self._connection)
        # A real task that only predicts before its creation must not see what does not exist.
        directory = directory_of_check_run() if check_mode == bool(self._task.check_mode) else None
        predicts = check_mode and "state" in self.module.argument_spec
        passed = passed_to_module(self.module_name, directory, self._connection, predicts)
        recording = recording_of(self.module_name, self._task, variables)
        recorded = recording.of_process(self._connection, done) if recording else nullcontext()
        with self._output.quiet(self._connection), passed, recorded:
            process.run(lambda: self._execute_module(**named), done, check_mode)

    def cleanup(self, force: bool = False) -> None:
        """Remove the temporary directory. If that fails, the failure must not replace the result."""
        shell = self._connection._shell
        try:
            super().cleanup(force)
        except Exception as failure:
            display.warning(f"{self.module_name}: the temporary directory {shell.tmpdir} was left behind: {failure}")
            shell.tmpdir = None  # otherwise the next item of a loop, and the end of the task, would fail over it

    def _arguments(self) -> dict[str, Any]:
        """Return the task's arguments, checked, with what only the controller knows."""
        with explaining_check_run(self._predictions.is_check_run):
            arguments = prepare(self.module, self._task.args)
        if "allow_unregistered_secret" in self.module.argument_spec:
            if self._task.async_val:
                arguments["allow_unregistered_secret"] = False
            elif variables_with_secret(self._task):
                arguments["allow_unregistered_secret"] = True
        return arguments


def _failed(error: CloudError) -> Result:
    """Return the result of a task that fails before it sends anything."""
    return {**error.as_result(), "request_ids": []}


def _is_final(result: Result) -> bool:
    """Return whether another attempt would lose the secret of a key, or might create the key once more."""
    error = result.get("error")
    is_doubtful = "appeared" in result and isinstance(error, Mapping) and not error.get("retryable")
    return bool(result.get("secret")) or is_doubtful
