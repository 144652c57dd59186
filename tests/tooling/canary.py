# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Search complete test output for secrets, which must not be in it.

`canary.py LOG... --secrets DIR`: the tests have written their secrets to DIR, in files named `*.secrets` with one JSON
string per line. Every finding shows the line of the log, and the file and line of the secret, but never the secret
itself. Without secrets, or with an empty log, the search proves nothing, and fails.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

SHORTEST = 8  # a shorter one could be found by chance


def forms(secret: str) -> dict[bytes, str]:
    """Return the forms of the secret in output, by name."""
    raw = secret.encode()
    found = {raw: "plain"}
    for escaped in (json.dumps(secret), json.dumps(secret, ensure_ascii=False), repr(secret)):
        found.setdefault(escaped[1:-1].encode(), "escaped")
    for encode in (quote, quote_plus):
        for safe in ("", "/"):
            encoded = encode(secret, safe=safe)
            found.setdefault(encoded.encode(), "percent-encoded")
            found.setdefault(lower_hex(encoded).encode(), "percent-encoded")
            found.setdefault(quote(encoded, safe="").encode(), "percent-encoded")
    for before in range(3):
        # In base64 of a longer text, the secret starts at one of three alignments. Characters that also encode
        # the neighbours are omitted: 2 after one byte in front of it, 3 after two bytes, and a last one that
        # bits of the secret do not fill.
        shared = (0, 2, 3)[before]
        filled = (before + len(raw)) * 8 // 6
        for encode64 in (base64.b64encode, base64.urlsafe_b64encode):
            found.setdefault(encode64(bytes(before) + raw)[shared:filled], "base64")
    return found


def lower_hex(encoded: str) -> str:
    """Convert the digits of a percent-encoding to lower case."""
    first, *rest = encoded.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def read_secrets(directory: Path) -> dict[str, str]:
    """Return the secrets by their names: file and line."""
    secrets = {}
    for path in sorted(directory.glob("**/*.secrets")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                secrets[f"{path.name}:{number}"] = json.loads(line)
    return secrets


def leaks(log: Path, secrets: dict[str, str]) -> Iterator[str]:
    """Yield one message for each line and secret."""
    output = log.read_bytes()
    for name, secret in secrets.items():
        for form, kind in forms(secret).items():
            position = output.find(form)
            while position >= 0:
                line = output.count(b"\n", 0, position) + 1
                yield f"{log}:{line}: secret {name} ({kind})"
                position = output.find(form, max(output.find(b"\n", position), position + 1))


def leaks_below(directory: Path, secrets: dict[str, str]) -> Iterator[str]:
    """Yield one message for each line and secret in the files of a directory.

    A file that is deleted during the search is omitted: a task that runs in the background may still be ending.
    """
    # Unlike Path.rglob, os.walk continues if a directory has been deleted in the meantime.
    paths = [Path(place, name) for place, _directories, names in os.walk(directory) for name in names]
    for file in [path for path in paths if path.is_file()]:  # no socket, for example
        with contextlib.suppress(FileNotFoundError):
            yield from leaks(file, secrets)


def problems(logs: list[Path], directory: Path) -> list[str]:
    """Yield everything that prevents a proof that no secret was shown."""
    secrets = read_secrets(directory)
    found = []
    if not secrets:
        found.append(f"{directory}: no secrets to search for")
    for name, secret in secrets.items():
        if not isinstance(secret, str) or len(secret) < SHORTEST:
            found.append(f"secret {name} is not a string of {SHORTEST} characters or more")
    if found:
        return found
    for log in logs:
        if not log.exists() or not log.read_bytes().strip():
            found.append(f"{log}: no output to search")
        else:
            found.extend(dict.fromkeys(leaks(log, secrets)))
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Search test output for secrets.")
    parser.add_argument("logs", metavar="LOG", nargs="+", type=Path)
    parser.add_argument("--secrets", metavar="DIR", required=True, type=Path)
    options = parser.parse_args(arguments)
    found = problems(options.logs, options.secrets)
    for message in found:
        print(message, file=sys.stderr)
    if not found:
        count = len(read_secrets(options.secrets))
        size = sum(log.stat().st_size for log in options.logs)
        print(f"None of {count} secrets found in {size} bytes of output.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
