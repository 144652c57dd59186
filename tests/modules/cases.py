# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the facts about a cloud that the tests of all modules need. tests/modules/clouds contains them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from ..support.cloud import Key
from ..support.clouds import CLOUD_OF, CLOUDS

Options = Mapping[str, Any]
Task = tuple[str, Options]
"""A module and its options. "environment" is not an option, but sets environment variables."""
Spec = dict[str, Any]
"""A fault of the emulator."""

MARKED = {"description": "ci-deploy"}
DISABLE, DELETE = {"status": "inactive"}, {"state": "absent"}
EMPTY_MARKER = "description is empty, and without"
WRONG = "Wrong-Secret-0000000001"
PROCESSED = {"commit": True}
NOT_FOUND = {"fault": "status", "status": 404, **PROCESSED}


@dataclass(frozen=True)
class NotFound:
    """Hold how a cloud reports an unknown owner.

    listing: the fault of a listing of keys. users: the fault that lists a user who does not exist. calls: how many
    calls list users until the task knows better.
    """

    listing: Spec
    users: Spec
    calls: int


@dataclass(frozen=True)
class TwoKeys:
    """Describe an owner with as many keys as possible.

    owner: the options that name the owner. ids: of the keys. listing: the operation that lists them. last_use_call:
    the operation that returns the last use, with rejection, the code of an error that rejects credentials.
    """

    owner: Options
    ids: Set[str]
    listing: str
    last_uses: Set[str]
    last_use_call: str = ""
    rejection: str = ""


@dataclass(frozen=True)
class Robot:
    """Describe a caller whose policy allows only what a job needs.

    key: of the caller. seed: returns the objects of a seed with a policy for the caller. jobs: by the name of the job in the
    guide to least privilege, the tasks of its role, which must succeed with its policy.
    """

    key: Key
    seed: Callable[[Mapping[str, Any]], Spec]
    jobs: Mapping[str, Sequence[Task]]


@dataclass(frozen=True)
class Guards:
    """Hold what the modules of a cloud refuse and accept.

    select_nothing: tasks that do not certainly identify an object, and the error. nobody: options whose empty list
    selects no user. near: tasks for an object that differs only in its spelling, and the names in the warning.
    not_found, owners: by module; the latter are pairs of an owner who exists and one who does not. own_keys, own_users:
    tasks about the key or user that signs them, with a title. account_calls: the calls that return the account of the
    credentials, except those in account_faults, whose faults prevent that. rejected_tasks: more tasks for each of
    rejected_signing, which the cloud rejects.
    """

    select_nothing: Sequence[tuple[str, Options, str]] = ()
    nobody: Sequence[tuple[str, str]] = ()
    near: Sequence[tuple[str, Options, str]] = ()
    not_found: Mapping[str, NotFound] = field(default_factory=dict)
    owners: Mapping[str, Sequence[tuple[Options, Options]]] = field(default_factory=dict)
    own_keys: Sequence[tuple[str, str, Options]] = ()
    own_users: Sequence[tuple[str, str, Options]] = ()
    no_self_lockouts: Sequence[Task] = ()
    state_tasks: Sequence[Task] = ()
    info_tasks: Sequence[Task] = ()
    account_calls: Set[str] = frozenset()
    account_faults: Mapping[str, Spec] = field(default_factory=dict)
    two_keys: Mapping[str, TwoKeys] = field(default_factory=dict)
    rejected_tasks: Sequence[Task] = ()
    rejected_signing: Sequence[Options] = ()


@dataclass(frozen=True)
class Kind:
    """Describe a kind of listed objects, where some objects cannot be read completely.

    info, which, result: the module that lists them, its options, and the name of the list. action, reply: the API
    operation, and its reply with given rows. good: a row that can be read. other: what differs in another object.
    odd: what makes a row odd, by the field of the result that is null then. odd_rows: rows without an ID.
    state, owner: the module that manages one, and its options for all tasks. named: the options that identify the
    good one beside an odd one; alone: those that do where it is the only one. new: further options of a creation.
    marker: the option for the text that identifies. also: a further fault that a listing needs.
    """

    info: str
    which: Options
    result: str
    action: str
    reply: Callable[[list[Any]], Any]
    good: Options
    other: Options
    odd: Mapping[str, Options]
    odd_rows: Sequence[Any] = ({}, None, 5)
    state: str = ""
    owner: Options = field(default_factory=dict)
    named: Options = field(default_factory=lambda: {"description": "ci"})
    alone: Options = field(default_factory=lambda: {"description": "ci"})
    new: Options = field(default_factory=lambda: {"allow_unregistered_secret": True})
    marker: str = "description"
    also: Spec | None = None

    @property
    def cloud(self) -> str:
        """Return the cloud of its modules."""
        return CLOUD_OF[self.info]

    @property
    def signing(self) -> Options:
        """Return the options that sign with the administrator's key."""
        return CLOUDS[self.cloud].signing()

    def rows(self, name: str) -> list[Any]:
        """Return the good row, and one in which a field is odd."""
        return [self.good, {**self.good, **self.other, **self.odd[name]}]


@dataclass(frozen=True)
class Replies:
    """Hold faults of the calls for the first object of tests/faults/clouds, beyond those that all clouds can have.

    lost: replies to a creation that prove nothing. without_secret, odd_fields: others of them. broken: replies to a
    read that the API does not promise, and what the error says.
    """

    lost: Sequence[Spec] = ()
    without_secret: Sequence[Spec] = ()
    odd_fields: Sequence[Spec] = ()
    broken: Sequence[tuple[Spec, str]] = ()


@dataclass(frozen=True)
class Caller:
    """Describe credentials, whom they belong to, and how the cloud says so.

    signing: the options that sign. caller: the result. calls: the operations that the task calls.
    """

    title: str
    module: str
    signing: Options
    caller: Options
    calls: Sequence[str]


@dataclass(frozen=True)
class Search:
    """Describe the keys that a module finds by their IDs.

    id_field: the field of a key with its ID. owners: by ID. calls: those that find them. find_call: the operation that
    finds a key. absence: the calls that prove that a key does not exist. limited: a caller who does not see everything.
    refused: options that cannot be combined with a search. status_module: changes the keys, by update_call.
    inactive: the ID of an inactive key.
    """

    module: str
    owners: Mapping[str, str]
    calls: Sequence[str]
    find_call: str
    absence: Sequence[str]
    limited: Key
    id_field: str = "id"
    refused: Sequence[Options] = ()
    status_module: str = ""
    update_call: str = ""
    inactive: str = ""

    @property
    def cloud(self) -> str:
        """Return the cloud of the module."""
        return CLOUD_OF[self.module]


def replied(**members: Any) -> Spec:
    """Return the fault that replies with an object."""
    return {"fault": "wrong_type", "body": members}
