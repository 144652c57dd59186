# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test which key a task identifies, by the same rule for every cloud."""

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._keys import Wanted, check_identity, choose_key, new_key

ONE = {**new_key("1"), "id": "K1", "description": "ci"}
TWO = {**new_key("1"), "id": "K2", "description": "ci"}
OTHER = {**new_key("1"), "id": "K3", "description": None}


def wanted(key_id=None, marker=None, create="if_unmatched", present=True, **more):
    return Wanted(present, create, key_id, marker, "access_key_id", **more)


def choose(keys, *which, **wishes):
    return choose_key(keys, wanted(*which, **wishes))


@pytest.mark.parametrize("present", [True, False])
def test_the_id_decides(present):
    assert choose([ONE, TWO], key_id="K2", marker="other", present=present) is TWO


@pytest.mark.parametrize("create", ["if_unmatched", "if_none", "never"])
@pytest.mark.parametrize("keys", [[], [ONE]])
def test_an_id_that_the_owner_does_not_have_is_an_error(create, keys):
    with pytest.raises(CloudError, match=r"has no key K9.*" + ("K1" if keys else "none")):
        choose(keys, key_id="K9", marker="ci", create=create)


def test_an_unknown_id_is_already_absent():
    assert choose([ONE], key_id="K9", present=False) is None


@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize("create", ["if_unmatched", "if_none", "never"])
def test_a_marker_of_one_key_identifies_it(present, create):
    assert choose([ONE, OTHER], marker="ci", create=create, present=present) is ONE


@pytest.mark.parametrize("present", [True, False])
@pytest.mark.parametrize("create", ["if_unmatched", "if_none", "never"])
def test_a_marker_of_several_keys_is_an_error_that_lists_them(present, create):
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
def test_a_key_is_created_only_if_create_allows_it(keys, marker, create, made):
    if made:
        assert choose(keys, marker=marker, create=create) is None
    else:
        with pytest.raises(CloudError, match=r"no key"):
            choose(keys, marker=marker, create=create)


@pytest.mark.parametrize("marker", [None, ""])
def test_without_id_and_marker_the_only_key_is_selected(marker):
    assert choose([OTHER], marker=marker) is OTHER
    with pytest.raises(CloudError, match=r"2 keys exist.*K1.*K3"):
        choose([ONE, OTHER], marker=marker)


@pytest.mark.parametrize("marker", [None, ""])
def test_absent_needs_an_id_or_a_marker(marker):
    with pytest.raises(CloudError, match=r"which key to delete"):
        check_identity(wanted(marker=marker, present=False))


@pytest.mark.parametrize("create", ["if_unmatched", "if_none", "always", "never"])
def test_an_empty_marker_clears_a_description_only_with_an_id(create):
    with pytest.raises(CloudError, match=r"description is empty, and without access_key_id"):
        check_identity(wanted(marker="", create=create))
    if create != "always":
        check_identity(wanted("K1", marker="", create=create))


@pytest.mark.parametrize("present", [True, False])
def test_a_masked_marker_is_refused(present):
    with pytest.raises(CloudError, match=r"description contains a mask"):
        check_identity(wanted(marker="ci-****", present=present))
    check_identity(wanted("K1", marker="five * stars", present=present))


def test_a_new_key_has_no_chosen_id():
    with pytest.raises(CloudError, match=r"create=always"):
        check_identity(wanted("K1", create="always"))


CHOSEN = {"id_field": "name", "may_choose_id": True}
NAMED = [{**ONE, "name": "n1"}, {**TWO, "name": "n1"}, {**OTHER, "name": "n3"}]


def test_an_id_that_is_not_unique_lists_the_keys_that_share_it():
    assert choose(NAMED, "n3", **CHOSEN) is NAMED[2]
    with pytest.raises(CloudError, match=r"2 keys have the access_key_id n1: K1 .*K2"):
        choose(NAMED, "n1", **CHOSEN)


@pytest.mark.parametrize(
    ("keys", "create", "made"),
    [
        ([], "if_unmatched", True),
        (NAMED, "if_unmatched", True),
        ([], "if_none", True),
        (NAMED, "if_none", False),
        ([], "never", False),
    ],
)
def test_a_key_with_a_chosen_id_is_created_if_create_allows_it(keys, create, made):
    if made:
        assert choose(keys, "n9", create=create, **CHOSEN) is None
    else:
        with pytest.raises(CloudError, match=r"no key has the access_key_id n9"):
            choose(keys, "n9", create=create, **CHOSEN)
