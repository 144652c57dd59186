# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server of the store vault_kv2."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.multicloud.iam.tests.support.openbao import OpenBao


@pytest.fixture(scope="session")
def openbao(clean_environment: None) -> Iterator[OpenBao]:
    """Start a server."""
    with OpenBao() as server:
        yield server
