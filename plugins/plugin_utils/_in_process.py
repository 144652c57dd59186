# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""The runtime inside the worker: does what a module process would do, without starting one."""

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

from ansible_collections.multicloud.iam.plugins.module_utils._interrupts import (
    InterruptedBySignalError,
    TaskInterruptedError,
    release_interrupts,
    signals_interrupt,
)
from ansible_collections.multicloud.iam.plugins.module_utils._keys import describe_made
from ansible_collections.multicloud.iam.plugins.module_utils._runtime import (
    Module,
    Validated,
    execute,
    salvaged,
)
from ansible_collections.multicloud.iam.plugins.module_utils._secrets import (
    HAS_SECRETS_API,
    mask_in_output,
    texts_in,
)
from ansible_collections.multicloud.iam.plugins.module_utils._task import Kept

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
_kept = Kept()


@contextmanager
def telling_what_is_lost(name: str, result: Result, made: Result) -> Iterator[None]:
    """Have whatever interrupts the body say first what it takes with it: a result that is there, a key that was made.

    name: of the module. result, made: filled in by the body, as soon as there is one. What comes while interrupts are
    held waits for the end of the body.
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
            # A timeout of the task, say, has a message of its own, and would not name what the task leaves behind.
            lost = _what_is_lost("" if interrupt is error else str(interrupt), result, made)
            if lost:
                display.warning(f"{name}: {lost}")
        finally:
            if isinstance(interrupt, InterruptedBySignalError):
                # The worker does with it what it does with all signals.
                os.kill(os.getpid(), interrupt.number)
        # What it came into is told already, and would be shown as it was.
        raise interrupt from None


def _what_is_lost(told: str, result: Result, made: Result) -> str:
    """What an interrupt takes with it; "" if nobody knows of anything. told: what it says itself."""
    if result.get("failed"):
        return f"interrupted when it had failed: {result['msg']}"
    key = made.get("left_over") or (result.get("secret") and result["access_key"])
    if key and str(key["id"]) not in told:
        return (
            f"interrupted when it had made {describe_made(key)}, whose secret is lost. Delete it, and run this again."
        )
    return told or ("interrupted when its work was done." if result else "")


def run_in_process(
    module: Module,
    name: str,
    arguments: Mapping[str, Any],
    check_mode: bool,
    diff_mode: bool,
    variables: Any,
    judge: Callable[[Result], None] = lambda result: None,  # noqa: ARG005
    made: Result | None = None,
) -> Result:
    """The result that the module of that name would return for the arguments of a task.

    Nothing of it is shared with the arguments, and every value is what JSON makes of it. When the work is done,
    interrupts are held. judge, made: see Task.
    """
    given = Validated({}, set(), check_mode, diff_mode, _kept, judge, {} if made is None else made)
    try:
        return _run(module, name, arguments, given, variables)
    except Exception as failure:
        if not given.made:
            raise
        return salvaged(given.made, failure)


def _run(module: Module, name: str, arguments: Mapping[str, Any], given: Validated, variables: Any) -> Result:
    # No vaulted, tagged or date value may behave otherwise than in a module process.
    raw = _deserialise(_serialise(arguments))
    secret = {name for name, option in module.argument_spec.items() if option.get("no_log")}
    # Newer cores would register the value of each, and hide a common one wherever it stands.
    spec = {name: {**option, "no_log": False} for name, option in module.argument_spec.items()}
    checked = ArgumentSpecValidator(spec, **module.rules).validate(raw)
    parameters = {**raw, **checked.validated_parameters}
    secrets = {text for name in secret for text in texts_in(raw.get(name, parameters.get(name)))}
    warnings = [f"Both option {each['option']} and its alias {each['alias']} are set." for each in checked._warnings]
    if checked.error_messages:
        message = checked.errors.msg
        if isinstance(checked.errors[0], UnsupportedError):
            message = f"Unsupported parameters for ({name}) module: {message}"
        result = _not_valid(message, parameters, secrets)
    else:
        result, told = execute(module, replace(given, parameters=parameters, secrets=secrets))
        warnings += told
    if not _shows_invocation(variables):
        del result["invocation"]
    if warnings:
        result["warnings"] = warnings
    plain: Result = json.loads(json.dumps(result))
    return plain


def _not_valid(message: str, parameters: Mapping[str, Any], secrets: set[str]) -> Result:
    """The result of a task whose arguments ansible-core does not accept: with its own words, and hidden as it does."""
    result: Result = {"failed": True, "msg": message, "invocation": {"module_args": parameters}}
    if HAS_SECRETS_API:
        for secret in secrets:
            mask_in_output(secret, even_if_common=True)
        return result
    hidden: Result = remove_values(result, secrets)
    return {**hidden, "failed": True}


def _shows_invocation(variables: Any) -> bool:
    """Whether results repeat the arguments; before ansible-core 2.19 they always do."""
    try:
        return bool(constants.config.get_config_value("INJECT_INVOCATION", variables=variables))
    except Exception:
        return True
