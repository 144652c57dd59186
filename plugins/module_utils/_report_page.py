# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Write a report as one HTML page. The texts in it are hostile input.

The page is roles/access_key_report/files/report.html, with a mark for each part that depends on the report.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from ._findings import FAIL, OPEN, PASS
from ._report import AGES, FAILED
from ._report_texts import rule_text

_MARK = re.compile(r"@@([A-Z_]+)@@")
_HEIGHT = 100


def as_html(report: Mapping[str, Any], page: str) -> str:
    """Return the page about a report. page: its text with marks."""
    figures = report["figures"]
    failed = [account for account in report["accounts"] if account["state"] == FAILED]
    parts = {
        "DATE": _html(report["generated_at"]),
        "SUBTITLE": _html(_subtitle(report)),
        "FAILED": _failed(failed),
        "FIGURES": "\n".join(_figure(*each) for each in _shown_figures(figures)),
        "AGES": "\n".join(_age_bars(figures["ages"])),
        "FINDINGS": "\n".join(_finding_rows(report)),
        "ACCOUNTS": "\n".join(_account_row(account) for account in report["accounts"]),
        "ACCOUNTS_OPEN": " open" if failed else "",
        "EXCEPTIONS": _exceptions(report["exceptions"]),
        "RULES": "\n".join(_rule_row(each, report["settings"]["limits"]) for each in report["catalogue"]),
        "DATA": _data(report, bool(failed)),
        "POLICY": _policy(page),
    }
    return _MARK.sub(lambda found: parts[found[1]], page)


def _policy(page: str) -> str:
    """Return a policy that allows the style and the script of the page, and nothing else."""

    def hashes(tag: str) -> str:
        texts = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        return " ".join(
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts
        )

    return f"default-src 'none'; style-src {hashes('style')}; script-src {hashes('script')}; base-uri 'none'; form-action 'none'"


def _visible(value: Any) -> str:
    """Return a text whose control characters can be seen, so that none can hide or reorder other text."""
    text = str(value)
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else f"\\u{{{ord(each):x}}}" for each in text)


def _html(value: Any) -> str:
    return escape(_visible(value))


def _cells(*values: Any) -> str:
    return "".join(f'<td class="n">{_html(value)}</td>' for value in values)


def _subtitle(report: Mapping[str, Any]) -> str:
    figures = report["figures"]
    accounts = "1 account" if figures["accounts"] == 1 else f"{figures['accounts']} accounts"
    keys = "1 key" if figures["keys"] == 1 else f"{figures['keys']} keys"
    time = str(report["generated_at"]).replace("T", " ").replace("Z", " UTC")
    return f"{keys} in {accounts}, {time}"


def _failed(accounts: Iterable[Mapping[str, Any]]) -> str:
    rows = "\n".join(f"<li><strong>{_html(each['name'])}</strong>: {_html(each['problem'])}</li>" for each in accounts)
    if not rows:
        return ""
    return (
        '<section class="box failed" aria-labelledby="failed-title">\n<h2 id="failed-title">These accounts could not be listed</h2>\n'
        f"<p>Their keys are missing from this report.</p>\n<ul>\n{rows}\n</ul>\n</section>"
    )


def _shown_figures(figures: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    failed = figures["accounts_failed"]
    return [
        ("Keys", figures["keys"], ""),
        ("Active", figures["keys_active"], ""),
        ("Failing keys", figures["keys_with_failure"], ""),
        *(
            (f"{severity.capitalize()} failures", count, severity if count else "")
            for severity, count in figures["failures"].items()
        ),
        ("Oldest, in days", "–" if figures["oldest_days"] is None else figures["oldest_days"], ""),  # noqa: RUF001
        ("Failed accounts", failed, "high" if failed else ""),
    ]


def _figure(name: str, value: Any, kind: str) -> str:
    return f'<div class="{kind}"><dt>{name}</dt><dd>{_html(value)}</dd></div>'


def _age_bars(ages: Mapping[str, int]) -> Iterable[str]:
    most = max(1, *ages.values())
    for name, count in ages.items():
        # What exists can be seen, however small it is.
        height = max(2 if count else 0, round(count * _HEIGHT / most))
        yield (
            f'<li><button type="button" data-age="{name}"><svg viewBox="0 0 10 101" preserveAspectRatio="none" aria-hidden="true">'
            f'<rect class="bar" x="1.5" y="{_HEIGHT - height}" width="7" height="{height}"/>'
            f'<rect class="base" x="0" y="{_HEIGHT}" width="10" height="1"/></svg>'
            f'<span class="count">{count}</span><span class="name">{name}</span></button></li>'
        )


def _finding_rows(report: Mapping[str, Any]) -> Iterable[str]:
    for number, each in enumerate(report["catalogue"]):
        counts = report["figures"]["findings"].get(each["id"])
        severity = f'<td><span class="tag {_html(each["severity"])}">{_html(each["severity"])}</span></td>'
        if counts is None:
            yield f'<tr><th scope="row">{_html(each["title"])}</th>{severity}<td colspan="4">not checked, because no keys are declared</td></tr>'
        else:
            button = f'<button type="button" data-finding="{number}">{_html(each["title"])}</button>'
            numbers = _cells(*(counts[name] for name in (FAIL, "excepted", OPEN, PASS)))
            yield f'<tr><th scope="row">{button}</th>{severity}{numbers}</tr>'


def _account_row(account: Mapping[str, Any]) -> str:
    is_failed = account["state"] == FAILED
    state = f'<span class="tag {"high" if is_failed else "good"}">{_html(account["state"])}</span>'
    remarks = [account["problem"], *account["warnings"]]
    if account["not_listed"] and not is_failed:
        remarks.append(f"The listing does not contain {account['not_listed']}.")
    count = "unknown" if account["keys"] is None else account["keys"]
    return (
        f'<tr><th scope="row">{_html(account["name"])}</th><td>{_html(account["cloud"])}</td><td>{state}</td>'
        f"{_cells(count)}<td>{_html(' '.join(str(each) for each in remarks if each))}</td></tr>"
    )


def _exceptions(exceptions: Iterable[Mapping[str, Any]]) -> str:
    rows = "\n".join(
        f'<tr><th scope="row">{_html(each["access_key_id"] or "every key")}</th><td>{_html(each["account"] or "any")}</td>'
        f"<td>{_html(', '.join(each['findings']))}</td><td>{_html(each['owner'])}</td><td>{_html(each['reason'])}</td>"
        f"<td>{_html(each['until'])}</td><td>{_html(each['state'])}</td></tr>"
        for each in exceptions
    )
    if not rows:
        return ""
    head = "".join(
        f'<th scope="col">{name}</th>' for name in ("Key", "Account", "Findings", "Owner", "Reason", "Until", "State")
    )
    return (
        '<details class="box" open>\n<summary>Exceptions</summary>\n'
        '<div class="scroll" role="region" aria-label="Exceptions" tabindex="0">\n'
        f'<table class="plain">\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n</details>'
    )


def _rule_row(finding: Mapping[str, Any], limits: Mapping[str, int]) -> str:
    sources = "<br>".join(_html(_citation(each)) for each in finding["citations"]) or "–"  # noqa: RUF001
    return (
        f'<tr><th scope="row">{_html(finding["title"])}</th><td>{_html(rule_text(finding, limits))}</td>'
        f"<td>{_html(finding['remedy'])}</td><td>{sources}</td></tr>"
    )


def _citation(citation: Mapping[str, Any]) -> str:
    when = f" ({citation['date']})" if citation["date"] else f" (read {citation['read']})"
    return f"{citation['source']}, {citation['rule']}{when}" + (f", {citation['note']}" if citation["note"] else "")


def _data(report: Mapping[str, Any], failed: bool) -> str:
    """Return what the script needs, as JSON that no text in it can end."""
    findings = [each["id"] for each in report["catalogue"]]
    numbers = {name: number for number, name in enumerate(findings)}
    accounts = {account["name"]: number for number, account in enumerate(report["accounts"])}
    found: dict[Any, list[list[Any]]] = {}
    excepted = set()
    reasons: dict[str, int] = {}
    for each in report["findings"]:
        reason = reasons.setdefault(each["reason"], len(reasons))
        found.setdefault(each["key"], []).append([numbers[each["finding"]], reason, each["exception"]])
        if each["exception"] is not None:
            excepted.add((each["key"], each["finding"]))
    keys = []
    for number, key in enumerate(report["keys"]):
        results = "".join("e" if (number, name) in excepted else key["results"].get(name, "-")[0] for name in findings)
        texts = [None if key[name] is None else _visible(key[name]) for name in ("id", "owner", "owner_name")]
        keys.append(
            [
                accounts[key["account"]],
                key["kind"],
                *texts,
                key["status"],
                None if key["description"] is None else _visible(key["description"]),
                key["create_time"],
                key["last_used"],
                key["last_used_state"],
                key["age_days"],
                key["unused_days"],
                key["vendor"],
                key["validation"],
                results,
                found.get(number, []),
            ]
        )
    limits = report["settings"]["limits"]
    data = {
        "accounts": [[_visible(account["name"]), account["cloud"]] for account in report["accounts"]],
        "findings": [
            [each["id"], each["title"], each["severity"], rule_text(each, limits), each["remedy"]]
            for each in report["catalogue"]
        ],
        "ages": AGES,
        "exceptions": [
            _visible(f"{each['reason']} ({each['owner']}, until {each['until']})") for each in report["exceptions"]
        ],
        "reasons": list(reasons),
        "failed": failed,
        "keys": keys,
    }
    text = json.dumps(data, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
