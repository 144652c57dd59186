# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator for all contract tests, reset before each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Alibaba's SDK reads them when it is imported: it must look for no metadata service, and print no request.
os.environ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"
os.environ.pop("DEBUG", None)

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "roles" / "cloud_emulator" / "files")]

from support.emulator import Emulator  # noqa: E402
from support.tencent import Client  # noqa: E402


@pytest.fixture(scope="session")
def running_emulator(clean_environment: None) -> Iterator[Emulator]:
    """The emulator with its example objects."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running_emulator: Emulator) -> Emulator:
    """The emulator, back at its seed."""
    running_emulator.reset()
    return running_emulator


@pytest.fixture
def root(emulator: Emulator) -> Iterator[Client]:
    """A client that signs with the key of the root account."""
    client = Client(emulator.url)
    yield client
    client.session.close()
