# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check documentation, docstrings, comments and messages against the word list in words.toml.

`prose.py [FILE...]`: check these files, or all files that git knows.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import tomllib

ROOT = Path(__file__).resolve().parents[2]
WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
# Stands for everything that is not prose, so that words on both sides of it are not read as one phrase.
GAP = "\0"
CODE_IN_TEXT = re.compile(
    r"``.+?``|`[^`\n]+`|\b[A-Z]{1,3}\([^)]*\)|\{\{.*?\}\}|\]\([^)]*\)|<!--.*?-->|\bhttps?://\S+", re.DOTALL
)
CODE_BLOCK = re.compile(r"^( *)(```|~~~).*?^\1\2 *$", re.DOTALL | re.MULTILINE)
TABLE_OR_HEADING = re.compile(r"\||^#+ .*$", re.MULTILINE)
# A sentence begins after another one, at the start of a string, a paragraph, a list item or a table cell.
OPENING = rf"(?:\A|{GAP}|[.!?:][\"')*]*\s|\n[ #]*\n|\n\s*(?:[-*]|\d+\.)\s)[\s\"'(*]*"

NOT_A_QUESTION = r"(?!(?:(?!\n\s*\n)[^.!])*\?)"


class Rule(NamedTuple):
    """Hold one entry of the word list."""

    pattern: re.Pattern[str]
    advice: str


def compile_rule(find: str, use: str, why: str, opening: bool = False) -> Rule:
    """Return the rule that finds the words in any case, also over the end of a line."""
    words = find.replace(" ", r"\s+")
    pattern = rf"{OPENING}(?P<words>(?:{words})\b){NOT_A_QUESTION}" if opening else rf"\b(?P<words>{words})\b"
    return Rule(re.compile(pattern, re.IGNORECASE if not opening else 0), f"use {use} ({why})")


def blank(text: str) -> str:
    """Replace everything except white space by gaps. The length stays the same."""
    return re.sub(r"\S", GAP, text)


def without_code(text: str) -> str:
    """Replace markup and code inside a text by gaps."""
    return CODE_IN_TEXT.sub(lambda found: blank(found[0]), text)


def prose_of_python(text: str) -> str:
    """Keep comments, and strings of more than one word. The f-string tokens exist from Python 3.12 on."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    kept, end = [], 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        is_prose = kind == "COMMENT" or (kind in {"STRING", "FSTRING_MIDDLE"} and re.search(r"\w\s+\w", token.string))
        if is_prose or kind in {"FSTRING_START", "FSTRING_END"}:
            start = starts[token.start[0] - 1] + token.start[1]
            stop = starts[token.end[0] - 1] + token.end[1]
            kept += [blank(text[end:start]), prose_of_token(kind, text[start:stop])]
            end = stop
    return "".join([*kept, blank(text[end:])])


def prose_of_token(kind: str, text: str) -> str:
    if kind == "COMMENT":
        return " " + text[1:]
    found = re.match(r"\w*(\"\"\"|'''|\"|')", text)
    if kind != "STRING" or not found:
        return text if kind == "FSTRING_MIDDLE" else " " * len(text)
    inner = text[found.end() : -len(found[1])]
    if "f" in found[0].lower():
        inner = re.sub(r"\{[^{}]*\}", lambda field: blank(field[0]), inner)
    return " " * found.end() + inner + " " * len(found[1])


def prose_of_markdown(text: str) -> str:
    text = CODE_BLOCK.sub(lambda found: blank(found[0]), text)
    return TABLE_OR_HEADING.sub(lambda found: blank(found[0]), text)


def prose_of_comments(text: str) -> str:
    """Keep the comments of a file whose comments begin with #."""
    return re.sub(
        r"^(.*?)(#+ .*)?$", lambda line: blank(line[1]) + (line[2] or "").replace("#", " "), text, flags=re.MULTILINE
    )


def prose_of_yaml(text: str) -> str:
    """Keep all, and let each block of comments begin a sentence."""
    blocks = re.compile(r"(?:^ *#.*\n)+", re.MULTILINE)
    return blocks.sub(lambda block: block[0].replace("#", GAP, 1).replace("#", " "), text)


READERS = {".md": prose_of_markdown, ".py": prose_of_python, ".yml": prose_of_yaml}


def findings(name: str, text: str, rules: list[Rule]) -> Iterator[str]:
    """Yield a line for each phrase of the file that the word list replaces."""
    prose = without_code(READERS.get(Path(name).suffix, prose_of_comments)(text))
    for rule in rules:
        for found in rule.pattern.finditer(prose):
            line = text.count("\n", 0, found.start("words")) + 1
            words = " ".join(re.sub(r"[\s#]+", " ", found["words"]).split())
            yield f"{name}:{line}: {words!r}: {rule.advice}"


def listed() -> list[str]:
    """List the files that git knows, without deleted ones."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def main(*names: str) -> int:
    """Print what is found, and return the exit status."""
    rules = [compile_rule(**rule) for rule in WORDS["rule"]]
    left_out = tuple(entry["path"] for kind in ("left_out", "unfinished") for entry in WORDS.get(kind, ()))
    lines = [
        line
        for name in names or listed()
        if not name.startswith(left_out)
        for line in findings(name, (ROOT / name).read_text(encoding="utf-8"), rules)
    ]
    print(*lines, sep="\n", end="\n" if lines else "")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
