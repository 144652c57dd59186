# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write every YAML example of docs/guide-testing.md to the file that the page names, and run all of them."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from ansible_collections.multicloud.iam.tests.examples.steps import Steps
from ansible_collections.multicloud.iam.tests.support.cloud import ROOT

GUIDE = (ROOT / "docs" / "guide-testing.md").read_text(encoding="utf-8")
# The last file that the paragraph before an example names is that of the example.
EXAMPLE = re.compile(
    r"`([\w./-]+\.yml)`(?:(?!`[\w./-]+\.yml`|\n## ).)*?\n\n```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE
)


def test_every_example_works(tmp_path: Path) -> None:
    files = dict(EXAMPLE.findall(GUIDE))
    assert len(files) == GUIDE.count("```yaml\n")
    project = tmp_path / "project"
    for name, text in files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    steps = Steps(project)
    tested = steps.succeed("molecule test")
    assert "idempotence: Executed: Successful" in re.sub(r"\x1b\[\d*m", "", tested)
    job = yaml.safe_load(files[".gitlab-ci.yml"])["check"]["script"]
    try:
        shown = steps.succeed("\n".join(job))
    finally:
        steps.run(job[-1])
    assert '+    "status": "inactive"' in shown
    # Check mode changes nothing, and both emulators have been stopped.
    assert not (project / ".emulator" / "url").exists()
    assert '"committed": true' not in (project / ".emulator" / "journal.jsonl").read_text(encoding="utf-8")
