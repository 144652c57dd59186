# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.multicloud.iam.tests.tooling import prose

RULES = [
    prose.compile_rule("no more", "no longer", "time"),
    prose.compile_rule("What is", "a subject", "clause", opening=True),
]


@pytest.mark.parametrize(
    ("name", "text", "lines"),
    [
        ("a.md", "The key is\nno\nmore.", [2]),
        ("a.md", "It says `no more`, [here](no more).\n\n```text\nno more\n```\n", []),
        (
            "a.md",
            "See.\n\nWhat is sent counts. What is sent?\n\n## What is sent\n\n| What is sent | What is |\n",
            [3, 7, 7],
        ),
        ("a.py", "# It is no\n# more.\nno = more = 'no'\n", [1]),
        ("a.py", "x = f'{y} is no more'\ny = ('It is no '\n     'more now')\n", [1, 2]),
        ("a.py", 'no.more()\nz = ["no", "more"]\n', []),
        ("a.py", 'def f():\n    """What is sent."""\n    # And what is sent\n', [2]),
        ("a.yml", "a: b  # no more\n# What is sent.\n# More.\nc: What is sent?\n", [1, 2]),
        ("Makefile", "no more\n# no more\n", [2]),
    ],
)
def test_findings(name: str, text: str, lines: list[int]) -> None:
    assert sorted(int(line.split(":")[1]) for line in prose.findings(name, text, RULES)) == lines


def test_every_path_left_out_exists() -> None:
    assert all(
        (prose.ROOT / entry["path"]).exists()
        for entry in [*prose.WORDS["left_out"], *prose.WORDS.get("unfinished", [])]
    )
