# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a module of the collection in this process, as a module process would, over a real socket."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.multicloud.iam.plugins.module_utils._module import Module
from ansible_collections.multicloud.iam.plugins.module_utils._predictions import predictions_of
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import run_task
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.plugins.plugin_utils._in_process import run_in_process, warn_of_loss
from ansible_collections.multicloud.iam.tests.tooling import canary

from .documented import check_members
from .emulator import Emulator

Result = dict[str, Any]


def load_module(name: str) -> Module:
    """Return the definition of a module by its short name."""
    file = importlib.import_module(f"ansible_collections.multicloud.iam.plugins.modules.{name}")
    module: Module = file.MODULE
    return module


def run_module(
    name: str,
    /,
    *,
    check_mode: bool = False,
    check_run: str | None = None,
    recorder: Any = None,
    **options: Any,
) -> Result:
    """Return the result of a module, failed or not, with its warnings.

    check_run: the directory of the check run that the task belongs to. recorder: records the calls.
    """
    module = load_module(name)
    validated = ArgumentSpecValidator(module.argument_spec, **module.rules).validate(options)
    if validated.error_messages:
        raise ValueError(validated.error_messages)
    predictions = predictions_of(check_run, check_mode)
    task = Task(
        validated.validated_parameters,
        check_mode=check_mode,
        diff_mode=True,
        predictions=predictions,
        recorder=recorder,
    )
    secret = [name for name, spec in module.argument_spec.items() if spec.get("no_log")]
    task.secrets.add(*(str(options[name]) for name in secret if options.get(name)))
    return {**run_task(module, task), "warnings": task.warnings}


def run_in_worker(name: str, options: Mapping[str, Any], check_mode: bool) -> Result:
    """Return the result of a module as the worker process of ansible-core gets it."""
    result: Result = {}
    created: Result = {}
    full = f"multicloud.iam.{name}"
    with warn_of_loss(full, result, created):
        result.update(run_in_process(load_module(name), full, options, check_mode, True, {}, created=created))
    return result


@dataclass(frozen=True)
class Runner:
    """Run modules against an emulator.

    Check that every failure has the form that users rely on, and that only the result of a creation contains a secret.
    module: the default of a call. signing: options of every call, unless the call sets one to None. secrets: the
    secrets that the emulator does not know.
    """

    emulator: Emulator
    module: str
    signing: Mapping[str, Any]
    secrets: Iterable[str] = ()

    def __call__(self, module: str | None = None, /, *, check_mode: bool = False, **options: Any) -> Result:
        given = {"api_endpoint": self.emulator.url, **self.signing, **options}
        name = module or self.module
        result = run_module(
            name, check_mode=check_mode, **{option: value for option, value in given.items() if value is not None}
        )
        check_members(name, result)
        shown = str({**result, "secret": ""}).encode()
        known = {*self.emulator.secrets(), *self.secrets, str(options.get("secret_key"))}
        known = {secret for secret in known if len(secret) >= canary.SHORTEST}
        assert not [secret for secret in known for form in canary.forms(secret) if form in shown]
        if result.get("failed"):
            error = result["error"]
            assert error["category"] != "defect", result["msg"]
            assert error["advice"] in result["msg"]
            assert (error["attempted"] or "") in result["msg"]
        return result


def diff_of(result: Result) -> dict[str, Any]:
    """Return both sides of the diff in a result, which are texts, by name."""
    return {side: json.loads(text) for side, text in result["diff"].items()}
