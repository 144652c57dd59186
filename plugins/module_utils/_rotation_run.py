# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Translate between the role and the planner, whose views and decisions docs/dev/rotation.md describes.

During a run, the role keeps two facts without secrets. The listings are what the accounts contained at the beginning. The
events are what happened since, in their order. An event has the name of an enrolment, and some of these members:
`record`, `probed`, `verify`, `check`, `key` (with `gone`), `done`, and `stale` for a record of another version. The role
keeps both as texts of words, because ansible-core evaluates each member of a list again in each task. A word is the JSON text
of one entry, or of a list of them, in Base64.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from itertools import count
from operator import itemgetter
from typing import Any

from ._key_facts import entries_in, plain
from ._key_report import ISO, iso_utc
from ._rotation import plan_all
from ._rotation_input import policy_in, problem_in, text_in
from ._rotation_record import state_of

Data = dict[str, Any]
Facts = Mapping[str, Any]

_KEY_MEMBERS = ("id", "owner", "status", "description", "create_time", "last_used", "last_used_state")
_REPORTED = ("phase", "outcome", "blocked", "not_before", "due", "ids", "attempt", "notes")
_UNKNOWN = "unknown"
_READING = ("read", "check", "probe")
_ROUNDS, _ROUNDS_OF_CONSUMER = 20, 4
_STORE_VERBS, _CONSUMER_VERBS = ("read", "probe", "write"), ("apply", "check")


def accounts_of(enrolments: Sequence[Facts]) -> list[Data]:
    """Return the accounts to look at: one for all enrolments with the same cloud and the same connection.

    name, index: those of the first enrolment, which stands for the account. owners: those that the enrolments name.
    of_caller: whether an enrolment names none, so that its owner is the caller. The connections are not returned.
    """
    accounts: dict[str, Data] = {}
    for index, enrolment in enumerate(enrolments):
        name, owner = _name(enrolment), text_in(enrolment.get("owner"))
        # A vault value of ansible-core 2.18 is no text.
        place = json.dumps([enrolment["cloud"], plain(enrolment.get("connection") or {})], sort_keys=True, default=str)
        new = {"name": name, "index": index, "names": [], "owners": {}, "of_caller": False}
        account = accounts.setdefault(place, new)
        account["names"].append(name)
        account["of_caller"] |= not owner
        if owner:
            account["owners"][owner] = True
    return [{**account, "owners": list(account["owners"])} for account in accounts.values()]


def verb_files_of(enrolments: Iterable[Facts], shipped: str, playbook_dir: str) -> list[str]:
    """Return the tasks files of all stores and consumers. Those with a slash in their type belong to the user."""
    files: dict[str, None] = {}
    for enrolment in enrolments:
        of_store = [(enrolment["store"], "stores", _STORE_VERBS)]
        of_consumers = [(each, "consumers", _CONSUMER_VERBS) for each in enrolment.get("consumers") or []]
        for each, folder, verbs in of_store + of_consumers:
            directory = directory_of(each["type"], posixpath.join(shipped, folder), playbook_dir)
            files.update(dict.fromkeys(posixpath.join(directory, f"{verb}.yml") for verb in verbs))
    return list(files)


def relative_records_of(enrolments: Iterable[Facts], playbook_dir: str) -> list[str]:
    """Return the paths of records that would be in the directory of a collection, which an upgrade replaces."""
    if "/ansible_collections/" not in playbook_dir:
        return []
    stores = [enrolment["store"] for enrolment in enrolments]
    paths = [(each.get("options") or {}).get("path") for each in stores if each["type"] == "secret_file"]
    return [path for path in paths if isinstance(path, str) and not path.startswith(("/", "~"))]


def directory_of(kind: str, shipped: str, playbook_dir: str) -> str:
    """Return the directory with the verbs of a store or a consumer."""
    return posixpath.join(playbook_dir if "/" in kind else shipped, kind)


def round_of(
    enrolments: Sequence[Facts], run: Facts, clouds: Facts, policy: Facts, now: str, check_mode: bool, name: str = ""
) -> Data:
    """Return the decisions about all enrolments, and the steps of the next round.

    name: plan for this enrolment only. Then, the decisions are those about the enrolments of the same owner.
    Every access to a value of ansible-core takes its time, so they are copied once. The enrolments are not: their
    connections and options may be templates that are evaluated only where they are used.
    """
    run, clouds = _run(run), plain(clouds)
    planned = _neighbours(enrolments, name, run, clouds) if name else list(range(len(enrolments)))
    some = [enrolments[index] for index in planned]
    planned_for = zip(plan_all(views_of(some, run, clouds, plain(policy), now)), some)
    decisions = [_explained(decision, enrolment) for decision, enrolment in planned_for]
    found = due_of(decisions, some, run, clouds, check_mode)
    steps = {
        key: {**step, "index": planned[step["index"]]} for key, step in found["steps"].items() if name in ("", key)
    }
    return {**found, "steps": steps}


def _name(enrolment: Facts) -> str:
    return text_in(enrolment["name"]) or ""


def _explained(decision: Data, enrolment: Facts) -> Data:
    """Return a decision about odd values with the mistake in the enrolment, if there is one."""
    problem = problem_in(enrolment) if decision["blocked"] == "input" else None
    return {**decision, "blocked": "enrolment", "reason": problem} if problem else decision


def _neighbours(enrolments: Sequence[Facts], name: str, run: Facts, clouds: Facts) -> list[int]:
    """Return the indexes of the enrolments whose owner is that of the named one. Others have no influence on its plan."""
    listings = _listings(run)
    places = [_place(each, listings.get(_name(each), {}), _site(each, clouds)) for each in enrolments]
    wanted = [place for place, each in zip(places, enrolments) if _name(each) == name]
    return [index for index, place in enumerate(places) if place in wanted]


def views_of(enrolments: Sequence[Facts], run: Facts, clouds: Facts, policy: Facts, now: str) -> list[Data]:
    """Return the view of each enrolment.

    run: the lists `listings` and `events`. clouds: what each cloud can do. policy: the default. now: the controller's time.
    """
    known = _Known(run)
    return [_view(each, known, clouds, policy, now) for each in enrolments]


class _Known:
    """Find the listings and the events of an enrolment."""

    def __init__(self, run: Facts) -> None:
        self.listings = _listings(run)
        self.events = _by_name(run["events"])
        self._number = count()
        self._keys: dict[tuple[str, Any], list[tuple[int, Facts]]] = {}  # by account and owner
        for listing in run["listings"]:
            for key in listing.get("keys", ()):
                self._add(listing, {"key": key})
        for event in run["events"]:
            if event.get("key"):
                self._add(self.listings[event["name"]], event)

    def _add(self, listing: Facts, change: Facts) -> None:
        place = (listing["name"], change["key"].get("owner"))
        self._keys.setdefault(place, []).append((next(self._number), change))

    def keys_of(self, owner: str, listing: Facts) -> list[Facts]:
        """Return the listed keys of an owner, and then the changes, each with a key."""
        found = [each for place in (owner, None) for each in self._keys.get((listing["name"], place), ())]
        return [change for _number, change in sorted(found, key=itemgetter(0))]


def due_of(
    decisions: Sequence[Facts], enrolments: Sequence[Facts], run: Facts, clouds: Facts, check_mode: bool
) -> Data:
    """Return the decisions, and the steps to execute in this round, by name.

    steps: decisions, with the index, the account and the owner of the enrolment. files: records that are read together,
    with their path, account and owner. A record that could not be read together is read on its own in the next round.
    run: the lists `listings` and `events`.
    """
    turns, listings = _turns(run), _listings(run)
    steps, files = {}, {}
    for index, (decision, enrolment) in enumerate(zip(decisions, enrolments)):
        step, name = decision["step"], _name(enrolment)
        if not step or (check_mode and not step["in_check_mode"]) or _is_endless(enrolment, turns):
            continue
        place = _place(enrolment, listings.get(name, {}), _site(enrolment, clouds))
        path = (enrolment["store"].get("options") or {}).get("path")
        if (
            step["name"] == "read"
            and enrolment["store"]["type"] == "secret_file"
            and isinstance(path, str)
            and not turns.get(name)
        ):
            files[name] = {**place, "path": path}
        else:
            steps[name] = {**decision, **place, "index": index}
    return {"decisions": list(decisions), "steps": steps, "files": files}


def results_of(decisions: Sequence[Facts], enrolments: Sequence[Facts], run: Facts) -> Data:
    """Return what the role reports about each enrolment, by name, and all failures as texts."""
    run = _run(run)
    events, turns = _by_name(run["events"]), _turns(run)
    results, failures = {}, []
    for decision, enrolment in zip(decisions, enrolments):
        own = events.get(_name(enrolment), [])
        done = [event["done"] for event in own if "done" in event]
        problems = [each["problem"] for each in done if each.get("problem")]
        if decision["step"] and _is_endless(enrolment, turns):
            problems.append("The plan does not end. This is a defect of multicloud.iam: please report it.")
        result = {
            **{member: decision[member] for member in _REPORTED},
            "next_step": (decision["step"] or {}).get("name"),
            "reason": " ".join([*problems, decision["reason"]]),
            "steps": [each["step"] for each in done if not each["failed"]],
            "failed": bool(problems) or decision["outcome"] == "blocked" or _has_failed_consumer(decision, own),
        }
        results[_name(enrolment)] = result
        if result["failed"]:
            failures.append(f"{_name(enrolment)}: {result['reason']}")
    lines = [_line(name, result) for name, result in results.items() if result["outcome"] != "idle" or result["steps"]]
    return {"results": results, "failures": failures, "lines": lines}


def _has_failed_consumer(decision: Facts, events: Sequence[Facts]) -> bool:
    """Return whether a consumer could not be asked, or does not use a key that it was given.

    A host that cannot be reached does not make `apply` fail.
    """
    given: set[str] = set()
    failed: set[str] = set()
    for event in events:
        done, check = event.get("done") or {}, event.get("check") or {}
        if done.get("step") == "apply":
            given.add(done["consumer"])
        if check:
            name, used = check["consumer"], check.get("access_key_id")
            is_refusing = name in given and used is not None and used != decision["ids"]["current"]
            (failed.add if check.get("problem") or is_refusing else failed.discard)(name)
    return bool(failed)


def _line(name: str, result: Facts) -> str:
    """Describe an outcome in one line."""
    steps = [step for step in result["steps"] if step not in _READING]
    parts = [
        f"phase {result['phase']}",
        f"done: {', '.join(steps)}" if steps else "",
        f"next: {result['next_step']}" if result["next_step"] else "",
        f"not before {result['not_before']}" if result["not_before"] else "",
    ]
    return f"{name}: {'; '.join(part for part in parts if part)}. {result['reason']}"


def files_of(files: Iterable[Facts], wanted: Mapping[str, Facts]) -> list[Data]:
    """Return an event for each record that was wanted. A file that could not be read is missing, and is read once more."""
    found = {file["path"]: file for file in files}
    events = []
    for name, place in wanted.items():
        event: Data = {"name": name, "done": {"step": "read", "failed": False}}
        file = found.get(place["path"])
        if file:
            state = state_of(file["content"] or {}, name, place["account"], place["owner"])
            event["record"] = {"found": file["found"], "version": file["version"], "state": state}
        events.append(event)
    return events


def _view(enrolment: Facts, known: _Known, clouds: Facts, policy: Facts, now: str) -> Data:
    name, site = _name(enrolment), _site(enrolment, clouds)
    listing = known.listings.get(name) or {"name": name, "problem": "The account was not looked at."}
    events = known.events.get(name, [])
    view = {
        "name": name,
        **_listed(enrolment, listing, site, known, now),
        "access_key_id": text_in(enrolment.get("access_key_id")),
        "policy": {**policy_in(policy), **policy_in(enrolment.get("policy"))},
        "consumers": [_consumer(each["name"], events) for each in enrolment.get("consumers") or []],
        "probed": any(event.get("probed") for event in events),
        "verify": next((event["verify"] for event in reversed(events) if "verify" in event), None),
        "done": [_without_problem(event["done"]) for event in events if "done" in event],
    }
    record = next((event["record"] for event in reversed(events) if "record" in event), None)
    if record is not None:
        view["record"] = (
            {**record, "problem": _without_full_stop(record["problem"])} if record.get("problem") else record
        )
        view["signed_with"] = _signed_with(view["signer"], record.get("state") or {})
    return view


def _listed(enrolment: Facts, listing: Facts, site: Facts, known: _Known, now: str) -> Data:
    """Return the members of a view that come from the listing of its account."""
    caller, place = listing.get("caller") or {}, _place(enrolment, listing, site)
    owner = place["owner"]
    problem = listing.get("problem") or (listing.get("problems") or {}).get(owner)
    capabilities = site["capabilities"]
    if caller.get("kind") == "administrator" and caller.get("owner") == owner:
        capabilities = {**capabilities, "limit": None}
    return {
        **place,
        "capabilities": capabilities,
        "keys": None if problem else _keys(known.keys_of(owner, listing), site),
        "keys_problem": _without_full_stop(problem),
        "now": _later(listing.get("service_time"), listing.get("controller_time"), now),
        "controller_now": now,
        "signer": caller.get("access_key_id"),
        "signed_with": caller.get("access_key_id"),
    }


def _place(enrolment: Facts, listing: Facts, site: Facts) -> Data:
    """Return account and owner. If the caller could not be identified, nothing is done with either of them."""
    caller = listing.get("caller") or {}
    owner = text_in(enrolment.get("owner")) or caller.get("owner") or _UNKNOWN
    return {"account": owner if site.get("account_is_owner") else caller.get("account") or _UNKNOWN, "owner": owner}


def _keys(changes: Iterable[Facts], site: Facts) -> list[Data]:
    """Return the keys of an owner, as they were listed and as this run has changed them since."""
    keys: dict[Any, Data] = {}
    for change in changes:
        key = _key(change["key"], site)
        before = keys.pop(key["id"], None)
        if not change.get("gone"):
            keys[key["id"]] = {**key, **_last_use(before or key)}
    return list(keys.values())


def _last_use(key: Facts) -> Data:
    """Return the last use, which the modules that change a key do not read. A key that was not listed is a new one."""
    return {"last_used": key["last_used"], "last_used_state": key["last_used_state"] or "never"}


def _key(key: Facts, site: Facts) -> Data:
    """Return a key as the info modules return it, with the ID that signs calls."""
    return {**{name: key.get(name) for name in _KEY_MEMBERS}, "id": key[site["key_id"]]}


def _consumer(name: str, events: Iterable[Facts]) -> Data:
    """Return a consumer with its last reply. After it was given a key, it has to be asked again."""
    unknown: Data = {"checked": False, "access_key_id": None, "in_use": None, "problem": None}
    state = unknown
    for event in events:
        if (event.get("done") or {}).get("consumer") == name:
            state = unknown
        check = event.get("check") or {}
        if check.get("consumer") == name:
            state = {"checked": True, **{member: check.get(member) for member in ("access_key_id", "in_use")}}
            state["problem"] = _without_full_stop(check.get("problem"))
    return {"name": name, "can_check": True, **state}


def _signed_with(signer: str | None, state: Facts) -> str | None:
    """Return the key that signs. If the configured one was replaced, that is the current key of the record."""
    old, current = state.get("old") or {}, state.get("current") or {}
    is_replaced = signer is not None and signer == old.get("access_key_id") and current.get("has_secret")
    return current["access_key_id"] if is_replaced else signer


def _site(enrolment: Facts, clouds: Facts) -> Facts:
    """Return the facts about the cloud of an enrolment, at its site."""
    cloud = clouds[enrolment["cloud"]]
    site = (cloud.get("sites") or {}).get(enrolment.get("site") or "", {})
    return {**cloud, "capabilities": {**cloud["capabilities"], **site}}


def _listings(run: Facts) -> dict[str, Facts]:
    return {name: listing for listing in run["listings"] for name in listing["names"]}


def _by_name(events: Iterable[Facts]) -> dict[str, list[Facts]]:
    found: dict[str, list[Facts]] = {}
    for event in events:
        found.setdefault(event["name"], []).append(event)
    return found


def _turns(run: Facts) -> dict[str, int]:
    """Return how many steps each enrolment has had, including those that changed nothing."""
    turns: dict[str, int] = {}
    for event in run["events"]:
        turns[event["name"]] = turns.get(event["name"], 0) + bool("done" in event or event.get("stale"))
    return turns


def _is_endless(enrolment: Facts, turns: Mapping[str, int]) -> bool:
    """Return whether an enrolment has had more steps than any plan needs."""
    return turns.get(_name(enrolment), 0) >= _ROUNDS + _ROUNDS_OF_CONSUMER * len(enrolment.get("consumers") or [])


def _without_full_stop(problem: str | None) -> str | None:
    """Return a message as the planner puts it into a sentence."""
    return problem and problem.rstrip(".")


def _without_problem(done: Facts) -> Data:
    return {name: value for name, value in done.items() if name != "problem"}


def _later(service_time: str | None, controller_time: str | None, now: str) -> str | None:
    """Return the cloud's own time: that of the listing, and the time that has passed since."""
    if not service_time or not controller_time:
        return None
    return iso_utc(_moment(service_time) + max(_moment(now) - _moment(controller_time), timedelta()))


def _moment(text: str) -> datetime:
    return datetime.strptime(text, ISO).replace(tzinfo=timezone.utc)


def _run(run: Facts) -> Data:
    """Return a copy of what the role keeps, as lists."""
    return {name: entries_in(kept) for name, kept in run.items()}
