# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in the documentation work as they are."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION, Player
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator
from ansible_collections.multicloud.iam.tests.support.tencent import ROOT as ADMINISTRATOR

pytestmark = pytest.mark.any_core

MODULES = sorted(path.stem for path in (COLLECTION / "plugins" / "modules").glob("[!_]*.py"))
VARIABLES = {
    "first_password": "First-Pass-1/%",
    "backup_secret": "Example-Backup-Secret-1/%",
    "tencent_alice_secret": "ExampleAliceSecret00000000000001",
    "huawei_alice_secret": "ExampleHuaweiAliceSecret0000000000000001",
    "zstack_alice_secret": "ExampleZStackAliceSecret0000000000000001",
    "tencent_audit_secret": "Example-Audit-Secret-1/%",
    "azure_client_secret": "Example-Azure-Secret-1/%",
}
OBJECTS = Path(__file__).parent / "example_objects"
# The objects in the examples, by cloud, in a state in which every example has something to change.
SEED = {file.stem: yaml.safe_load(file.read_text()) for file in OBJECTS.glob("*.yml")}


@pytest.fixture(scope="module")
def running_emulator() -> Iterator[Emulator]:
    """Start an emulator with the objects that the examples name."""
    with Emulator(SEED) as emulator:
        yield emulator


def vault_secrets(play: Player, module: str) -> dict[str, str]:
    """Return variables with vault secrets. For the module that reads them, also write the files of its examples."""
    passphrase = play.directory / "passphrase"
    passphrase.write_text("Example-Passphrase\n")
    if module == "secret_file_info":
        file = play.directory / "run-1" / "build-server.yml"
        file.parent.mkdir()
        file.write_text(json.dumps({"access_key_id": ADMINISTRATOR[0], "secret_access_key": ADMINISTRATOR[1]}))
    return {
        "ANSIBLE_VAULT_IDENTITY_LIST": f"default@{passphrase},prod@{passphrase}",
        "ANSIBLE_VAULT_ENCRYPT_IDENTITY": "default",
    }


@pytest.mark.parametrize("arguments", [(), ("--check",)], ids=["for real", "check mode"])
@pytest.mark.parametrize("module", MODULES)
def test_every_example_works(emulator: Emulator, play: Player, module: str, arguments: tuple[str, ...]) -> None:
    """Credentials and endpoint come from the environment. In a real run, no task is skipped because an object is missing."""
    examples = importlib.import_module(f"ansible_collections.multicloud.iam.plugins.modules.{module}").EXAMPLES
    assert f"multicloud.iam.{module}:" in examples
    run = play(examples, *arguments, variables=VARIABLES, env=vault_secrets(play, module))
    assert run.code == 0, run.failures
    if arguments:
        assert not [call for call in emulator.journal() if call["committed"]]
    else:
        assert not [event["task"] for event in run.events if event["event"] == "skipped"]


def test_a_loop_that_looks_up_secrets_shows_its_items_and_diffs(play: Player) -> None:
    """On every version of ansible-core, as described in the guide."""
    guide = (COLLECTION / "docs" / "guide.md").read_text(encoding="utf-8")
    example = guide.partition("### Loops over secrets")[2].partition("```yaml\n")[2].partition("```")[0]
    secrets = {"aws-prod": "EmulatorVendorSecretAwsProd0001", "aws-backup": VARIABLES["backup_secret"]}
    run = play(example, variables={"vendor_secrets": secrets}, secrets=secrets.values(), verbosity=0)
    assert run.code == 0, run.failures
    assert "(item=aws-prod)" in run.stdout
    assert "changed: [localhost] => (item=aws-backup)" in run.stdout
    assert '+    "vendor_auth_alias": "aws-backup"' in run.stdout
