# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Check the arguments of a task by rules that all modules share. Formats of a cloud are checked in its `checks.py`.

`prepare` takes the arguments as the task gives them, with their YAML types. `check_options` takes the options after
ansible-core has validated them, because only then the elements of lists and the members of JSON texts are known.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from ._endpoint import user_information
from ._errors import USAGE, CloudError, NoValueError
from ._module import Module
from ._reply import is_deep
from ._secrets import HIDDEN
from ._selection import check_text, check_unmasked
from ._task import Task

SECRET_ARGUMENT = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"  # the placeholder of ansible-core
_LONGEST_NUMBER = 20  # digits, in a message


@contextmanager
def explaining_check_run(is_check_run: bool) -> Iterator[None]:
    """Let the refusal of a null or empty value name the reason for it that only a check run has."""
    try:
        yield
    except NoValueError as error:
        if not is_check_run:
            raise
        raise replace(
            error,
            reason=f"{error.reason}. A variable is undefined or empty, or the value is one that only a real run knows, such"
            " as the ID of an object that an earlier task of this check run would create",
            advice="Check the variable. Identify a new object by its name, description or alias instead of its ID. If the task"
            " needs the secret of a new key, skip it with 'when: not ansible_check_mode'.",
        ) from None


def prepare(module: Module, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse arguments that ansible-core would fail on or misread, and return the others ready for its validation."""
    spec = module.argument_spec
    for option in module.never_null:
        _refuse_null(option, arguments)
    for option in module.naming:
        _refuse_flag(option, arguments.get(option), str(spec[option].get("type")))
    _check_values(arguments)
    for name, value in arguments.items():
        if spec.get(str(name), {}).get("type") in ("int", "float"):
            _refuse_infinite(name, value)
    # The validation treats null as an option that is not given, and would use the environment or the default.
    return {
        name: "" if value is None and _decides_where_or_who(module, name) else _without_forbidden(module, name, value)
        for name, value in arguments.items()
    }


def check_options(module: Module, options: Mapping[str, Any]) -> None:
    """Refuse validated options that would select nothing, too many objects, or the wrong ones."""
    _check_values(options)
    for option in module.never_empty:
        value = options.get(option)
        if isinstance(value, str) and not value.strip():
            raise NoValueError(USAGE, f"{option} is given, but empty", advice=f"Set {option} to a value, or omit it.")
    for option in module.selecting:
        _check_selection(option, options.get(option))
    if module.marker and options[module.marker]:
        check_text(module.marker, options[module.marker])


def misplaced_secrets(module: Module, options: Mapping[str, Any]) -> set[str]:
    """Return secrets in options where they do not belong, because the refusal must not show them."""
    found = {user_information(value) for name, value in options.items() if _is_url(name, value)}
    for option, names in module.forbidden_members.items():
        members = options.get(option) or {}
        found.update(str(members[name]) for name in names if members.get(name))
    return found - {""}


def without_secrets(module: Module, task: Task) -> dict[str, Any]:
    """Return the options of a task as its result may repeat them."""
    return {name: _without_secret(module, task, name, value) for name, value in task.options.items()}


def _without_secret(module: Module, task: Task, option: str, value: Any) -> Any:
    if module.argument_spec.get(option, {}).get("no_log"):
        return value and SECRET_ARGUMENT
    misplaced = user_information(value) if _is_url(option, value) else ""
    return task.secrets.scrub(value.replace(misplaced, HIDDEN) if misplaced else value)


def _is_url(option: str, value: Any) -> bool:
    """Return whether the value of an option is a URL, or should be one."""
    is_text = option.startswith("api_") and isinstance(value, str)
    return is_text and ("://" in value or option.endswith(("_endpoint", "_proxy")))


def _decides_where_or_who(module: Module, option: str) -> bool:
    """Return whether an option decides where calls go or who signs, so that null must not select another source."""
    is_text = module.argument_spec.get(option, {}).get("type") == "str"
    return (is_text and option.startswith("api_")) or option in module.never_empty


def _without_forbidden(module: Module, option: str, value: Any) -> Any:
    """Return a dictionary without the secrets that do not belong there: ansible-core shows it before we can refuse it."""
    names = module.forbidden_members.get(option)
    if not names:
        return value
    members = value
    if isinstance(value, str):
        try:
            members = json.loads(value)
        except ValueError:
            return value
    if not isinstance(members, Mapping) or not any(members.get(name) for name in names):
        return value
    return {name: HIDDEN if name in names else member for name, member in members.items()}


def _refuse_null(option: str, arguments: Mapping[str, Any]) -> None:
    """Refuse null, which an empty variable produces. It would count as an omitted option."""
    if option in arguments and arguments[option] is None:
        raise NoValueError(
            USAGE,
            f"{option} is null, and without it the task may select another object",
            advice=f"Set {option} to a value, or omit it. For an empty list, write [].",
        )


def _refuse_flag(option: str, value: Any, kind: str) -> None:
    """Refuse true and false for a text, a number or a list: in YAML, they come from words or from a default.

    ansible-core would take false for the number 0, or for the text "False".
    """
    flags = [each for each in (value if isinstance(value, (list, tuple)) else [value]) if isinstance(each, bool)]
    if flags and kind != "bool":
        raise CloudError(
            USAGE,
            f"{option} is {str(flags[0]).lower()}, which does not identify an object",
            advice=f"Set {option} to a value, or omit it. Quote a word that YAML reads as true or false, such"
            " as no or on.",
        )


def _refuse_infinite(option: str, value: Any) -> None:
    """Refuse a number on which ansible-core's validation would fail with a traceback."""
    try:
        is_finite = math.isfinite(float(value))
    except OverflowError:
        is_finite = False
    except (TypeError, ValueError):
        return  # the argument spec refuses anything that is not a number
    if not is_finite:
        shown = str(value)[:_LONGEST_NUMBER]
        raise CloudError(
            USAGE, f"{option} is {shown}, which is not a finite number", advice=f"Set {option} to a finite number."
        )


def _check_values(values: Mapping[str, Any]) -> None:
    """Refuse values that no result can contain, and lists with an empty element.

    A variable that is null produces an empty element, and an empty list would mean something else.
    """
    for option, value in values.items():
        if is_deep(value):
            raise CloudError(USAGE, f"{option} is nested too deeply", advice="Use fewer levels.")
        if not _is_unicode(value):
            raise CloudError(
                USAGE,
                f"{option} has characters that are not Unicode",
                advice="Check the encoding of its source. A file, for example, may not be in UTF-8.",
            )
        elements = value if isinstance(value, (list, tuple)) else []
        if any(element is None or (isinstance(element, str) and not element.strip()) for element in elements):
            raise NoValueError(
                USAGE,
                f"{option} has an empty element",
                advice="Remove the element. A variable in it may be null or undefined. For an empty list, write [].",
            )


def _is_unicode(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeError:
        return False
    return True


def _check_selection(option: str, value: Any) -> None:
    """Refuse a number of days, or a text or texts, that would select nothing, or not the objects that it seems to."""
    if isinstance(value, int) and value < 0:
        raise CloudError(USAGE, f"{option} is {value}", advice=f"Set {option} to 0 or more.")
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str):
            check_text(option, text)
            check_unmasked(option, text)
