# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Manage the entry of Security Center for a key of another vendor.

Operations of API 2018-12-03: AddCloudVendorAccountAK, ModifyCloudVendorAccountAK, DeleteCloudVendorAccountAK,
DescribeCloudVendorAccountAKList.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from .._api import Call, nothing
from .._creation_lock import Claim
from .._errors import INVALID, NOT_FOUND, REFUSED, UNAVAILABLE, CloudError
from .._masked import is_masked, may_equal
from .._plan import Plan, State, same_value
from .._reply import bad_reply, member, quiet_member
from .._resource import ResourceDefaults, check_creation_reply
from .._selection import near_match_warning
from .._task import Task
from .._wait import CLOCK, wait_until
from . import identity, validation
from .account import (
    ENTRY,
    IN_USE,
    VALIDATING,
    WIRE_VALIDATING,
    describe,
    entry_state,
    find_entry,
    list_entries,
    new_entry,
)
from .attributes import OWN_INFO, UNREADABLE, WIRE_NAMES, entry_schema, same_ak_type, to_wire
from .checks import check_identity, check_new_key, check_options
from .client import SasClient

T = TypeVar("T")

_SHOWN = ("id", "vendor", "ak_type", "status", "auth_modules", "vendor_auth_alias", "ctdr_cloud_user_id")
_LISTED_WITHIN = 8.0  # seconds that a new entry may take to be listed


class VendorAk(ResourceDefaults):
    """Manage one entry of Security Center."""

    kind = ENTRY
    yields_secret = False
    essential = ("id", "vendor", "ak_type")

    def __init__(self, task: Task) -> None:
        options = task.options
        check_identity(options)
        check_options(options)
        self._task = task
        self._options = options
        self._client = SasClient(task)
        self._listed: list[State] = []
        self._info: State | None = None  # members that the task does not set
        self._was_seen = False
        self._awaits_validation = False  # a secret was sent, and no validation was seen since
        modules = options["auth_modules"]
        self.label = identity.label(options)
        self._set_type(options["ak_type"])
        self.desired: dict[str, Any] = {
            **{name: options[name] for name in WIRE_NAMES},
            "auth_modules": None if modules is None else sorted(set(modules)),
        }

    def _set_type(self, ak_type: str | None) -> None:
        """Choose the schema and the volatile fields for a type of entry."""
        self.schema = entry_schema(self._options, ak_type)
        # A validation may begin again at any time. Another key may belong to another user at the vendor. Instead of a
        # primary key, the service may list one that it creates itself.
        of_the_key = ("owner", "vendor_user_name", *(["secret_id"] if ak_type == "primary" else []))
        self.volatile = ("service_status", "message", "modules", *(of_the_key if self._options["secret_key"] else ()))

    def identify(self, state: State) -> str:
        return f"auth_id {state['id']}"

    def read(self) -> State | None:
        self._listed = self._list()
        try:
            current = identity.choose(self._listed, self._options)
        except CloudError as error:
            raise error.during("choose", self.label) from None
        near = identity.near(self._listed, self._options) if current is None else []
        if near:
            self._task.warnings.append(near_match_warning(self.label, describe(near)))
        if current is not None:
            self._was_seen = True
            self._info = current["extend_info"]
            self._set_type(current["ak_type"])
            if self.desired["extend_info"] is not None:
                # It is not known whether the API merges members, so the others are sent again.
                self.desired["extend_info"] = {**(current["extend_info"] or {}), **self._options["extend_info"]}
        return current

    def _list(self) -> list[State]:
        filters = identity.filters(self._options)
        listed = list_entries(self._client, self.label, **filters, Lang=self._options["lang"])
        return self._task.predictions.over(self.kind, listed, lambda entry: identity.is_listed(entry, self._options))

    def is_same(self, state: State) -> bool:
        return identity.may_be_identified(state, self._options)

    def as_listed(self, state: State) -> State:
        info = self.desired["extend_info"]
        return {**state, "extend_info": self._info if info is None else info}

    def blank(self) -> State:
        return new_entry()

    def complete(self, state: State) -> State:
        # The service may add members to an extend_info that it gets, which cannot be predicted.
        is_kept = self._was_seen and not (self._options["extend_info"] or self._options["secret_key"])
        info = state["extend_info"] if is_kept or state["vendor"] not in OWN_INFO else None
        return {**state, "description": state["vendor_auth_alias"], "extend_info": info}

    def guard(self, todo: Plan, current: State | None) -> None:
        if todo.action == "create":
            check_new_key(self._options)
            self._guard_duplicate()
        elif todo.action != "delete" and current is not None:
            self._guard_secret(todo, current)
            self._guard_alias(todo, current)

    def _guard_duplicate(self) -> None:
        """Refuse to create a second entry for the same key."""
        vendor, secret_id = self._options["vendor"], self._options["secret_id"]
        duplicates = [
            entry for entry in self._listed if entry["vendor"] == vendor and may_equal(entry["secret_id"], secret_id)
        ]
        if duplicates:
            is_proven = any(entry["secret_id"] == secret_id for entry in duplicates)
            raise CloudError(
                REFUSED,
                f"this key {'already exists' if is_proven else 'may already exist'} under another alias: {describe(duplicates)}",
                advice="Set auth_id to that of the entry. Then vendor_auth_alias sets its alias."
                if is_proven
                else "The cloud masks secret_id. If it is the same key, set auth_id to that of the entry. Then"
                " vendor_auth_alias sets its alias.",
            )

    def _guard_alias(self, todo: Plan, current: State) -> None:
        """Refuse an alias that another entry has: it would no longer identify one entry."""
        alias = todo.attributes.get("vendor_auth_alias")
        others = [each for each in self._listed if each["vendor_auth_alias"] == alias and each["id"] != current["id"]]
        if alias and others:
            raise CloudError(
                REFUSED,
                f"another entry has the alias {alias!r}: {describe(others)}",
                advice="Set an alias that no entry has.",
            )

    def _guard_secret(self, todo: Plan, current: State) -> None:
        """Refuse another SecretId without its secret; warn if a masked one may be another one."""
        shown, secret_id = current["secret_id"], self._options["secret_id"]
        if not secret_id:
            return
        if "secret_id" in todo.attributes and not self._options["secret_key"]:
            is_compared = not self.schema["secret_id"].write_only
            why = f"is {shown!r}, and another one" if is_compared else "is only sent with its secret, which"
            raise CloudError(
                REFUSED, f"its secret_id {why} requires secret_key", advice="Set secret_key, or omit secret_id."
            )
        if is_masked(shown) and not self.schema["secret_id"].write_only and "secret_id" not in todo.attributes:
            self._task.warnings.append(
                f"The cloud shows the secret_id of entry {current['id']} only as {shown}. It may differ from the desired"
                " one. With secret_key and update_secret=always, it is sent in any case."
            )

    def create(self, attributes: Mapping[str, Any]) -> tuple[State, str | None]:
        # The call cannot take a status.
        sent = {name: value for name, value in attributes.items() if name != "status"}
        call = Call("AddCloudVendorAccountAK", "create", self.label, repeatable=False)

        def read_created(body: Any) -> tuple[State, State]:
            shown, created = _created(body, sent)
            check_creation_reply(self, created, None)
            return shown, created

        shown, created = self._client.call(call, self._wire(sent, sent["vendor"]), read_created)
        if is_masked(shown["secret_id"]) and not created["vendor_auth_alias"]:
            self._task.warnings.append(
                f"The cloud shows the secret_id of the new entry only as {shown['secret_id']}, so it does not"
                f" identify the entry. Use auth_id {created['id']} from now on, or set a vendor_auth_alias."
            )
        return created, None

    @property
    def claim(self) -> Claim:
        whose = {"vendor": self._options["vendor"], "signer": self._client.own_key_id}
        # Either identifies the entry, and no two entries may have the same.
        names = {name: self._options[name] for name in ("secret_id", "vendor_auth_alias") if self._options[name]}
        sought = [{**whose, name: value} for name, value in names.items()]
        turns = [f"{name} {value} of {whose['vendor']}" for name, value in names.items()]
        return self._client.claim("entry", turns, {**whose, **names}, *sought)

    def appeared(self) -> list[State]:
        return [
            each
            for each in self._list()
            if each["id"] not in self.listed_ids and identity.may_be_identified(each, self._options)
        ]

    @property
    def listed_ids(self) -> frozenset[str]:  # type: ignore[override]
        return frozenset(entry["id"] for entry in self._listed)

    def update(self, current: State, attributes: Mapping[str, Any]) -> State | None:
        # The plan for a status that is set right after a creation does not contain them.
        along = {name: self.desired[name] for name in UNREADABLE if self.desired[name] is not None}
        if self.desired["secret_key"] and self.desired["secret_id"]:
            along["secret_id"] = self.desired["secret_id"]
        sent = {**along, **attributes}
        wire = self._wire(sent, current["vendor"])
        call = Call("ModifyCloudVendorAccountAK", "change", self.label)
        is_validating, proof = self._change(
            current,
            call,
            {"AuthIds": current["id"], **wire},
            lambda body: (_is_validating(body), _proof(body, current, sent)),
        )
        self._awaits_validation = "SecretKey" in wire and self._was_seen and not is_validating
        return None if self._awaits_validation else proof

    def delete(self, current: State) -> None:
        # AuthModules are not sent: whether they would narrow the deletion is not documented.
        call = Call("DeleteCloudVendorAccountAK", "delete", self.label)
        self._change(current, call, {"AuthId": current["id"]}, nothing)

    def _wire(self, attributes: Mapping[str, Any], vendor: str | None) -> dict[str, Any]:
        return {**to_wire(attributes, self._options["extend_info"], vendor), "Lang": self._options["lang"]}

    def _change(self, current: State, call: Call, parameters: Mapping[str, Any], read: Callable[[Any], T]) -> T:
        """Send a change of an entry.

        If it fails, and the entry does not exist or a new one has not been seen yet, raises NOT_FOUND: the API has no
        error for an unknown ID.
        """
        was_seen = self._was_seen
        try:
            return self._client.call(call, parameters, read)
        except CloudError as error:
            may_be_new = error.category in (INVALID, UNAVAILABLE)
            if may_be_new and (self._is_gone(current["id"]) or self._was_seen is not was_seen):
                advice = (
                    "The entry is not listed. It was deleted, or it was created seconds ago and is not visible yet."
                )
                raise replace(error, category=NOT_FOUND, advice=advice) from None
            raise

    def _is_gone(self, auth_id: str) -> bool:
        try:
            return self._find(auth_id) is None
        except CloudError:
            return False  # the first failure is the one to report

    def _find(self, auth_id: str) -> State | None:
        found = find_entry(self._client, self.label, auth_id, self._options["lang"])
        if found is not None:
            self._was_seen = True
            self._awaits_validation = self._awaits_validation and found["service_status"] != VALIDATING
        return found

    def reread(self, state: State) -> State:
        found = self._find(state["id"])
        if found is None:
            raise CloudError(
                NOT_FOUND,
                f"entry {state['id']} is no longer listed",
                advice="Another user may have deleted it, or it was created seconds ago and is not visible yet.",
            )
        return _unmasked(found, state["secret_id"])

    def finish(self, state: State) -> State:
        """Wait until the validation of an active entry has ended. Raises CloudError if it failed."""
        if not self._options["wait"] or state["status"] != "active":
            return state
        last = self._wait_for_validation(state)
        if self._awaits_validation:
            self._task.warnings.append(validation.unseen(last))
        if last["service_status"] != IN_USE:
            raise validation.failure(last, self._options["wait_timeout"]).during("validate", self.label)
        bad = validation.bad_modules(last)
        if bad:
            self._task.warnings.append(f"Not all modules of {self.label} work with the key: {'; '.join(bad)}")
        return last

    def _wait_for_validation(self, state: State) -> State:
        """Return the entry when its validation has ended, or when the time is over."""
        last = state
        visible_by = CLOCK.monotonic() + _LISTED_WITHIN

        def poll() -> State | None:
            nonlocal last
            if last["service_status"] == VALIDATING:
                last = self._reread_new(last, visible_by)
            return None if last["service_status"] == VALIDATING else last

        try:
            with self._client.within(self._options["wait_timeout"]):
                wait_until(poll, self._options["wait_timeout"])
        except CloudError as error:
            details = {"vendor_ak": last, **error.details}
            raise replace(error, details=details).during("validate", self.label) from None
        return last

    def _reread_new(self, state: State, visible_by: float) -> State:
        """Return the entry as it is now. Until visible_by, an entry that was never seen may not be visible yet."""
        try:
            return self.reread(state)
        except CloudError as error:
            may_come = not self._was_seen and CLOCK.monotonic() < visible_by
            if error.category != NOT_FOUND or not may_come:
                raise
            return state


def _is_validating(body: Any) -> bool:
    """Return whether the reply to a change says that a validation has begun."""
    return quiet_member(quiet_member(body, "Data", dict), "ServiceStatus", int) == WIRE_VALIDATING


def _proof(body: Any, current: State, sent: Mapping[str, Any]) -> State | None:
    """Return fields from the reply to a change, or None if it does not show everything that the change may have touched.

    A reply contains neither extend_info, nor the owner of the key at the vendor, nor the key that replaces a primary one.
    """
    is_another_key = sent.get("secret_id") not in (None, current["secret_id"])
    may_be_replaced = current["ak_type"] == "primary" and "secret_key" in sent
    if is_another_key or may_be_replaced or "extend_info" in sent or current["vendor"] in OWN_INFO:
        return None
    try:
        shown = entry_state(member(body, "Data", dict))
    except CloudError:
        return None  # a bad reply is no proof, and no failure either: the list shows the outcome
    expected = {**current, **sent}
    is_shown = all(same_value(shown[name], expected[name]) for name in _SHOWN)
    return {name: shown[name] for name in ("service_status", "message", "modules")} if is_shown else None


def _created(body: Any, sent: Mapping[str, Any]) -> tuple[State, State]:
    """Return the new entry as the reply shows it, and completed with what was sent, because replies do not repeat all."""
    shown = entry_state(member(body, "Data", dict))
    whole = _unmasked({**shown, "secret_id": shown["secret_id"] or sent["secret_id"]}, sent["secret_id"])
    is_other_key = whole["secret_id"] != sent["secret_id"] and sent["ak_type"] != "primary"
    if (
        is_other_key
        or whole["vendor"] not in (None, sent["vendor"])
        or not same_ak_type(whole["ak_type"], sent["ak_type"])
    ):
        raise bad_reply("it is about a key other than the one that was sent")
    left_out = {name: value for name, value in sent.items() if name in whole and whole[name] in (None, [])}
    state = {**whole, **left_out}
    return shown, {**state, "description": state["vendor_auth_alias"]}


def _unmasked(state: State, secret_id: str | None) -> State:
    """Return the state with the whole SecretId, if it matches the masked one."""
    is_known = is_masked(state["secret_id"]) and secret_id and may_equal(state["secret_id"], secret_id)
    return {**state, "secret_id": secret_id} if is_known else state
