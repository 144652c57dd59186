# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up the clouds for the scenarios: the emulator, the peer's cloud, and the objects in both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ansible_collections.multicloud.iam.tests.benchmark.measuring import Calls
from ansible_collections.multicloud.iam.tests.benchmark.moto_server import Moto
from ansible_collections.multicloud.iam.tests.benchmark.sizes import Sizes
from ansible_collections.multicloud.iam.tests.playbooks.runner import credentials, environment
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

Key = dict[str, str]


@dataclass(frozen=True)
class Stage:
    """Hold the clouds with their objects, each key with its owner and ID, and a working directory.

    Loops with changes use separate keys, so that the keys of the other loops do not change. all_keys: of all users.
    """

    sizes: Sizes
    directory: Path
    emulator: Emulator
    moto: Moto
    all_keys: list[Key]
    keys: list[Key]
    changed_keys: list[Key]
    host_keys: list[Key]
    aws_keys: list[Key]
    changed_aws_keys: list[Key]

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the variables that a user of the clouds sets in the shell, without those of the real shell."""
        aws = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": "us-east-1"}
        aws["AWS_EC2_METADATA_DISABLED"] = "true"
        return {**environment(self.directory), **credentials(self.emulator), **aws}

    def statuses(self, keys: Iterable[Key]) -> set[str]:
        """Return the statuses of the keys in the emulator, as the cloud spells them."""
        state = self.emulator.state()
        of_id = {key["access_key_id"]: key["status"] for user in state["users"] for key in user["keys"]}
        return {of_id[key["id"]] for key in keys}

    @contextmanager
    def counted(self, limited: bool) -> Iterator[list[Calls]]:
        """Count the calls to both clouds in the block. The list is filled at its end. limited: with rate limits."""
        found: list[Calls] = []
        for cloud in ("tencent", "alibaba"):
            self.emulator.modes(cloud, rate_limits=limited)
        self.emulator.clear_journal()
        before = self.moto.calls()
        yield found
        journal = self.emulator.journal()
        performed = Counter(call["action"] for call in journal if call["code"] is None)
        throttled = sum(call["code"] == "RequestLimitExceeded" for call in journal)
        assert performed.total() + throttled == len(journal), [call["code"] for call in journal]
        of_moto = self.moto.calls() - before
        found.append(Calls({**performed, **({"in all": of_moto} if of_moto else {})}, throttled))

    @contextmanager
    def slow(self, latency: float) -> Iterator[None]:
        """Delay every call in the block by these seconds, as over a network."""
        if latency:
            self.emulator.faults([{"fault": "delay", "seconds": latency}])
        yield
        self.emulator.clear_faults()


@contextmanager
def stage(sizes: Sizes) -> Iterator[Stage]:
    """Start the clouds and fill them."""
    seed = {
        "tencent": {"generate_users": {"count": sizes.users, "prefix": "load-", "keys": 1}},
        "alibaba": {"generate_entries": {"count": sizes.entries, "prefix": "load-"}},
    }
    with TemporaryDirectory(prefix="multicloud-iam-bench-") as place, Emulator(seed) as emulator, Moto() as moto:
        users = emulator.state()["users"]
        all_keys = [{"owner": str(user["uin"]), "id": user["keys"][0]["access_key_id"]} for user in users]
        keys = iter(all_keys)
        aws_keys = iter(moto.add_keys(2 * sizes.loop))
        yield Stage(
            sizes,
            Path(place),
            emulator,
            moto,
            all_keys=all_keys,
            keys=_some(keys, sizes.loop),
            changed_keys=_some(keys, sizes.loop),
            host_keys=_some(keys, sizes.host_keys),
            aws_keys=_some(aws_keys, sizes.loop),
            changed_aws_keys=_some(aws_keys, sizes.loop),
        )


def _some(keys: Iterator[Key], count: int) -> list[Key]:
    return [next(keys) for _unused in range(count)]
