# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests that run the same tasks on every cloud need. tests/playbooks/clouds has it for each cloud."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..support.cloud import Key


@dataclass(frozen=True)
class Load:
    """Describe the objects of a load test.

    generate, more: the key of the seed that generates objects, and further values of it. objects, name: where the state
    lists the objects, and the field with their names. key_id, status: the fields of a key; an object without keys is a
    key itself. task: sets the status. written: returns the ID and the status in the parameters of a call.
    """

    generate: str
    objects: str
    key_id: str
    task: str
    written: Callable[[Mapping[str, Any]], tuple[str, Any]]
    name: str = "name"
    status: str = "status"
    more: Mapping[str, Any] = field(default_factory=lambda: {"keys": 1})


@dataclass(frozen=True)
class Keys:
    """Describe how a cloud creates keys.

    owner: the option that names the owner. owners, key_id: the fields of the emulator's state with the owners, and with
    the ID of a key. signer: the field of a result with the ID that signs.
    """

    owner: str
    owners: str
    key_id: str
    signer: str = "id"


@dataclass(frozen=True)
class Rotated:
    """Describe a key that the tests rotate.

    owner: its ID. second: the ID of an inactive key of another owner, who has an active one too, as with `full` and
    `full_key`. listed: returns the status of each key in the emulator's state, by ID, for the owner with that ID. create:
    the call that creates a key. modes: of the emulator. foreign: returns a seed with one more key of this owner, with that
    ID. active: the status of an active key in a seed. chosen_id: whether the role chooses the ID. last_use: whether the
    cloud reports it.
    """

    cloud: str
    owner: str
    key: Key
    full: str
    full_key: Key
    second: Key
    listed: Callable[[Mapping[str, Any], str], dict[str, str]]
    create: str
    foreign: Callable[[str, str], Mapping[str, Any]]
    active: Mapping[str, str]
    site: str = "main"
    modes: Mapping[str, Any] = field(default_factory=dict)
    chosen_id: bool = False
    last_use: bool = True


@dataclass(frozen=True)
class Cases:
    """Describe the tasks of a cloud.

    second_key: another key that can list objects, in addition to that of the administrator. temporary: other options
    with credentials, including secrets. changes, secrets: tasks that use secrets, and the variables with these secrets.
    once: tasks that many hosts run to create one object, by title, and the call that creates it. twice: by module, the
    options of a task that two playbooks run at the same time, and the message of the next run if both have created an
    object. rotated: keys that are rotated, one for each site.
    """

    second_key: Key
    temporary: Mapping[str, str]
    load: Load
    changes: str = ""
    secrets: Mapping[str, str] = field(default_factory=dict)
    keys: Sequence[Keys] = ()
    once: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    twice: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    rotated: Sequence[Rotated] = ()
