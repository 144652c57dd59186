# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Write a report as CSV, JSON or SARIF 2.1.0. The texts in it are hostile input."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

from ._findings import FAIL, OPEN, PASS

_COLUMNS = (
    "account",
    "cloud",
    "kind",
    "access_key_id",
    "owner",
    "owner_name",
    "status",
    "description",
    "create_time",
    "age_days",
    "last_used",
    "last_used_state",
    "unused_days",
    "vendor",
    "validation",
)
_SIGNS = "=+-@|%＝＋－＠"  # noqa: RUF001
_INNER_FORMULA = re.compile(rf"""([;\t\r\n][\s"]*)([{re.escape(_SIGNS)}])""")
_LEVELS = {"high": "error", "medium": "warning", "low": "note"}
_HOME = "https://github.com/multicloud-iam/multicloud.iam"


def as_json(report: Mapping[str, Any]) -> str:
    """Return the report as JSON, in ASCII."""
    return json.dumps(report, separators=(",", ":")) + "\n"


def as_csv(report: Mapping[str, Any]) -> str:
    """Return one line for each key, and one for each account that could not be listed. No cell is a formula."""
    findings = [each["id"] for each in report["catalogue"]]
    excepted = {(each["key"], each["finding"]) for each in report["findings"] if each["exception"] is not None}
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")  # a cell may contain a carriage return
    writer.writerow([*_COLUMNS, *findings, "problem"])
    for number, key in enumerate(report["keys"]):
        known = [key["id" if name == "access_key_id" else name] for name in _COLUMNS]
        found = ["excepted" if (number, name) in excepted else key["results"].get(name) for name in findings]
        writer.writerow([_cell(value) for value in (*known, *found, None)])
    for account in report["accounts"]:
        if account["problem"] is not None:
            row = {"account": account["name"], "cloud": account["cloud"], "problem": account["problem"]}
            writer.writerow([_cell(row.get(name)) for name in (*_COLUMNS, *findings, "problem")])
    return out.getvalue()


def _cell(value: Any) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    # A spreadsheet of a country that separates cells by semicolons or tabs begins a cell in the middle of a text.
    text = "" if value is None else _INNER_FORMULA.sub(r"\1'\2", str(value))
    # Spreadsheets ignore white space in front of a formula, and accept full-width signs.
    begin = text.lstrip()[:1]
    is_formula = begin != "" and begin in _SIGNS
    return f"'{text}" if is_formula or text[:1] in ("\t", "\r", "\n", "\0") else text


def as_sarif(report: Mapping[str, Any]) -> str:
    """Return the report as SARIF 2.1.0: a result for each finding and key, and a notification for each failed account."""
    places: dict[tuple[Any, ...], int] = {}
    logical: list[dict[str, Any]] = []
    for account in report["accounts"]:
        places[account["name"], None, "account"] = len(logical)
        logical.append({"name": account["name"], "fullyQualifiedName": _path(account), "kind": "account"})
    of_account = {account["name"]: account for account in report["accounts"]}
    for key in report["keys"]:
        place = (key["account"], key["id"], key["kind"])
        if place not in places:
            places[place] = len(logical)
            parent = places[key["account"], None, "account"]
            logical.append(
                {
                    "name": key["id"] or "unknown",
                    "fullyQualifiedName": f"{_path(of_account[key['account']])}/{key['id'] or 'unknown'}",
                    "kind": key["kind"],
                    "parentIndex": parent,
                }
            )
    rules = {each["id"]: number for number, each in enumerate(report["catalogue"])}
    results = [_result(each, rules, places, report["exceptions"]) for each in report["findings"]]
    run = {
        "tool": {
            "driver": {
                "name": "multicloud.iam.access_key_report",
                "informationUri": _HOME,
                "rules": [_rule(each, report["settings"]["limits"]) for each in report["catalogue"]],
            }
        },
        "invocations": [_invocation(report, places)],
        "logicalLocations": logical,
        "columnKind": "unicodeCodePoints",
    }
    # There are many passes, and they differ in two numbers, so they are written as texts.
    passes = {
        name: f'{{"ruleId":{_dump(name)},"ruleIndex":{number},"kind":"{PASS}","level":"none","message":{{"id":"{PASS}"}},'
        '"locations":[{"logicalLocations":[{"index":'
        for name, number in rules.items()
    }
    texts = [_dump(result) for result in results]
    for key in report["keys"]:
        end = f"{places[key['account'], key['id'], key['kind']]}}}]}}]}}"
        texts += [passes[name] + end for name, result in key["results"].items() if result == PASS]
    head = '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":['
    return f'{head}{_dump(run)[:-1]},"results":[{",".join(texts)}]}}]}}\n'


_dump = json.JSONEncoder(separators=(",", ":")).encode


def rule_text(finding: Mapping[str, Any], limits: Mapping[str, int]) -> str:
    """Return the rule of a finding with the limits of the report."""
    text = str(finding["rule"])
    for name, days in limits.items():
        text = text.replace(f"{{{name}}}", str(days))
    return text


def _path(account: Mapping[str, Any]) -> str:
    return f"{account['cloud']}/{account['name']}"


def _rule(finding: Mapping[str, Any], limits: Mapping[str, int]) -> dict[str, Any]:
    return {
        "id": finding["id"],
        "name": "".join(part.capitalize() for part in finding["id"].split("_")),
        "shortDescription": {"text": f"{finding['title']}."},
        "fullDescription": {"text": rule_text(finding, limits)},
        "help": {"text": finding["remedy"]},
        "messageStrings": {PASS: {"text": "The key passes: " + rule_text(finding, limits)}},
        "defaultConfiguration": {"level": _LEVELS[finding["severity"]]},
        "properties": {
            "version": finding["version"],
            "severity": finding["severity"],
            "citations": finding["citations"],
        },
    }


def _result(
    found: Mapping[str, Any], rules: Mapping[str, int], places: Mapping[Any, int], exceptions: Any
) -> dict[str, Any]:
    place = (found["account"], found["access_key_id"], found["kind"])
    failed = found["result"] == FAIL
    result = {
        "ruleId": found["finding"],
        "ruleIndex": rules[found["finding"]],
        "kind": FAIL if failed else OPEN,
        "level": _LEVELS[found["severity"]] if failed else "none",
        # Braces and brackets have a meaning in the text of a message.
        "message": {"text": found["reason"]},
        "locations": [{"logicalLocations": [{"index": places[place]}]}],
    }
    if failed:
        identity = "/".join(str(part) for part in (*place, found["finding"]))
        result["partialFingerprints"] = {"accessKeyFinding/v1": identity}
    if found["exception"] is not None:
        exception = exceptions[found["exception"]]
        text = f"{exception['reason']} (accepted by {exception['owner']} until {exception['until']})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": text}]
    return result


def _invocation(report: Mapping[str, Any], places: Mapping[Any, int]) -> dict[str, Any]:
    """Return whether every account could be listed, with a notification for each one that could not."""
    failed = [account for account in report["accounts"] if account["problem"] is not None]
    notifications = [
        {
            "descriptor": {"id": "listing"},
            "level": "error",
            "message": {"text": f"The account {account['name']} could not be listed: {account['problem']}"},
            "locations": [{"logicalLocations": [{"index": places[account["name"], None, "account"]}]}],
        }
        for account in failed
    ]
    return {
        "executionSuccessful": not failed,
        "endTimeUtc": report["generated_at"],
        "toolExecutionNotifications": notifications,
    }
