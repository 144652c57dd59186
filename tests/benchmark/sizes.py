# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define the number of objects: as promised, or fewer for a quick run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Hold the number of objects in the scenarios."""

    loop: int
    users: int
    hosts: int
    keys_of_host: int
    entries: int
    makers: int
    keys_of_maker: int
    due: int
    accounts: int
    keys_of_account: int

    @property
    def host_keys(self) -> int:
        """Return the number of keys of all hosts."""
        return self.hosts * self.keys_of_host

    @property
    def creations(self) -> int:
        """Return the number of keys that all hosts create."""
        return self.makers * self.keys_of_maker


FULL = Sizes(
    loop=100,
    users=1000,
    hosts=10,
    keys_of_host=50,
    entries=200,
    makers=20,
    keys_of_maker=5,
    due=50,
    accounts=40,
    keys_of_account=250,
)
QUICK = Sizes(
    loop=10,
    users=100,
    hosts=10,
    keys_of_host=5,
    entries=20,
    makers=20,
    keys_of_maker=1,
    due=5,
    accounts=8,
    keys_of_account=20,
)
