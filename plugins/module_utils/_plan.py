# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Plan: compare an object with its desired state.

Pure functions over plain dictionaries. No I/O, no Ansible, no clock, no cloud. This is the only place that decides what
*omitted*, *empty*, *write-only* and *immutable* mean, for all objects.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Mapping  # noqa: UP035 - and nothing else

State = dict[str, Any]
"""An object in the collection's vocabulary, as a resource reads it."""

SECRET_BEFORE = "(not shown)"
SECRET_AFTER = "(new value, not shown)"
UNREADABLE = "(the cloud does not return it)"


class Unknown:
    """Stand for a value that the cloud returns in an unknown form: neither empty nor any value. Null in a result.

    why: what the cloud returns. All unknown values are equal, so that they can be found.
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


class ChosenByTheCloud(Unknown):
    """Stand for a value that the cloud would choose for an object that a check run predicts. Null in a result.

    token: tells one such value from another. It equals only itself.
    """

    def __init__(self, token: str) -> None:
        super().__init__("only a real run knows it")
        self.token = token

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ChosenByTheCloud) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return "(chosen by the cloud)"


def without_unknowns(value: Any) -> Any:
    """Return a value with null in place of what is unknown."""
    if isinstance(value, dict):
        return {name: without_unknowns(each) for name, each in value.items()}
    if isinstance(value, list):
        return [without_unknowns(each) for each in value]
    return None if isinstance(value, Unknown) else value


def may_have(state: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Return whether an object may have these values, although not all of them can be read."""
    values = [state[name] for name in wanted]
    return UNKNOWN in values and all(have in (UNKNOWN, want) for have, want in zip(values, wanted.values()))


def unreadable_values(states: Iterable[Mapping[str, Any]], names: Iterable[str]) -> str:
    """Return what the cloud returns for those fields of the objects that cannot be read."""
    values = [state[name] for state in states for name in names]
    return "; ".join(dict.fromkeys(value.why for value in values if isinstance(value, Unknown)))


def is_empty(value: Any) -> bool:
    """Return whether a value means "nothing": null, or an empty string, list or dictionary.

    Clouds return null, "" or no field at all for the same fact. False and 0 are values.
    """
    return value is None or value in ("", [], {})


def same_value(have: Any, want: Any) -> bool:
    """Return whether the value of the cloud already is the desired one."""
    return have == want or (is_empty(have) and is_empty(want))


@dataclass(frozen=True)
class Attribute:
    """Describe how one attribute of an object is managed.

    mutable: the cloud can change it after the creation. A difference in an immutable attribute is a conflict.
    write_only: None for an attribute that can be read back. Otherwise the policy for objects that exist: "always" sends
        it, "on_create" does not.
    secret: the diff of a plan never contains its value.
    sent_with: if one of these attributes changes, this one is sent along, if the task gives it.
    same: compares the value of the cloud with the desired one.
    """

    mutable: bool = True
    write_only: str | None = None
    secret: bool = False
    sent_with: frozenset[str] = frozenset()
    same: Callable[[Any, Any], bool] = same_value

    def differs(self, have: Any, want: Any) -> bool:
        """Return whether this attribute alone requires that something is sent or refused."""
        if self.write_only:
            return self.write_only == "always"
        return not self.same(have, want)


Schema = Mapping[str, Attribute]


@dataclass(frozen=True)
class Plan:
    """Describe what to do with one object.

    action: "create", "update", "delete" or "none".
    attributes: what to send. For a creation all attributes of the task; for an update exactly those that differ, and
        those that are sent along with them.
    before, after: the diff that a user sees; only attributes of the task.
    conflicts: (attribute, value of the cloud, desired value) that no update can resolve.
    unknown: attributes of the task that cannot be compared.

    A plan with conflicts or unknown attributes must not be applied.
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


def plan(current: Mapping[str, Any] | None, desired: Mapping[str, Any], schema: Schema, present: bool = True) -> Plan:
    """Compare the current state with the desired one.

    current: the object as it was read; None if there is none.
    desired: the attributes of the task. None means that one is omitted, an empty value clears it.
    present: whether the object should exist.
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
    current: Mapping[str, Any], wanted: Mapping[str, Any], schema: Schema, conflicts: tuple[tuple[str, Any, Any], ...]
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
    """Return the state after the attributes have been applied, as far as it can be read back.

    blank: an object without any of them; a cleared attribute reads as it does there.
    """
    readable = {name: value for name, value in attributes.items() if not schema[name].write_only}
    return {**current, **{name: blank.get(name) if is_empty(value) else value for name, value in readable.items()}}
