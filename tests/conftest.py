# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the user's environment out of all tests, and share one emulator between those that need it."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

from ansible_collections.multicloud.iam.tests.support.clouds import foreign_variables
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator, forget_creations

# Alibaba's SDK reads both when it is imported. It must not ask a metadata service, nor print requests.
os.environ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"
os.environ.pop("DEBUG", None)

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hide the proxies, certificates, credentials, home directory and signals of the user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        # The records of new objects that the user's tasks have written.
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp")))
        patch.setattr(tempfile, "tempdir", None)
        for name in foreign_variables():
            patch.delenv(name)
        # A parent process that runs the tests in the background may have them ignore this signal.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # The loop above removed it.
        patch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
        yield


@pytest.fixture(autouse=True)
def no_records_of_creations(clean_environment: None) -> None:
    """Remove the records of earlier tests: after a reset of the emulator, their objects no longer exist."""
    forget_creations()


@pytest.fixture(scope="session")
def running_emulator(clean_environment: None) -> Iterator[Emulator]:
    """Start an emulator with its example objects."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(running_emulator: Emulator) -> Emulator:
    """Reset the emulator to its seed."""
    running_emulator.reset()
    return running_emulator
