# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test owners who are not found: only a second lookup proves that they were deleted."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._errors import DENIED, NOT_FOUND, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._owners import Owner, deleted_meanwhile
from ansible_collections.multicloud.iam.plugins.module_utils._plan import ChosenByTheCloud


def lost(*ids):
    return {each: (f"user {each}", CloudError(NOT_FOUND, f"no {each}")) for each in ids}


def test_no_second_lookup_if_every_owner_was_found():
    assert deleted_meanwhile({}, lambda: pytest.fail("looked again")) == []


def test_an_owner_who_is_not_listed_again_was_deleted():
    assert deleted_meanwhile(lost("2", "1"), lambda: {"3"}) == [
        "user 1 was deleted while its keys were being listed.",
        "user 2 was deleted while its keys were being listed.",
    ]


def test_an_owner_who_still_exists_fails_the_whole_listing():
    with pytest.raises(CloudError, match=r"no 2.*nothing is known about its keys") as caught:
        deleted_meanwhile(lost("1", "2"), lambda: ["2", "3"])
    assert caught.value.category == NOT_FOUND


def test_a_failed_second_lookup_proves_no_deletion():
    def fail():
        raise CloudError(DENIED, "not you")

    with pytest.raises(CloudError, match="not you"):
        deleted_meanwhile(lost("1"), fail)


def test_the_label_of_an_owner_has_the_id_if_it_is_known():
    assert Owner("7", "bob").label == "user bob (7)"
    predicted: Any = ChosenByTheCloud("token")
    assert Owner(predicted, "bob").label == "user bob"
