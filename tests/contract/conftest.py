# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator for all contract tests, reset before each, and no trace of the user's set-up."""

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

FOREIGN = ("PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT", "NETRC")
VENDORS = ("TENCENT", "TCCLI_", "HUAWEI", "HW_", "OS_", "ALIBABA", "ALICLOUD", "ALIYUN", "ZSTACK", "MULTICLOUD_IAM_")


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hide the proxies, certificates, credentials and home directory of the user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        for name in list(os.environ):
            if any(part in name.upper() for part in FOREIGN) or name.startswith(VENDORS):
                patch.delenv(name)
        patch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
        yield


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
