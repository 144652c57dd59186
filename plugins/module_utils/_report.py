# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Make a report from the listings of accounts, or from the reports of parts.

Pure functions over plain dictionaries. No I/O, no clock, no Ansible, no cloud. The order of the input does not matter.
roles/access_key_report/files/report.schema.json describes a report.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._findings import (
    FAIL,
    FINDINGS,
    LIMITS,
    OPEN,
    PASS,
    SEVERITIES,
    Facts,
    Finding,
    active_by_owner,
    days_since,
    is_active,
    judge,
    result_of,
)
from ._given import number_in, words_in
from ._rotation_time import DAY, moment
from ._traits import Traits

Report = dict[str, Any]

FORMAT = "multicloud.iam/access_key_report"
VERSION = 1
LISTED, FAILED = "listed", "failed"
LISTING = "listing"
AGES = ((30, "0 to 30"), (90, "31 to 90"), (180, "91 to 180"), (365, "181 to 365"), (None, "over 365"))
UNKNOWN_AGE = "unknown"

_OF_KEY = (
    "account",
    "cloud",
    "kind",
    "id",
    "owner",
    "owner_name",
    "status",
    "description",
    "create_time",
    "last_used",
    "last_used_state",
    "vendor",
    "validation",
    "root",
    "declared",
)
_OF_EXCEPTION = ("findings", "account", "access_key_id", "owner", "reason", "until")
_OF_LISTING = ("account", "cloud", "problem", "warnings", "time", "keys")


class ReportError(Exception):
    """Report input that cannot be used."""


def key_of(item: Mapping[str, Any], account: Mapping[str, Any], traits: Traits) -> dict[str, Any]:
    """Return a listed object in the terms of a report. Other members are left out."""
    return {
        "account": account["name"],
        "cloud": account["cloud"],
        "kind": traits.kind,
        "id": item.get(traits.key_id),
        "owner": item.get("owner"),
        "owner_name": item.get(traits.user_name),
        "status": item.get("status"),
        "description": item.get("description"),
        "create_time": item.get("create_time"),
        "last_used": item.get("last_used"),
        "last_used_state": item.get("last_used_state"),
        "vendor": item.get("vendor"),
        "validation": item.get(traits.validation) if traits.validation else None,
        "root": traits.is_root(item),
    }


def findings_for(traits: Mapping[str, Traits]) -> list[dict[str, Any]]:
    """Return the table of findings with all citations, those of the clouds too. traits: by cloud."""
    return [
        {
            **{name: getattr(finding, name) for name in ("id", "version", "title", "severity", "rule", "remedy")},
            "kinds": list(finding.kinds),
            "citations": [
                {**citation._asdict(), "cloud": cloud}
                for cloud, cited in [
                    (None, finding.citations),
                    *((cloud, traits[cloud].citations.get(finding.id, ())) for cloud in sorted(traits)),
                ]
                for citation in cited
            ],
        }
        for finding in FINDINGS
    ]


def report_of_listings(
    listings: Sequence[Mapping[str, Any]], settings: Mapping[str, Any], now: str, traits: Mapping[str, Traits]
) -> Report:
    """Return the report about accounts.

    listings: each with the account, the cloud, the keys from key_of, or the problem, if it could not be listed.
    settings: the limits, the declared keys and the exceptions. now: the time of accounts without one.
    """
    declared = declared_ids(settings.get("declared"))
    accounts, keys = [], []
    for listing in listings:
        problem = listing.get("problem")
        listed = [] if problem else listing["keys"]
        accounts.append(
            {
                "name": listing["account"],
                "cloud": listing["cloud"],
                "state": FAILED if problem else LISTED,
                "problem": problem or None,
                "keys": None if problem else len(listed),
                "not_listed": traits[listing["cloud"]].not_listed if listing["cloud"] in traits else None,
                "warnings": sorted(map(str, listing.get("warnings") or [])),
                "time": listing.get("time") or now,
            }
        )
        keys += [{**key, "declared": _is_declared(key, declared)} for key in listed]
    return _report(
        accounts,
        keys,
        {"limits": limits_of(settings.get("limits")), "declared": declared is not None},
        exceptions_of(settings.get("exceptions")),
        now,
        findings_for(traits),
    )


def merged(reports: Sequence[Any], traits: Mapping[str, Traits]) -> Report:
    """Return the report that one run for the accounts of all reports would have made."""
    if not reports:
        raise ReportError("There is no report to merge.")
    for number, report in enumerate(reports, 1):
        if not isinstance(report, Mapping) or report.get("format") != FORMAT or report.get("version") != VERSION:
            raise ReportError(
                f"Report {number} cannot be merged: it is not a report of version {VERSION} of the role access_key_report."
            )
    first, catalogue = reports[0], findings_for(traits)
    if any(report["settings"] != first["settings"] or report["catalogue"] != catalogue for report in reports):
        raise ReportError(
            "The reports cannot be merged, because their settings or findings differ. Make all of them with this version"
            " of the collection, the same limits, and a declared list in all or in none."
        )
    for number, report in enumerate(reports, 1):
        listed = Counter(key["account"] for key in report["keys"])
        counts = {account["name"]: account["keys"] or 0 for account in report["accounts"]}
        if {name: count for name, count in counts.items() if count} != dict(listed):
            raise ReportError(f"Report {number} cannot be merged: its keys are not those of its accounts.")
    exceptions = {
        _sort_key(each): each
        for report in reports
        for each in ({name: item[name] for name in _OF_EXCEPTION} for item in report["exceptions"])
    }
    return _report(
        [account for report in reports for account in report["accounts"]],
        [{name: key[name] for name in _OF_KEY} for report in reports for key in report["keys"]],
        first["settings"],
        list(exceptions.values()),
        max(report["generated_at"] for report in reports),
        catalogue,
    )


def _report(
    accounts: Sequence[Mapping[str, Any]],
    keys: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
    exceptions: Sequence[Mapping[str, Any]],
    now: str,
    catalogue: Sequence[Mapping[str, Any]],
) -> Report:
    names = Counter(account["name"] for account in accounts)
    twins = sorted(name for name, count in names.items() if count > 1)
    if twins:
        raise ReportError(
            f"More than one host or report has the account {', '.join(twins)}. Give each account one name."
        )
    accounts = sorted(accounts, key=lambda account: account["name"])
    times = {account["name"]: _seconds(account["time"]) for account in accounts}
    rows = sorted((_aged(key, times[key["account"]]) for key in keys), key=_sort_key)
    used = [finding for finding in FINDINGS if finding.id != "unmanaged" or settings["declared"]]
    facts = Facts(settings["limits"], active_by_owner(rows))
    severities = {each["id"]: each["severity"] for each in catalogue}
    found: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        verdicts = judge(row, used, facts)
        row["results"] = {name: result_of(verdict.truth) for name, verdict in verdicts.items()}
        found += [
            {
                "finding": name,
                "key": number,
                "account": row["account"],
                "access_key_id": row["id"],
                "kind": row["kind"],
                "result": row["results"][name],
                "severity": severities[name],
                "reason": verdict.reason,
                "exception": None,
            }
            for name, verdict in verdicts.items()
            if verdict.truth is not False
        ]
    found += _of_accounts(accounts, severities)
    marked = _except(found, exceptions, _seconds(now))
    return {
        "format": FORMAT,
        "version": VERSION,
        "generated_at": now,
        "settings": dict(settings),
        "figures": _figures(accounts, rows, found, used),
        "catalogue": list(catalogue),
        "accounts": list(accounts),
        "keys": rows,
        "findings": found,
        "exceptions": marked,
    }


def _aged(key: Mapping[str, Any], now: int) -> dict[str, Any]:
    last = key["last_used"] if key["last_used_state"] == "used" else None
    age = days_since(key["create_time"], now)
    unused = age if key["last_used_state"] == "never" else days_since(last, now)
    return {**key, "age_days": age, "unused_days": unused}


def _of_accounts(accounts: Iterable[Mapping[str, Any]], severities: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what is unknown about whole accounts, because their listings leave it out."""
    return [
        {
            "finding": "root_key",
            "key": None,
            "account": account["name"],
            "access_key_id": None,
            "kind": "account",
            "result": OPEN,
            "severity": severities["root_key"],
            "reason": f"The listing does not contain {account['not_listed']}.",
            "exception": None,
        }
        for account in accounts
        if account["not_listed"] and account["state"] == LISTED
    ]


def _except(found: Sequence[dict[str, Any]], exceptions: Sequence[Mapping[str, Any]], now: int) -> list[dict[str, Any]]:
    """Mark the failures that have an exception with its number, and return the exceptions with their states.

    If several apply, the one that ends last counts. An exception that has ended does not count.
    """
    marked = [
        {**each, "state": "unmatched" if _end(each["until"]) >= now else "expired"}
        for each in sorted(exceptions, key=lambda each: (-_end(each["until"]), _sort_key(each)))
    ]
    of_key: dict[Any, list[int]] = {}
    for number, each in enumerate(marked):
        of_key.setdefault(each["access_key_id"], []).append(number)
    for item in found:
        if item["result"] != FAIL:
            continue
        numbers = sorted({*of_key.get(item["access_key_id"], ()), *of_key.get(None, ())})
        item["exception"] = next((number for number in numbers if _applies(marked[number], item)), None)
        if item["exception"] is not None:
            marked[item["exception"]]["state"] = "active"
    return marked


def _applies(exception: Mapping[str, Any], item: Mapping[str, Any]) -> bool:
    return (
        exception["state"] != "expired"
        and item["finding"] in exception["findings"]
        and exception["account"] in (None, item["account"])
        and exception["access_key_id"] in (None, item["access_key_id"])
    )


def _figures(
    accounts: Sequence[Mapping[str, Any]],
    keys: Sequence[Mapping[str, Any]],
    found: Sequence[Mapping[str, Any]],
    used: Sequence[Finding],
) -> dict[str, Any]:
    by_result = Counter((each["finding"], each["result"]) for each in found if each["exception"] is None)
    excepted = Counter(each["finding"] for each in found if each["exception"] is not None)
    passed = Counter(name for key in keys for name, result in key["results"].items() if result == PASS)
    failed = Counter(each["severity"] for each in found if each["result"] == FAIL and each["exception"] is None)
    with_failure = {each["key"] for each in found if each["result"] == FAIL and each["exception"] is None}
    statuses = Counter(is_active(key) for key in keys)
    ages = Counter(_age_group(key["age_days"]) for key in keys if key["kind"] == "access_key")
    return {
        "accounts": len(accounts),
        "accounts_failed": sum(account["state"] == FAILED for account in accounts),
        "keys": len(keys),
        "keys_active": statuses[True],
        "keys_inactive": statuses[False],
        "keys_unknown": statuses[None],
        "keys_with_failure": len(with_failure),
        "failures": {severity: failed[severity] for severity in SEVERITIES},
        "findings": {
            finding.id: {
                FAIL: by_result[finding.id, FAIL],
                "excepted": excepted[finding.id],
                OPEN: by_result[finding.id, OPEN],
                PASS: passed[finding.id],
            }
            for finding in used
        },
        "ages": {name: ages[name] for name in (*(name for _days, name in AGES), UNKNOWN_AGE)},
        "oldest_days": max((key["age_days"] for key in keys if key["age_days"] is not None), default=None),
    }


def _age_group(days: int | None) -> str:
    if days is None:
        return UNKNOWN_AGE
    return next(name for most, name in AGES if most is None or days <= most)


def gate(report: Mapping[str, Any], fail_on: Any) -> list[str]:
    """Return the reasons for a failure of the run, in words.

    fail_on: findings, severities (each includes the higher ones), and the word listing for accounts that could not be listed.
    """
    known = [LISTING, *SEVERITIES, *(finding.id for finding in FINDINGS)]
    wanted = _texts(words_in(fail_on), "fail_on")
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise ReportError(f"fail_on has the unknown words {', '.join(unknown)}. Known are {', '.join(known)}.")
    lowest = max((SEVERITIES.index(word) for word in wanted if word in SEVERITIES), default=-1)
    reasons = []
    failed = [account["name"] for account in report["accounts"] if account["state"] == FAILED]
    if LISTING in wanted and failed:
        reasons.append(f"These accounts could not be listed: {', '.join(failed)}.")
    for each in report["catalogue"]:
        count = report["figures"]["findings"].get(each["id"], {}).get(FAIL, 0)
        if count and (each["id"] in wanted or SEVERITIES.index(each["severity"]) <= lowest):
            reasons.append(f"{each['title']}: {count} ({each['severity']}).")
    return reasons


def limits_of(limits: Any) -> dict[str, int]:
    """Return the limits with their defaults."""
    given = {} if limits is None else limits
    if not isinstance(given, Mapping) or set(given) - set(LIMITS):
        raise ReportError(f"limits is not a dictionary with some of the members {', '.join(LIMITS)}.")
    limits = {name: number_in(days) for name, days in given.items()}
    wrong = sorted(str(name) for name, days in limits.items() if not _is_days(days))
    if wrong:
        raise ReportError(f"These limits are not whole numbers of days above 0: {', '.join(wrong)}.")
    return {**LIMITS, **limits}


def _is_days(days: Any) -> bool:
    return isinstance(days, int) and not isinstance(days, bool) and days > 0


def declared_ids(declared: Any) -> dict[str, set[str | None]] | None:
    """Return the declared IDs, each with the accounts that it is declared for. None in it stands for every account."""
    if declared is None:
        return None
    if not isinstance(declared, Sequence) or isinstance(declared, str):
        raise ReportError("declared is not a list of IDs of keys.")
    found: dict[str, set[str | None]] = {}
    for number, item in enumerate(declared, 1):
        member = item if isinstance(item, Mapping) else {"access_key_id": item}
        key: Any = member.get("access_key_id")
        account = member.get("account")
        if not _is_text(key) or not (account is None or _is_text(account)):
            raise ReportError(f"Item {number} of declared is neither an ID nor a dictionary with an access_key_id.")
        if account in found.setdefault(key, set()):
            raise ReportError(f"The key {key} is declared twice.")
        found[key].add(account)
    return found


def _is_declared(key: Mapping[str, Any], declared: Mapping[str, set[str | None]] | None) -> bool | None:
    if declared is None or key["id"] is None:
        return None
    return bool(declared.get(key["id"], set()) & {None, key["account"]})


def exceptions_of(exceptions: Any) -> list[dict[str, Any]]:
    """Return the exceptions with all members. Each needs findings, a scope, an owner, a reason and an end."""
    if exceptions is None:
        return []
    if not isinstance(exceptions, Sequence) or isinstance(exceptions, str):
        raise ReportError("exceptions is not a list.")
    return [_exception(each, f"Exception {number}") for number, each in enumerate(exceptions, 1)]


def _exception(given: Any, label: str) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise ReportError(f"{label} is not a dictionary.")
    names = _texts(given.get("findings"), f"findings of {label.lower()}")
    problem = _problem_of_end(given.get("until")) or _problem_of_exception(given, names)
    if problem:
        raise ReportError(f"{label} {problem}")
    return {
        **{name: given.get(name) for name in _OF_EXCEPTION},
        "findings": sorted(set(names)),
        "until": str(given["until"]),
    }


def _problem_of_end(until: Any) -> str | None:
    if until in (None, ""):
        return "has no end. Set until to the last day on which it counts."
    return None if moment(until) else f"has the end {until!r}, which is not a date in ISO 8601."


def _problem_of_exception(given: Mapping[str, Any], names: Sequence[str]) -> str | None:
    unknown = sorted(str(name) for name in given if name not in _OF_EXCEPTION)
    if unknown:
        return f"has the unknown members {', '.join(unknown)}. Known are {', '.join(_OF_EXCEPTION)}."
    scope = [name for name in ("account", "access_key_id") if name in given]
    missing = [name for name in ("owner", "reason", *scope) if not _is_text(given.get(name))]
    if missing:
        return f"needs a text as {' and '.join(missing)}."
    if not scope:
        return "would apply to every key. Set access_key_id or account."
    known = [finding.id for finding in FINDINGS]
    if not names or set(names) - set(known):
        return f"needs findings. Known are {', '.join(known)}."
    return None


def _texts(given: Any, name: str) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, Sequence) or isinstance(given, str) or not all(_is_text(each) for each in given):
        raise ReportError(f"{name} is not a list of texts.")
    return list(given)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _end(until: str) -> int:
    """Return the last second on which an exception counts. A date without a time counts to its end."""
    return _seconds(until) + (0 if re.search("[T ]", until) else DAY - 1)


def _seconds(time: str) -> int:
    seconds = moment(time)
    if seconds is None:
        raise ReportError(f"{time!r} is not a time in ISO 8601.")
    return seconds


def _sort_key(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a key that sorts dictionaries with the same members in one order, whatever order they come in."""
    return tuple(f"{value!r}" for value in item.values())
