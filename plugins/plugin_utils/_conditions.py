# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""The conditions that ansible-core evaluates on a result: over one that it cannot evaluate, it loses the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.template import Templar

from ansible_collections.multicloud.iam.plugins.module_utils._errors import REFUSED, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._keys import as_if_made

Result = dict[str, Any]

IS_2_18 = not hasattr(Templar, "evaluate_conditional")

# A text as long as the longest secret of these clouds.
_SECRET = "*" * 40


def has_risky_conditions(task: Any) -> bool:
    """Whether a task has conditions over which ansible-core may lose its result."""
    return bool(_is_repeated(task) and task.until) or (IS_2_18 and bool(task.changed_when or task.failed_when))


def predicted(result: Result) -> Result:
    """The result of a creation as a condition will find it, made of that of check mode."""
    return {**result, "secret": _SECRET, "access_key": as_if_made(result["access_key"])}


def check_conditions(task: Any, loader: Any, variables: Mapping[str, Any], result: Result) -> None:
    """Do with a result what ansible-core will do with it; raises CloudError where that would lose it.

    variables: those of the task. ansible-core itself keeps a result for which changed_when or failed_when cannot be
    evaluated, as long as the error is one of its own.
    """
    told = {**result, "failed": bool(result.get("failed")), "attempts": 1}
    known = _with_registered(task, loader, variables, told)
    keyword = "changed_when"
    try:
        for keyword, member in (("changed_when", "changed"), ("failed_when", "failed")):
            conditions = getattr(task, keyword)
            if conditions:
                told[member] = _hold(conditions, loader, known)
    except AnsibleError:
        told["failed"] = True
    except Exception as error:
        raise _lost(keyword, error) from None
    try:
        if _is_repeated(task):
            _hold(task.until, loader, known)
    except Exception as error:
        raise _lost("until", error) from None


def _lost(keyword: str, error: Exception) -> CloudError:
    return CloudError(
        REFUSED,
        f"the '{keyword}' of the task cannot be evaluated on the result, and ansible-core would lose the result over it,"
        f" with the secret: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
        advice=f"Correct '{keyword}', or leave it out.",
    )


def _is_repeated(task: Any) -> bool:
    """Whether ansible-core asks after an attempt whether there has to be another one."""
    return bool(task.until) if task.retries is None else task.retries > 0


def _hold(conditions: Iterable[Any], loader: Any, variables: dict[str, Any]) -> bool:
    """Whether all of the conditions hold."""
    templar = Templar(loader=loader, variables=variables)
    if not IS_2_18:
        return all(templar.evaluate_conditional(condition) for condition in conditions)
    from ansible.playbook.conditional import Conditional  # newer cores have another one

    conditional: Any = Conditional(loader=loader)
    conditional.when = list(conditions)
    return bool(conditional.evaluate_conditional(templar, variables))


def _with_registered(task: Any, loader: Any, variables: Mapping[str, Any], result: Result) -> dict[str, Any]:
    """The variables, with those that `register` sets, and what newer cores call _task."""
    register = task.register or {}
    if not isinstance(register, Mapping):
        return {**variables, register: result}
    own: dict[str, Any] = {"result": result, "polymorphic_result": result}
    if task.loop is not None or task.loop_with:
        own["loop_result"] = {"results": [*_earlier(variables), result]}
    known = {**variables, "_task": own}
    for name, expression in register.items():
        known.pop(name, None)
        try:
            known[name] = Templar(loader=loader, variables=known).evaluate_expression(expression)
        except AnsibleError:
            continue  # it is undefined then, which is an error only for who asks for it
    return known


def _earlier(variables: Mapping[str, Any]) -> list[Any]:
    """The results of the earlier items of the loop."""
    try:
        return list(variables["_task"].loop_result["results"])
    except (KeyError, AttributeError, AnsibleError):
        return []
