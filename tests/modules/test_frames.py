# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that the way from a resource to the transport is short enough to follow."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.tests.support.clouds import parts
from ansible_collections.multicloud.iam.tests.tooling.walk import below_verb, walk

FIRST_OBJECTS = [part.OBJECTS[0] for part in parts("faults").values()]


@pytest.mark.parametrize("thing", FIRST_OBJECTS, ids=lambda thing: thing.module)
def test_no_request_of_a_status_change_is_more_than_twelve_functions_below_the_verb(thing, emulator):
    stacks = walk(thing, emulator.url)
    assert len(stacks) >= 2
    for frames in stacks:
        assert len(below_verb(frames)) <= 12, below_verb(frames)
