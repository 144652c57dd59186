# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""What a resource is: one object of a cloud with its four verbs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Protocol

from ansible_collections.multicloud.iam.plugins.module_utils._creation_lock import Claim
from ansible_collections.multicloud.iam.plugins.module_utils._plan import Plan, Schema, State
from ansible_collections.multicloud.iam.plugins.module_utils._reply import bad_reply


class Resource(Protocol):
    """One object of a cloud, as one task names it. Knows nothing of Ansible.

    States are plain dictionaries in the collection's vocabulary. Every method raises CloudError.
    """

    @property
    def label(self) -> str:
        """The object in words: what kind, and what the task says of it."""

    @property
    def schema(self) -> Schema:
        """How its attributes are managed."""

    @property
    def desired(self) -> Mapping[str, Any]:
        """The attributes that the task asks for; None means omitted. Asked after read()."""

    @property
    def yields_secret(self) -> bool:
        """Whether a creation returns a secret that the cloud has chosen and shows only once."""

    def identify(self, state: State) -> str:
        """The option, with its value, that names this very object in a playbook."""

    def read(self) -> State | None:
        """The object as it is now; None if there is none (and, for a task that wants it, it may be created).

        May be called again.
        """

    def blank(self) -> State:
        """What a creation gives by itself; null where only the cloud can choose."""

    def guard(self, todo: Plan, current: State | None) -> None:
        """Refuse what would harm: called before anything is sent, in check mode too."""

    @property
    def claim(self) -> Claim:
        """What its creation takes from other tasks. Asked after read(), guard() and prepare_creation()."""

    def create(self, attributes: Mapping[str, Any]) -> tuple[State, str | None]:
        """Create it in one call; the state and the secret that the cloud has chosen."""

    def appeared(self) -> list[State]:
        """The objects that are there now and were not when read() looked."""

    def update(self, current: State, attributes: Mapping[str, Any]) -> State | None:
        """Send the attributes; what else the reply tells, where it proves the change, and None where it does not."""

    def delete(self, current: State) -> None:
        """Delete it; for one that is not found, a CloudError says so by its category."""

    # What only some resources need; ResourceDefaults has an empty one of each.

    def prepare_creation(self) -> None:
        """Look up what a creation has to know. Called after guard(), in check mode too."""

    def check_created(self, state: State) -> None:
        """Refuse a new object that was not created as it was asked for. It is deleted then."""

    @property
    def volatile(self) -> tuple[str, ...]:
        """Fields of the state that the cloud may set anew on every change."""

    def complete(self, state: State) -> State:
        """A state as it is predicted, with the fields that follow from others."""

    def reread(self, state: State) -> State | None:
        """The object as it is after a change that its reply does not prove; None where there is nothing to look at."""

    @property
    def chosen_id(self) -> str | None:
        """The id that this very call chose for the object before it sent the creation; None where the cloud does."""

    @property
    def listed_ids(self) -> Collection[str]:
        """The ids that read() has seen, none of which a creation can have made."""

    @property
    def essential(self) -> tuple[str, ...]:
        """Fields of the state without which nothing must be changed."""

    def finish(self, state: State) -> State:
        """Wait for what the task wants to be waited for, when everything is sent."""


def check_creation_reply(resource: Resource, made: State, secret: str | None) -> None:
    """Refuse a reply to a creation that proves none: what it names may be anybody's, and must not be deleted.

    The reconciler asks this of every creation. A resource that does so over the reply has the failure name the call.
    """
    if made.get("id") in resource.listed_ids and made["id"] != resource.chosen_id:
        raise bad_reply(f"it is about {resource.identify(made)}, which was there before the creation")
    if resource.yields_secret and not secret:
        error = bad_reply(f"it is about {resource.identify(made)}, and the reply carries no secret")
        raise replace(error, retry_helps=False)  # a server that shows none will not show the next one either


class ResourceDefaults:
    """Implement the parts of a resource that most resources do not need."""

    volatile: tuple[str, ...] = ()
    chosen_id: str | None = None
    listed_ids: Collection[str] = frozenset()
    essential: tuple[str, ...] = ("id",)

    def prepare_creation(self) -> None:
        pass

    def check_created(self, state: State) -> None:
        pass

    def complete(self, state: State) -> State:
        return state

    def reread(self, state: State) -> State | None:
        return None

    def finish(self, state: State) -> State:
        return state
