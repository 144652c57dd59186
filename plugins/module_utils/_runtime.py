# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""The thin edge to Ansible: what a module is, and the runtime of the ordinary module process."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Callable

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.multicloud.iam.plugins.module_utils._endpoint import user_information
from ansible_collections.multicloud.iam.plugins.module_utils._errors import DEFECT, USAGE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._interrupts import (
    InterruptedBySignalError,
    TaskInterruptedError,
    hold_interrupts,
    report_of,
    signals_interrupt,
    text_of,
)
from ansible_collections.multicloud.iam.plugins.module_utils._keys import describe_made
from ansible_collections.multicloud.iam.plugins.module_utils._options import ArgumentSpec
from ansible_collections.multicloud.iam.plugins.module_utils._plan import State, Unknown
from ansible_collections.multicloud.iam.plugins.module_utils._reconcile import Outcome, reconcile
from ansible_collections.multicloud.iam.plugins.module_utils._reply import is_deep
from ansible_collections.multicloud.iam.plugins.module_utils._resource import Resource
from ansible_collections.multicloud.iam.plugins.module_utils._secrets import (
    HAS_SECRETS_API,
    HIDDEN,
    is_common,
    mask_in_output,
    whole,
)
from ansible_collections.multicloud.iam.plugins.module_utils._selection import (
    check_elements,
    check_selection,
    check_text,
)
from ansible_collections.multicloud.iam.plugins.module_utils._task import Kept, Task

Result = dict[str, Any]

_DECISIVE = ("state", "create")  # options that say what shall become of the object
SECRET_ARGUMENT = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # what ansible-core puts there
TOO_COMMON = (
    "A secret of this task is too common to hide: short, one word or a number. ansible-core hides that text in all"
    " output of the playbook from here on, also where it is no secret. Choose a longer one."
)


@dataclass(frozen=True)
class Module:
    """A module without its process: its arguments, and what it does with them.

    run: does the work of one task and returns its result; raises CloudError.
    rules: what the argument spec validator takes beside the spec (mutually_exclusive, required_if …).
    never_empty: options that say where, who or which: an empty one, as an undefined variable makes it,
        is no wish for the default, which would be another object.
    never_null: options whose default would be another wish, where null is no wish for it.
    selecting: options that say which objects are meant, by their texts or numbers.
    naming: options that say to people which objects are meant.
    forbidden_members: by dictionary option, the members that are secrets and have no business in it.
    """

    argument_spec: ArgumentSpec
    run: Callable[[Task], Result]
    rules: Mapping[str, Any] = field(default_factory=dict)
    never_empty: tuple[str, ...] = ("api_endpoint", "api_expected_account", "api_region", "api_sts_endpoint")
    never_null: tuple[str, ...] = ()
    selecting: tuple[str, ...] = ()
    naming: tuple[str, ...] = ()
    forbidden_members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def state_module(
    result: str,
    resource: Callable[[Task], Resource],
    spec: ArgumentSpec,
    identity: tuple[str, ...],
    marker: str | None = None,
    forbidden_members: Mapping[str, tuple[str, ...]] | None = None,
    **rules: Any,
) -> Module:
    """A module that brings one object into a state.

    result: the name of the object in the result. identity: the options that say which object is meant.
    marker: the text that does so where none of them is given.
    """

    never_null = (*_DECISIVE, marker) if marker else _DECISIVE
    # What is wrong with a secret, only its cloud may tell.
    selecting = tuple(name for name in identity if not spec[name].get("no_log"))

    def run(task: Task) -> Result:
        options = task.options
        if marker and options[marker]:
            check_text(marker, options[marker])
        outcome = reconcile(
            resource(task),
            present=options["state"] == "present",
            check_mode=task.check_mode,
            secret_has_a_home=bool(options.get("allow_unregistered_secret")),
            judge=lambda outcome: task.judge({**answer(task, outcome), "request_ids": task.request_ids}),
            made=task.made,
        )
        task.warnings += outcome.warnings
        return answer(task, outcome)

    def answer(task: Task, outcome: Outcome) -> Result:
        told: Result = {"changed": outcome.changed, result: outcome.state}
        if outcome.yields_secret:
            told["secret"] = outcome.secret
        if task.diff_mode:
            sides = {"before": outcome.before, "after": outcome.after}
            told["diff"] = {side: _as_text(task.secrets.scrub(dict(state))) for side, state in sides.items()}
        return told

    return Module(
        spec,
        run,
        rules,
        Module.never_empty + identity,
        tuple(name for name in never_null if name in spec),
        selecting,
        (*selecting, marker) if marker else selecting,
        forbidden_members or {},
    )


def _as_text(state: State) -> str:
    """One side of a diff: as ansible-core would write it, but with the characters of every language as they are.

    Those that cannot be seen stay numbers: whoever may write a description could move what stands around it.
    """
    text = json.dumps(state, ensure_ascii=False, indent=4, sort_keys=True, default=str) + "\n"
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text)


def info_module(
    result: str,
    query: Callable[[Task], list[State] | dict[str, list[State]]],
    spec: ArgumentSpec,
    harmless: tuple[str, ...] = (),
    **rules: Any,
) -> Module:
    """A module that only reads.

    result: the name of the list in the result. query: gives that list, or several by their names.
    harmless: options that neither select nor filter. Any other that is no api_ option must not be null or empty, because
        without it other or more objects would be listed.
    """
    selecting = tuple(name for name in spec if not name.startswith("api_") and name not in harmless)

    def run(task: Task) -> Result:
        found = query(task)
        return {"changed": False, **(found if isinstance(found, dict) else {result: found})}

    return Module(spec, run, rules, never_null=selecting, selecting=selecting, naming=selecting)


def run_task(module: Module, task: Task, when_done: Callable[[], None] = lambda: None) -> Result:
    """The result of a task, failed or not, with every known secret out of it but the one it is for.

    when_done: called when the work is done, successful or not, and its result is to be kept.
    """
    try:
        result = _outcome(module, task)
        when_done()
    finally:
        _end(task)
        task.warnings += task.oddities.warnings()
    return _without_secrets(task, result)


def salvaged(made: Result, failure: Exception) -> Result:
    """The result of a task that has made a key, where a defect of ours would lose it with its secret."""
    mask_in_output(made.get("secret"))
    error = CloudError(
        DEFECT,
        f"unexpected {type(failure).__name__} when it was done",
        advice="This is a defect of multicloud.iam: please report it, without any secret.",
    )
    return {**_told(_with_made(error, made).as_result()), "request_ids": []}


def _with_made(error: CloudError, made: Result) -> CloudError:
    """The failure of a task, with the key that the task has made before."""
    if not made or "left_over" in error.details:
        return error
    key = describe_made(made["left_over"])
    return replace(
        error,
        details={**error.details, **made},
        retry_helps=False,
        advice=f"This task has made {key}. Delete it, unless its secret is in this result. {error.advice or ''}",
    )


def _outcome(module: Module, task: Task) -> Result:
    try:
        refuse_broken_text(task.options)
        _refuse_empty(module, task)
        check_elements(task.options)
        check_selection(task.options, module.selecting)
        return module.run(task)
    except CloudError as error:
        if error.api_operation is None and task.request_ids:
            # Not a call that failed, but what the last one told.
            error = replace(error, request_id=error.request_id or task.request_ids[-1])
        return _with_made(error, task.made).as_result()
    except (Exception, SystemExit) as error:
        # Not even a defect of ours may show a traceback: it would show values as well. And what wants to end
        # the process would end the worker.
        unexpected = CloudError(
            DEFECT,
            f"unexpected {type(error).__name__}: {text_of(error)}",
            advice="This is a defect of multicloud.iam: please report it, without any secret.",
        )
        return _with_made(unexpected, task.made).as_result()


def _without_secrets(task: Task, result: Result) -> Result:
    result = {**_told(result), "request_ids": task.request_ids}
    secret = result.get("secret")
    mask_in_output(secret)
    # These names are ours, and a result without "failed" would be a success.
    scrubbed = {
        name: _message_without_secrets(task, value) if name in ("msg", "error") else task.secrets.scrub(value)
        for name, value in result.items()
        if name != "secret"
    }
    return {**scrubbed, "secret": secret and whole(secret)} if "secret" in result else scrubbed


def _told(value: Any) -> Any:
    """A value as a result has it: null for what is unknown."""
    if isinstance(value, dict):
        return {name: _told(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_told(each) for each in value]
    return None if isinstance(value, Unknown) else value


def _message_without_secrets(task: Task, message: Any) -> Any:
    """The message of a result, or its parts."""
    if isinstance(message, dict):
        return {name: _message_without_secrets(task, part) for name, part in message.items()}
    return task.secrets.scrub_message(message) if isinstance(message, str) else message


def _end(task: Task) -> None:
    """Clean up behind a task; what fails here does not undo what the task has done."""
    for clean_up in task.at_end:
        try:
            clean_up()
        except Exception as error:  # noqa: PERF203 - each of them, whatever becomes of the others
            task.warnings.append(str(error))


def refuse_broken_text(options: Mapping[str, Any]) -> None:
    """Refuse options that are not Unicode: no result can carry them, and what was done would not be told."""
    deep = [name for name, value in options.items() if is_deep(value)]
    if deep:
        raise CloudError(USAGE, f"{deep[0]} is nested too deep", advice="Give fewer levels.")
    broken = [name for name, value in options.items() if not _is_unicode(value)]
    if broken:
        raise CloudError(
            USAGE,
            f"{broken[0]} has characters that are not Unicode",
            advice="Check the encoding of where it comes from, a file that is not in UTF-8, say.",
        )


def _is_unicode(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeError:
        return False
    return True


def _refuse_empty(module: Module, task: Task) -> None:
    for name in module.never_empty:
        value = task.options.get(name)
        if isinstance(value, str) and not value.strip():
            raise CloudError(USAGE, f"{name} is given, but empty", advice="Give a value, or leave the option out.")


@dataclass
class Validated:
    """The arguments of a task after validation, however it is run.

    secrets: the values of secret options. kept: what the items of a loop share. judge, made: of the task.
    """

    parameters: Mapping[str, Any]
    secrets: Collection[str]
    check_mode: bool
    diff_mode: bool
    kept: Kept = field(default_factory=Kept)
    judge: Callable[[Result], None] = lambda result: None  # noqa: ARG005
    made: Result = field(default_factory=dict)


def execute(module: Module, given: Validated) -> tuple[Result, list[str]]:
    """The result of a task and its warnings, the same for every runtime.

    Raises TaskInterruptedError for what interrupts the task. Interrupts that come when the work is done are held, until
    the runtime releases them.
    """
    task = Task(
        given.parameters, given.check_mode, given.diff_mode, kept=given.kept, judge=given.judge, made=given.made
    )
    # Credentials have no business in a URL; those that are there must not be shown while it is refused.
    misplaced = {user_information(str(value)) for name, value in given.parameters.items() if _is_url(name, value)}
    misplaced.discard("")
    for option, names in module.forbidden_members.items():
        members = given.parameters.get(option) or {}
        misplaced.update(str(members[name]) for name in names if members.get(name))
    for value in {*given.secrets, *misplaced}:
        mask_in_output(value)
    task.secrets.add(*given.secrets, *misplaced)
    arguments = {name: _shown(module, task, name, value) for name, value in given.parameters.items()}
    invocation = {"module_args": arguments}
    try:
        result = run_task(module, task, hold_interrupts)
    except BaseException as interrupt:
        error = _with_made(report_of(interrupt), task.made)
        failure = {**_without_secrets(task, error.as_result()), "invocation": invocation}
        # Newer cores give this text as the message of the task.
        interrupt.args = (task.secrets.scrub_message(f"{interrupt} {failure['msg']}".strip()),)
        raise TaskInterruptedError(interrupt, failure) from None
    # What was considered twice, because somebody else changed it, is warned of once.
    warnings = [task.secrets.scrub_message(warning) for warning in dict.fromkeys(task.warnings)]
    return {**result, "invocation": invocation}, warnings


def _shown(module: Module, task: Task, option: str, value: Any) -> Any:
    """The value of an option as a result may repeat it."""
    if module.argument_spec.get(option, {}).get("no_log"):
        return value and SECRET_ARGUMENT
    misplaced = user_information(str(value)) if _is_url(option, value) else ""
    return task.secrets.scrub(value.replace(misplaced, HIDDEN) if misplaced else value)


def _is_url(option: str, value: Any) -> bool:
    """Whether the value of an option is a URL, or should be one."""
    is_text = option.startswith("api_") and isinstance(value, str)
    return is_text and ("://" in value or option.endswith(("_endpoint", "_proxy")))


def run_as_module(module: Module) -> None:
    """The main function of a module file."""
    ansible = AnsibleModule(argument_spec=module.argument_spec, supports_check_mode=True, **module.rules)
    given = Validated(ansible.params, frozenset(ansible.no_log_values), ansible.check_mode, ansible._diff)
    common = {value for value in given.secrets if is_common(value)}
    # It would be taken out of every text of the result, and out of the fields of objects.
    ansible.no_log_values.difference_update(common)
    if common and HAS_SECRETS_API:
        ansible.warn(TOO_COMMON)
    with signals_interrupt():
        try:
            result, warnings = execute(module, given)
        except (TaskInterruptedError, InterruptedBySignalError) as interrupt:
            # For good, because the process ends by telling its result.
            hold_interrupts()
            result, warnings = _of_interrupt(interrupt), []
        except Exception as failure:
            if not given.made:
                raise
            result, warnings = salvaged(given.made, failure), []
        try:
            _hand_in(ansible, result, warnings)
        except Exception as failure:
            if not given.made:
                raise
            _hand_in(ansible, salvaged(given.made, failure), [])


def _of_interrupt(interrupt: BaseException) -> Result:
    """Return the failed result of a task that was interrupted."""
    if isinstance(interrupt, TaskInterruptedError):
        return interrupt.result
    return {**report_of(interrupt).as_result(), "request_ids": []}


def _hand_in(ansible: Any, result: Result, warnings: list[str]) -> None:
    for warning in warnings:
        ansible.warn(warning)
    end = ansible.fail_json if result.get("failed") else ansible.exit_json
    # Without an invocation, ansible-core would add one, with the secrets that are too common for it to hide.
    end(**{"invocation": {}, **{name: value for name, value in result.items() if name != "failed"}})
