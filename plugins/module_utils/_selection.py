# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""What may say which object is meant. A text that selects nothing, or not what it seems to, is refused."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from ansible_collections.multicloud.iam.plugins.module_utils._errors import USAGE, CloudError
from ansible_collections.multicloud.iam.plugins.module_utils._masked import is_masked

_NO_TEXT = ("Cc", "Zl", "Zp")  # Unicode categories: control characters, and what ends a line or a paragraph
_BLANK = (*_NO_TEXT, "Zs", "Cf")  # and blanks, and what is not seen
_FROM_A_FILE = (
    "Take it away, as by the filter 'trim'. A block scalar of YAML ('|') ends with a line break, and so does the content"
    " of most files."
)


def check_text(option: str, text: str) -> None:
    """Refuse a text that no cloud keeps as it is: blank, with white space around it, or with control characters.

    The text is not told: nobody would see what is wrong with it.
    """
    if not text.strip():
        raise CloudError(
            USAGE,
            f"{option} is given, but empty",
            advice="Give a value, or leave the option out by 'omit'. A variable in it may be null or undefined.",
        )
    if any(unicodedata.category(edge) in _BLANK for edge in (text[0], text[-1])):
        raise CloudError(USAGE, f"{option} has white space at an end", advice=_FROM_A_FILE)
    if any(unicodedata.category(character) in _NO_TEXT for character in text):
        raise CloudError(USAGE, f"{option} has a control character, such as a line break", advice="Take it out.")


def check_unmasked(option: str, text: str) -> None:
    """Refuse a text with a mask: it may be a part of anything."""
    if is_masked(text):
        raise CloudError(
            USAGE,
            f"{option} has a mask in it, with which it says nothing for certain",
            advice="Give it whole, without '*', or name the object by another option.",
        )


def check_selection(options: Mapping[str, Any], selecting: tuple[str, ...]) -> None:
    """Refuse options that would select nothing, or another or a wider object than was meant.

    selecting: those that say which objects are meant, as texts, numbers of days or lists of texts.
    """
    for option in selecting:
        value = options.get(option)
        if isinstance(value, int) and value < 0:
            raise CloudError(USAGE, f"{option} is {value}", advice="Give a number of 0 or more.")
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str):
                check_text(option, text)
                check_unmasked(option, text)


def check_elements(options: Mapping[str, Any]) -> None:
    """Refuse lists with an empty element, as a variable makes it that is null: an empty list is something else."""
    for option, value in options.items():
        elements = value if isinstance(value, (list, tuple)) else []
        if any(element is None or (isinstance(element, str) and not element.strip()) for element in elements):
            raise CloudError(
                USAGE,
                f"{option} has an empty element",
                advice="Take it out. A variable in it may be null or undefined; nothing at all is an empty list, [].",
            )


def refuse_null(options: Mapping[str, Any], never_null: tuple[str, ...]) -> None:
    """Refuse what is null, as an empty variable makes it: it would count as an option that was not given."""
    for option in never_null:
        if option in options and options[option] is None:
            raise CloudError(
                USAGE,
                f"{option} is null, and without it another object may be meant",
                advice="Give a value, or leave the option out by 'omit'. Of a list, [] is nothing at all.",
            )


def refuse_flags(options: Mapping[str, Any], never_flags: Mapping[str, Any]) -> None:
    """Refuse true and false where a text, a number or a list is wanted: they are of words, or of no value, in YAML.

    never_flags: the spec of the options that say which objects are meant. ansible-core would take false for the number
    0, or for the text "False".
    """
    for option, spec in never_flags.items():
        value = options.get(option)
        flags = [each for each in (value if isinstance(value, (list, tuple)) else [value]) if isinstance(each, bool)]
        if flags and spec.get("type") != "bool":
            raise CloudError(
                USAGE,
                f"{option} is {str(flags[0]).lower()}, and says nothing of which object is meant",
                advice="Give a value, or leave the option out by 'omit'. A word that YAML takes for true or false, such as"
                " no or on, needs quotes.",
            )


def is_near(have: str | None, want: str | None) -> bool:
    """Whether a text that is not the wanted one differs from it in upper and lower case, blanks or zeros in front only."""
    return bool(have and want and have != want and _blurred(have) == _blurred(want))


def _blurred(text: str) -> str:
    return "".join(each for each in text if each.isprintable() and not each.isspace()).casefold().lstrip("0")


def only_near(label: str, near: str) -> str:
    """The warning that an object is not there, though something listed is a near match."""
    return (
        f"There is no {label}. This differs from it in upper and lower case, blanks or zeros only, and is another one:"
        f" {near}."
    )
