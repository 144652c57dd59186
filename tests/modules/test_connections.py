# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test how many connections a loop keeps open, in a process that may open few."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from ansible_collections.multicloud.iam.plugins.plugin_utils import _in_process
from ansible_collections.multicloud.iam.tests.support.clouds import CLOUDS
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.modules import load_module

_ITEMS = 100
_SPARE = 60  # descriptors
# On clouds where another service returns the account ID, this needs a second connection.
_MODULES = {cloud.reader: {**cloud.signing(), "api_expected_account": cloud.account} for cloud in CLOUDS.values()}


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    """Let this process open only a few more descriptors than it has."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    now = len(os.listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (now + _SPARE, before[1]))
    _in_process._cache.clear()
    yield
    _in_process._cache.clear()
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture(scope="module")
def over_tls(clean_environment: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Emulator, Path]]:
    """Start an emulator that speaks TLS. Return it and its CA."""
    directory = tmp_path_factory.mktemp("tls")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    ca, cert, key = (directory / name for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(str(ca))
    issued.cert_chain_pems[0].write_to_path(str(cert))
    issued.private_key_pem.write_to_path(str(key))
    with Emulator(None, "--tls-cert", str(cert), "--tls-key", str(key), ca=ca) as emulator:
        yield emulator, ca


@pytest.mark.usefixtures("few_descriptors")
@pytest.mark.parametrize("module", _MODULES)
def test_items_that_share_no_connection_leave_few_of_them(over_tls: tuple[Emulator, Path], module: str) -> None:
    """Such items have different credentials. Here they have different timeouts, so that one key signs them all."""
    emulator, ca = over_tls
    where = {"api_endpoint": emulator.url, "api_ca_path": str(ca), "api_retries": 0}
    for number in range(_ITEMS):
        options = {**where, **_MODULES[module], "api_timeout": 30 + number}
        result = _in_process.run_in_process(
            load_module(module), f"multicloud.iam.{module}", options, check_mode=False, diff_mode=False, variables={}
        )
        assert not result.get("failed"), (number, result.get("msg"))
