# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Define the record in a file with secrets: its text, what differs between two records, and what to do with the file."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from ._errors import REFUSED, USAGE, CloudError
from ._plan import SECRET_AFTER, SECRET_BEFORE
from ._reply import is_deep

Content = Mapping[str, Any]

PREVIOUS = "previous"  # the member of a record that holds the content before the last change
ABSENT = ""  # the version of a file that does not exist
DEFAULT_MODE = "0600"

_HEADER = "# A record of multicloud.iam.secret_file, "
_MOST_RIGHTS = 0o660
# JSON allows these characters in a text. YAML does not, or changes them.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True)
class Record:
    """Hold what a file was read as.

    content: None if the file was not decrypted. vault_id: the one that decrypted it; None for plaintext.
    """

    version: str
    mode: int
    content: Content | None = field(default=None, repr=False)
    previous: Content | None = field(default=None, repr=False)
    vault_id: str | None = None


@dataclass(frozen=True)
class FilePlan:
    """Describe what to do with one file.

    action: "write", "set_mode", "delete" or "none". members: the names that are added, changed and removed.
    previous: the content to keep beside the new one. before, after: the diff, without any secret.
    """

    action: str
    mode: int = 0
    vault_id: str | None = None
    previous: Content | None = field(default=None, repr=False)
    members: Mapping[str, list[str]] = field(default_factory=lambda: {"added": [], "changed": [], "removed": []})
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def plan_present(
    current: Record | None, content: Content, mode: int, choose_vault_id: Callable[[str | None], str | None]
) -> FilePlan:
    """Compare a file with the content that it should have.

    current: None if there is no file. choose_vault_id: returns the one to encrypt with, None for plaintext, given the
    one that the file is encrypted with.
    """
    if current is None:
        members = differences({}, content)
        diff = {"state": "present", **_diff(members, is_after=True)}
        return FilePlan("write", mode, choose_vault_id(None), None, members, {"state": "absent"}, diff)
    have = current.content or {}
    vault_id, members = choose_vault_id(current.vault_id), differences(have, content)
    kept_mode = current.mode & mode  # never more rights than the file has
    before: dict[str, Any] = _diff(members)
    after: dict[str, Any] = _diff(members, is_after=True)
    if current.vault_id != vault_id:
        before["vault_id"], after["vault_id"] = current.vault_id, vault_id
    if current.mode != kept_mode:
        before["mode"], after["mode"] = f"{current.mode:04o}", f"{kept_mode:04o}"
    differs = any(members.values())
    previous = current.content if differs else current.previous
    action = "none" if current.mode == kept_mode else "set_mode"
    if differs or current.vault_id != vault_id:
        action = "write"
    return FilePlan(action, kept_mode, vault_id, previous, members, before, after)


def plan_absent(current: Record | None) -> FilePlan:
    """Plan to delete a file, if there is one. Its content does not matter, and is not decrypted."""
    if current is None:
        return FilePlan("none")
    return FilePlan("delete", before={"state": "present"}, after={"state": "absent"})


def _diff(members: Mapping[str, list[str]], is_after: bool = False) -> dict[str, Any]:
    """Return one side of the diff: the names of the members that differ."""
    names = sorted([*members["changed"], *members["added" if is_after else "removed"]])
    shown = SECRET_AFTER if is_after else SECRET_BEFORE
    return {"content": dict.fromkeys(names, shown)} if any(members.values()) else {}


def differences(before: Content, after: Content) -> dict[str, list[str]]:
    """Return the names of the members that are added, changed and removed."""
    return {
        "added": sorted(after.keys() - before.keys()),
        "changed": sorted(name for name in before.keys() & after.keys() if not _same(before[name], after[name])),
        "removed": sorted(before.keys() - after.keys()),
    }


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are the same in JSON. In Python, 1 also equals 1.0 and true."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def check_version(expected: str | None, current: str) -> None:
    """Refuse to change a file that another writer has changed. expected: None for any version."""
    if expected is None or expected == current:
        return
    if expected == ABSENT:
        raise CloudError(
            REFUSED,
            "the file exists already, but expected_version is empty",
            advice="Read the file again with multicloud.iam.secret_file_info, and decide again.",
        )
    raise CloudError(
        REFUSED,
        "the file has another version than expected_version" if current else "the file does not exist",
        advice="Another writer has changed or deleted it. Read it again with multicloud.iam.secret_file_info, and decide"
        " again.",
    )


def check_content(content: Any) -> Content:
    """Return the content if it is a dictionary that JSON can represent, and has no member that is reserved.

    Raises CloudError, which names members but shows no value.
    """
    if not isinstance(content, Mapping):
        raise CloudError(
            USAGE, "content is not a dictionary", advice="Set content to a dictionary of names and values."
        )
    if is_deep(content):
        raise CloudError(USAGE, "content is nested too deeply", advice="Use fewer levels.")
    if PREVIOUS in content:
        raise CloudError(
            USAGE,
            f"content has the member {PREVIOUS}, which is reserved for the content before the last change",
            advice="Use another name.",
        )
    try:
        check_json(content, "content")
    except ValueError as error:
        raise CloudError(
            USAGE, str(error), advice="Use texts, numbers, true, false, null, lists and dictionaries."
        ) from None
    return content


def check_json(value: Any, place: str) -> None:
    """Raise ValueError if JSON cannot represent a value. The message names the place, and shows no value."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            if not isinstance(name, str):
                raise ValueError(f"a name in {place} is a {type(name).__name__}, not a text")  # noqa: TRY004
            check_json(name, f"a name in {place}")
            check_json(member, f"{place}.{name}")
    elif isinstance(value, (list, tuple)):
        for number, element in enumerate(value):
            check_json(element, f"{place}[{number}]")
    else:
        _check_scalar(value, place)


def _check_scalar(value: Any, place: str) -> None:
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeError:
            raise ValueError(f"{place} has characters that are not Unicode") from None
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{place} is not a finite number")
    elif value is not None and not isinstance(value, (int, float)):
        raise ValueError(f"{place} is binary or of another type that JSON does not have")


def parse_mode(mode: Any) -> int:
    """Return a mode as a number. A text is octal, a number is one that YAML has read as octal."""
    try:
        number = mode if isinstance(mode, int) and not isinstance(mode, bool) else int(str(mode), 8)
    except ValueError:
        number = -1
    if number & ~_MOST_RIGHTS or not number & 0o400:
        raise CloudError(
            USAGE,
            f"mode is {mode}",
            advice='Set mode to an octal number in quotation marks, such as "0600" or "0640". The user must be able to'
            " read the file. Other users get no rights, and no user can execute it.",
        )
    return number


def render(content: Content, previous: Content | None, nonce: str) -> str:
    """Return the text of a file. It is JSON, and YAML as well, so that Ansible can use the file as one with variables.

    nonce: a random text, so that two writes never have the same version, and a version says nothing about the content.
    """
    record = dict(content) if previous is None else {**content, PREVIOUS: previous}
    text = json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2)
    return f"{_HEADER}{nonce}\n{_NOT_IN_YAML.sub(lambda match: json.dumps(match.group())[1:-1], text)}\n"


def parse(text: str, parse_yaml: Callable[[str], Any]) -> tuple[Content, Content | None]:
    """Return the content of a file, and the content before its last change.

    parse_yaml: reads what is not JSON, because people edit such files; raises ValueError. Raises ValueError without any
    part of the text.
    """
    body = text.partition("\n")[2] if text.startswith(_HEADER) else text
    try:
        record = json.loads(body)
    except ValueError:
        record = parse_yaml(body)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(record, dict):
        raise ValueError("it contains no dictionary")  # noqa: TRY004
    if is_deep(record):
        raise ValueError("it is nested too deeply")
    check_json(record, "it")
    previous = record.pop(PREVIOUS, None)
    if not (previous is None or isinstance(previous, dict)):
        raise ValueError(f"its member {PREVIOUS} is not a dictionary, but this name is reserved")
    return record, previous


def version_of(data: bytes, stamp: str, is_encrypted: bool) -> str:
    """Return the version of a file: an opaque text that differs after every write.

    stamp: identifies a write of a file in plaintext that has no nonce. A hash of its content would help to guess it.
    """
    identifying = data if is_encrypted or data.startswith(_HEADER.encode()) else stamp.encode()
    return hashlib.sha256(identifying).hexdigest()[:32]
