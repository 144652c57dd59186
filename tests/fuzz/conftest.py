# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Provide one clock and one set of clouds for all cases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.multicloud.iam.tests.fuzz.clock import Clock
from ansible_collections.multicloud.iam.tests.fuzz.cloud import Cloud


@pytest.fixture(scope="session")
def clock() -> Iterator[Clock]:
    """Provide a clock that sleeping advances."""
    with pytest.MonkeyPatch.context() as patch:
        clock = Clock()
        clock.install(patch)
        yield clock


@pytest.fixture(scope="session")
def cloud(clean_environment: None, clock: Clock) -> Iterator[Cloud]:
    """Provide the emulated clouds behind a socket that can tamper with their replies."""
    with Cloud() as cloud:
        yield cloud
