# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provide clients for the tests of the emulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.multicloud.iam.tests.support import alibaba, huawei, tencent, zstack
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator


@pytest.fixture
def root(emulator: Emulator) -> Iterator[tencent.Client]:
    """Return a client that signs with the key of Tencent's root account."""
    client = tencent.Client(emulator.url)
    yield client
    client.session.close()


@pytest.fixture
def owner(emulator: Emulator) -> Iterator[huawei.HuaweiClient]:
    """Return a client that signs with the key of the owner of Huawei's account."""
    client = huawei.HuaweiClient(emulator.url)
    yield client
    client.session.close()


@pytest.fixture
def ali(emulator: Emulator) -> Iterator[alibaba.Client]:
    """Return a client that signs with the key of Alibaba's account."""
    client = alibaba.Client(emulator.url, in_body=True)
    yield client
    client.session.close()


@pytest.fixture
def admin(emulator: Emulator) -> Iterator[zstack.Client]:
    """Return a client that signs with the key of ZStack's administrator."""
    client = zstack.Client(emulator.url)
    yield client
    client.http.close()
