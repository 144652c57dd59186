# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define what a module is: its options, the rules for them, and the work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ._apply import Outcome
from ._errors import USAGE, CloudError
from ._options import ArgumentSpec
from ._plan import State, without_unknowns
from ._reconcile import reconcile
from ._resource import Resource
from ._task import Task

Result = dict[str, Any]

_DECISIVE = ("state", "create", "expected_status")  # options that decide what to do with the object


@dataclass(frozen=True)
class Module:
    """Hold a module without its process.

    run: does the work of one task and returns its result; raises CloudError.
    rules: the arguments of ArgumentSpecValidator besides the spec (mutually_exclusive, required_if, ...).
    never_empty: options that decide where calls go, who signs, or which object the task is about. If an undefined
        variable makes them empty, the default must not apply: it would mean another object.
    never_null: options whose default does not mean the same as null.
    selecting: options that select objects by texts or numbers.
    marker: the option whose text identifies the object if no option of `selecting` does.
    forbidden_members: by dictionary option, the members that are secrets and do not belong there.
    """

    argument_spec: ArgumentSpec
    run: Callable[[Task], Result]
    rules: Mapping[str, Any] = field(default_factory=dict)
    never_empty: tuple[str, ...] = ("api_endpoint", "api_expected_account", "api_region", "api_sts_endpoint")
    never_null: tuple[str, ...] = ()
    selecting: tuple[str, ...] = ()
    marker: str | None = None
    forbidden_members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def naming(self) -> tuple[str, ...]:
        """Return the options that name objects in messages."""
        return (*self.selecting, self.marker) if self.marker else self.selecting


def state_module(
    result: str,
    resource: Callable[[Task], Resource],
    spec: ArgumentSpec,
    identity: tuple[str, ...],
    marker: str | None = None,
    forbidden_members: Mapping[str, tuple[str, ...]] | None = None,
    **rules: Any,
) -> Module:
    """Return a module that brings one object into a state.

    result: the name of the object in the result. identity: the options that identify the object. marker: the option
    that does so if none of them is given. Other arguments: as in Module.
    """

    def run(task: Task) -> Result:
        def check_prediction(outcome: Outcome) -> None:
            prediction = {**_result_of(result, task, outcome), "request_ids": task.request_ids}
            task.check_prediction(without_unknowns(prediction))

        outcome = reconcile(
            resource(task),
            present=task.options["state"] == "present",
            check_mode=task.check_mode,
            secret_is_registered=bool(task.options.get("allow_unregistered_secret")),
            check_prediction=check_prediction,
            created=task.created,
            predictions=task.predictions,
            announce=task.announce,
        )
        task.warnings += outcome.warnings
        return _result_of(result, task, outcome)

    decisive = (*_DECISIVE, marker) if marker else _DECISIVE
    return Module(
        spec,
        run,
        rules,
        never_empty=Module.never_empty + identity,
        never_null=tuple(name for name in decisive if name in spec),
        # The checks of the cloud judge a secret.
        selecting=tuple(name for name in identity if not spec[name].get("no_log")),
        marker=marker,
        forbidden_members=forbidden_members or {},
    )


def _result_of(name: str, task: Task, outcome: Outcome) -> Result:
    """Return the result of a state module. name: the name of the object in it."""
    result: Result = {"changed": outcome.changed, name: outcome.state}
    if outcome.yields_secret:
        result["secret"] = outcome.secret
    if task.diff_mode:
        sides = {"before": outcome.before, "after": outcome.after}
        result["diff"] = {side: as_text(task.secrets.scrub(dict(state))) for side, state in sides.items()}
    return result


def as_text(state: State) -> str:
    """Return one side of a diff as ansible-core would write it, but with the characters of every language as they are.

    Invisible characters stay escaped, because a description could use them to move the text around it.
    """
    text = json.dumps(state, ensure_ascii=False, indent=4, sort_keys=True, default=str) + "\n"
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text)


def info_module(
    result: str,
    query: Callable[[Task], list[State] | dict[str, Any]],
    spec: ArgumentSpec,
    harmless: tuple[str, ...] = (),
    **rules: Any,
) -> Module:
    """Return a module that only reads.

    result: the name of the list in the result. query: returns that list, or several by their names. harmless: options
    that neither select nor filter. All others, except api_ options, must not be null or empty, because that would list
    other or more objects.
    """
    selecting = tuple(name for name in spec if not name.startswith("api_") and name not in harmless)

    def run(task: Task) -> Result:
        task.predictions.show_reality()
        task.at_end.append(lambda: task.warnings.extend(task.predictions.warnings()))
        found = query(task)
        objects = found if isinstance(found, dict) else {result: found}
        return {"changed": False, **objects, "service_time": task.service_time}

    return Module(spec, run, rules, never_null=selecting, selecting=selecting)


def controller_module(
    spec: ArgumentSpec, selecting: tuple[str, ...], never_null: tuple[str, ...] = (), **rules: Any
) -> Module:
    """Return a module whose work is done by its action plugin, because it needs what only the controller has.

    selecting, never_null: as in Module.
    """

    def run(_task: Task) -> Result:
        raise CloudError(
            USAGE, "this module has no work to do as a process", advice="Call it from a task of a playbook."
        )

    never_empty = tuple(name for name, option in spec.items() if option.get("type") == "str" and name not in never_null)
    return Module(spec, run, rules, (*selecting, *never_empty), (*selecting, *never_null), selecting)
