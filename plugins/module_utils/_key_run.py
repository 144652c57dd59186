# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Plan a run that reconciles the keys of one account, save its plan, and check a saved plan before it is applied.

Pure functions over plain data. A plan file and a soak file are JSON, and contain no secret.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._declared_keys import DELETE, check_declared, check_policy
from ._key_differences import BEFORE, differences_of, soak_after
from ._key_facts import decoded
from ._rotation_record import RecordError, named_ids

Data = dict[str, Any]
Facts = Mapping[str, Any]

FORMAT = 1
# The members of a step that a saved plan and a new one must have in common. The reason may contain times.
_ESSENCE = ("action", "access_key_id", "id", "owner", "description", "changes", "before", "secret_file")
_MOST_LINES = 50


class PlanError(Exception):
    """Report why a plan or a file cannot be used."""


def input_of(declared: Any, policy: Facts, cloud: str, clouds: Facts, soak_file: Any) -> Data:
    """Return the owners that the declared list names, and a digest of the list and the policy.

    Raises DeclarationError or PlanError for anything that can be refused before a call.
    """
    if cloud not in clouds:
        raise PlanError(
            f"Access keys of the cloud {cloud} cannot be reconciled. Possible are {', '.join(sorted(clouds))}."
        )
    entries, full = check_declared(declared), check_policy(policy)
    if full["purge"] == DELETE and not soak_file:
        raise PlanError(
            f"purge={DELETE} needs reconcile_access_keys_soak_file, a file that outlives the run. It records since when keys"
            " are inactive."
        )
    owners = sorted({entry["owner"] for entry in entries if "owner" in entry})
    return {"owners": owners, "digest": _digest([entries, full])}


def plan_of(declared: Any, run: Facts, policy: Facts, cloud: Facts) -> Data:
    """Return the plan of a run, with the `document` to save, and with only those steps that a saved plan has.

    run: `name` and `cloud` of the account, its `caller`, the listed `keys`, the `warnings` of the listings, `service_time`,
    `controller_time`, `rotations`, the `missing_files` that should keep secrets, the contents of a `soak` file and of a `saved`
    plan, in Base64 or empty, and the `digest` of the input. Without Base64, older versions of ansible-core turn a JSON text
    into a dictionary.
    """
    account = {"cloud": run["cloud"], "id": run["caller"].get("account"), "name": run["name"]}
    seen = {
        "keys": run["keys"],
        "signer": run["caller"].get("access_key_id"),
        "now": run["service_time"],
        "controller_now": run["controller_time"],
        "rotations": run["rotations"],
        "missing_files": run["missing_files"],
        "unread": [text for text in run["warnings"] if "cannot be read" in text],
        "soak": _soak_in(decoded(run["soak"]), account),
    }
    plan = differences_of(declared, seen, policy, cloud)
    plan["account"], plan["digest"], plan["now"] = account, run["digest"], run["service_time"]
    keys = [{**key, "access_key_id": key.get(cloud["key_id"])} for key in run["keys"]]
    if run["saved"]:
        plan["steps"] = _saved_steps(decoded(run["saved"]), plan, keys)
    plan["document"] = _document(plan, keys)
    return plan


# Saved plans


def _document(plan: Facts, keys: Sequence[Facts]) -> Data:
    content = {
        "format": FORMAT,
        "account": plan["account"],
        "written": plan["now"],
        "declared": plan["digest"],
        "steps": plan["steps"],
        "relies_on": _relied_on(plan["steps"], keys),
        "unmanaged": plan["unmanaged"],
        "counts": plan["counts"],
    }
    return {**content, "digest": _digest(content)}


def _relied_on(steps: Iterable[Facts], keys: Iterable[Facts]) -> Data:
    """Return what is known about all keys of the owners that the steps are about."""
    found: dict[str, list[list[Any]]] = {str(step["owner"]): [] for step in steps}
    for key in keys:
        if str(key.get("owner")) in found:
            found[str(key.get("owner"))].append([key.get(name) for name in ("access_key_id", "id", *BEFORE)])
    return {owner: sorted(rows, key=str) for owner, rows in found.items()}


def _saved_steps(text: str, plan: Facts, keys: Sequence[Facts]) -> list[Data]:
    """Return the steps of a saved plan. Raises PlanError unless everything that it relies on is still the same."""
    saved = _parsed(text, "The plan file")
    content = {name: value for name, value in saved.items() if name != "digest"}
    if saved.get("digest") != _digest(content):
        raise PlanError("The plan file was changed after it was written. Run in check mode again to write a new one.")
    if any(saved["account"][name] != plan["account"][name] for name in ("cloud", "id")):
        shown = [f"{each['name']} ({each['cloud']} {each['id']})" for each in (saved["account"], plan["account"])]
        raise PlanError(f"The plan file is about the account {shown[0]}, not about {shown[1]}.")
    if saved["declared"] != plan["digest"]:
        raise PlanError("The declared list or the policy is not the one that the plan file was written for.")
    now = _relied_on(saved["steps"], keys)
    changed = sorted(owner for owner, rows in saved["relies_on"].items() if rows != now.get(owner))
    if changed:
        raise PlanError(
            f"The keys of these owners have changed since the plan file was written: {', '.join(changed)}. Run in check mode"
            " again, and approve the new plan."
        )
    new = [_essence(step) for step in plan["steps"]]
    gone = [step for step in saved["steps"] if _essence(step) not in new]
    if gone:
        reasons = [*plan["problems"], *([plan["brake"]] if plan["brake"] else [])]
        names = ", ".join(f"{step['action']} {step['access_key_id'] or step['description']}" for step in gone)
        raise PlanError(f"These steps of the plan file are not possible any more: {names}. {' '.join(reasons)}".strip())
    return [dict(step) for step in saved["steps"]]


def _essence(step: Facts) -> str:
    return _canonical({name: step.get(name) for name in _ESSENCE})


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _digest(value: Any) -> str:
    return hashlib.sha256(_canonical(value).encode()).hexdigest()


def _parsed(text: str, what: str) -> Data:
    try:
        content = json.loads(text)
    except ValueError:
        raise PlanError(f"{what} is not JSON.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT or not isinstance(content.get("account"), dict):
        raise PlanError(f"{what} does not have the format {FORMAT} of this release.")
    return content


# The soak


def _soak_in(text: str, account: Facts) -> Data:
    """Return the times in a soak file. Raises PlanError for one that cannot be used: its times would be lost."""
    if not text.strip():
        return {}
    content = _parsed(text, "The soak file")
    if any(content["account"].get(name) != account[name] for name in ("cloud", "id")):
        raise PlanError(f"The soak file is about another account: {content['account'].get('name')}.")
    soak = content.get("soak")
    if not isinstance(soak, dict):
        raise PlanError("The soak file has no times.")
    return soak


# Rotations


def rotations_of(enrolments: Sequence[Facts], files: Sequence[Facts], cloud: str) -> Data:
    """Return the IDs and the owners that rotations of this cloud use, and a problem if they cannot be known.

    files: the records that are files, as far as they could be read. A rotation whose record is not one of them, or that may be
    creating a key, protects all keys of its owner.
    """
    records = {file["path"]: file for file in files}
    ids: set[str] = set()
    owners: set[str] = set()
    unknown: list[str] = []
    for enrolment in enrolments:
        if enrolment.get("cloud") != cloud:
            continue
        named, is_certain = _named_by(enrolment, records)
        ids |= named
        if not is_certain and enrolment.get("owner"):
            owners.add(str(enrolment["owner"]))
        elif not is_certain:
            unknown.append(str(enrolment.get("name")))
    problem = f"the records of these rotations, which name no owner, cannot be read: {', '.join(sorted(unknown))}."
    return {"ids": sorted(ids), "owners": sorted(owners), "problem": problem if unknown else None}


def _named_by(enrolment: Facts, records: Mapping[str, Facts]) -> tuple[set[str], bool]:
    """Return the IDs that an enrolment and its record name, and whether these are certainly all."""
    ids = {str(enrolment["access_key_id"])} if enrolment.get("access_key_id") else set()
    store = enrolment.get("store") or {}
    path = (store.get("options") or {}).get("path") if store.get("type") == "secret_file" else None
    record = records.get(path or "")
    if not record or not record.get("found"):
        return ids, False
    try:
        named, is_creating = named_ids(record.get("content"))
    except RecordError:
        return ids, False
    return ids | named, not is_creating


def record_paths(enrolments: Iterable[Facts], cloud: str) -> list[str]:
    """Return the paths of the records of this cloud that are files."""
    stores = [each.get("store") or {} for each in enrolments if each.get("cloud") == cloud]
    paths = [(each.get("options") or {}).get("path") for each in stores if each.get("type") == "secret_file"]
    return [str(path) for path in dict.fromkeys(paths) if path]


# The outcome


def outcome_of(plan: Facts, events: Sequence[Facts]) -> Data:
    """Return the `result` of a run, `lines` for people, `failures`, and the `soak_document` for the next run.

    events: one for each executed step, with its `index`, whether it has `failed`, and a `problem`.
    """
    failed = {event["index"]: event["problem"] for event in events if event["failed"]}
    done = [plan["steps"][event["index"]] for event in events if not event["failed"]]
    steps = [{**step, "failed": number in failed} for number, step in enumerate(plan["steps"])]
    return {
        "result": {
            "account": plan["account"],
            "steps": [{name: step[name] for name in (*_ESSENCE, "reason", "failed")} for step in steps],
            **{
                name: plan[name]
                for name in ("unmanaged", "protected", "unclear", "notes", "problems", "brake", "counts")
            },
        },
        "lines": _lines(plan),
        "failures": [
            *plan["problems"],
            *([plan["brake"]] if plan["brake"] else []),
            *(f"{_title(plan['steps'][number])}: {problem}" for number, problem in sorted(failed.items())),
        ],
        "is_drift": bool(plan["steps"] or plan["unmanaged"] or plan["problems"] or plan["brake"]),
        "soak_document": {
            "format": FORMAT,
            "account": plan["account"],
            "soak": soak_after(plan["soak"], done, plan["now"]),
        },
    }


def _lines(plan: Facts) -> list[str]:
    kept = [
        f"{key['access_key_id']} of {key['owner']}: {key['reason']}"
        for name in ("unmanaged", "unclear")
        for key in plan[name]
        if key.get("action") is None
    ]
    lines = [*(f"{_title(step)}: {step['reason']}" for step in plan["steps"]), *kept, *plan["notes"]]
    more = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], *([f"{more} more lines are in the result."] if more > 0 else [])]


def _title(step: Facts) -> str:
    return f"{step['action']} {step['access_key_id'] or step['description']} of {step['owner']}"
