# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""A key of an account at another vendor, in Security Center (API 2018-12-03: AddCloudVendorAccountAK,
ModifyCloudVendorAccountAK, DeleteCloudVendorAccountAK, DescribeCloudVendorAccountAKList)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._alibaba import identity, validation
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.attributes import (
    OWN_INFO,
    UNREADABLE,
    WIRE_NAMES,
    entry_schema,
    same_ak_type,
    to_wire,
)
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.client import SasClient
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.entries import (
    IN_USE,
    VALIDATING,
    describe,
    entry_state,
    find_entry,
    is_masked,
    list_entries,
    may_be,
    new_entry,
    same_secret_id,
)
from ansible_collections.multicloud.iam.plugins.module_utils._alibaba.vendors import (
    check_new_key,
    check_options,
)
from ansible_collections.multicloud.iam.plugins.module_utils._api import Call, nothing
from ansible_collections.multicloud.iam.plugins.module_utils._errors import (
    INVALID,
    NOT_FOUND,
    REFUSED,
    UNAVAILABLE,
    CloudError,
)
from ansible_collections.multicloud.iam.plugins.module_utils._plan import Plan, State
from ansible_collections.multicloud.iam.plugins.module_utils._reply import bad_reply, member
from ansible_collections.multicloud.iam.plugins.module_utils._resource import Hooks
from ansible_collections.multicloud.iam.plugins.module_utils._task import Task
from ansible_collections.multicloud.iam.plugins.module_utils._wait import wait_until


class VendorAk(Hooks):
    """One entry of Security Center, as a task names it."""

    yields_secret = False

    def __init__(self, task: Task) -> None:
        options = task.options
        identity.check_identity(options)
        check_options(options)
        self._task = task
        self._options = options
        self._client = SasClient(task)
        self._listed: list[State] = []
        modules = options["auth_modules"]
        self.label = identity.label(options)
        self.schema = entry_schema(options, options["ak_type"])
        self.desired: dict[str, Any] = {
            **{name: options[name] for name in WIRE_NAMES},
            "auth_modules": None if modules is None else sorted(set(modules)),
        }
        # A validation begins anew when it likes to; another key may be of another user at the vendor.
        of_the_key = ("owner", "vendor_user_name") if options["secret_key"] else ()
        self.volatile = ("service_status", "message", "modules", *of_the_key)

    def identify(self, state: State) -> str:
        return f"auth_id {state['id']}"

    def read(self) -> State | None:
        self._listed = self._list()
        try:
            current = identity.choose(self._listed, self._options)
        except CloudError as error:
            raise error.during("choose", self.label) from None
        if current is not None:
            self.schema = entry_schema(self._options, current["ak_type"])
            if self.desired["extend_info"] is not None:
                # The API is not known to merge, so what was not asked for is sent again.
                self.desired["extend_info"] = {**(current["extend_info"] or {}), **self._options["extend_info"]}
        return current

    def _list(self) -> list[State]:
        filters = identity.filters(self._options)
        return list_entries(self._client, self.label, **filters, Lang=self._options["lang"])

    def blank(self) -> State:
        return new_entry()

    def complete(self, state: State) -> State:
        # What the service adds to extend_info, and when, only the cloud knows.
        info = None if state["vendor"] in OWN_INFO else state["extend_info"]
        return {**state, "description": state["vendor_auth_alias"], "extend_info": info}

    def guard(self, todo: Plan, current: State | None) -> None:
        if todo.action == "create":
            check_new_key(self._options)
            self._guard_twin()
        elif todo.action != "delete" and current is not None:
            self._guard_secret(todo, current)

    def _guard_twin(self) -> None:
        """Refuse to add the same key of a vendor a second time."""
        own = (self._options["vendor"], self._options["secret_id"])
        twins = [entry for entry in self._listed if (entry["vendor"], entry["secret_id"]) == own]
        if twins:
            raise CloudError(
                REFUSED,
                f"this key is there already, under another alias: {describe(twins)}",
                advice="Give its auth_id, then vendor_auth_alias sets its alias.",
            )

    def _guard_secret(self, todo: Plan, current: State) -> None:
        """Refuse another SecretId without its secret; say so where nobody can know whether it is another one."""
        shown, secret_id = current["secret_id"], self._options["secret_id"]
        if not secret_id:
            return
        if not same_secret_id(shown, secret_id) and not self._options["secret_key"]:
            raise CloudError(
                REFUSED,
                f"its secret_id is {shown!r}, and for another one secret_key is needed as well",
                advice="Give secret_key, or leave secret_id out.",
            )
        if is_masked(shown) and not self.schema["secret_id"].write_only and "secret_id" not in todo.attributes:
            self._task.warnings.append(
                f"The cloud shows the secret_id of entry {current['id']} only as {shown}: whether it is the one that"
                " was asked for is not known. With update_secret=always it is sent in any case."
            )

    def create(self, attributes: Mapping[str, Any]) -> tuple[State, str | None]:
        # The call cannot take a status.
        sent = {name: value for name, value in attributes.items() if name != "status"}
        call = Call("AddCloudVendorAccountAK", "create", self.label, repeatable=False)
        return self._client.call(call, lambda body: _created(body, sent), self._wire(sent, sent["vendor"])), None

    def appeared(self) -> list[State]:
        known = {entry["id"] for entry in self._listed}
        return [entry for entry in self._list() if entry["id"] not in known]

    def update(self, current: State, attributes: Mapping[str, Any]) -> None:
        # The plan of a status that is set right after a creation does not have them.
        along = {name: self.desired[name] for name in UNREADABLE if self.desired[name] is not None}
        if self.desired["secret_key"] and self.desired["secret_id"]:
            along["secret_id"] = self.desired["secret_id"]
        wire = self._wire({**along, **attributes}, current["vendor"])
        self._change(current, "ModifyCloudVendorAccountAK", "change", {"AuthIds": current["id"], **wire})

    def delete(self, current: State) -> None:
        # AuthModules are not sent: whether they would narrow the deletion is not documented.
        self._change(current, "DeleteCloudVendorAccountAK", "delete", {"AuthId": current["id"]})

    def _wire(self, attributes: Mapping[str, Any], vendor: str | None) -> dict[str, Any]:
        return {**to_wire(attributes, self._options["extend_info"], vendor), "Lang": self._options["lang"]}

    def _change(self, current: State, action: str, doing: str, parameters: Mapping[str, Any]) -> None:
        """Change an entry; when that fails and the entry is not there, the failure is that it is not found.

        The API has no error of its own for an unknown id.
        """
        try:
            self._client.call(Call(action, doing, self.label), nothing, parameters)
        except CloudError as error:
            if error.category in (INVALID, UNAVAILABLE) and self._is_gone(current["id"]):
                error.category = NOT_FOUND
                error.advice = "The entry is not listed (any more); one made seconds ago may not be visible yet."
            raise

    def _is_gone(self, auth_id: str) -> bool:
        try:
            return self._look(auth_id) is None
        except CloudError:
            return False  # what failed first is what counts

    def _look(self, auth_id: str) -> State | None:
        return find_entry(self._client, self.label, auth_id, self._options["lang"])

    def reread(self, state: State) -> State:
        found = self._look(state["id"])
        if found is None:
            raise CloudError(
                NOT_FOUND,
                f"the entry {state['id']} is not listed any more",
                advice="Somebody else may have deleted it; one made seconds ago may not be visible yet.",
            )
        return _unmasked(found, state["secret_id"])

    def finish(self, state: State) -> State:
        """Wait until the validation of an active entry has ended, and see that it ended well."""
        if not self._options["wait"] or state["status"] != "active":
            return state
        last = state

        def look() -> State | None:
            nonlocal last
            if last["service_status"] == VALIDATING:
                last = self.reread(last)
            return None if last["service_status"] == VALIDATING else last

        try:
            wait_until(look, self._options["wait_timeout"])
        except CloudError as error:
            error.details.setdefault("vendor_ak", last)
            raise
        if last["service_status"] != IN_USE:
            raise validation.failure(last, self._options["wait_timeout"]).during("validate", self.label)
        bad = validation.bad_modules(last)
        if bad:
            self._task.warnings.append(f"Not all modules of {self.label} work with the key: {'; '.join(bad)}")
        return last


def _created(body: Any, sent: Mapping[str, Any]) -> State:
    """The new entry as the reply tells of it, over what was sent, because the reply does not repeat everything."""
    told = entry_state(member(body, "Data", dict))
    told = _unmasked({**told, "secret_id": told["secret_id"] or sent["secret_id"]}, sent["secret_id"])
    is_other_key = told["secret_id"] != sent["secret_id"] and sent["ak_type"] != "primary"
    if (
        is_other_key
        or told["vendor"] not in (None, sent["vendor"])
        or not same_ak_type(told["ak_type"], sent["ak_type"])
    ):
        raise bad_reply("it is about another key than the one that was sent")
    left_out = {name: value for name, value in sent.items() if name in told and told[name] in (None, [])}
    state = {**told, **left_out}
    return {**state, "description": state["vendor_auth_alias"]}


def _unmasked(state: State, secret_id: str | None) -> State:
    """The state with the SecretId that is known to be behind the part of it that the API shows."""
    is_known = is_masked(state["secret_id"]) and secret_id and may_be(state["secret_id"], secret_id)
    return {**state, "secret_id": secret_id} if is_known else state
