# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define the record of a rotation: its public part, what is wrong with it, and what each step writes to it.

docs/dev/rotation.md describes the members. Pure functions over plain dictionaries: no I/O, no clock, no cloud. Only this
file handles secrets of a rotation, and no message of it contains one.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any, Callable

from ._rotation_time import DAY, moment

State = dict[str, Any]
Change = Mapping[str, Any]

SCHEMA = 1
ID, SECRET, ROTATION = "access_key_id", "secret_access_key", "rotation"
NONE, IDLE, INTENDED, ESCROWED = "none", "idle", "intended", "escrowed"
PROMOTED, DISABLED, DELETING = "promoted", "disabled", "deleting"
PHASES = (IDLE, INTENDED, ESCROWED, PROMOTED, DISABLED, DELETING)

# A key of an abandoned attempt that has not appeared after this time was never created.
TOMBSTONE_AGE = 90 * DAY

_TIMES = ("since", "escrowed_at", "promoted_at", "cut_over", "disabled_at", "at")
_EMPTY: State = {
    "schema": SCHEMA,
    "name": "",
    "account": "",
    "owner": "",
    "phase": IDLE,
    "attempt": 0,
    "current": None,
    "next": None,
    "old": None,
    "keys_before": [],
    **dict.fromkeys(_TIMES),
    "tombstones": [],
    "leaked": [],
}
_TOMBSTONE = {"attempt", "nonce", ID, "keys_before", "since", "at", "deleted"}


class RecordError(ValueError):
    """Report what is wrong with a record or a change of it, without any secret."""


# Reading


def state_of(content: Any, name: str, account: str, owner: str) -> State:
    """Return the public part of a record. It never raises: a record that cannot be used has a problem."""
    blank: State = {**copy.deepcopy(_EMPTY), "phase": NONE, "enrolled": False, "problem": None}
    blank.update(flat_id=None, flat_has_secret=False)
    try:
        flat_id, secret = _flat(content)
        blank.update(flat_id=flat_id, flat_has_secret=bool(secret))
        if ROTATION not in content:
            return blank
        rotation = _parse(content)
        _check_enrolment(rotation, {"name": name, "account": account, "owner": owner})
    except RecordError as error:
        return {**blank, "problem": str(error)}
    state = {**blank, **rotation, "enrolled": True}
    for which in ("next", "old"):
        state[which] = _public(rotation[which])
    if rotation["current"]:
        state["current"] = {**rotation["current"], "has_secret": bool(flat_id and secret)}
    return state


def _public(key: Mapping[str, Any] | None) -> State | None:
    if key is None:
        return None
    return {**{name: value for name, value in key.items() if name != SECRET}, "has_secret": bool(key[SECRET])}


def _flat(content: Any) -> tuple[str | None, str | None]:
    """Return the ID and the secret that consumers read."""
    if not isinstance(content, Mapping):
        raise RecordError("it is not a dictionary")
    for name in (ID, SECRET, ROTATION):
        if not isinstance(content.get(name), (str, type(None))):
            raise RecordError(f"its member {name} is not a text")
    return content.get(ID) or None, content.get(SECRET) or None


def _parse(content: Mapping[str, Any]) -> State:
    """Return the member rotation of a record, after checking all of it."""
    try:
        rotation = json.loads(content[ROTATION] or "")
    except (ValueError, RecursionError):
        raise RecordError(f"its member {ROTATION} is not JSON") from None
    if not isinstance(rotation, dict):
        raise RecordError(f"its member {ROTATION} is not a dictionary")
    schema = rotation.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise RecordError(f"it has the schema {schema}, which only a newer release of multicloud.iam can read")
    odd = sorted(name for name, is_right in _MEMBERS.items() if not is_right(rotation.get(name)))
    if odd or rotation.keys() != _MEMBERS.keys():
        names = odd or sorted(rotation.keys() ^ _MEMBERS.keys())
        raise RecordError(f"its member {ROTATION} is damaged: {', '.join(names)}")
    _check_phase(rotation, *_flat(content))
    return rotation


def _is_time(value: Any) -> bool:
    return value is None or (isinstance(value, str) and moment(value) is not None)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_optional_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_current(value: Any) -> bool:
    if value is None:
        return True
    return isinstance(value, dict) and value.keys() == {ID, "nonce"} and bool(value[ID]) and _is_text(value[ID])


def _is_key(value: Any) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and value.keys() == {ID, "nonce", SECRET}
        and all(_is_optional_text(member) for member in value.values())
    )


def _are_tombstones(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, dict)
        and item.keys() == _TOMBSTONE
        and _is_number(item["attempt"])
        and _is_optional_text(item["nonce"])
        and _is_optional_text(item[ID])
        and _are_texts(item["keys_before"])
        and all(_is_time(item[name]) for name in ("since", "at", "deleted"))
        and item["at"] is not None
        for item in value
    )


_MEMBERS: dict[str, Callable[[Any], bool]] = {
    "schema": lambda value: value == SCHEMA,
    "name": _is_text,
    "account": _is_text,
    "owner": _is_text,
    "phase": lambda value: value in PHASES,
    "attempt": _is_number,
    "current": _is_current,
    "next": _is_key,
    "old": _is_key,
    "keys_before": _are_texts,
    **dict.fromkeys(_TIMES, _is_time),
    "tombstones": _are_tombstones,
    "leaked": _are_texts,
}


def _check_phase(rotation: State, flat_id: str | None, secret: str | None) -> None:
    """Refuse a record whose members do not fit its phase, or whose two halves disagree."""
    following, old, current = (rotation[name] or {} for name in ("next", "old", "current"))
    needs: dict[str, list[Any]] = {
        IDLE: [],
        INTENDED: [following.get("nonce"), rotation["since"]],
        ESCROWED: [following.get(ID), following.get(SECRET), rotation["escrowed_at"]],
        PROMOTED: [current, rotation["promoted_at"]],
        DISABLED: [current, old.get(ID), rotation["disabled_at"]],
        DELETING: [current, old.get(ID), rotation["disabled_at"]],
    }
    if rotation["at"] is None or not all(needs[rotation["phase"]]):
        raise RecordError(f"its member {ROTATION} does not fit its phase {rotation['phase']}")
    if current and flat_id and flat_id != current[ID]:
        raise RecordError(
            f"its member {ID} is {flat_id}, but its member {ROTATION} says that the current key is {current[ID]}:"
            " another program has changed one of them"
        )
    if current and secret and not flat_id:
        raise RecordError(f"it has a secret, but no {ID}")


def _check_enrolment(rotation: State, expected: Mapping[str, str]) -> None:
    for name, value in expected.items():
        if rotation[name] != value:
            what = "enrolment" if name == "name" else name
            raise RecordError(f"it belongs to the {what} {rotation[name]!r}, not to {value!r}")


def key_of(content: Any, which: str) -> dict[str, str | None]:
    """Return ID and secret of the key current, next or old of a record. The secret is None if it is unknown."""
    flat_id, secret = _flat(content)
    rotation = _parse(content) if ROTATION in content else None
    if which == "current":
        current: State = (rotation["current"] if rotation else {ID: flat_id}) or {}
        return {ID: current.get(ID), SECRET: secret if flat_id else None}
    if which not in ("next", "old"):
        raise RecordError(f"there is no key {which!r}: use current, next or old")
    key: State = (rotation and rotation[which]) or {}
    return {ID: key.get(ID), SECRET: key.get(SECRET) or None}


def named_ids(content: Any) -> tuple[set[str], bool]:
    """Return the IDs of all keys that a record names, and whether a key may exist whose ID it does not know yet.

    Raises RecordError.
    """
    flat_id, _secret = _flat(content)
    rotation = _parse(content) if ROTATION in content else _EMPTY
    keys = (rotation["current"], rotation["next"], rotation["old"], *rotation["tombstones"])
    ids = {flat_id, *(key and key[ID] for key in keys), *rotation["leaked"]}
    return {each for each in ids if each}, rotation["phase"] == INTENDED


# Writing


def next_record(
    content: Any, change: Change, made: Mapping[str, Any] | None = None, reply: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the record after a step.

    content: the record as it was read; {} if there is none. change: from the step of a decision. made: the nonce of an
    attempt, and with a chosen ID also ID and secret. reply: ID and secret of the new key. Raises RecordError.
    """
    flat_id, secret = _flat(content)
    kind = change.get("kind")
    if kind not in _WRITERS:
        raise RecordError(f"there is no change {kind!r}")
    if ROTATION in content:
        rotation = _parse(content)
    elif kind in ("enrol", "adopt"):
        rotation = copy.deepcopy(_EMPTY)
    else:
        raise RecordError("it belongs to no enrolment yet")
    draft = _Draft({**content}, rotation, change, made or {}, reply or {}, flat_id, secret)
    _WRITERS[kind](draft)
    rotation["at"] = change["at"]
    draft.content[ROTATION] = json.dumps(rotation, sort_keys=True)
    _parse(draft.content)
    return draft.content


class _Draft:
    """Hold a record while a change is applied to it."""

    def __init__(
        self,
        content: dict[str, Any],
        rotation: State,
        change: Change,
        made: Mapping[str, Any],
        reply: Mapping[str, Any],
        flat_id: str | None,
        secret: str | None,
    ) -> None:
        self.content, self.rotation, self.change, self.made, self.reply = content, rotation, change, made, reply
        self.flat_id, self.secret = flat_id, secret

    def expect(self, *phases: str) -> None:
        """Refuse a change that was planned for another phase or attempt, or for another key than the one there."""
        if self.rotation["phase"] not in phases:
            raise RecordError(f"its phase is {self.rotation['phase']}, not {' or '.join(phases)}")

    def expect_attempt(self) -> None:
        if self.rotation["attempt"] != self.change["attempt"]:
            raise RecordError(f"its attempt is {self.rotation['attempt']}, not {self.change['attempt']}")

    def expect_key(self, which: str) -> None:
        have = (self.rotation[which] or {}).get(ID)
        if have != self.change[ID]:
            raise RecordError(f"its {which} key is {have}, not {self.change[ID]}")

    def bury(self, attempt: int, nonce: str | None, key: str | None) -> None:
        """Add a tombstone."""
        self.rotation["tombstones"].append(
            {
                "attempt": attempt,
                "nonce": nonce,
                ID: key,
                "keys_before": self.rotation["keys_before"],
                "since": self.rotation["since"],
                "at": self.change["at"],
                "deleted": None,
            }
        )

    def rest(self) -> None:
        """Return to the phase in which nothing is alive except the current key."""
        self.rotation.update(phase=IDLE, next=None, old=None, keys_before=[], since=None)
        self.rotation.update(escrowed_at=None, cut_over=None, disabled_at=None)


def _enrol(draft: _Draft) -> None:
    if ROTATION in draft.content:
        raise RecordError("it belongs to an enrolment already")
    key = draft.change[ID]
    if draft.flat_id and key and draft.flat_id != key:
        raise RecordError(f"its key is {draft.flat_id}, not {key}")
    draft.rotation.update({name: draft.change[name] for name in ("name", "account", "owner")})
    draft.rotation["current"] = {ID: key, "nonce": None} if key else None


def _adopt(draft: _Draft) -> None:
    if ROTATION in draft.content or not (draft.flat_id and draft.secret):
        raise RecordError("it has no key and secret of another tool")
    draft.rotation.update({name: draft.change[name] for name in ("name", "account", "owner", "cut_over")})
    draft.rotation.update(phase=PROMOTED, promoted_at=draft.change["at"])
    draft.rotation["current"] = {ID: draft.flat_id, "nonce": None}
    draft.rotation["old"] = {ID: draft.change[ID], "nonce": None, SECRET: None}


def _mark(draft: _Draft) -> None:
    draft.rotation["leaked"] = sorted({*draft.rotation["leaked"], *draft.change["ids"]})


def _intend(draft: _Draft) -> None:
    draft.expect(IDLE)
    if draft.rotation["attempt"] + 1 != draft.change["attempt"]:
        raise RecordError(
            f"its last attempt is {draft.rotation['attempt']}, so the next is not {draft.change['attempt']}"
        )
    if not draft.made.get("nonce"):
        raise RecordError("the nonce is missing")
    draft.rotation.update({name: draft.change[name] for name in ("attempt", "keys_before", "since")})
    draft.rotation["phase"] = INTENDED
    draft.rotation["next"] = {ID: None, SECRET: None, **{name: draft.made.get(name) for name in (ID, "nonce", SECRET)}}
    draft.rotation["tombstones"] = [
        stone for stone in draft.rotation["tombstones"] if not _is_forgotten(stone, draft.change["at"])
    ]


def _is_forgotten(stone: State, now: str) -> bool:
    """Return whether the key of a tombstone can no longer appear."""
    is_old = (moment(now) or 0) - (moment(stone["at"]) or 0) > TOMBSTONE_AGE
    return is_old and (stone["deleted"] is not None or stone[ID] is None)


def _escrow(draft: _Draft) -> None:
    """Write the new key. With a chosen ID, it is in the record already, and the reply is not needed."""
    draft.expect(INTENDED)
    draft.expect_attempt()
    key = draft.rotation["next"]
    if not key[ID]:
        key.update({name: draft.reply.get(name) for name in (ID, SECRET)})
    if not key[ID] or not key[SECRET]:
        raise RecordError("the ID or the secret of the new key is missing")
    draft.rotation.update(phase=ESCROWED, escrowed_at=draft.change["at"])


def _promote(draft: _Draft) -> None:
    draft.expect(ESCROWED)
    draft.expect_attempt()
    draft.expect_key("next")
    new, current = draft.rotation["next"], draft.rotation["current"]
    old = {**current, SECRET: draft.secret if draft.flat_id else None} if current else None
    draft.content.update({ID: new[ID], SECRET: new[SECRET]})
    draft.rest()
    draft.rotation.update(phase=PROMOTED, old=old, current={ID: new[ID], "nonce": new["nonce"]})
    draft.rotation.update(promoted_at=draft.change["at"], cut_over=draft.change["cut_over"])


def _confirm(draft: _Draft) -> None:
    draft.expect(PROMOTED)
    draft.rotation.update(cut_over=draft.change["at"], disabled_at=None)


def _disable(draft: _Draft) -> None:
    draft.expect(PROMOTED)
    draft.expect_key("old")
    draft.rotation.update(phase=DISABLED, disabled_at=draft.change["at"])


def _reopen(draft: _Draft) -> None:
    draft.expect(DISABLED)
    draft.expect_key("old")
    draft.rotation.update(phase=PROMOTED, cut_over=None)  # with disabled_at: this rotation has disabled the key


def _retire(draft: _Draft) -> None:
    draft.expect(DISABLED)
    draft.expect_key("old")
    draft.rotation["phase"] = DELETING


def _close(draft: _Draft) -> None:
    """Complete a rotation. A key that it has deleted may still be listed for a while, so it is remembered."""
    draft.expect(PROMOTED, DISABLED, DELETING)
    old = draft.rotation["old"]
    draft.expect_key("old")
    if draft.rotation["phase"] == DELETING:
        draft.bury(0, old["nonce"], old[ID])
        draft.rotation["tombstones"][-1]["deleted"] = draft.change["at"]
    draft.rest()


def _release(draft: _Draft) -> None:
    draft.expect(IDLE)
    draft.expect_key("current")
    current = draft.rotation["current"]
    draft.bury(0, current["nonce"], current[ID])
    draft.rotation["current"] = None


def _abandon(draft: _Draft) -> None:
    """Give up an attempt, or note the key of one that was given up before."""
    attempt = draft.change["attempt"]
    if draft.rotation["phase"] in (INTENDED, ESCROWED) and draft.rotation["attempt"] == attempt:
        draft.bury(attempt, draft.rotation["next"]["nonce"], draft.change[ID])
        draft.rest()
        return
    for stone in draft.rotation["tombstones"]:
        if stone["attempt"] == attempt and stone[ID] is None:
            stone.update({ID: draft.change[ID], "at": draft.change["at"]})
            return
    raise RecordError(f"its attempt {attempt} is not alive")


def _bury(draft: _Draft) -> None:
    """Note that the key of a tombstone was deleted."""
    found = [stone for stone in draft.rotation["tombstones"] if stone[ID] == draft.change[ID]]
    if not found:
        raise RecordError(f"it has no abandoned key {draft.change[ID]}")
    for stone in found:
        stone["deleted"] = draft.change["at"]


_WRITERS: dict[Any, Callable[[_Draft], None]] = {
    "enrol": _enrol,
    "adopt": _adopt,
    "mark": _mark,
    "intend": _intend,
    "create": _escrow,
    "escrow": _escrow,
    "promote": _promote,
    "confirm": _confirm,
    "disable": _disable,
    "reopen": _reopen,
    "retire": _retire,
    "close": _close,
    "release": _release,
    "abandon": _abandon,
    "bury": _bury,
}
