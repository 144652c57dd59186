# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define tasks that together make every call of our modules, on the objects of the emulator's example."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.multicloud.iam.plugins.plugin_utils import _in_process

from ..support.clouds import CLOUD_OF, parts
from ..support.modules import load_module, run_in_worker

Result = dict[str, Any]

_PARTS = parts("fuzz")
# No case really waits, but each retry is a call.
_REACHING = {"api_timeout": 5, "api_retries": 2}
_WAITING = {"wait_timeout": 10}


@dataclass(frozen=True)
class Scenario:
    """Describe a task. given: its options. None removes an option for credentials."""

    module: str
    title: str
    given: Mapping[str, Any]

    @property
    def cloud(self) -> str:
        """Return the cloud of the module."""
        return CLOUD_OF[self.module]

    @property
    def secrets(self) -> set[str]:
        """Return the secrets in the options."""
        spec = load_module(self.module).argument_spec
        return {str(value) for name, value in self.options("").items() if spec.get(name, {}).get("no_log")}

    def options(self, url: str) -> dict[str, Any]:
        """Return all options of the task."""
        waiting = _WAITING if "wait_timeout" in load_module(self.module).argument_spec else {}
        options = {"api_endpoint": url, **_REACHING, **waiting, **_PARTS[self.cloud].SIGNING, **self.given}
        return {name: value for name, value in options.items() if value is not None}

    def run(self, url: str, *, check_mode: bool = False) -> Result:
        """Return the result of the task."""
        return run(self.module, self.options(url), check_mode=check_mode)

    def __repr__(self) -> str:
        return f"{self.module}: {self.title}"


def run(module: str, options: Mapping[str, Any], *, check_mode: bool = False) -> Result:
    """Return the result of a module in the worker, without anything from an earlier task."""
    _in_process._cache.clear()
    return run_in_worker(module, options, check_mode)


SCENARIOS = [
    Scenario(module, title, given)
    for part in _PARTS.values()
    for module, tasks in part.TASKS.items()
    for title, given in tasks.items()
]
