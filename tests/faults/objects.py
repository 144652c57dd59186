# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of an object whose tasks are put in front of every fault. tests/faults/clouds has the objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS

Options = Mapping[str, Any]
View = dict[str, tuple[str, str]]
"""What there is: ids to the text that marks an object, and the attribute that the tasks change."""

READ, CREATE, UPDATE, DELETE, POLL = OPERATIONS = ("read", "create", "update", "delete", "poll")
MARKER = "fault-cell"
# The options of a task that creates a key.
NEW_KEY = {"allow_unregistered_secret": True, "description": MARKER}
SOMEBODYS = "by-somebody"


class Call(NamedTuple):
    """A call of a task, as a failure tells of it: the API operation, what is attempted, and what names the object."""

    action: str
    doing: str
    names: str


@dataclass(frozen=True)
class Step:
    """A task, and the call of it that a fault hits: the first one of its action after so many others.

    first: the first call of the task, where that is another one.
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
    """One kind of object.

    name: for cells. title: for the page. steps: by operation; what an object has not is in missing, with the reason.
    target: the id of the object that is changed and deleted. wanted: its attribute after the change.
    names_by: the options that name an object. create_action: the call that makes one.
    somebody_creates, somebody_deletes, somebody_updates: what another user does meanwhile; the last writes SOMEBODYS into
    another attribute than the tasks change. secrets: in the options of the tasks. like: another object, to which the same
    happens. jobs: the calls that are about a job, whose id the task has chosen. kind: what the lock of creations calls it.
    path: of the API, below the endpoint. wrong_signature: the code of that error. has_id_at_end: a reply ends with its
    request id.
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
    somebody_creates: Callable[[str], None]
    somebody_deletes: Callable[[str, str], None]
    somebody_updates: Callable[[str], None] | None = None
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
        """Whether the task of an operation makes an object."""
        made, options = self.steps[CREATE].options, self.steps[operation].options
        return operation == CREATE or (operation == POLL and options.keys() >= made.keys())

    def is_done(self, operation: str, view: View) -> bool:
        """Whether an operation has had its effect."""
        if self.creates(operation):
            return len(self.marked(view)) == 1
        if operation == DELETE:
            return self.target not in view
        return operation == READ or view.get(self.target, ("", ""))[1] == self.wanted

    def marked(self, view: View) -> list[str]:
        """The ids of the objects with the marker of the tasks."""
        return [name for name, (marker, _attribute) in view.items() if marker == MARKER]
