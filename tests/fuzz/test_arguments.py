# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that a module with any options fails with a clear error before a write, or reaches the desired state.

Each case is a valid task, with some options replaced by values of the right type or of another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from ansible_collections.multicloud.iam.tests.fuzz.cloud import Cloud
from ansible_collections.multicloud.iam.tests.fuzz.promises import check_result
from ansible_collections.multicloud.iam.tests.fuzz.scenarios import SCENARIOS, Result, Scenario, run
from ansible_collections.multicloud.iam.tests.fuzz.tampering import STRANGE_TEXTS
from ansible_collections.multicloud.iam.tests.support.cases import cases
from ansible_collections.multicloud.iam.tests.support.clouds import parts
from ansible_collections.multicloud.iam.tests.support.modules import load_module

# Existing names, names that a careless comparison mistakes for them, and the names from the clouds.
_KNOWN = [
    *("alice", "ALICE", " alice", "nobody", "ci-deploy", "ci-deploy ", "CI-DEPLOY"),
    *(text for part in parts("fuzz").values() for text in part.KNOWN),
    *(
        "a\nb",
        "a\r\nX-Injected: 1",
        "\t",
        "a=b",
        "a,b",
        "a>=b",
        "description?=x",
        "é" * 300,
        "\u202egnihton",
        "'\"\\",
        "active",
    ),
]
# From 2.19 on, ansible-core itself refuses half a character, for every module.
_TEXTS = st.one_of(
    st.sampled_from(_KNOWN), STRANGE_TEXTS.filter(lambda text: text.encode("utf-8", "replace").decode() == text)
)
# A short secret would be found and removed everywhere.
_SECRETS = st.one_of(st.just(""), _TEXTS.map(lambda text: f"Fuzz-Secret+1={text}"))
# Calls only go to this machine, and never take long.
_ADDRESSES = st.sampled_from(
    [
        "",
        " ",
        "http://",
        "127.0.0.1",
        "ftp://127.0.0.1",
        "http://user:Fuzz-Secret+1@127.0.0.1:1",
        "http://127.0.0.1:1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:1/path",
        "http://127.0.0.1:1?query",
        "http://[::1",
        "http://127.0.0.1:1\r\nX: y",
        "http://127.0.0.1:x",
    ]
)
# The action plugin refuses infinite numbers before.
_NUMBERS = st.sampled_from([0, 1, 2, -1, "2", " 2 ", "x", 1.5, "1e1", float("nan"), 10**30, True])
_VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "str": _TEXTS,
    "path": _TEXTS,
    "int": _NUMBERS,
    "float": _NUMBERS,
    "bool": st.one_of(st.booleans(), st.sampled_from(["yes", "no", "maybe", "", 0, 1, 2, 1.0])),
    "list": st.one_of(
        st.lists(_TEXTS, max_size=3),
        st.just("alice,bob"),
        st.lists(st.dictionaries(_TEXTS, _TEXTS, max_size=1), max_size=2),
    ),
    "dict": st.one_of(st.dictionaries(_TEXTS, _TEXTS, max_size=2), st.sampled_from(["a=b", '{"a": {"b": 1}}'])),
}
_ANYTHING = st.one_of(st.none(), *_VALUES.values(), st.lists(st.lists(_TEXTS, max_size=1), max_size=2))
_ADDRESS_OPTIONS = ("api_endpoint", "api_proxy", "api_sts_endpoint")


def _value_for(name: str, spec: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Generate values for an option, mostly of its type."""
    if name in _ADDRESS_OPTIONS:
        return _ADDRESSES
    if spec.get("no_log"):
        return st.one_of(st.none(), _SECRETS)
    if name == "extend_info":
        return st.one_of(_VALUES["dict"], _SECRETS.map(lambda secret: {"private_key": secret}))
    if name == "api_retries":
        return st.sampled_from([-1, 0, "2", "x", None, 1.5, [1]])
    fitting = st.sampled_from(spec["choices"]) if "choices" in spec and spec["type"] == "str" else _VALUES[spec["type"]]
    if "choices" in spec and spec["type"] == "list":
        fitting = st.lists(st.sampled_from(spec["choices"]), max_size=3)
    return st.one_of(fitting, fitting, fitting, _VALUES[spec["type"]], _ANYTHING)


@st.composite
def tasks(draw: st.DrawFn) -> tuple[Scenario, dict[str, Any]]:
    """Generate a valid task, and options that replace its own."""
    scenario = draw(st.sampled_from(SCENARIOS))
    spec = load_module(scenario.module).argument_spec
    names = draw(st.lists(st.sampled_from(sorted(spec)), max_size=4, unique=True))
    return scenario, {name: draw(_value_for(name, spec[name])) for name in names}


def is_idempotent(options: Mapping[str, Any], result: Result) -> bool:
    """Return whether the same task changes nothing when it runs again."""
    again = [name for name in ("update_password", "update_secret") if options.get(name) == "always"]
    locked_out = str(options.get("allow_self_lockout", "no")).lower() not in ("no", "false", "0", "0.0", "", "none")
    told = any("identity" in warning or "is not known" in warning for warning in result.get("warnings", []))
    return not again and options.get("create") != "always" and not locked_out and not told


@pytest.mark.timeout(3600)
@cases(usually=300)
@given(tasks())
def test_options(cloud: Cloud, task: tuple[Scenario, dict[str, Any]]) -> None:
    scenario, replaced = task
    options = {**scenario.options(cloud.url), **replaced}
    cloud.begin()
    before = cloud.state(scenario.cloud)
    foreseen = run(scenario.module, options, check_mode=True)
    note(f"check mode: {foreseen}")
    assert not any(call["write"] for call in cloud.calls()), "check mode writes"
    assert cloud.state(scenario.cloud) == before
    cloud.begin()
    result = run(scenario.module, options)
    note(f"result: {result}")
    secrets = {str(value) for value in options.values() if str(value).startswith("Fuzz-Secret")}
    for each in (foreseen, result):
        check_result(scenario.module, each, scenario.secrets | secrets | {"Fuzz-Secret+1"})
    calls = cloud.calls()
    if result.get("failed"):
        if "error" not in result or result["error"]["category"] == "usage":
            assert not any(call["write"] for call in calls), "something was written in spite of wrong options"
        return
    assert not foreseen.get("failed"), "only check mode fails"
    assert foreseen["changed"] == result["changed"] == any(call["committed"] and call["write"] for call in calls)
    assert foreseen.get("diff") == result.get("diff")
    if is_idempotent(options, result):
        again = run(scenario.module, options)
        note(f"again: {again}")
        assert not again.get("failed")
        assert not again["changed"]
