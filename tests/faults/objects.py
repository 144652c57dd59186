# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Describe an object whose tasks are tested with every fault. tests/faults/clouds contains the objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..support.clouds import CLOUDS

Options = Mapping[str, Any]
View = dict[str, tuple[str, str]]
"""Existing objects by ID: the text that marks the object, and the attribute that the tasks change."""

READ, CREATE, UPDATE, DELETE, POLL = OPERATIONS = ("read", "create", "update", "delete", "poll")
MARKER = "fault-cell"
# Options of a task that creates a key.
NEW_KEY = {"allow_unregistered_secret": True, "description": MARKER}
OTHERS_VALUE = "by-another-user"


class Call(NamedTuple):
    """Describe a call of a task as a failure reports it: the API operation, what was attempted, and the object."""

    action: str
    doing: str
    names: str


@dataclass(frozen=True)
class Step:
    """Describe a task, and its call that a fault hits: the first one with the action, after some others.

    first: the first call of the task, if it is another one.
    """

    options: Options
    call: Call
    first: Call | None = None
    after: int = 0

    @property
    def action(self) -> str:
        return self.call.action


@dataclass(frozen=True)
class Object:
    """Describe one kind of object.

    name: for cells. title: for the page. steps: by operation. missing: operations that do not exist, with the reason.
    target: the ID of the object that is changed and deleted. wanted: its attribute after the change.
    names_by: the options that identify an object. create_action: the call that creates one.
    other_user_creates, other_user_deletes, other_user_updates: what another user does at the same time. The last one
    writes OTHERS_VALUE into an attribute that the tasks do not change. secrets: secrets in the options of the tasks.
    like: another object with the same outcomes. jobs: the calls about a job with an ID that the task has chosen.
    kind: its name in the creation lock. path: the path of the API below the endpoint. wrong_signature: the code of that
    error. has_id_at_end: whether a reply ends with its request ID.
    """

    name: str
    title: str
    module: str
    cloud: str
    steps: Mapping[str, Step]
    target: str
    wanted: str
    view: Callable[[Mapping[str, Any]], View]
    create_action: str
    names_by: Callable[[Mapping[str, Any]], Options]
    other_user_creates: Callable[[str], None]
    other_user_deletes: Callable[[str, str], None]
    other_user_updates: Callable[[str], None] | None = None
    yields_secret: bool = True
    missing: Mapping[str, str] = field(default_factory=dict)
    like: str = ""
    secrets: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    kind: str = "access key"
    path: str = ""
    wrong_signature: str = ""
    has_id_at_end: bool = False

    @property
    def signing(self) -> Options:
        """Return the options that sign with the administrator's key."""
        return CLOUDS[self.cloud].signing()

    def creates(self, operation: str) -> bool:
        """Return whether the task of an operation creates an object."""
        made, options = self.steps[CREATE].options, self.steps[operation].options
        return operation == CREATE or (operation == POLL and options.keys() >= made.keys())

    def is_done(self, operation: str, view: View) -> bool:
        """Return whether an operation has taken effect."""
        if self.creates(operation):
            return len(self.marked(view)) == 1
        if operation == DELETE:
            return self.target not in view
        return operation == READ or view.get(self.target, ("", ""))[1] == self.wanted

    def marked(self, view: View) -> list[str]:
        """Return the IDs of the objects with the marker of the tasks."""
        return [name for name, (marker, _attribute) in view.items() if marker == MARKER]
