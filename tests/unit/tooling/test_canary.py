# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import json
import re
import shutil
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.tests.tooling import canary

SECRET = 'aB3/d+"9 \\z%é~Q=='


def run(tmp_path: Path, output: bytes, secrets: list[str]) -> int:
    directory = tmp_path / "secrets"
    directory.mkdir()
    lines = "".join(json.dumps(secret) + "\n" for secret in secrets)
    (directory / "some.secrets").write_text(lines, encoding="utf-8")
    log = tmp_path / "log"
    log.write_bytes(output)
    return canary.main([str(log), "--secrets", str(directory)])


def test_clean_output_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, b"nothing to see\n", [SECRET]) == 0
    assert "None of 1 secrets" in capsys.readouterr().out


@pytest.mark.parametrize(
    "shown",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        quote(SECRET),
        quote(SECRET, safe=""),
        re.sub("%..", lambda digits: digits[0].lower(), quote(SECRET)),
        quote_plus(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_finds_the_secret_but_does_not_show_it(tmp_path: Path, capsys: pytest.CaptureFixture[str], shown: str) -> None:
    output = f"first\nkey={shown};\nlast\n".encode()
    assert run(tmp_path, output, ["something else", SECRET]) == 1
    printed = capsys.readouterr()
    message, *others = printed.err.splitlines()
    assert message.startswith(f"{tmp_path / 'log'}:2: secret some.secrets:2 (")
    assert not others
    assert SECRET not in printed.out + printed.err
    assert shown not in printed.out + printed.err


@given(
    secret=st.text(st.characters(codec="utf-8"), min_size=canary.SHORTEST, max_size=40),
    before=st.binary(max_size=5),
    after=st.binary(max_size=5),
    encode=st.sampled_from([base64.b64encode, base64.urlsafe_b64encode]),
)
def test_finds_the_secret_inside_longer_base64(secret: str, before: bytes, after: bytes, encode: object) -> None:
    assert callable(encode)
    shown = encode(before + secret.encode() + after)
    assert any(form in shown for form in canary.forms(secret))


def test_every_line_is_named_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = f"{SECRET} {SECRET}\nclean\n{SECRET}\n".encode()
    assert run(tmp_path, output, [SECRET]) == 1
    lines = [message.split(":")[1] for message in capsys.readouterr().err.splitlines()]
    assert lines == ["1", "3"]


@pytest.mark.parametrize(
    ("output", "secrets", "message"),
    [
        (b"output\n", [], "no secrets to search for"),
        (b" \n", [SECRET], "no output to search"),
        (b"output\n", ["short"], "is not a string of 8 characters or more"),
    ],
)
def test_a_search_that_proves_nothing_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output: bytes, secrets: list[str], message: str
) -> None:
    assert run(tmp_path, output, secrets) == 1
    assert message in capsys.readouterr().err


def test_a_missing_log_fails(tmp_path: Path) -> None:
    (tmp_path / "some.secrets").write_text(json.dumps(SECRET), encoding="utf-8")
    assert canary.main([str(tmp_path / "missing"), "--secrets", str(tmp_path)]) == 1


def test_a_file_that_is_deleted_during_the_search_is_omitted(tmp_path: Path) -> None:
    """The files of a task that runs in the background disappear when it ends."""
    for name in ("first", "second"):
        (tmp_path / name / "deeper").mkdir(parents=True)
        (tmp_path / name / "deeper" / "file").write_text(SECRET, encoding="utf-8")
    search = canary.leaks_below(tmp_path, {"it": SECRET})
    found = next(search, "")
    assert found.endswith("/deeper/file:1: secret it (plain)")
    shutil.rmtree(tmp_path / ("second" if "/first/" in found else "first"))
    assert not list(search)
    assert len(list(canary.leaks_below(tmp_path, {"it": SECRET}))) == 1
