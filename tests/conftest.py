# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No trace of the user's set-up in any test, and no test that a slow machine fails."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

FOREIGN = ("PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT", "NETRC")
VENDORS = ("TENCENT", "TCCLI_", "HUAWEI", "HW_", "OS_", "ALIBABA", "ALICLOUD", "ALIYUN", "ZSTACK", "MULTICLOUD_IAM_")

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hide the proxies, certificates, credentials, home directory and signals of the user."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        # Where the user's own tasks meet those that make the same.
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp")))
        patch.setattr(tempfile, "tempdir", None)
        for name in list(os.environ):
            if any(part in name.upper() for part in FOREIGN) or name.startswith(VENDORS):
                patch.delenv(name)
        # Who runs the tests in the background may have them, and all that they start, ignore it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # Alibaba's SDK must look for no metadata service.
        patch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
        yield


@pytest.fixture(autouse=True)
def nothing_was_made(clean_environment: None) -> None:
    """Have no test wait for what another one has made in a cloud that is at its seed again."""
    shutil.rmtree(f"{tempfile.gettempdir()}/multicloud-iam-{os.geteuid()}", ignore_errors=True)
