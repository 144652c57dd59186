# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixture that runs playbooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.runner import Player
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator


@pytest.fixture
def play(emulator: Emulator, tmp_path: Path) -> Player:
    """Run playbooks, and search everything that they leave behind for secrets."""
    return Player(emulator, tmp_path)
