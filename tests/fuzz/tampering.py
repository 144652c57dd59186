# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tamper with one reply, and decide whether a client can notice.

A change is described without a reply. Its target is found when the reply exists.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from ..support.clouds import parts
from .cloud import Reply
from .facts import Facts

# A server with these statuses has not forwarded the call, so it is retried. A client cannot notice if that is wrong.
_REFUSALS = {407, 429}

_RIGHT_TO_LEFT = "\u202egnihton\u202c"
STRANGE_TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "\0", "\ud800", "x\udfff", _RIGHT_TO_LEFT, "null", "0", "-1", "*" * 8, "{{ x }}", "A" * 70_000]
    ),
    st.text(st.characters(), max_size=20),
)
_JUNK: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.sampled_from([0, -1, 2**31, 2**63, 10**30, -(10**30), 0.5, 1e308]),
        st.integers(-3, 3),
        STRANGE_TEXTS,
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(STRANGE_TEXTS, inner, max_size=2)),
    max_leaves=4,
)
_PLACES = st.integers(0, 400)


def _facts(cloud: str) -> Facts:
    facts: Facts = parts("fuzz")[cloud].FACTS
    return facts


@dataclass(frozen=True)
class Place:
    """Represent a value within a JSON value. name: its innermost member. around: the object of that member."""

    holder: Any
    key: Any
    name: str
    around: dict[str, Any]
    path: tuple[Any, ...]

    @property
    def value(self) -> Any:
        return self.holder[self.key]

    def is_counted(self, cloud: str) -> bool:
        """Return whether it is a list whose length is in another field, or an entry of one."""
        return any(self.name == name and sign in self.around for name, sign in _facts(cloud).counted.items())

    def is_as_in(self, whole: Any) -> bool:
        """Return whether it has the same value in the reply before any edit."""
        try:
            for step in self.path:
                whole = whole[step]
        except (LookupError, TypeError):
            return False
        return bool(whole == self.value)


def places(holder: Any, name: str = "", around: Any = None, path: tuple[Any, ...] = ()) -> Iterator[Place]:
    """Return every value within a JSON value, in a fixed order."""
    is_object = isinstance(holder, dict)
    pairs = list(holder.items()) if is_object else list(enumerate(holder)) if isinstance(holder, list) else []
    for key, value in pairs:
        inner, near = (str(key), holder) if is_object else (name, around)
        yield Place(holder, key, inner, near, (*path, key))
        yield from places(value, inner, near, (*path, key))


@dataclass(frozen=True)
class Edit:
    """Describe a change of one value in a JSON text.

    what: `drop`, `null`, `put` (junk), `empty`, `double` (an entry of a list), `copy` (from another place in the reply) or
    `tell` (a secret). place, source: the number of the value, modulo their count.
    """

    what: str
    place: int
    junk: Any = None
    source: int = 0

    def apply(self, whole: dict[str, Any], original: Any, secrets: Sequence[str], cloud: str) -> bool:
        """Make the change, and return whether the API could have sent the result."""
        found = list(places(whole))
        if not found:
            return True
        place = found[self.place % len(found)]
        # The right value is unknown after another edit.
        is_edited = not place.is_as_in(original)
        before = copy.deepcopy(place.value)
        if self.what in ("drop", "double") and isinstance(place.holder, list):
            place.holder[place.key : place.key + 1] = [before, before] if self.what == "double" else []
            return is_edited or not place.is_counted(cloud)
        if self.what == "drop":
            del place.holder[place.key]
            return is_edited or place.name in _facts(cloud).optional
        after = self._value(found, before, secrets)
        place.holder[place.key] = after
        return is_edited or _is_plausible(before, after, place, cloud)

    def _value(self, found: Sequence[Place], before: Any, secrets: Sequence[str]) -> Any:
        if self.what == "null":
            return None
        if self.what == "empty":
            return type(before)()
        if self.what == "tell":
            secret = secrets[self.source % len(secrets)]
            return f"the key {secret} is good" if isinstance(before, str) else secret
        if self.what == "copy":
            return copy.deepcopy(found[self.source % len(found)].value)
        return copy.deepcopy(self.junk)


def _is_plausible(before: Any, after: Any, place: Place, cloud: str) -> bool:
    """Return whether one value is as plausible as the other in its place."""
    if after == before and type(after) is type(before):
        return True
    if after is None:
        return place.name in _facts(cloud).optional and not isinstance(place.holder, list)
    if type(after) is not type(before) or place.name in _facts(cloud).totals:
        return False
    words = _facts(cloud).words
    if place.name in words and isinstance(after, (str, int)):
        return after in words[place.name]
    if isinstance(after, dict):
        # An object of the same kind. Not all of its members matter.
        return len(after.keys() & before.keys()) * 2 > len(before)
    return not isinstance(after, list) or not place.is_counted(cloud)


EDITS = st.one_of(
    st.builds(Edit, st.sampled_from(["drop", "null", "empty", "double"]), _PLACES),
    st.builds(Edit, st.just("put"), _PLACES, _JUNK),
    st.builds(Edit, st.sampled_from(["copy", "tell"]), _PLACES, source=_PLACES),
)


def _with_number(body: bytes, text: bytes) -> bytes:
    """Return the body with the text for one of its values."""
    before, colon, rest = body.partition(b":")
    return before + colon + text + b"," + (b'"x":' + rest if colon else rest)


# Ways to change the bytes of a body.
TEXTS: Mapping[str, Callable[[bytes], bytes]] = {
    "truncated": lambda body: body[: len(body) // 2],
    "one byte short": lambda body: body[:-1],
    "empty": lambda body: b"",
    "blank": lambda body: b" \r\n",
    "byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "UTF-16": lambda body: body.decode("utf-8", "replace").encode("utf-16"),
    "invalid UTF-8": lambda body: body[: len(body) // 2] + b"\xff\xc0" + body[len(body) // 2 :],
    "NUL": lambda body: body[: len(body) // 2] + b"\0" + body[len(body) // 2 :],
    "not a number": lambda body: _with_number(body, b"NaN"),
    "infinity": lambda body: _with_number(body, b"-Infinity"),
    "too large a number": lambda body: _with_number(body, b"1" * 5000),
    "twice": lambda body: body + body,
    "an array around it": lambda body: b"[" + body + b"]",
    "a text around it": lambda body: json.dumps(body.decode("utf-8", "replace")).encode(),
    "null": lambda body: b"null",
    "no members": lambda body: b"{}",
    "deep": lambda body: b"[" * 100_000,
    "deep object": lambda body: b'{"Response":' * 50_000,
    "page": lambda body: b"<!DOCTYPE html><html><title>502</title></html>",
    "message of a proxy": lambda body: b'{"message": "not found"}',
    "text": lambda body: b"the job has been expired?",
}
_WITHOUT_BODY = (204, 304)
_LENGTHS = [None, "0", "1", "5", "-1", "abc", "999999", "1, 2", "9" * 40]
_HEADERS = st.sampled_from(
    [
        ("Content-Encoding", "gzip"),
        ("Content-Encoding", "deflate, gzip"),
        ("Content-Encoding", "odd"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Type", "text/html; charset=latin-9"),
        ("Content-Type", "application/json; charset=\xff"),
        ("Content-Type", ""),
        ("Retry-After", "-1"),
        ("Retry-After", "1e99"),
        ("Retry-After", "9" * 30),
        ("Retry-After", "Wed, 99 Foo 0000 00:00:00"),
        ("Retry-After", "Fri, 31 Dec 9999 23:59:59 -2359"),
        ("x-acs-retry-after", "99999999999999"),
        ("x-acs-retry-after", "\xb2"),
        ("Location", "http://[broken"),
        ("Location", "//"),
        ("Location", "https://elsewhere.example/"),
        ("X-Request-Id", "\xe4" * 300),
        ("X-Request-Id", ""),
        ("Set-Cookie", "a=b; Domain=.; Path=/\x01"),
        ("Bro ken", "x"),
    ]
)
_STATUSES = st.one_of(
    st.sampled_from(
        [200, 201, 202, 204, 206, 301, 302, 304, 307, 400, 401, 403, 404, 407, 408, 409, 429, 500, 502, 503, 504]
    ),
    st.integers(100, 599),
)


@dataclass(frozen=True)
class Tampering:
    """Describe what happens to a reply.

    call: the number of the call in the task, modulo their count. for_good: also change the later replies to that
    operation. performed: whether the API receives the call. If not, an earlier reply to it is changed. crossed: the
    reply belongs to another call. edits: changes of the JSON. text: a change of the bytes.
    """

    call: int
    for_good: bool = False
    performed: bool = True
    crossed: int | None = None
    edits: tuple[Edit, ...] = ()
    text: str | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    length: str | None = "right"

    def apply(self, reply: Reply, others: Sequence[Reply], secrets: Sequence[str], cloud: str) -> tuple[Reply, bool]:
        """Return the reply to send, and whether the API could have sent it for this call."""
        sent, plausible = reply, True
        if self.crossed is not None:
            other = others[self.crossed % len(others)]
            plausible = not self.performed or _may_be_mistaken(other, reply, cloud)
            sent = replace(other, action=reply.action)
        if self.edits:
            sent, still = self._edited(sent, secrets, cloud)
            # A reply to a call that was not performed is false in any case.
            plausible = plausible and (still or not self.performed)
        if self.text is not None:
            body = TEXTS[self.text](sent.body)
            is_read = (self.status or sent.status) not in _WITHOUT_BODY
            plausible = plausible and (_same_json(body, sent.body) or not is_read)
            sent = replace(sent, body=body)
        if self.status is not None:
            both = {self.status, sent.status}
            is_told_so = len(both) == 1 or both <= _facts(cloud).success
            plausible = (plausible and is_told_so) or self.status in _REFUSALS
            sent = replace(sent, status=self.status)
        named = {name.lower() for name, _value in self.headers}
        kept = tuple(pair for pair in sent.headers if pair[0].lower() not in named)
        length = str(len(sent.body)) if self.length == "right" else self.length
        return replace(sent, headers=kept + self.headers, length=length), plausible

    def _edited(self, reply: Reply, secrets: Sequence[str], cloud: str) -> tuple[Reply, bool]:
        try:
            whole = reply.content
        except ValueError:
            return reply, True
        still = [edit.apply(whole, reply.content, secrets, cloud) for edit in self.edits]
        # Two edits together can result in a plausible reply, even if neither does alone.
        return replace(reply, body=json.dumps(whole).encode()), any(still) or len(still) > 1


def _same_json(one: bytes, other: bytes) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except (ValueError, RecursionError):
        return one == other


def _is_error(reply: Reply) -> bool:
    return reply.status >= 400 or b'"Error"' in reply.body


def _may_be_mistaken(other: Reply, reply: Reply, cloud: str) -> bool:
    """Return whether a reply to another call could be the reply to this call."""
    if _is_error(other):
        return True
    facts = _facts(cloud)
    if other.action == reply.action or {other.action, reply.action} <= facts.alike:
        return not facts.is_of_another(other, reply)
    return bool(facts.empty) and facts.empty in other.body


TAMPERINGS = st.builds(
    Tampering,
    call=st.integers(0, 30),
    for_good=st.booleans(),
    performed=st.sampled_from([True, True, True, False]),
    edits=st.lists(EDITS, min_size=1, max_size=2).map(tuple),
)
_CALLS = {"call": st.integers(0, 30), "for_good": st.booleans(), "performed": st.booleans()}
WHOLE_TAMPERINGS = st.one_of(
    st.builds(Tampering, text=st.sampled_from(sorted(TEXTS)), **_CALLS),
    st.builds(
        Tampering,
        status=_STATUSES,
        text=st.one_of(st.none(), st.sampled_from(sorted(TEXTS))),
        headers=st.lists(_HEADERS, max_size=2).map(tuple),
        **_CALLS,
    ),
    st.builds(Tampering, headers=st.lists(_HEADERS, min_size=1, max_size=2).map(tuple), **_CALLS),
    st.builds(Tampering, length=st.sampled_from(_LENGTHS), **{**_CALLS, "performed": st.just(True)}),
    st.builds(Tampering, crossed=st.integers(0, 400), **_CALLS),
    st.builds(Tampering, edits=st.lists(EDITS, min_size=1, max_size=2).map(tuple), status=_STATUSES, **_CALLS),
)
