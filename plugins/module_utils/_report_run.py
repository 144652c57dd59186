# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Carry out the steps of the role access_key_report that are not tasks: pack a listing, and make the report of a run."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ._account import account_of, all_traits, problem_of_names, traits_of
from ._report import FAILED, Report, ReportError, gate, key_of, merged, report_of_listings
from ._report_page import as_html
from ._report_texts import as_csv, as_json, as_sarif

FORMATS = ("html", "csv", "json", "sarif")
NO_ACCOUNT = "none"
_ANY_TIME = "2026-01-01"
_NOT_LISTED = "It was not listed, because an earlier task of its host has failed."


def problem_of(names: Sequence[str], settings: Mapping[str, Any], formats: Sequence[str], later: Sequence[str]) -> str:
    """Return what is wrong with the input of a run, or an empty text. names: of the accounts. later: hosts of later batches."""
    twins = problem_of_names(names)
    if twins:
        return twins
    if later:
        return "The report needs all hosts at once. Remove the keyword serial from the play."
    unknown = sorted(set(map(str, formats)) - set(FORMATS))
    if unknown:
        return f"formats has the unknown words {', '.join(unknown)}. Known are {', '.join(FORMATS)}."
    try:
        summary(report_of_listings([], settings, _ANY_TIME, {}), settings.get("fail_on"))
    except ReportError as error:
        return str(error)
    return ""


def lister_of(account: Any, host: Any) -> dict[str, Any]:
    """Return the task that lists an account: the name of the module, and its options."""
    traits = traits_of(account_of(account, host)["cloud"])
    return {"module": traits.module, "options": dict(traits.options)}


def pack(result: Mapping[str, Any], account: Any, host: Any) -> str:
    """Return a listing as a text without anything that looks like a template. It contains only what the report needs.

    result: what the task that lists the account has registered. A failure stays a failure.
    """
    known = account_of(account, host)
    traits = traits_of(known["cloud"])
    listed = None if result.get("failed") or result.get("unreachable") else result.get(traits.objects)
    problem = (
        None if isinstance(listed, Sequence) else str(result.get("msg") or "The task has failed without a message.")
    )
    listing = {
        "account": known["name"],
        "cloud": known["cloud"],
        "problem": problem,
        "warnings": [str(each) for each in result.get("warnings") or []],
        "time": result.get("service_time"),
        "keys": [] if problem else [key_of(item, known, traits) for item in listed or []],
    }
    return base64.b64encode(zlib.compress(json.dumps(listing, default=str).encode(), 1)).decode()


def _unpack(host: str, text: str) -> dict[str, Any]:
    """Return the listing of a host. An empty text is that of a host that has failed."""
    if not text:
        return {"account": host, "cloud": None, "problem": _NOT_LISTED, "keys": []}
    listing: dict[str, Any] = json.loads(zlib.decompress(base64.b64decode(text)))
    return listing


def make(listings: Mapping[str, str], reports: Sequence[str], settings: Mapping[str, Any], now: str) -> Report:
    """Return the report of a run.

    listings: the texts of pack by host. reports: the texts of reports to merge. settings: limits, declared, exceptions.
    """
    return _make(json.dumps([dict(listings), list(reports), dict(settings), now], default=str))


@lru_cache(maxsize=1)  # a loop over the formats needs it again in each round
def _make(inputs: str) -> Report:
    listings, texts, settings, now = json.loads(inputs)
    traits = all_traits()
    listed = [_unpack(host, text) for host, text in listings.items() if text != NO_ACCOUNT]
    own = report_of_listings(listed, settings, now, traits)
    if not texts:
        return own
    return merge_texts(texts, [own] if listed else [])


def merge_texts(texts: Sequence[str], reports: Sequence[Any] = ()) -> Report:
    """Return the merged report of texts and of reports. Raises ReportError if one of them is no report."""
    return merge([*(_parse(text, number) for number, text in enumerate(texts, 1)), *reports])


def _parse(text: str, number: int) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise ReportError(f"Report {number} cannot be merged: it is not JSON.") from None


def merge(reports: Sequence[Any]) -> Report:
    """Return the merged report. Raises ReportError if one of them is no report."""
    try:
        return merged(reports, all_traits())
    except (KeyError, TypeError, AttributeError, ValueError, StopIteration):
        raise ReportError("The reports cannot be merged: a part of them is missing or has another type.") from None


def text_of(report: Mapping[str, Any], form: str, page: str = "") -> str:
    """Return a report in a format. page: the page of the role, for HTML."""
    if form not in FORMATS:
        raise ReportError(f"{form!r} is not a format. Known are {', '.join(FORMATS)}.")
    if form == "html":
        return as_html(report, page)
    return {"csv": as_csv, "json": as_json, "sarif": as_sarif}[form](report)


def summary(report: Mapping[str, Any], fail_on: Any) -> dict[str, Any]:
    """Return the figures, the accounts that could not be listed, and the reasons for a failure of the run."""
    return {
        "figures": report["figures"],
        "failed_accounts": {
            account["name"]: account["problem"] for account in report["accounts"] if account["state"] == FAILED
        },
        "failures": gate(report, fail_on),
    }
