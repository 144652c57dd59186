# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re

import pytest
import yaml

from ansible_collections.multicloud.iam.plugins.module_utils import _errors
from ansible_collections.multicloud.iam.tests.tooling import update_docs

VALUES = update_docs.return_values()
MODULES = sorted(path.stem for path in update_docs.MODULES.glob("[!_]*.py"))


def test_every_module_has_its_return_block_from_the_source() -> None:
    assert sorted(VALUES) == MODULES
    assert update_docs.main("--check") == 0


def test_a_copy_that_has_drifted_is_found_and_written_again() -> None:
    text = (update_docs.MODULES / "cam_user.py").read_text(encoding="utf-8")
    drifted = text.replace("    retryable:\n", "    repeatable:\n")
    assert drifted != text
    assert update_docs.updated(drifted, VALUES["cam_user"]) == text


def test_a_module_without_a_return_block_is_an_error() -> None:
    with pytest.raises(ValueError, match="0 RETURN blocks"):
        update_docs.updated("DOCUMENTATION = ...", {})


@pytest.mark.parametrize("module", MODULES)
def test_the_members_and_categories_of_an_error_are_those_of_the_code(module: str) -> None:
    documented = VALUES[module]["error"]["contains"]
    assert list(documented) == list(_errors.CloudError(_errors.USAGE, "a reason").as_result()["error"])
    categories = {value for name, value in vars(_errors).items() if name.isupper() and isinstance(value, str)}
    assert set(re.findall(r"V\((\w+)\)", yaml.dump(documented["category"]))) == categories
