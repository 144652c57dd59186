# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many objects there are: as promised, or fewer to try something."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """How many objects the scenarios have."""

    loop: int
    users: int
    hosts: int
    keys_of_host: int
    entries: int
    makers: int
    keys_of_maker: int

    @property
    def host_keys(self) -> int:
        """Of all hosts together."""
        return self.hosts * self.keys_of_host

    @property
    def creations(self) -> int:
        """Of all hosts that make keys together."""
        return self.makers * self.keys_of_maker


FULL = Sizes(loop=100, users=1000, hosts=10, keys_of_host=50, entries=200, makers=20, keys_of_maker=5)
QUICK = Sizes(loop=10, users=100, hosts=10, keys_of_host=5, entries=20, makers=20, keys_of_maker=1)
