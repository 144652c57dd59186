# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixtures that run playbooks, and a server for the store vault_kv2."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.runner import Player
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.openbao import OpenBao


@pytest.fixture
def play(emulator: Emulator, tmp_path: Path) -> Player:
    """Run playbooks, and search everything that they leave behind for secrets."""
    return Player(emulator, tmp_path)


@pytest.fixture(scope="module")
def openbao() -> Iterator[OpenBao]:
    with OpenBao() as server:
        yield server
