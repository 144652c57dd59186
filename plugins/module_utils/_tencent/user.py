# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Manage CAM sub-users (API 2019-01-16: GetUser, ListUsers, AddUser, UpdateUser, DeleteUser)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._api import Call, nothing
from .._creation_lock import Claim
from .._errors import REFUSED, USAGE, CloudError
from .._masked import is_masked, may_equal
from .._owners import Owner
from .._plan import UNKNOWN, Attribute, Plan, Schema, State, is_empty, same_value
from .._reply import bad_reply
from .._resource import ResourceDefaults
from .._task import Task
from .account import USER, find_user_if_any, list_keys, uid_of
from .checks import bare_country_code
from .client import CamClient

_WIRE_NAMES = {
    "remark": "Remark",
    "console_login": "ConsoleLogin",
    "password": "Password",
    "need_reset_password": "NeedResetPassword",
    "phone_num": "PhoneNum",
    "country_code": "CountryCode",
    "email": "Email",
}
_PHONE = ("phone_num", "country_code")
_CONTACTS = ("phone_num", "email")
_COUNTRY_CODE = "86"  # what CAM returns for a user whose country code was never set


def _same_contact(have: Any, want: Any) -> bool:
    """Return whether a number or address may be the desired one. A masked value is never empty."""
    return same_value(have, want) or (is_masked(have) and not is_empty(want) and may_equal(have, want))


def user_schema(update_password: str, enables_console: bool) -> Schema:
    """Return how the attributes of a user are managed.

    The password and the reset flag cannot be read. They are sent when the console login is switched on, because the
    service would otherwise generate a password without returning it.
    """
    along = frozenset({"console_login"} if enables_console else ())
    contact = Attribute(same=_same_contact)
    return {
        "remark": Attribute(),
        "console_login": Attribute(),
        "password": Attribute(write_only=update_password, secret=True, sent_with=along),
        "need_reset_password": Attribute(write_only=update_password, sent_with=along),
        "phone_num": contact,
        "country_code": Attribute(),
        "email": contact,
    }


class User(ResourceDefaults):
    """Manage one sub-user of CAM, identified by its name."""

    kind = USER
    yields_secret = False

    def __init__(self, task: Task) -> None:
        options = task.options
        self.name: str = options["name"]
        self.label = f"user {self.name}"
        self.schema: Schema = user_schema(options["update_password"], options["console_login"] is True)
        self.desired: dict[str, Any] = {name: options[name] for name in self.schema}
        if self.desired["password"] == "":
            raise CloudError(
                USAGE, "password is empty", advice="Set a password, or omit the option to keep the password."
            )
        self.desired["country_code"] = bare_country_code(options["country_code"])
        for name in _CONTACTS:
            if is_masked(options[name]):
                raise CloudError(
                    USAGE, f"{name} is {options[name]!r}, which is masked", advice="Set the complete value."
                )
        self._task = task
        self._options = options
        self._client = CamClient(task)

    def identify(self, state: State) -> str:
        return f"name {state['name']}"

    def is_same(self, state: State) -> bool:
        return bool(state["name"] == self.name)

    def read(self) -> State | None:
        current = find_user_if_any(self._client, self.name)
        phone = self.desired["phone_num"]
        if is_empty((current or {}).get("phone_num") if phone is None else phone):
            # CAM returns a country code even for a user without a phone number.
            self.desired["country_code"] = None
        return current

    def blank(self) -> State:
        return {
            "name": self.name,
            "uin": None,
            "uid": None,
            "remark": "",
            "console_login": False,
            "phone_num": "",
            "country_code": None,  # CAM has a default, and AddUser does not return it
            "email": "",
        }

    def complete(self, state: State) -> State:
        is_numbered = state["phone_num"] and self.desired["phone_num"]
        return {**state, "country_code": state["country_code"] or (_COUNTRY_CODE if is_numbered else None)}

    def as_listed(self, state: State) -> State:
        return {**state, "country_code": state["country_code"] or _COUNTRY_CODE}

    def guard(self, todo: Plan, current: State | None) -> None:
        if todo.action in ("create", "update"):
            self._guard_console(todo, current or self.blank())
        if todo.action == "update" and current is not None:
            self._guard_phone(todo, current)
        if todo.action == "delete" and current is not None:
            self._guard_keys(current)
        elif current is not None:
            self._warn_of_masks(todo, current)

    def _guard_console(self, todo: Plan, current: State) -> None:
        switched_on = todo.attributes.get("console_login") is True
        if switched_on and not todo.attributes.get("password"):
            raise CloudError(
                REFUSED,
                "console_login is switched on without a password, and the service would generate one without returning it",
                advice="Set password as well.",
            )
        if "password" in todo.attributes and "console_login" not in todo.attributes:
            _refuse_unknown("console_login", current)
        stays_off = not todo.attributes.get("console_login", current["console_login"])
        if stays_off and "password" in todo.attributes:
            raise CloudError(
                REFUSED,
                "password is set for a user whose console login is off",
                advice="Set console_login to true, or omit password.",
            )

    def _guard_phone(self, todo: Plan, current: State) -> None:
        if set(_PHONE) & set(todo.attributes):
            for name in _PHONE:
                if self.desired[name] is None:
                    _refuse_unknown(name, current)
        alone = "country_code" in todo.attributes and self.desired["phone_num"] is None
        if alone and is_masked(current["phone_num"]):
            raise CloudError(
                REFUSED,
                "the country code must be sent together with the phone number, which the API masks",
                advice="Set phone_num as well.",
            )

    def _warn_of_masks(self, todo: Plan, current: State) -> None:
        """Warn about masked contacts that may differ from the desired ones."""
        sent = {*todo.attributes, *(_PHONE if set(_PHONE) & set(todo.attributes) else ())}
        for name in _CONTACTS:
            if self.desired[name] and is_masked(current[name]) and name not in sent:
                self._task.warnings.append(
                    f"The cloud shows the {name} of {self.label} only as {current[name]}. It may differ from the desired one,"
                    " and is not sent. To send it, clear it first with an empty string."
                )

    def _guard_keys(self, current: State) -> None:
        """Refuse to delete the user who signs this call, or a user with keys without force."""
        _refuse_unknown("uin", current)
        keys = [str(key["id"]) for key in list_keys(self._client, Owner(current["uin"], self.name))]
        if not self._options["allow_self_lockout"]:
            own = self._client.own_key_id in keys
            if own or (self._client.is_temporary and self._client.caller()[0] == current["uin"]):
                raise CloudError(
                    REFUSED,
                    "this user signs the calls of this task",
                    advice="Use the credentials of another user, or set allow_self_lockout to true.",
                )
        if keys and not self._options["force"]:
            raise CloudError(
                REFUSED,
                f"the user still has access keys: {', '.join(keys)}",
                advice="Delete them first, or set force to true to delete them with the user.",
            )

    def create(self, attributes: Mapping[str, Any]) -> tuple[State, str | None]:
        readable = {name: value for name, value in attributes.items() if not self.schema[name].write_only}

        def read_created(reply: Any) -> State:
            if not reply.Uin:
                raise bad_reply("Uin is missing")
            return {**self.complete({**self.blank(), **readable}), "uin": str(reply.Uin), "uid": uid_of(reply)}

        # Without UseApi=0, the call might create a key, and its secret would be lost.
        together = self._phone_with(attributes, self.blank())
        wire: dict[str, Any] = {"Name": self.name, "UseApi": 0, **_to_wire({**together, **attributes})}
        call = Call("AddUser", "create", self.label, repeatable=False)
        return self._client.call(call, wire, read_created), None

    @property
    def claim(self) -> Claim:
        known_as = {"name": self.name, "signer": self._client.own_key_id}
        return self._client.claim("user", [self.name], known_as, known_as)

    def appeared(self) -> list[State]:
        user = find_user_if_any(self._client, self.name)
        return [] if user is None else [user]

    def update(self, current: State, attributes: Mapping[str, Any]) -> None:
        together = self._phone_with(attributes, current)
        wire = {"Name": self.name, **_to_wire({**together, **attributes})}
        self._client.call(Call("UpdateUser", "change", self.label), wire, nothing)

    def _phone_with(self, attributes: Mapping[str, Any], current: State) -> dict[str, Any]:
        """Return phone number and country code if one of them is sent, because the API requires both."""
        if not set(_PHONE) & set(attributes):
            return {}
        asked = {name: self.desired[name] for name in _PHONE if self.desired[name] is not None}
        pair = self.complete({**{name: current[name] for name in _PHONE}, **asked})
        return {name: value for name, value in pair.items() if value or name in asked}

    def delete(self, current: State) -> None:
        wire: dict[str, Any] = {"Name": self.name, "Force": int(self._options["force"])}
        self._client.call(Call("DeleteUser", "delete", self.label), wire, nothing)


def _refuse_unknown(name: str, current: State) -> None:
    if current[name] == UNKNOWN:
        raise bad_reply(f"its {name} cannot be read: {current[name].why}")


def _to_wire(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of the API, which uses 0 and 1 for Boolean values."""
    return {_WIRE_NAMES[name]: int(value) if isinstance(value, bool) else value for name, value in attributes.items()}
