# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A newcomer who follows the README literally, with an empty home directory, gets what it promises."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ansible_collections.multicloud.iam.tests.playbooks.runner import COLLECTION, PROGRAMS, environment

pytestmark = pytest.mark.any_core

README = (COLLECTION / "README.md").read_text(encoding="utf-8")
FIRST = README.partition("## A first playbook\n")[2].partition("\n## ")[0]
PASSWORD = b"Readme-Password-1"
PROMPTS = {b"New Vault password: ", b"Confirm New Vault password: ", b"Vault password: "}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def type_in(script: str, directory: Path, env: dict[str, str]) -> str:
    """Run a script in a terminal, type the password whenever it is requested, and return what the terminal shows."""
    ours, theirs = pty.openpty()
    command = ["bash", "-euxc", script]
    process = subprocess.Popen(
        command, cwd=directory, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    shown, line = b"", b""
    while part := _read(ours):
        shown += part
        line = (line + part).rpartition(b"\n")[2]
        if line in PROMPTS:
            os.write(ours, PASSWORD + b"\n")
            line = b""
    os.close(ours)
    text = shown.decode().replace("\r\n", "\n")
    assert process.wait(timeout=60) == 0, text
    return text


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side has been closed
        return b""


def test_the_first_playbook_does_what_the_page_says(tmp_path: Path) -> None:
    playbook, seed = blocks(FIRST, "yaml")
    start, run, end = blocks(FIRST, "console")
    (tmp_path / "first.yml").write_text(playbook, encoding="utf-8")
    (tmp_path / "seed.yml").write_text(seed, encoding="utf-8")
    env = environment(tmp_path)
    del env["ANSIBLE_COLLECTIONS_PATH"]
    env.update(PATH=f"{PROGRAMS}:{env['PATH']}", PAGER="cat", PIP_NO_INDEX="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    install: list[str | Path] = [sys.executable, PROGRAMS / "ansible-galaxy", "collection", "install", "."]
    subprocess.run(install, cwd=COLLECTION, env=env, check=True, capture_output=True, timeout=120)

    again = run.splitlines()[-1]
    try:
        shown = type_in(f"{start}\n{run}\n{again}\n{end}", tmp_path, env)
    finally:
        pid_file = tmp_path / "emulator.pid"
        emulator = COLLECTION / "roles" / "cloud_emulator" / "files" / "cloud_emulator"
        if pid_file.exists():
            subprocess.run([sys.executable, emulator, "--stop", "--pid-file", pid_file], check=True, timeout=60)
    recaps = re.findall(r"ok=(\d+) +changed=(\d+) .*failed=(\d+)", shown)
    assert recaps == [("3", "3", "0"), ("3", "3", "0"), ("2", "0", "0")], shown
    assert '+    "status": "inactive"' in shown
    assert '"secret_access_key": "' in shown.partition("ansible-vault view")[2]
    assert "$ANSIBLE_VAULT" in (tmp_path / "build-server.yml").read_text(encoding="utf-8")
