# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the documentation work as they are written."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION, Player
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

MODULES = sorted(path.stem for path in (COLLECTION / "plugins" / "modules").glob("[!_]*.py"))
VARIABLES = {"first_password": "First-Pass-1/%"}
LONG_AGO = "2020-01-02T03:04:05Z"
# What the examples speak of, in a state in which each of them has something to do.
SEED = {
    "tencent": {
        "users": [
            {
                "name": "alice",
                "uin": 100000000011,
                "email": "alice@example.com",
                "keys": [
                    {
                        "access_key_id": "AKIDexample0alice0000000000000000001",
                        "secret_access_key": "ExampleAliceSecret00000000000001",
                        "create_time": LONG_AGO,
                        "last_used": LONG_AGO,
                    }
                ],
            },
            {
                "name": "bob",
                "uin": 100000000012,
                "keys": [
                    {
                        "access_key_id": "AKIDexample00bob00000000000000000001",
                        "secret_access_key": "ExampleBobSecret0000000000000001",
                        "status": "Inactive",
                    }
                ],
            },
        ],
    }
}


@pytest.fixture(scope="module")
def running_emulator() -> Iterator[Emulator]:
    """An emulator with the objects that the examples name."""
    with Emulator(SEED) as emulator:
        yield emulator


@pytest.mark.parametrize("arguments", [(), ("--check",)], ids=["for real", "check mode"])
@pytest.mark.parametrize("module", MODULES)
def test_every_example_runs_as_it_is_written(
    emulator: Emulator, play: Player, module: str, arguments: tuple[str, ...]
) -> None:
    """Credentials and endpoint come from the environment. For real, nothing is skipped for lack of objects."""
    examples = importlib.import_module(f"ansible_collections.multicloud.iam.plugins.modules.{module}").EXAMPLES
    assert f"multicloud.iam.{module}:" in examples
    run = play(examples, *arguments, variables=VARIABLES)
    assert run.code == 0, run.failures
    if arguments:
        assert not [call for call in emulator.journal() if call["committed"]]
    else:
        assert not [event["task"] for event in run.events if event["event"] == "skipped"]
