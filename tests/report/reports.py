# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make reports of any size, with everything that a report can contain."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._account import all_traits
from ansible_collections.multicloud.iam.plugins.module_utils._report import key_of, report_of_listings
from ansible_collections.multicloud.iam.plugins.module_utils._report_page import as_html

ROLE = Path(__file__).resolve().parents[2] / "roles" / "access_key_report"
NOW = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)
HOSTILE = "</script><img src=x onerror=\"document.title='owned'\">"
PROBLEM = "Cannot list the keys of the users: the API rejected the credentials (request ID 7f9a0a5b)."
_NAMES = ("alice", "bob", "ci-deploy", "build-server", "数据同步", "=cmd|' /C calc'!A0", "a\u202eb", HOSTILE)
_TEXTS = (
    None,
    "deploys the web shop",
    HOSTILE,
    "nightly backup of the orders, do not touch without asking the data team",
)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def sample(keys: int, accounts: int, failed: int = 1) -> dict[str, Any]:
    """Return a report about this number of keys and accounts. failed: how many further accounts could not be listed."""
    chance, traits = random.Random(1), all_traits()
    clouds = sorted(traits)
    listings: list[dict[str, Any]] = [
        {"account": f"failed-{number}", "cloud": clouds[number % len(clouds)], "problem": PROBLEM, "keys": []}
        for number in range(failed)
    ]
    ids: list[str] = []
    for number in range(accounts):
        cloud = clouds[number % len(clouds)]
        account, known = {"name": f"{cloud}-{number:02}", "cloud": cloud}, traits[cloud]
        listed = []
        for _key in range(keys // accounts + (number < keys % accounts)):
            age = timedelta(days=chance.expovariate(1 / 150))
            state = chance.choice(["used"] * 6 + ["never", "unknown"]) if known.has_last_use else "unknown"
            ids.append(f"KEY{len(ids):017}")
            item = {
                known.key_id: ids[-1],
                "owner": str(100000 + len(ids) * 3 // 4),
                known.user_name: f"{chance.choice(_NAMES)}-{len(ids) % 37}",
                "status": chance.choice(["active"] * 5 + ["inactive"]),
                "description": chance.choice(_TEXTS),
                "create_time": _iso(NOW - age) if known.kind == "access_key" else None,
                "last_used": _iso(NOW - age * chance.random()) if state == "used" else None,
                "last_used_state": state,
                "vendor": "AWS",
                "service_status": chance.choice(["in_use"] * 5 + ["abnormal", "validating", "timed_out"]),
                "ak_type": chance.choice(["sub"] * 9 + ["primary"]),
            }
            listed.append(key_of(item, account, known))
        listings.append({"account": account["name"], "cloud": cloud, "keys": listed, "warnings": ["A warning."]})
    accepted = {"findings": ["too_old", "disabled_but_kept"], "owner": "data team", "reason": HOSTILE}
    exceptions = [{**accepted, "access_key_id": each, "until": "2027-01-31"} for each in ids[::10]]
    exceptions.append({**accepted, "account": "somewhere", "until": "2026-10-31"})
    settings = {"declared": ids[::2] + ids[1::4], "exceptions": exceptions}
    return report_of_listings(listings, settings, _iso(NOW), traits)


def page_of(report: dict[str, Any]) -> str:
    """Return the page about a report."""
    return as_html(report, (ROLE / "files" / "report.html").read_text(encoding="utf-8"))
