# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the error type: it is immutable, and yet raised like any other exception."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._errors import NETWORK, CloudError


@contextmanager
def passing_on() -> Iterator[None]:
    yield


@pytest.mark.parametrize("name", [field.name for field in fields(CloudError)])
def test_no_field_of_an_error_can_be_changed(name):
    error = CloudError(NETWORK, "lost")
    before = getattr(error, name)
    with pytest.raises(AttributeError, match=rf"{name} of a CloudError cannot be changed"):
        setattr(error, name, "x")
    assert getattr(error, name) == before


def test_the_facts_of_a_deeper_layer_are_kept():
    error = CloudError(NETWORK, "lost")
    inner = error.during("create", "key K")
    outer = inner.during("manage", "another object")
    assert (error.attempted, outer.attempted, outer.object_label) == (None, "create", "key K")


def test_an_error_passes_through_context_managers():
    error = CloudError(NETWORK, "lost")
    with pytest.raises(CloudError) as caught, passing_on():
        raise error
    assert caught.value is error
