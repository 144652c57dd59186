# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients for the tests of the emulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import Client


@pytest.fixture
def root(emulator: Emulator) -> Iterator[Client]:
    """Give a client that signs with the key of the root account."""
    client = Client(emulator.url)
    yield client
    client.session.close()
