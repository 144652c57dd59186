# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Compare a declared list of access keys with those of an account, and plan what makes them equal.

Pure functions over plain data: no I/O, no clock, no Ansible, no cloud, no secret.

A key is never removed because something is unknown. If a declared key cannot be found for certain, or if more keys would be
removed than is allowed, the plan has no steps at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._declared_keys import ACTIVE, DELETE, DISABLE, INACTIVE, REPORT, check_declared, check_policy, identity, label
from ._plan import same_value
from ._rotation_facts import NONCE
from ._rotation_time import DAY, iso, moment

Key = Mapping[str, Any]
Data = dict[str, Any]

CREATE, CHANGE = "create", "change"
# Deletions come first, because they make room for new keys. Nothing is disabled before what replaces it exists.
ORDER = (DELETE, CREATE, CHANGE, DISABLE)
REMOVALS = (DELETE, DISABLE)
# The clock of the cloud and that of the controller. A larger difference means that one of them is wrong.
CLOCK_TOLERANCE = 300
# A plan relies on these, in addition to the identity of a key.
BEFORE = ("status", "description", "create_time")
_SHOWN = ("access_key_id", "id", "owner", "user_name", *BEFORE, "last_used", "last_used_state")


class Seen:
    """Hold what was read from an account.

    keys: as an info module lists them. key_id: the member of a key with the ID that signs. signer: the ID that signs the
    calls. now, controller_now: the time of the cloud and of the controller. soak: since when keys are known to be inactive
    and not declared. rotations: what is known about rotations: `ids` that must not be touched, `owners` whose keys must not
    be touched, and `problem`, which forbids every removal. missing_files: the paths of declared secret files that do not
    exist.
    """

    def __init__(self, seen: Mapping[str, Any], key_id: str) -> None:
        keys = [{**key, "access_key_id": key.get(key_id)} for key in seen["keys"]]
        self.keys: list[Data] = sorted(
            keys, key=lambda key: (str(key.get("owner")), str(key["access_key_id"]), str(key))
        )
        self.signer = seen.get("signer")
        self.now = moment(seen.get("now"))
        self.controller_now = moment(seen.get("controller_now"))
        self.soak: Mapping[str, Any] = seen.get("soak") or {}
        rotations: Mapping[str, Any] = seen.get("rotations") or {}
        self.rotating_ids = frozenset(rotations.get("ids") or ())
        self.rotating_owners = frozenset(rotations.get("owners") or ())
        self.rotation_problem: str | None = rotations.get("problem")
        self.unread: Sequence[str] = seen.get("unread") or ()
        self.missing_files = frozenset(seen.get("missing_files") or ())

    @property
    def hold(self) -> str | None:
        """Return why nothing may be removed, if that is so."""
        if self.unread:
            return f"fields of keys cannot be read: {self.unread[0]}"
        return self.rotation_problem

    @property
    def time_problem(self) -> str | None:
        """Return why no time can be measured, if it cannot."""
        if self.now is None:
            return "the cloud has not reported its time"
        if self.controller_now is None or abs(self.now - self.controller_now) > CLOCK_TOLERANCE:
            return "the clocks of the cloud and of the controller differ by more than 5 minutes"
        return None


def differences_of(declared: Any, seen: Mapping[str, Any], policy: Mapping[str, Any], cloud: Mapping[str, Any]) -> Data:
    """Return the steps between the keys of an account and those of the declared list, and the reasons.

    cloud: `key_id`, and whether it `changes_description` of existing keys. Raises DeclarationError for a list or a policy
    that cannot be used.
    """
    return _Comparison(check_declared(declared), Seen(seen, cloud["key_id"]), check_policy(policy), cloud).result()


class _Comparison:
    def __init__(self, entries: list[Data], seen: Seen, policy: Data, cloud: Mapping[str, Any]) -> None:
        self.seen, self.policy, self.cloud = seen, policy, cloud
        self.steps: list[Data] = []
        self.problems: list[str] = []
        self.lost: list[str] = []
        self.managed: dict[int, str] = {}
        self.by_id: dict[Any, list[int]] = {}
        self.by_owner: dict[Any, list[int]] = {}
        for number, key in enumerate(seen.keys):
            self.by_id.setdefault(key["access_key_id"], []).append(number)
            self.by_owner.setdefault(key.get("owner"), []).append(number)
        for entry in entries:
            self._compare(entry)
        self.kept: dict[str, list[Data]] = {"protected": [], "unclear": [], "unmanaged": []}
        for number, key in enumerate(seen.keys):
            if number not in self.managed:
                self._keep(key)

    def result(self) -> Data:
        unmanaged = [self._judged(key) for key in self.kept["unmanaged"]]
        steps = [*self.steps, *(_removal(key) for key in unmanaged if key["action"] in REMOVALS)]
        steps.sort(
            key=lambda step: (ORDER.index(step["action"]), str(step["owner"]), str(step["access_key_id"]), str(step))
        )
        counts = {action: sum(step["action"] == action for step in steps) for action in sorted(ORDER)}
        brake = self._brake([step for step in steps if step["action"] in REMOVALS])
        return {
            "steps": [] if brake or self.problems else steps,
            "problems": sorted(self.problems),
            "brake": brake,
            "unmanaged": unmanaged,
            "protected": self.kept["protected"],
            "unclear": self.kept["unclear"],
            "notes": self._notes(),
            "soak": self._soak(unmanaged),
            "counts": {
                **counts,
                "listed": len(self.seen.keys),
                "declared": len(self.managed),
                **{name: len(keys) for name, keys in self.kept.items()},
            },
        }

    # Declared keys

    def _compare(self, entry: Data) -> None:
        kind, name, matches = identity(entry)[0], label(entry), self._matches(entry)
        if kind == "rotation":
            for number in matches:
                self._manage(number, name)
        elif len(matches) > 1:
            self.problems.append(f"{len(matches)} keys match {name}: {_ids(self.seen.keys[each] for each in matches)}.")
            for number in matches:
                self._manage(number, name)
        elif matches:
            self._manage(matches[0], name)
            self._change(entry, self.seen.keys[matches[0]], name)
            self._note_lost(entry, self.seen.keys[matches[0]], name)
        elif kind == "access_key_id":
            self.problems.append(
                f"There is no key with {name}. Correct the list, or remove the entry if the key was deleted. Some clouds"
                " list the keys of a root account only if an entry names it as owner."
            )
        else:
            self._create(entry, name)

    def _matches(self, entry: Data) -> list[int]:
        kind, owner, name = identity(entry)
        if kind == "access_key_id":
            return self.by_id.get(name, [])
        form = re.compile(re.escape(name) + (NONCE if kind == "rotation" else ""))
        owned = self.by_owner.get(owner, [])
        return [each for each in owned if form.fullmatch(self.seen.keys[each].get("description") or "")]

    def _manage(self, number: int, name: str) -> None:
        other = self.managed.setdefault(number, name)
        if other != name:
            self.problems.append(f"The entries {other} and {name} match the same key. Remove one of them.")

    def _create(self, entry: Data, name: str) -> None:
        owned = [self.seen.keys[number] for number in self.by_owner.get(entry["owner"], [])]
        if self.seen.unread and any(key.get("description") is None for key in owned):
            self.problems.append(f"It is not certain that there is no key with {name}: {self.seen.unread[0]}")
            return
        if "secret_file" not in entry:
            self.problems.append(
                f"There is no key with {name}. To create it, set secret_file, which keeps its secret. Otherwise, correct or"
                " remove the entry."
            )
            return
        self.steps.append(
            {
                "action": CREATE,
                "access_key_id": None,
                "id": None,
                "owner": entry["owner"],
                "description": entry["description"],
                "changes": {"status": entry.get("status", ACTIVE)},
                "before": {},
                "secret_file": entry["secret_file"],
                "reason": f"There is no key with {name}.",
            }
        )

    def _change(self, entry: Data, key: Key, name: str) -> None:
        wanted_owner = entry.get("owner")
        if wanted_owner is not None and key.get("owner") != wanted_owner:
            self.problems.append(f"The key with {name} belongs to {key.get('owner')}, not to {wanted_owner}.")
            return
        changes: Data = {
            attribute: entry[attribute]
            for attribute in ("status", "description")
            if attribute in entry and not same_value(key.get(attribute), entry[attribute])
        }
        if "status" in changes and key.get("status") not in (ACTIVE, INACTIVE):
            self.problems.append(f"The status of the key with {name} cannot be read, so it cannot be compared.")
        elif "description" in changes and not self.cloud["changes_description"]:
            self.problems.append(
                f"The key with {name} has the description {key.get('description')!r}, and this cloud cannot change it."
            )
        elif changes:
            texts = [f"{each} is {key.get(each)!r}, and should be {value!r}" for each, value in sorted(changes.items())]
            self.steps.append(_step(CHANGE, key, f"The {', and the '.join(texts)}.", changes))

    def _note_lost(self, entry: Data, key: Key, name: str) -> None:
        """Note a key whose secret may be lost, because a run was killed between the creation and the write of the file."""
        path = entry.get("secret_file", {}).get("path")
        if path in self.seen.missing_files:
            self.lost.append(
                f"The key {key['access_key_id']} with {name} exists, but {path} does not. If its secret is nowhere else, delete"
                " the key, and the next run creates another one. Otherwise, remove secret_file from the entry."
            )

    # Other keys

    def _keep(self, key: Data) -> None:
        """Put a key that no entry matches where it belongs."""
        unclear, protected = self._why_unclear(key), self._why_protected(key)
        kind, reason = (
            ("unclear", unclear) if unclear else ("protected", protected) if protected else ("unmanaged", None)
        )
        shown = {name: key.get(name) for name in _SHOWN}
        self.kept[kind].append({**shown, "reason": reason} if reason else shown)

    def _why_unclear(self, key: Key) -> str | None:
        """Return what is not known about the key, so that it does not count as unmanaged."""
        if not key["access_key_id"] or not key.get("owner"):
            return "Its ID or its owner cannot be read."
        if key.get("status") not in (ACTIVE, INACTIVE):
            return "Its status cannot be read."
        return None

    def _why_protected(self, key: Key) -> str | None:
        ids = {key["access_key_id"], key.get("id")}
        reasons = {
            "It is one of the protected IDs.": ids & set(self.policy["protected_ids"]),
            "It signs the calls.": ids & {self.seen.signer} - {None},
            "It belongs to a rotation.": ids & self.seen.rotating_ids,
            "Its owner has a rotation whose record cannot be read, or does not exist yet.": {key["owner"]}
            & self.seen.rotating_owners,
        }
        return next((reason for reason, is_true in reasons.items() if is_true), None)

    def _judged(self, key: Data) -> Data:
        """Return an unmanaged key with what happens to it, and why."""
        action, until, reason = self._judge(key)
        return {**key, "action": action, "not_before": None if until is None else iso(until), "reason": reason}

    def _judge(self, key: Key) -> tuple[str | None, int | None, str]:
        purge, is_active = self.policy["purge"], key["status"] == ACTIVE
        if purge == REPORT:
            return None, None, "It is not declared."
        if self.seen.hold:
            return None, None, f"It is not declared. Nothing is removed, because {self.seen.hold}"
        if is_active:
            return DISABLE, None, "It is not declared, and active."
        if purge == DISABLE:
            return None, None, "It is not declared, and inactive already."
        if self.seen.time_problem:
            return None, None, f"It is not declared. It is not deleted, because {self.seen.time_problem}."
        since, soak = self._since(key), self.policy["soak_days"] * DAY
        if since is None:
            until = int((self.seen.now or 0) + soak)
            return None, until, "It is not declared. It was not known to be inactive before, so its soak begins now."
        until = int(since + soak)
        # At most one of disabling and deleting in a run, even without a soak.
        if self.seen.now is None or self.seen.now < until or self.seen.now <= since:
            return None, until, f"It is not declared, and known to be inactive since {iso(since)}. Its soak is running."
        return DELETE, None, f"It is not declared, and known to be inactive since {iso(since)}. Its soak is over."

    def _since(self, key: Key) -> int | None:
        """Return since when the key is known to be inactive and not declared. None if this begins now.

        A key that was used since then was enabled in between.
        """
        since, used = moment(self.seen.soak.get(str(key["access_key_id"]))), moment(key.get("last_used"))
        if since is None or self.seen.now is None or since > self.seen.now or (used is not None and used > since):
            return None
        return since

    def _soak(self, unmanaged: Iterable[Data]) -> dict[str, str]:
        """Return since when each key is known to be inactive and not declared, for the next run."""
        times = {
            key["access_key_id"]: self.seen.now if since is None else since
            for key in unmanaged
            if key["status"] == INACTIVE
            for since in [self._since(key)]
        }
        if self.seen.time_problem:  # keep what is known, and begin nothing
            return {name: str(self.seen.soak[name]) for name in sorted(times) if name in self.seen.soak}
        return {name: iso(time) for name, time in sorted(times.items()) if time is not None}

    def _brake(self, removals: Sequence[Key]) -> str | None:
        most = self.policy["max_removals"]
        if len(removals) <= most:
            return None
        return (
            f"{len(removals)} keys would be removed, and max_removals allows {most}: {_ids(removals)}."
            " Declare them, protect them, or allow more removals."
        )

    def _notes(self) -> list[str]:
        known = {each for key in self.seen.keys for each in (key["access_key_id"], key.get("id"))}
        missing = [each for each in self.policy["protected_ids"] if each not in known]
        unlisted = [f"These protected IDs are not listed in the account: {', '.join(missing)}."] if missing else []
        return [*sorted(self.lost), *unlisted]


def _step(action: str, key: Key, reason: str, changes: Mapping[str, Any]) -> Data:
    before = {name: key.get(name) for name in BEFORE}
    named = {name: key.get(name) for name in ("access_key_id", "id", "owner", "description")}
    return {
        "action": action,
        **named,
        "changes": dict(changes),
        "before": before,
        "secret_file": None,
        "reason": reason,
    }


def _removal(key: Key) -> Data:
    return _step(key["action"], key, key["reason"], {"status": INACTIVE} if key["action"] == DISABLE else {})


def _ids(keys: Iterable[Key]) -> str:
    return ", ".join(f"{key['access_key_id']} of {key.get('owner')}" for key in keys)


def soak_after(soak: Mapping[str, str], done: Iterable[Key], now: str | None) -> dict[str, str]:
    """Return what is known about inactive keys after some steps of a plan were executed."""
    known = dict(soak)
    for step in done:
        if step["action"] == DELETE:
            known.pop(step["access_key_id"], None)
        elif step["action"] == DISABLE and now:
            known[step["access_key_id"]] = now
    return dict(sorted(known.items()))
