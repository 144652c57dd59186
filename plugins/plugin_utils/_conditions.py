# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This plugin_util is private to multicloud.iam: its interface may change at any time.

"""Check the conditions of a task: if ansible-core cannot evaluate one on a result, it loses the result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.template import Templar

from ..module_utils._errors import REFUSED, CloudError
from ..module_utils._keys import as_if_created

Result = dict[str, Any]

IS_2_18 = not hasattr(Templar, "evaluate_conditional")

# As long as the longest secret of these clouds.
_SECRET = "*" * 40


class Conditions:
    """Check the conditions of one task, before ansible-core evaluates them."""

    def __init__(self, task: Any, loader: Any) -> None:
        self._task = task
        self._loader = loader
        self._is_checked = False  # for this attempt, which may read the object several times

    @property
    def are_risky(self) -> bool:
        """Return whether ansible-core may lose a result because of a condition of the task."""
        task = self._task
        return bool(_is_repeated(task) and task.until) or (IS_2_18 and bool(task.changed_when or task.failed_when))

    def check_prediction(self, variables: Mapping[str, Any], prediction: Result) -> None:
        """Refuse a creation whose result ansible-core would lose over a condition. prediction: the result of check mode."""
        if not self._is_checked:
            created = {**prediction, "secret": _SECRET, "access_key": as_if_created(prediction["access_key"])}
            self.check(variables, created)
            self._is_checked = True

    def check(self, variables: Mapping[str, Any], result: Result) -> None:
        """Raise CloudError if ansible-core would lose a result over a condition, and keep it from evaluating any."""
        if not self.are_risky:
            return
        try:
            _evaluate(self._task, self._loader, variables, result)
        except CloudError:
            self._task.until, self._task.changed_when, self._task.failed_when = [True], [], []
            raise


def _evaluate(task: Any, loader: Any, variables: Mapping[str, Any], result: Result) -> None:
    """Evaluate the conditions of a task on a result as ansible-core will; raises CloudError if it would lose the result.

    ansible-core keeps a result if changed_when or failed_when fails with an AnsibleError.
    """
    evaluated = {**result, "failed": bool(result.get("failed")), "attempts": 1}
    known = _with_registered(task, loader, variables, evaluated)
    keyword = "changed_when"
    try:
        for keyword, member in (("changed_when", "changed"), ("failed_when", "failed")):
            conditions = getattr(task, keyword)
            if conditions:
                evaluated[member] = _hold(conditions, loader, known)
    except AnsibleError:
        evaluated["failed"] = True
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
        advice=f"Correct '{keyword}', or omit it.",
    )


def _is_repeated(task: Any) -> bool:
    """Return whether ansible-core evaluates `until` after an attempt."""
    return bool(task.until) if task.retries is None else task.retries > 0


def _hold(conditions: Iterable[Any], loader: Any, variables: dict[str, Any]) -> bool:
    """Return whether all conditions hold."""
    templar = Templar(loader=loader, variables=variables)
    if not IS_2_18:
        return all(templar.evaluate_conditional(condition) for condition in conditions)
    from ansible.playbook.conditional import Conditional  # newer cores have another one

    conditional: Any = Conditional(loader=loader)
    conditional.when = list(conditions)
    return bool(conditional.evaluate_conditional(templar, variables))


def _with_registered(task: Any, loader: Any, variables: Mapping[str, Any], result: Result) -> dict[str, Any]:
    """Return the variables with those that `register` sets, and with _task of newer cores."""
    registered = task.register or {}
    if not isinstance(registered, Mapping):
        return {**variables, registered: result}
    own: dict[str, Any] = {"result": result, "polymorphic_result": result}
    if task.loop is not None or task.loop_with:
        own["loop_result"] = {"results": [*_earlier(variables), result]}
    known = {**variables, "_task": own}
    for name, expression in registered.items():
        known.pop(name, None)
        try:
            known[name] = Templar(loader=loader, variables=known).evaluate_expression(expression)
        except AnsibleError:
            continue  # undefined then, which is an error only where it is used
    return known


def _earlier(variables: Mapping[str, Any]) -> list[Any]:
    """Return the results of the earlier items of the loop."""
    try:
        return list(variables["_task"].loop_result["results"])
    except (KeyError, AttributeError, AnsibleError):
        return []
