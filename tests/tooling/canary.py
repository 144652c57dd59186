# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Search complete test output for secrets that must not be in it.

`canary.py LOG... --secrets DIR`: the tests have left their secrets in DIR, in files named
`*.secrets` with one JSON string on each line. Every finding is named by the log's line and by the
secret's file and line; the secret itself is never printed. No secrets or an empty log prove
nothing, so they fail too.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

SHORTEST = 8  # a shorter one would be found by chance


def forms(secret: str) -> dict[bytes, str]:
    """What the secret looks like in output, each with a name."""
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
        # In base64 of a longer text the secret starts at any of three alignments. The characters
        # that it shares with its neighbours are left out: 8 bits before it make 2 of them, 16
        # make 3, and the last ones are its own only where its bits fill them.
        shared = (0, 2, 3)[before]
        filled = (before + len(raw)) * 8 // 6
        for encode64 in (base64.b64encode, base64.urlsafe_b64encode):
            found.setdefault(encode64(bytes(before) + raw)[shared:filled], "base64")
    return found


def lower_hex(encoded: str) -> str:
    """The same percent-encoding with lower-case digits."""
    first, *rest = encoded.split("%")
    return "%".join([first, *(part[:2].lower() + part[2:] for part in rest)])


def read_secrets(directory: Path) -> dict[str, str]:
    """The secrets by their names, which are file and line."""
    secrets = {}
    for path in sorted(directory.glob("**/*.secrets")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip():
                secrets[f"{path.name}:{number}"] = json.loads(line)
    return secrets


def leaks(log: Path, secrets: dict[str, str]) -> Iterator[str]:
    """One message for each line and secret."""
    output = log.read_bytes()
    for name, secret in secrets.items():
        for form, kind in forms(secret).items():
            position = output.find(form)
            while position >= 0:
                line = output.count(b"\n", 0, position) + 1
                yield f"{log}:{line}: secret {name} ({kind})"
                position = output.find(form, max(output.find(b"\n", position), position + 1))


def problems(logs: list[Path], directory: Path) -> list[str]:
    """Everything that keeps the run from proving that no secret was shown."""
    secrets = read_secrets(directory)
    found = []
    if not secrets:
        found.append(f"{directory}: no secrets to look for")
    for name, secret in secrets.items():
        if not isinstance(secret, str) or len(secret) < SHORTEST:
            found.append(f"secret {name} is not a string of {SHORTEST} characters or more")
    if found:
        return found
    for log in logs:
        if not log.exists() or not log.read_bytes().strip():
            found.append(f"{log}: no output to look at")
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
        print(f"None of {count} secrets in {size} bytes of output.")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
