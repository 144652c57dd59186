# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""List the keys of the account that Security Center has found in public places.

Operation of API 2018-12-03: DescribeAccesskeyLeakList. DescribeAccessKeyLeakDetail is never called: it also returns the
published text, which may contain the secret.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from .._api import Call
from .._errors import REPLY, CloudError
from .._plan import UNKNOWN, State
from .._reply import Oddities, bad_reply, member, optional_member, quiet_member
from .client import SasClient

_PAGE_SIZE = 100
_MAX_PAGES = 1000
# The ID goes into variables of playbooks, which may contain templates.
_KEY_ID = re.compile(r"[0-9A-Za-z._-]{8,128}")


def list_leaks(client: SasClient, discovered_after: float | None = None) -> list[State]:
    """Return the leaks that nothing was done about, without those that cannot be read. Each is returned once.

    discovered_after: seconds since the epoch.
    """
    call = Call("DescribeAccesskeyLeakList", "list", "the leaked keys")
    found: dict[str, State] = {}
    read = partial(_read_page, odd=client.oddities)
    start = None if discovered_after is None else int(discovered_after * 1000)
    for number in range(1, _MAX_PAGES + 1):
        parameters = {"CurrentPage": number, "PageSize": _PAGE_SIZE, "Status": "pending", "StartTs": start}
        leaks, total = client.call(call, parameters, read)
        news = {leak["id"]: leak for leak in leaks if leak["id"] not in found}
        found.update(news)
        # The total may count leaks that the filters exclude, or only those of the page.
        if not news or (len(leaks) < _PAGE_SIZE and len(found) >= total):
            return [leak for leak in found.values() if UNKNOWN not in (leak["id"], leak["access_key_id"])]
    raise CloudError(
        REPLY,
        f"the list has not ended after {_MAX_PAGES} pages",
        api_operation=call.operation,
        advice="Check that api_endpoint is the API itself.",
    ).during(call.attempted, call.label)


def _read_page(body: Any, odd: Oddities) -> tuple[list[State], int]:
    """Return the leaks of a page, and how many the API says there are."""
    items = optional_member(body, "AccessKeyLeakList", list) or []
    return [_leak(item, odd) for item in items], member(body, "TotalCount", int)


def _leak(item: Any, odd: Oddities) -> State:
    leak_id = odd.read("a leak", "id", lambda: str(member(item, "Id", int)))
    return {
        "id": leak_id,
        "access_key_id": odd.read(f"leak {leak_id}", "access_key_id", lambda: _key_id(item)),
        "user_name": quiet_member(item, "AliUserName", str) or None,
        "user_type": quiet_member(item, "UserType", str) or None,
        "url": _url(quiet_member(item, "Url", str) or ""),
        "discovered_time": _time(quiet_member(item, "GmtModified", int)),
    }


def _key_id(item: Any) -> str:
    key_id = member(item, "AccesskeyId", str)
    if not _KEY_ID.fullmatch(key_id):
        raise bad_reply("AccesskeyId is not the ID of a key")
    return key_id


def _url(text: str) -> str | None:
    """Return the URL of the place. Everything in which a password or the secret could be is removed."""
    try:
        parts = urlsplit(text)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else None
    except ValueError:
        return None


def _time(milliseconds: int | None) -> str | None:
    try:
        moment = datetime.fromtimestamp((milliseconds or 0) / 1000, timezone.utc)
    except (OverflowError, OSError, ValueError):
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if milliseconds else None
