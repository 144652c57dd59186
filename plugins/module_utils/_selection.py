# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Refuse texts that identify no object, or not the one that they seem to, and warn of near matches."""

from __future__ import annotations

import unicodedata
from typing import Any

from ._errors import USAGE, CloudError
from ._masked import is_masked

_NO_TEXT = ("Cc", "Zl", "Zp")  # Unicode categories: control characters, ends of lines and paragraphs
_BLANK = (*_NO_TEXT, "Zs", "Cf")  # and blanks, and invisible characters
_FROM_A_FILE = (
    "Remove it, for example with the filter 'trim'. A block scalar of YAML ('|') ends with a line break, and so does the"
    " content of most files."
)


def check_text(option: str, text: str) -> None:
    """Refuse a text that no cloud stores as it is: blank, with white space around it, or with control characters.

    The message does not quote the text, because the fault would be invisible in it.
    """
    if not text.strip():
        raise CloudError(
            USAGE,
            f"{option} is given, but empty",
            advice=f"Set {option} to a value, or omit it. A variable in it may be null or undefined.",
        )
    if any(unicodedata.category(edge) in _BLANK for edge in (text[0], text[-1])):
        raise CloudError(USAGE, f"{option} begins or ends with white space", advice=_FROM_A_FILE)
    if any(unicodedata.category(character) in _NO_TEXT for character in text):
        raise CloudError(USAGE, f"{option} has a control character, such as a line break", advice="Remove it.")


def check_unmasked(option: str, text: str) -> None:
    """Refuse a text with a mask, which may stand for many texts."""
    if is_masked(text):
        raise CloudError(
            USAGE,
            f"{option} contains a mask, so that it may match several objects",
            advice=f"Set the complete {option}, without '*', or identify the object by another option.",
        )


def is_near_match(have: Any, want: str | None) -> bool:
    """Return whether two texts differ, but only in upper and lower case, blanks or leading zeros."""
    return bool(isinstance(have, str) and have and want and have != want and _blurred(have) == _blurred(want))


def _blurred(text: str) -> str:
    return "".join(each for each in text if each.isprintable() and not each.isspace()).casefold().lstrip("0")


def near_match_warning(label: str, near: str) -> str:
    """Return the warning that an object does not exist, although a listed one is a near match."""
    return f"There is no {label}. Another one differs from it only in case, blanks or leading zeros: {near}."
