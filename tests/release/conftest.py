# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Release the next version once, for all tests."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.tests.support.release import Release, rehearse


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory, clean_environment: None) -> Release:
    return rehearse(tmp_path_factory.mktemp("release") / "place")
