# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An endpoint that cannot be trusted or reached is one clear message, and never a traceback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from ansible_collections.multicloud.iam.tests.playbooks.runner import Player
from ansible_collections.multicloud.iam.tests.support.emulator import Emulator

LIST = """
    - name: Ask
      multicloud.iam.cam_user_info:
      ignore_errors: true

    - name: Ask with the authority
      multicloud.iam.cam_user_info:
        api_ca_path: "{{ authority }}"
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the certificates of an authority and of the emulator."""
    directory, authority = tmp_path_factory.mktemp("certificates"), trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(str(directory / "ca.pem"))
    issued.private_key_pem.write_to_path(str(directory / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(directory / "cert.pem"))
    return directory


@pytest.fixture
def emulator(authority: Path) -> Iterator[Emulator]:
    """An emulator with a certificate that nobody knows."""
    options = ("--tls-cert", str(authority / "cert.pem"), "--tls-key", str(authority / "key.pem"))
    with Emulator(None, *options, ca=authority / "ca.pem") as emulator:
        yield emulator


def test_an_unknown_certificate_is_refused_with_advice(emulator: Emulator, play: Player, authority: Path) -> None:
    """Before anything is sent; with the authority in api_ca_path it works."""
    run = play(LIST, variables={"authority": str(authority / "ca.pem")})
    assert run.code == 0, run.failures
    message = run.message("Ask")
    for part in (emulator.url, "the certificate was not accepted", "api_ca_path"):
        assert part in message
    assert len(emulator.journal()) == 1
    assert emulator.journal()[0]["action"] == "ListUsers"


def test_an_unreachable_endpoint_is_named(play: Player) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))  # and nobody listens
        endpoint = f"http://127.0.0.1:{reserved.getsockname()[1]}"
        run = play(
            """
            - name: Ask
              multicloud.iam.cam_user_info:
                api_retries: 1
            """,
            env={"MULTICLOUD_IAM_TENCENT_ENDPOINT": endpoint},
        )
    assert run.code == 2
    message = run.message("Ask")
    assert f"{endpoint}: " in message
    assert "refused" in message
    assert "A retry may help." in message
