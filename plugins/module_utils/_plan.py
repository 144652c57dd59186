# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""The planner: what has to happen so that an object becomes what was asked for.

Pure functions over plain dictionaries. No I/O, no Ansible, no clock, no cloud: this is the one place
that decides what *omitted*, *empty*, *write-only* and *immutable* mean, for every object alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Mapping  # noqa: UP035 - and nothing else

State = dict[str, Any]
"""An object in the collection's vocabulary, as a resource reads it."""

SECRET_BEFORE = "(not shown)"
SECRET_AFTER = "(new value, not shown)"
UNREADABLE = "(the cloud does not tell)"


class Unknown:
    """What the cloud tells in a way that nobody understands: neither empty nor any value. Null in a result.

    why: what it tells. All that is unknown is equal, so that it can be looked for.
    """

    def __init__(self, why: str = "") -> None:
        self.why = why

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unknown)

    def __hash__(self) -> int:
        return hash(Unknown)

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "unknown"


UNKNOWN = Unknown()


def may_have(state: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether an object may have these values, as far as it can be read, and not for certain."""
    values = [state[name] for name in wanted]
    return UNKNOWN in values and all(have in (UNKNOWN, want) for have, want in zip(values, wanted.values()))


def unreadable_values(states: Iterable[Mapping[str, Any]], names: Iterable[str]) -> str:
    """What the cloud tells instead of the fields of some objects that cannot be read."""
    values = [state[name] for state in states for name in names]
    return "; ".join(dict.fromkeys(value.why for value in values if isinstance(value, Unknown)))


def is_empty(value: Any) -> bool:
    """Whether a value means "nothing there": null, the empty string, list or dictionary.

    Clouds answer null, "" or no field at all for the same fact. False and 0 are values.
    """
    return value is None or value in ("", [], {})


def same_value(have: Any, want: Any) -> bool:
    """Whether the cloud's value already is the wanted one."""
    return have == want or (is_empty(have) and is_empty(want))


@dataclass(frozen=True)
class Attribute:
    """How one attribute of an object can be managed.

    mutable: the cloud can change it after creation; a difference in an immutable one is a conflict.
    write_only: None for an attribute that can be read back. Otherwise the policy that says when it
        is sent to an object that exists: "always", or "on_create" for never.
    secret: its value is never part of a plan's diff.
    sent_with: attributes whose change takes this one along whenever it was asked for.
    same: compares the cloud's value with the wanted one.
    """

    mutable: bool = True
    write_only: str | None = None
    secret: bool = False
    sent_with: frozenset[str] = frozenset()
    same: Callable[[Any, Any], bool] = same_value

    def differs(self, have: Any, want: Any) -> bool:
        """Whether this attribute, for itself, asks for something to be sent or refused."""
        if self.write_only:
            return self.write_only == "always"
        return not self.same(have, want)


Schema = Mapping[str, Attribute]


@dataclass(frozen=True)
class Plan:
    """What to do with one object.

    action: "create", "update", "delete" or "none".
    attributes: what to send: all that was asked for to a create, exactly what differs (and what has
        to go along with it) to an update.
    before, after: the difference as a user may see it; only attributes that were asked for.
    conflicts: (attribute, value of the cloud, wanted value) that no update can bring together. A
        plan with conflicts must not be applied.
    unknown: attributes that were asked for and cannot be compared. Such a plan must not be applied either.
    """

    action: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    conflicts: tuple[tuple[str, Any, Any], ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def changes_something(self) -> bool:
        return self.action != "none"


def plan(
    current: Mapping[str, Any] | None,
    desired: Mapping[str, Any],
    schema: Schema,
    present: bool = True,
) -> Plan:
    """Compare the current state with the desired one.

    current: the object as read; None if there is none.
    desired: the attributes of the task; None means omitted, an empty value means clear.
    present: whether the object shall exist.
    """
    wanted = {name: value for name, value in desired.items() if value is not None}
    if current is None:
        return _plan_create(wanted, schema) if present else Plan("none")
    conflicts = tuple(
        (name, current.get(name), value)
        for name, value in wanted.items()
        if not schema[name].mutable and schema[name].differs(current.get(name), value)
    )
    if not present:
        return Plan("delete", before={"state": "present"}, after={"state": "absent"}, conflicts=conflicts)
    return _plan_update(current, wanted, schema, conflicts)


def _plan_create(wanted: Mapping[str, Any], schema: Schema) -> Plan:
    attributes = {name: value for name, value in wanted.items() if not is_empty(value)}
    after = {name: _shown(schema[name], value, SECRET_AFTER) for name, value in attributes.items()}
    return Plan("create", attributes, {"state": "absent"}, {"state": "present", **after})


def _plan_update(
    current: Mapping[str, Any],
    wanted: Mapping[str, Any],
    schema: Schema,
    conflicts: tuple[tuple[str, Any, Any], ...],
) -> Plan:
    changed = {
        name
        for name, value in wanted.items()
        if schema[name].mutable and schema[name].differs(current.get(name), value)
    }
    carried = {name for name in wanted if schema[name].mutable and schema[name].sent_with & changed}
    attributes = {name: value for name, value in wanted.items() if name in changed | carried}
    visible = [name for name in attributes if name in changed or schema[name].write_only]
    return Plan(
        action="update" if attributes else "none",
        attributes=attributes,
        before={name: _known(schema[name], current.get(name)) for name in visible},
        after={name: _shown(schema[name], wanted[name], SECRET_AFTER) for name in visible},
        conflicts=conflicts,
        unknown=tuple(name for name in wanted if current.get(name) == UNKNOWN and not schema[name].write_only),
    )


def _known(attribute: Attribute, value: Any) -> Any:
    if attribute.write_only and not attribute.secret:
        return UNREADABLE
    return _shown(attribute, value, SECRET_BEFORE)


def _shown(attribute: Attribute, value: Any, instead: str) -> Any:
    return instead if attribute.secret else value


def predict(
    current: Mapping[str, Any], attributes: Mapping[str, Any], schema: Schema, blank: Mapping[str, Any]
) -> State:
    """The state after the attributes have been applied, as far as it can be read back.

    blank: an object without any of them; what is cleared reads like it.
    """
    readable = {name: value for name, value in attributes.items() if not schema[name].write_only}
    return {
        **current,
        **{name: blank.get(name) if is_empty(value) else value for name, value in readable.items()},
    }
