# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets leave in no spelling."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.plugins.module_utils._secrets import Secrets

SECRETS = st.text(min_size=8, max_size=40)
SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, slashes kept": quote,
    "percent, lower case": lambda text: re.sub("%..", lambda match: match.group().lower(), quote(text)),
    "form": quote_plus,
    "json": lambda text: json.dumps(text)[1:-1],
    "json, unicode kept": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json, safe in a page": lambda text: re.sub(
        "[=&'<>]", lambda match: f"\\u{ord(match.group()):04x}", json.dumps(text)[1:-1]
    ),
    "json, safe in a page, upper case": lambda text: re.sub(
        "[=&'<>]", lambda match: f"\\u{ord(match.group()):04X}", json.dumps(text)[1:-1]
    ),
    "json, as in .NET": lambda text: re.sub(
        "[+&'<>]", lambda match: f"\\u{ord(match.group()):04X}", json.dumps(text)[1:-1]
    ),
    "json, as in PHP": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "HTML": html.escape,
    "HTML, quotation marks kept": lambda text: html.escape(text, quote=False),
    "HTML, as in Go": lambda text: html.escape(text).replace("&quot;", "&#34;").replace("&#x27;", "&#39;"),
    "HTML, as in PHP": lambda text: html.escape(text).replace("&#x27;", "&#039;"),
    "form, as in Java": lambda text: quote_plus(text, safe="*").replace("~", "%7E"),
    "percent, twice": lambda text: quote(quote(text, safe=""), safe=""),
}


def knowing(*values: str) -> Secrets:
    secrets = Secrets()
    secrets.add(*values)
    return secrets


@pytest.mark.parametrize("spelling", SPELLINGS)
@given(secret=SECRETS)
def test_every_spelling_is_hidden(spelling, secret):
    spelled = SPELLINGS[spelling](secret)
    scrubbed = knowing(secret).scrub(f"<{spelled}>")
    assert scrubbed == "<********>" or spelled not in scrubbed


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@given(
    before=st.binary(max_size=5),
    secret=st.text(min_size=12, max_size=40),
    after=st.binary(max_size=5),
)
def test_base64_of_a_text_around_a_secret_is_hidden(encode, before, secret, after):
    text = encode(before + secret.encode() + after).decode()
    assert "********" in knowing(secret).scrub(text)


def test_a_longer_secret_leaves_no_rest_behind_a_shorter_one():
    assert knowing("abcdefgh", "abcdefghIJKL").scrub("x abcdefghIJKL y") == "x ******** y"


def test_everything_in_a_result_is_scrubbed():
    scrubbed = knowing("s3cr3t!!").scrub({"a s3cr3t!!": ["s3cr3t!!", {"b": ("s3cr3t!!", 1, None, True)}]})
    assert scrubbed == {"a ********": ["********", {"b": ["********", 1, None, True]}]}


def test_credentials_in_a_url_are_hidden_even_if_unknown():
    assert Secrets().scrub("proxy http://user:pass@host:1/ failed") == "proxy http://********@host:1/ failed"


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_no_secret(nothing):
    assert knowing(nothing).scrub("text") == "text"


def test_what_a_service_trims_or_cuts_is_hidden_too():
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\n-----END KEY-----\n"
    assert knowing(key).scrub(f"<{key.strip()}>") == "<********>"
    assert "MIIEvQIBADAN" not in knowing(key).scrub("line 2: MIIEvQIBADANBgkqhkiG9w0BAQEF is bad")
    assert knowing("s3cr3t!!\n").scrub("s3cr3t!! is bad") == "******** is bad"


def test_an_address_in_the_path_of_a_url_is_no_credential():
    url = "https://www.googleapis.com/robot/v1/metadata/x509/sa@project.iam.gserviceaccount.com"
    assert Secrets().scrub(url) == url


def test_half_a_character_is_replaced():
    assert Secrets().scrub("bad \ud800 text") == "bad ? text"
