# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List what a rotation can begin with, on each cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ..playbooks.cases import Rotated
from ..playbooks.rotation import ROTATED
from .harness import PAUSE, Situation

SECOND, SECRET = "SecondKey00000000001", "Example-Secret-Of-The-Second-Key"
_SECRETS = {"tencent": "secret_access_key", "huawei": "secret", "zstack": "access_key_secret"}
DISABLE, DELETE = 10.0, 20.0  # the days of the last stages


def _with_second(rotated: Rotated) -> Mapping[str, Any]:
    """Return a seed with one more active key of the owner, whose secret is known. It is too young to be replaced."""
    yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).isoformat(timespec="seconds")
    seed = rotated.foreign(rotated.owner, SECOND)
    ((kind, (owner,)),) = seed.items()
    return {
        kind: [{**owner, "keys": [{**owner["keys"][0], _SECRETS[rotated.cloud]: SECRET, "create_time": yesterday}]}]
    }


def situations() -> Iterator[Situation]:
    """Return every situation on every cloud and site."""
    for rotated in ROTATED:
        reap = {"reap_unused_days": 90} if rotated.last_use else {"reap_created_before": "2025-06-01T00:00:00Z"}
        own, full = (rotated.owner, rotated.key[0]), (rotated.full, rotated.full_key[0])
        inactive = {"at_limit": "replace_named", "replace_named": rotated.second[0]}
        active = {"at_limit": "replace_named", "replace_named": SECOND}
        yield Situation("one key", rotated, *own, {}, (0, DISABLE, DELETE))
        for title, policy in (("reaped", {"at_limit": "reap_inactive", **reap}), ("named", inactive)):
            name = f"two keys, an inactive one is {title}"
            yield Situation(name, rotated, *full, policy, (0, PAUSE, DISABLE, DELETE))
        yield Situation(
            "two active keys, one is named",
            rotated,
            *own,
            active,
            (0, PAUSE, 2 * PAUSE, DISABLE, DELETE),
            seed=_with_second(rotated),
        )
        yield Situation(
            "a rotation of another tool is resumed",
            rotated,
            *own,
            {"at_limit": "resume"},
            (0, DISABLE, DELETE),
            seed=_with_second(rotated),
            record={"access_key_id": SECOND, "secret_access_key": SECRET},
        )
