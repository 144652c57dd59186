# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Run the module as a process, and warn of a key that it may have created without a result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any

from ansible.utils.display import Display

from ..module_utils._interrupts import hold_interrupts
from ..module_utils._module import Module
from ._register import may_create_secret

Result = dict[str, Any]

display = Display()

_NOT_STARTED = (126, 127)  # the shell's exit status for a program that it cannot run or find


def is_unread(result: Result) -> bool:
    """Return whether a module was started, and returned no result that ansible-core could read."""
    return result.get("module_stdout") is not None and result.get("rc") not in _NOT_STARTED


class ModuleProcess:
    """Run the module of a task as a process."""

    def __init__(self, name: str, module: Module, task: Any, connection: Any) -> None:
        self._name = name
        self._module = module
        self._task = task
        self._connection = connection

    def run(self, execute: Callable[[], Result], result: Result, check_mode: bool) -> None:
        """Fill in the result as soon as it is there.

        execute: runs the process. check_mode: whether this run only predicts.
        """
        begun = datetime.now(timezone.utc)
        with self._in_check_mode(check_mode), self._run_once(begun):
            result.update(execute())
            if not check_mode:  # otherwise there is nothing to lose, and the real run may follow
                hold_interrupts()
                if is_unread(result) and may_create_secret(self._module, self._task):
                    self._warn_of_possible_key("the output of the module could not be read", begun)
        if not self._task.async_val:
            result.pop("ansible_parsed", None)  # a note of ansible-core 2.22 to itself

    @contextmanager
    def _in_check_mode(self, check_mode: bool) -> Iterator[None]:
        before, self._task.check_mode = self._task.check_mode, check_mode
        try:
            yield
        finally:
            self._task.check_mode = before

    @contextmanager
    def _run_once(self, begun: datetime) -> Iterator[None]:
        """Keep the connection plugin from repeating a module whose output was lost, because it may have created a key."""
        if self._task.check_mode or not may_create_secret(self._module, self._task):
            yield
            return
        name = "reconnection_retries"
        has_retries = self._connection.has_option(name)
        before = self._connection.get_option(name) if has_retries else None
        if has_retries:
            self._connection.set_option(name, 0)
        try:
            yield
        except BaseException as failure:
            is_interrupt = not isinstance(failure, Exception)
            self._warn_of_possible_key("it was interrupted" if is_interrupt else "the connection failed", begun)
            raise
        finally:
            if has_retries:
                self._connection.set_option(name, before)

    def _warn_of_possible_key(self, what: str, begun: datetime) -> None:
        """Warn how to look for a key that may have been created, because its module returned no result."""
        spec = self._module.argument_spec
        texts = {name for name, option in spec.items() if option.get("type") == "str" and not option.get("no_log")}
        names = sorted(name for name in texts if not name.startswith("api_") and "choices" not in spec[name])
        given = [f"{name} {self._task.args[name]!r}" for name in names if self._task.args.get(name)]
        facts = ", ".join([*given, f"after {begun:%Y-%m-%dT%H:%M:%SZ}"])
        display.warning(
            f"{self._name}: {what}, maybe after it had created an access key ({facts})."
            " Look for one before you run this again."
        )
