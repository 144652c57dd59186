# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock that a sleeper puts forward, so that no case really waits for a repeat, a job or a change that spreads."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import time
from collections.abc import Iterator
from threading import Lock
from types import FunctionType, ModuleType, SimpleNamespace

import pytest

from ansible_collections.multicloud.iam.plugins import module_utils


class Clock:
    """Stands in for the module ``time``."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._lock = Lock()

    def monotonic(self) -> float:
        """Seconds that have passed, those slept through included."""
        return time.monotonic() + self._ahead

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        with self._lock:
            self._ahead += max(seconds, 0.0)

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Replace the clock of all our code; that of the libraries goes on."""
        stand_in = SimpleNamespace(time=time.time, monotonic=self.monotonic, sleep=self.sleep)
        instead = {time.monotonic: self.monotonic, time.sleep: self.sleep}
        for module in _modules():
            if getattr(module, "time", None) is time:
                patch.setattr(module, "time", stand_in)
            for function in _functions(module):
                if function.__defaults__:
                    defaults = tuple(
                        instead.get(value, value) if callable(value) else value for value in function.__defaults__
                    )
                    patch.setattr(function, "__defaults__", defaults)


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(module_utils.__path__, f"{module_utils.__name__}."):
        yield importlib.import_module(found.name)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    for owner in [module, *(each for _name, each in inspect.getmembers(module, inspect.isclass))]:
        if getattr(owner, "__module__", module.__name__) == module.__name__:
            yield from (each for _name, each in inspect.getmembers(owner, inspect.isfunction))
