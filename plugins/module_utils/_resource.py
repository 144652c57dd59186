# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define the protocol of a resource: one object of a cloud, and its four verbs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Protocol

from ._creation_lock import Claim
from ._plan import Plan, Schema, State
from ._predictions import Kind
from ._reply import bad_reply


class Resource(Protocol):
    """Represent one object of a cloud, as one task identifies it. It knows nothing about Ansible.

    States are plain dictionaries in the collection's vocabulary. Every method raises CloudError.
    """

    @property
    def kind(self) -> Kind:
        """Return which kind of object it is."""

    @property
    def label(self) -> str:
        """Describe the object: its kind, and how the task identifies it."""

    @property
    def schema(self) -> Schema:
        """Return how its attributes are managed."""

    @property
    def desired(self) -> Mapping[str, Any]:
        """Return the attributes of the task; None means omitted. Used after read()."""

    @property
    def yields_secret(self) -> bool:
        """Return whether a creation yields a secret that the cloud chooses and shows only once."""

    def identify(self, state: State) -> str:
        """Return the option, with its value, that identifies the object in a playbook."""

    def read(self) -> State | None:
        """Return the object as it is now; None if there is none, and a task that wants one may create it.

        May be called again.
        """

    def blank(self) -> State:
        """Return a new object without any attributes; null for what only the cloud can choose."""

    def guard(self, todo: Plan, current: State | None) -> None:
        """Refuse a plan that would do harm. Called before anything is sent, in check mode too."""

    @property
    def claim(self) -> Claim:
        """Describe the object for the creation lock. Used after read(), guard() and prepare_creation()."""

    def create(self, attributes: Mapping[str, Any]) -> tuple[State, str | None]:
        """Create it in one call; return its state, and the secret that the cloud has chosen."""

    def appeared(self) -> list[State]:
        """Return the objects that exist now and did not exist when read() was called."""

    def update(self, current: State, attributes: Mapping[str, Any]) -> State | None:
        """Send the attributes. Return further fields if the reply proves the change; None if it does not."""

    def delete(self, current: State) -> None:
        """Delete it; raises CloudError NOT_FOUND if it does not exist."""

    def is_same(self, state: State) -> bool:
        """Return whether the task would have found a predicted object in place of creating one."""

    # Only some resources need these; ResourceDefaults implements them for the others.

    def prepare_creation(self) -> None:
        """Look up what a creation has to know. Called after guard(), in check mode too."""

    def check_created(self, state: State) -> None:
        """Refuse a new object that was not created as it was asked for. It is deleted then."""

    @property
    def volatile(self) -> tuple[str, ...]:
        """Return the fields of the state that the cloud may set at every change."""

    def complete(self, state: State) -> State:
        """Return a predicted state with the fields that follow from others."""

    def as_listed(self, state: State) -> State:
        """Return a predicted state as a listing would return it, with the ID of the owner even if it is the caller."""

    def reread(self, state: State) -> State | None:
        """Return the object after a change that the reply does not prove; None if it cannot be read."""

    @property
    def chosen_id(self) -> str | None:
        """Return the ID that this task chose for the object before it sent the creation; None if the cloud does."""

    @property
    def listed_ids(self) -> Collection[str]:
        """Return the IDs that read() has listed; a creation cannot have created any of them."""

    @property
    def essential(self) -> tuple[str, ...]:
        """Return the fields of the state that must be known before anything is changed."""

    def finish(self, state: State) -> State:
        """Wait for what the task wants to wait for, after everything was sent."""


def check_creation_reply(resource: Resource, created: State, secret: str | None) -> None:
    """Refuse a reply to a creation that proves nothing: the object that it names may belong to anyone.

    The reconciler checks every creation. If a resource checks while it reads the reply, the failure names the call.
    """
    if created.get("id") in resource.listed_ids and created["id"] != resource.chosen_id:
        raise bad_reply(f"it is about {resource.identify(created)}, which existed before the creation")
    if resource.yields_secret and not secret:
        error = bad_reply(f"it is about {resource.identify(created)}, and the reply contains no secret")
        raise replace(error, retry_helps=False)  # such a server will not return the next secret either


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

    def as_listed(self, state: State) -> State:
        return state

    def reread(self, state: State) -> State | None:
        return None

    def finish(self, state: State) -> State:
        return state
