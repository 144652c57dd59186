# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Remove known secrets from all output, in every spelling they may have.

A secret that may appear in a text by chance, such as a word, is common. Hiding it everywhere would damage other text and
protect nothing. It is hidden in the option that gives it and in messages of a service, but not in our own messages or in
the fields of an object.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator
from re import Pattern
from typing import Any
from urllib.parse import quote, quote_plus

try:
    from ansible.module_utils.secrets import register_secret as _register  # ansible-core 2.22 and newer
except ImportError:
    _register = None

HAS_SECRETS_API = _register is not None
HIDDEN = "********"

# Shorter fragments of base64 would match ordinary words.
_SHORTEST_BASE64_FRAGMENT = 8
_SHORTEST_LINE = 16
_USER_INFORMATION = re.compile(r"(?<=://)[^\s'\"/?#]+(?=@)")
# A word may also begin after a character of a script without spaces, or after an escape of a URL or of JSON.
_WORD_BEGINS = r"(?:(?<![0-9A-Za-z_])|(?<=%[0-9A-Fa-f]{2})|(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4}))"
_WORD_ENDS = r"(?![0-9A-Za-z_])"
# Short, one word, or a number.
_COMMON = re.compile(r".{0,7}|[A-Za-z_]{0,15}|[0-9]{0,15}", re.DOTALL)


def _base64_fragments(value: str) -> Iterator[str]:
    """Yield the texts of a value in base64, for every position in the encoded bytes."""
    raw = value.encode("utf-8")
    for offset, foreign in enumerate((0, 2, 3)):
        whole = (offset + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            fragment = encode(b"\0" * offset + raw).decode("ascii")[foreign:whole]
            if len(fragment) >= _SHORTEST_BASE64_FRAGMENT:
                yield fragment


def _escaped(characters: str, form: str) -> Callable[[str], str]:
    return lambda text: re.sub(f"[{characters}]", lambda match: form % ord(match.group()), text)


_SAFE_IN_A_PAGE = (
    _escaped("=&'<>", r"\u%04x"),
    _escaped("=&'<>", r"\u%04X"),
    _escaped("+&'<>", r"\u%04X"),
    lambda text: text.replace("/", r"\/"),
)

_MARKS_IN_HTML = (('"', "'"), ("&quot;", "&#x27;"), ("&quot;", "&#39;"), ("&quot;", "&#039;"), ("&#34;", "&#39;"))


def _in_html(value: str) -> set[str]:
    text = html.escape(value, quote=False)
    return {text.replace('"', double).replace("'", single) for double, single in _MARKS_IN_HTML}


def spellings(value: str) -> set[str]:
    """Return the spellings of a secret: plain, in JSON or HTML, percent-encoded once or twice, in base64."""
    percent = {quote(value), quote(value, safe=""), quote_plus(value)}
    percent.add(quote_plus(value, safe="*").replace("~", "%7E"))  # as Java encodes it
    percent |= {quote(text, safe="") for text in percent}  # as in a string to sign, which contains an encoded query
    lower = {re.sub(r"%[0-9A-F]{2}", lambda match: match.group().lower(), text) for text in percent}
    in_json = {json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    # Some servers write JSON that is safe inside a web page, in different ways.
    in_json |= {way(text) for text in in_json for way in _SAFE_IN_A_PAGE}
    return {value} | percent | lower | in_json | _in_html(value) | set(_base64_fragments(value))


def without_surrogates(text: str) -> str:
    """Return a text without lone surrogates, which a reply or an option may contain and no result can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def is_common(text: str) -> bool:
    """Return whether a text is so short or simple that it may appear anywhere by chance."""
    return bool(_COMMON.fullmatch(text.strip()))


def mask_in_output(value: str | None, even_if_common: bool = False) -> None:
    """Have ansible-core hide a value in all output, if it can do so. The value itself stays usable.

    A common value is not hidden, because it appears elsewhere by chance.
    """
    if value and _register is not None and (even_if_common or not is_common(value)):
        _register(without_surrogates(value))


def texts_in(value: Any) -> Iterator[str]:
    """Yield the texts in the value of an option of any type."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from texts_in(item)
    elif value not in (None, "") and not isinstance(value, bool):
        yield str(value)


class Secrets:
    """Hold the secrets of one task."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._patterns: tuple[Pattern[str], Pattern[str]] | None = None

    def add(self, *values: str | None) -> None:
        """Remove these values from texts from now on. Null and empty values are no secrets."""
        for value in values:
            if isinstance(value, str) and value:
                text = without_surrogates(value)
                # A service may trim the values that it gets, or quote a single line of a long key.
                self._values.update({text, text.strip() or text})
                self._values.update(line for line in text.splitlines() if len(line) >= _SHORTEST_LINE)
        self._patterns = None

    def scrub(self, value: Any) -> Any:
        """Return a value without known secrets in any of its texts, keys included. Common ones stay."""
        if isinstance(value, str):
            return self._anywhere.sub(HIDDEN, without_surrogates(value))
        if isinstance(value, dict):
            return {self.scrub(name): self.scrub(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.scrub(item) for item in value]
        return value

    def scrub_message(self, text: str) -> str:
        """Return a message of ours without known secrets, and without the user information of URLs that it quotes."""
        scrubbed: str = self.scrub(_USER_INFORMATION.sub(HIDDEN, text))
        return scrubbed

    def scrub_foreign(self, text: str) -> str:
        """Return a message of a service, which may quote the request, without known secrets, common ones included."""
        return self._by_itself.sub(HIDDEN, self.scrub_message(text))

    def found_in(self, text: str) -> set[str]:
        """Return the secrets in a text, as they are spelled there, and the text itself if it is a part of a secret."""
        found = {*self._anywhere.findall(text), *self._by_itself.findall(text)}
        if not is_common(text) and any(text in value for value in self._values):
            found.add(text)
        return found

    @property
    def _anywhere(self) -> Pattern[str]:
        """Find the secrets that are not common."""
        return self._compiled()[0]

    @property
    def _by_itself(self) -> Pattern[str]:
        """Find the common ones, except inside a longer word or number."""
        return self._compiled()[1]

    def _compiled(self) -> tuple[Pattern[str], Pattern[str]]:
        if self._patterns is None:
            known = {spelling for value in self._values for spelling in spellings(value)}
            common = {
                form for value in self._values if is_common(value) for form in spellings(value) if is_common(form)
            }
            self._patterns = (
                re.compile(_any_of(known - common)),
                re.compile(rf"{_WORD_BEGINS}(?:{_any_of(common)}){_WORD_ENDS}"),
            )
        return self._patterns


def _any_of(texts: set[str]) -> str:
    """Return a pattern that matches each of the texts, or nothing without texts."""
    # Longest first, otherwise the rest of a longer secret would remain after a shorter one.
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)) or r"(?!)"
