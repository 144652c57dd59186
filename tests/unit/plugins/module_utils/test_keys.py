# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which key is meant: the rule of identity, for every cloud."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._keys import (
    check_identity,
    choose_key,
    new_key,
)

ONE = {**new_key("1"), "id": "K1", "description": "ci"}
TWO = {**new_key("1"), "id": "K2", "description": "ci"}
OTHER = {**new_key("1"), "id": "K3", "description": None}


def choose(keys, key_id=None, marker=None, create="if_unmatched", present=True):
    return choose_key(keys, key_id, marker, create, present, "access_key_id")


@pytest.mark.parametrize("present", [True, False])
def test_the_id_decides(present):
    assert choose([ONE, TWO], key_id="K2", marker="other", present=present) is TWO


@pytest.mark.parametrize("create", ["if_unmatched", "if_none", "never"])
@pytest.mark.parametrize("keys", [[], [ONE]])
def test_an_id_that_the_owner_does_not_have_is_an_error(create, keys):
    with pytest.raises(CloudError, match=r"has no key K9.*" + ("K1" if keys else "none")):
        choose(keys, key_id="K9", marker="ci", create=create)


def test_an_unknown_id_is_absent_already():
    assert choose([ONE], key_id="K9", present=False) is None


@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize("create", ["if_unmatched", "if_none", "never"])
def test_a_marker_that_one_key_has_decides(present, create):
    assert choose([ONE, OTHER], marker="ci", create=create, present=present) is ONE


@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize("create", ["if_unmatched", "if_none", "never"])
def test_a_marker_that_several_keys_have_is_an_error_that_lists_them(present, create):
    with pytest.raises(CloudError, match=r"2 keys have the description 'ci': K1 .*K2"):
        choose([ONE, TWO, OTHER], marker="ci", create=create, present=present)


@pytest.mark.parametrize(
    ("keys", "marker", "create", "made"),
    [
        ([OTHER], "ci", "if_unmatched", True),
        ([], "ci", "if_unmatched", True),
        ([], None, "if_unmatched", False),
        ([OTHER], "ci", "if_none", False),
        ([], "ci", "if_none", True),
        ([], None, "if_none", True),
        ([OTHER], "ci", "never", False),
        ([], None, "never", False),
        ([ONE, OTHER], "ci", "always", True),
        ([], None, "always", True),
    ],
)
def test_a_key_is_made_only_where_that_was_asked_for(keys, marker, create, made):
    if made:
        assert choose(keys, marker=marker, create=create) is None
    else:
        with pytest.raises(CloudError, match=r"no key"):
            choose(keys, marker=marker, create=create)


@pytest.mark.parametrize("marker", [None, ""])
def test_without_id_and_marker_the_only_key_is_meant(marker):
    assert choose([OTHER], marker=marker) is OTHER
    with pytest.raises(CloudError, match=r"2 keys exist.*K1.*K3"):
        choose([ONE, OTHER], marker=marker)


@pytest.mark.parametrize("marker", [None, ""])
def test_absent_says_what_to_delete(marker):
    with pytest.raises(CloudError, match=r"which key to delete"):
        check_identity(None, marker, "if_unmatched", False, "access_key_id")


def test_a_new_key_has_no_chosen_id():
    with pytest.raises(CloudError, match=r"create=always"):
        check_identity("K1", None, "always", True, "access_key_id")
