# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Run a module inside the worker process, as its own process would."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ansible import constants
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError
from ansible.utils.display import Display

from ..module_utils._interrupts import (
    InterruptedBySignalError,
    TaskInterruptedError,
    release_interrupts,
    signals_interrupt,
)
from ..module_utils._keys import describe_created
from ..module_utils._module import Module
from ..module_utils._predictions import NO_PREDICTIONS, Predictions
from ..module_utils._recorder import Recorder
from ..module_utils._runtime import execute, salvage
from ..module_utils._secrets import HAS_SECRETS_API, mask_in_output, texts_in
from ..module_utils._task import LoopCache, Task

try:
    from ansible.module_utils.common.json import Direction, get_module_decoder, get_module_encoder
except ImportError:  # ansible-core 2.18
    from ansible.module_utils.common import json as core_json

    def _serialise(arguments: Mapping[str, Any]) -> str:
        encoder: Any = core_json.AnsibleJSONEncoder
        return json.dumps(arguments, cls=encoder, vault_to_text=True)

    _deserialise: Callable[[str], Any] = json.loads
else:
    _PROFILE = "legacy"  # of modules that say nothing else

    def _serialise(arguments: Mapping[str, Any]) -> str:
        return json.dumps(arguments, cls=get_module_encoder(_PROFILE, Direction.CONTROLLER_TO_MODULE))

    def _deserialise(text: str) -> Any:
        return json.loads(text, cls=get_module_decoder(_PROFILE, Direction.CONTROLLER_TO_MODULE))


Result = dict[str, Any]

display = Display()

# A worker process serves one task of one host, so this lives exactly as long as the loop of that task.
_cache = LoopCache()


@contextmanager
def warn_of_loss(name: str, result: Result, created: Result) -> Iterator[None]:
    """Warn of what an interrupt of the body loses: a result, or a key that was created.

    name: of the module. result, created: filled in by the body, as soon as there is one. Interrupts that are held wait
    for the end of the body.
    """
    try:
        with signals_interrupt():
            try:
                yield
            finally:
                release_interrupts()
    except Exception:
        raise
    except BaseException as error:
        interrupt = error.interrupt if isinstance(error, TaskInterruptedError) else error
        try:
            # The timeout of a task, for example, has its own message, which does not name what the task leaves behind.
            lost = _loss("" if interrupt is error else str(interrupt), result, created)
            if lost:
                display.warning(f"{name}: {lost}")
        finally:
            if isinstance(interrupt, InterruptedBySignalError):
                # The worker handles it like all signals.
                os.kill(os.getpid(), interrupt.number)
        # Its context is in the warning already, and would be shown with its secrets.
        raise interrupt from None


def _loss(report: str, result: Result, created: Result) -> str:
    """Return what an interrupt loses, or "" if nothing is known. report: its own text."""
    if result.get("failed"):
        return f"interrupted after it had failed: {result['msg']}"
    key = created.get("left_over") or (result.get("secret") and result["access_key"])
    if key and str(key["id"]) not in report:
        return f"interrupted after it had created {describe_created(key)}, whose secret is lost. Delete it, and run this again."
    return report or ("interrupted after its work was done." if result else "")


def run_in_process(
    module: Module,
    name: str,
    arguments: Mapping[str, Any],
    check_mode: bool,
    diff_mode: bool,
    variables: Any,
    check_prediction: Callable[[Result], None] = lambda result: None,  # noqa: ARG005
    created: Result | None = None,
    predictions: Predictions = NO_PREDICTIONS,
    recorder: Recorder | None = None,
) -> Result:
    """Return the result that the module of that name would return for the arguments of a task.

    It shares nothing with the arguments, and every value is as JSON has it. When the work is done, interrupts are held.
    check_prediction, created, predictions, recorder: as in Task.
    """
    task = Task({}, check_mode, diff_mode, cache=_cache, check_prediction=check_prediction, predictions=predictions)
    task.created = {} if created is None else created
    task.recorder = recorder
    try:
        return _run(module, name, arguments, task, variables)
    except Exception as failure:
        if not task.created:
            raise
        return salvage(task.created, failure)


def _run(module: Module, name: str, arguments: Mapping[str, Any], task: Task, variables: Any) -> Result:
    raw = plain_arguments(arguments)
    secret = {name for name, option in module.argument_spec.items() if option.get("no_log")}
    parameters, warnings, message = validated(module, name, raw)
    secrets = {text for name in secret for text in texts_in(raw.get(name, parameters.get(name)))}
    if message:
        result = _not_valid(message, parameters, secrets)
    else:
        result, more = execute(module, replace(task, options=parameters), secrets)
        warnings += more
    if not _shows_invocation(variables):
        del result["invocation"]
    if warnings:
        result["warnings"] = warnings
    plain: Result = json.loads(json.dumps(result))
    return plain


def plain_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a task as a module process gets them: without vaulted, tagged and date values."""
    plain: dict[str, Any] = _deserialise(_serialise(arguments))
    return plain


def validated(module: Module, name: str, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[str], str | None]:
    """Return the validated options, the warnings, and the message of ansible-core if it rejects the arguments."""
    # Newer cores would mask the value of each secret option in all output, even a common one.
    spec = {option: {**described, "no_log": False} for option, described in module.argument_spec.items()}
    checked = ArgumentSpecValidator(spec, **module.rules).validate(raw)
    warnings = [f"Both option {each['option']} and its alias {each['alias']} are set." for each in checked._warnings]
    message = checked.errors.msg if checked.error_messages else None
    if message and isinstance(checked.errors[0], UnsupportedError):
        message = f"Unsupported parameters for ({name}) module: {message}"
    return {**raw, **checked.validated_parameters}, warnings, message


def _not_valid(message: str, parameters: Mapping[str, Any], secrets: set[str]) -> Result:
    """Return the result for arguments that ansible-core rejects: in its words, and with what it hides hidden."""
    result: Result = {"failed": True, "msg": message, "invocation": {"module_args": parameters}}
    if HAS_SECRETS_API:
        for secret in secrets:
            mask_in_output(secret, even_if_common=True)
        return result
    hidden: Result = remove_values(result, secrets)
    return {**hidden, "failed": True}


def _shows_invocation(variables: Any) -> bool:
    """Return whether results repeat the arguments. Before ansible-core 2.19 they always do."""
    try:
        return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=variables))
    except Exception:
        return True
