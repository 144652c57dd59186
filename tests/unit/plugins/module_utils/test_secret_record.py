# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test the rules for the record in a file with secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from ansible_collections.multicloud.iam.plugins.module_utils._errors import CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._secret_record import (
    Record,
    check_content,
    check_version,
    differences,
    parse,
    parse_mode,
    plan_absent,
    plan_present,
    render,
    version_of,
)

ODD = {
    "template": "{{ x }}",
    "tag": "!vault |",
    "lines": "a\r\nb\n\n c\t",
    "controls": "\x00\x07\x1b\x7f\x85\x9f\u2028\u2029\ufeff",
    "astral": "😀",
    "quotes": "\"'\\#: -",
    "number": 12345678901234567890,
    "float": 1e300,
    "nested": {"list": [1, 2.5, True, None, "x"], "": ""},
    "": "a name may be empty",
}


def no_yaml(text: str) -> Any:
    pytest.fail("it is JSON")


def keep(vault_id: str | None) -> str | None:
    return vault_id or "default"


@pytest.mark.parametrize("previous", [None, {}, {"old": "x"}])
def test_a_record_survives_its_text(previous: dict[str, str] | None) -> None:
    text = render(ODD, previous, "nonce")
    assert parse(text, no_yaml) == (ODD, previous)
    # Ansible and people read it as YAML. YAML 1.1 reads a float without a point as text.
    without_float = {name: value for name, value in ODD.items() if name != "float"}
    assert yaml.safe_load(render(without_float, None, "nonce")) == without_float


def test_what_an_editor_has_changed_to_yaml_is_read_as_yaml() -> None:
    assert parse("a: b\nprevious: {a: c}\n", yaml.safe_load) == ({"a": "b"}, {"a": "c"})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1, 2]", "no dictionary"),
        ("", "no dictionary"),
        ('{"previous": "SECRET"}', "previous"),
        ('{"a": NaN}', "not a finite number"),
        ('{"a": "\\ud800SECRET"}', "not Unicode"),
        ('{"a": ' + "[" * 2000 + "]" * 2000 + "}", "too deeply"),
    ],
)
def test_a_file_that_is_no_record_is_refused_without_quoting_it(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as raised:
        parse(text, yaml.safe_load)
    assert "SECRET" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("SECRET", "not a dictionary"),
        ({"previous": {"SECRET": 1}}, "reserved"),
        ({"a": b"SECRET"}, "content.a is binary"),
        ({"a": [{"b": float("inf")}]}, r"content.a\[0\].b is not a finite number"),
        ({1: "SECRET"}, "a name in content is a int"),
        ({"a": "\udcffSECRET"}, "content.a has characters that are not Unicode"),
    ],
)
def test_content_that_json_cannot_represent_is_refused_without_quoting_it(content: Any, reason: str) -> None:
    with pytest.raises(CloudError, match=reason) as raised:
        check_content(content)
    assert "SECRET" not in json.dumps(raised.value.as_result())


def test_values_are_compared_as_json() -> None:
    before = {"same": {"a": 1, "b": [1]}, "flag": 1, "number": 1, "gone": 0}
    after = {"same": {"b": [1], "a": 1}, "flag": True, "number": 1.0, "new": 0}
    assert differences(before, after) == {"added": ["new"], "changed": ["flag", "number"], "removed": ["gone"]}


@pytest.mark.parametrize(("mode", "number"), [("0600", 0o600), ("640", 0o640), (0o400, 0o400), ("0o660", 0o660)])
def test_a_mode_is_octal(mode: Any, number: int) -> None:
    assert parse_mode(mode) == number


@pytest.mark.parametrize("mode", ["0644", "0700", "0200", 600, "u=rw", "", True, None, -1, "4600", [6]])
def test_a_mode_that_gives_others_access_is_refused(mode: Any) -> None:
    with pytest.raises(CloudError, match="mode is"):
        parse_mode(mode)


@pytest.mark.parametrize(
    ("have", "requested", "kept"),
    [(0o600, 0o600, 0o600), (0o644, 0o600, 0o600), (0o400, 0o600, 0o400), (0o600, 0o640, 0o600)],
)
def test_no_file_gets_more_rights(have: int, requested: int, kept: int) -> None:
    plan = plan_present(Record("v", have, {}, None, "default"), {}, requested, keep)
    assert (plan.mode, plan.action) == (kept, "none" if have == kept else "set_mode")


def test_the_content_before_the_last_change_is_kept_once() -> None:
    record = Record("v", 0o600, {"a": "SECRET1"}, {"a": "SECRET0"}, "default")
    plan = plan_present(record, {"a": "SECRET2", "b": "SECRET3"}, 0o600, keep)
    assert plan.previous == {"a": "SECRET1"}
    assert plan.members == {"added": ["b"], "changed": ["a"], "removed": []}
    assert "SECRET" not in json.dumps([plan.before, plan.after]) + repr(plan) + repr(record)
    rekeyed = plan_present(record, {"a": "SECRET1"}, 0o600, lambda vault_id: "other")
    assert (rekeyed.action, rekeyed.previous) == ("write", {"a": "SECRET0"})
    assert rekeyed.before == {"vault_id": "default"}


def test_a_file_is_deleted_without_its_content() -> None:
    assert plan_absent(Record("v", 0o600)).action == "delete"
    assert plan_absent(None).action == "none"


@pytest.mark.parametrize(("expected", "current"), [(None, "v"), (None, ""), ("v", "v"), ("", "")])
def test_an_expected_version_is_accepted(expected: str | None, current: str) -> None:
    check_version(expected, current)


@pytest.mark.parametrize(
    ("expected", "current", "reason"),
    [("", "v", "exists already"), ("v", "w", "another version"), ("v", "", "does not exist")],
)
def test_a_stale_version_is_refused(expected: str, current: str, reason: str) -> None:
    with pytest.raises(CloudError, match=reason):
        check_version(expected, current)


def test_a_version_is_no_hash_of_secrets_alone() -> None:
    written = render({"a": "x"}, None, "one").encode()
    assert version_of(written, "stamp", False) != version_of(render({"a": "x"}, None, "two").encode(), "stamp", False)
    assert version_of(written, "stamp", False) == version_of(written, "another stamp", False)
    # Of a file that was not written by us, and is in plaintext, a hash would help to guess the secret.
    assert version_of(b"a: x", "stamp", False) == version_of(b"a: y", "stamp", False)
