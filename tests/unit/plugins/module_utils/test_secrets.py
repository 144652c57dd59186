# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that secrets are hidden in every spelling."""

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

from ansible_collections.multicloud.iam.plugins.module_utils._secrets import Secrets, is_common, texts_in


def rare(text: str) -> bool:
    return not is_common(text)


SECRETS = st.text(min_size=8, max_size=40).filter(rare)
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


@given(secret=SECRETS)
def test_every_spelling_is_hidden(secret):
    secrets = knowing(secret)
    for name, spell in SPELLINGS.items():
        spelled = spell(secret)
        scrubbed = secrets.scrub(f"<{spelled}>")
        assert scrubbed == "<********>" or spelled not in scrubbed, name


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@given(before=st.binary(max_size=5), secret=st.text(min_size=12, max_size=40).filter(rare), after=st.binary(max_size=5))
def test_base64_of_a_text_around_a_secret_is_hidden(encode, before, secret, after):
    text = encode(before + secret.encode() + after).decode()
    assert "********" in knowing(secret).scrub(text)


def test_no_rest_of_a_longer_secret_remains_after_a_shorter_one():
    assert knowing("abcdefg1", "abcdefg1IJKL").scrub("x abcdefg1IJKL y") == "x ******** y"


def test_everything_in_a_result_is_scrubbed():
    scrubbed = knowing("s3cr3t!!").scrub({"a s3cr3t!!": ["s3cr3t!!", {"b": ("s3cr3t!!", 1, None, True)}]})
    assert scrubbed == {"a ********": ["********", {"b": ["********", 1, None, True]}]}


def test_credentials_in_a_url_of_a_message_are_hidden_even_if_unknown():
    message_of_ours = "proxy http://user:pass@host:1/ failed"
    assert Secrets().scrub_message(message_of_ours) == "proxy http://********@host:1/ failed"
    assert Secrets().scrub_foreign(message_of_ours) == "proxy http://********@host:1/ failed"


def test_the_fields_of_an_object_keep_texts_that_only_look_like_credentials():
    key = {"description": "https://ci@gitlab.example/group", "remarks": ["ssh://git:x@host"]}
    assert Secrets().scrub(key) == key


COMMON = ["password", "hunter2", "admin", "a", "123456", "access_key", "Production", "100000000001", ""]


@pytest.mark.parametrize("secret", COMMON)
def test_a_common_secret_stays_in_our_messages_and_in_objects(secret):
    key = {"id": "AKIDpassword", "description": f"{secret}-rotation job", f"{secret}": [secret]}
    assert knowing(secret).scrub(key) == key
    text = f"Check api_{secret}, or {secret}."
    assert knowing(secret).scrub_message(text) == text


@pytest.mark.parametrize("secret", list(filter(None, COMMON)))
def test_a_common_secret_is_hidden_as_a_whole_word_in_messages_of_a_service(secret):
    message_of_service = f"wrong '{secret}' (p={secret}&x), x{secret}0"
    assert knowing(secret).scrub_foreign(message_of_service) == f"wrong '********' (p=********&x), x{secret}0"


@pytest.mark.parametrize("secret", ["hunter2", "password", "123456", "口令"])
@pytest.mark.parametrize(
    "message_of_service", ["密码{}不正确", "body pw%3D{}%26a", '{{"error": "line\\n{}\\n"}}', "mot de passé{}é"]
)
def test_other_scripts_and_escapes_end_a_word_too(secret, message_of_service):
    assert knowing(secret).scrub_foreign(message_of_service.format(secret)) == message_of_service.format("********")
    assert knowing(secret).found_in(message_of_service.format(secret)) == {secret}


def test_the_encoded_forms_of_a_common_secret_are_hidden_everywhere():
    encoded = base64.b64encode(b"user:password:1").decode()
    assert "********" in knowing("password").scrub(encoded)


@pytest.mark.parametrize("secret", ["Tr0ub4dor", "correct horse", "Hunter-2-Secret", "x" * 16, "1" * 16, "pass word"])
def test_a_secret_that_is_not_common_is_hidden_everywhere(secret):
    assert knowing(secret).scrub({"description": f"my {secret}"}) == {"description": "my ********"}


def test_secrets_are_found_as_they_are_spelled_in_a_text():
    secret = "EmulatorRootSecret/00%"
    encoded = base64.b64encode(secret.encode()).decode()
    found = knowing(secret).found_in(encoded)
    assert found
    assert all(text in encoded and len(text) > 20 for text in found)
    assert knowing(secret).found_in(f"<{quote(secret, safe='')}>") == {quote(secret, safe="")}
    assert knowing(secret).found_in(secret) == {secret}
    assert knowing("Aa1!hunter2hunter2").found_in("hunter2hunter2") == {"hunter2hunter2"}
    assert knowing("Aa1!hunter2").found_in("Aa1!") == set()
    assert knowing("password").found_in("the password-job") == {"password"}
    assert knowing("password").found_in("passwords") == set()
    assert knowing().found_in("anything at all") == set()


def test_the_texts_in_an_option_of_any_type_are_found():
    assert set(texts_in({"a": ["x", 1, {"b": 2.5}], "c": None, "d": True, "e": ""})) == {"x", "1", "2.5"}


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_secret_is_ignored(nothing):
    assert knowing(nothing).scrub("text") == "text"


def test_a_trimmed_secret_and_its_lines_are_hidden_too():
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\n-----END KEY-----\n"
    assert knowing(key).scrub(f"<{key.strip()}>") == "<********>"
    assert "MIIEvQIBADAN" not in knowing(key).scrub("line 2: MIIEvQIBADANBgkqhkiG9w0BAQEF is bad")
    assert knowing("s3cr3t!!\n").scrub("s3cr3t!! is bad") == "******** is bad"


def test_an_address_in_the_path_of_a_url_is_not_hidden():
    url = "https://www.googleapis.com/robot/v1/metadata/x509/sa@project.iam.gserviceaccount.com"
    assert Secrets().scrub(url) == url


def test_a_lone_surrogate_is_replaced():
    assert Secrets().scrub("bad \ud800 text") == "bad ? text"
