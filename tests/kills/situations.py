# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List what a rotation can begin with, on each cloud, and what can go wrong in a run before it is killed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._rotation_record import next_record

from ..playbooks.cases import Rotated
from ..playbooks.rotation import DAY, ROTATED
from .harness import ENTRIES, PAUSE, Disturbance, Life, Situation

SECOND, SECRET = "SecondKey00000000001", "Example-Secret-Of-The-Second-Key"
_SECRETS = {"tencent": "secret_access_key", "huawei": "secret", "zstack": "access_key_secret"}
_VENDORS = {"tencent": "Tencent", "huawei": "HUAWEICLOUD"}
DISABLE, DELETE = 10.0, 20.0  # the days of the last stages


def situations() -> Iterator[tuple[Situation, str]]:
    """Return every situation on every cloud and site, with the name of its store."""
    for rotated in ROTATED:
        for situation in (*_keys(rotated), *_entry(rotated)):
            yield situation, "secret_file"
        for situation in _keys(rotated):
            yield situation, "vault_kv2"
        yield _lost_reply(rotated), "secret_file"
    (main,) = (each for each in ROTATED if (each.cloud, each.site) == ("tencent", "main"))
    for situation in _disturbed(main):
        yield situation, "secret_file"
    for situation in _unreachable(main):
        yield situation, "vault_kv2"


def _keys(rotated: Rotated) -> Iterator[Situation]:
    """Return one situation for each state of the owner's keys."""
    reap = {"reap_unused_days": 90} if rotated.last_use else {"reap_created_before": "2025-06-01T00:00:00Z"}
    own, full = (rotated.owner, rotated.key[0]), (rotated.full, rotated.full_key[0])
    inactive = {"at_limit": "replace_named", "replace_named": rotated.second[0]}
    active = {"at_limit": "replace_named", "replace_named": SECOND}
    yield Situation("one key", rotated, *own, {}, (0, DISABLE, DELETE))
    for title, policy in (("reaped", {"at_limit": "reap_inactive", **reap}), ("named", inactive)):
        name = f"two keys, an inactive one is {title}"
        # Only a store that numbers its versions notices that there was a record before.
        was_deleted = title == "named"
        yield Situation(name, rotated, *full, policy, (0, PAUSE, DISABLE, DELETE), was_deleted=was_deleted)
    name = "two active keys, one is named"
    days = (0, PAUSE, 2 * PAUSE, DISABLE, DELETE)
    yield Situation(name, rotated, *own, active, days, seed=_with_second(rotated))
    name = "a rotation of another tool is resumed"
    record = {"access_key_id": SECOND, "secret_access_key": SECRET}
    resume = {"at_limit": "resume"}
    yield Situation(name, rotated, *own, resume, (0, DISABLE, DELETE), seed=_with_second(rotated), record=record)


def _with_second(rotated: Rotated) -> Mapping[str, Any]:
    """Return a seed with one more active key of the owner, whose secret is known. It is too young to be replaced."""
    yesterday = (datetime.now(timezone.utc) - timedelta(days=1)).isoformat(timespec="seconds")
    ((kind, (owner,)),) = rotated.foreign(rotated.owner, SECOND).items()
    key = {**owner["keys"][0], _SECRETS[rotated.cloud]: SECRET, "create_time": yesterday}
    return {rotated.cloud: {kind: [{**owner, "keys": [key]}]}}


def _entry(rotated: Rotated) -> Iterator[Situation]:
    """Return the situation in which Security Center uses the key, if it can."""
    if rotated.cloud in _VENDORS and rotated.site == "main":
        entry = {"auth_id": 2900, "vendor": _VENDORS[rotated.cloud], "alias": "rotated"}
        entry.update(secret_id=rotated.key[0], secret_key=rotated.key[1])
        seed = {ENTRIES: {"entries": [entry]}}
        name, own = "one key, used by Security Center", (rotated.owner, rotated.key[0])
        yield Situation(name, rotated, *own, {}, (0, DISABLE, DELETE), seed=seed, entry="rotated")


def _lost_reply(rotated: Rotated) -> Situation:
    act = Disturbance(lambda life: life.emulator.fault("reset_after", rotated.create, cloud=rotated.cloud, times=1))
    return _one_key("the reply to the creation is lost", rotated, act)


def _one_key(name: str, rotated: Rotated, *disturbances: Disturbance, **members: Any) -> Situation:
    return Situation(name, rotated, rotated.owner, rotated.key[0], {}, (0,), disturbances=disturbances, **members)


def _disturbed(rotated: Rotated) -> Iterator[Situation]:
    """Return situations whose tasks are the same on every cloud and with every store."""
    nobody = {"name": "nobody", "owner": "100000009999", "access_key_id": "AKIDNobody"}
    yield _one_key("another owner does not exist", rotated, others=[nobody], status=2)
    yield _one_key("the keys cannot be listed", rotated, Disturbance(_fails("ListAccessKeys")))
    yield _one_key("the consumer does not answer", rotated, Disturbance(Life.silence))
    yield _one_key(
        "the new key is not known everywhere yet",
        rotated,
        Disturbance(_does_not_know_the_key, "tencent | verify | Identify the owner of the new key"),
    )
    write = "secret_file | write | Write the file"
    yield _one_key(
        "another program writes to the record",
        rotated,
        Disturbance(_annotate, "secret_file | probe | Predict a write"),
        Disturbance(_annotate, "steps | probe | Note that the store can be written", "after"),
        Disturbance(_annotate, write, phase="promoted"),
    )
    yield _one_key("another run abandons the attempt", rotated, Disturbance(_abandon, write, phase="intended"))
    yield _one_key("a write fails once", rotated, _closed(write, "escrowed"))


def _unreachable(rotated: Rotated) -> Iterator[Situation]:
    """Return situations in which the store vault_kv2 says why it has failed."""
    write = _closed("vault_kv2 | write | Write the secret if its latest version is the expected one", "escrowed")
    read = _closed("vault_kv2 | read | Read the secret", "promoted")
    yield _one_key("a write fails once, and then a read", rotated, write, read)
    yield _one_key("the store cannot be probed", rotated, _closed("vault_kv2 | probe | Refuse another version", None))


def _closed(task: str, phase: str | None) -> Disturbance:
    """Return what lets the store fail in one task."""

    def act(life: Life) -> None:
        life.store.block()
        life.waiting.append(Disturbance(lambda life: life.store.mend(), task, "after"))

    return Disturbance(act, task, phase=phase)


def _fails(action: str) -> Any:
    return lambda life: life.emulator.fault("status", action, status=500, times=1)


def _does_not_know_the_key(life: Life) -> None:
    life.emulator.fault("error", "GetUserAppId", code="AuthFailure.SecretIdNotFound", times=1)


def _annotate(life: Life) -> None:
    """Add to a member that the role leaves unchanged."""
    record = life.store.read()
    life.store.write({**record, "note": record.get("note", "") + "by hand. "})


def _abandon(life: Life) -> None:
    """Abandon the attempt, as another run does that does not see the new key."""
    now = datetime.now(timezone.utc) + timedelta(seconds=life.day * DAY)
    change = {"kind": "abandon", "at": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "access_key_id": None, "attempt": 1}
    life.store.write(next_record(life.store.read(), change))
