# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse the command line, and run it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from . import background
from .input_error import InputError


def main(arguments: Sequence[str]) -> None:
    """Run the emulator in the foreground, or start or stop one in the background."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if (options.tls_cert is None) != (options.tls_key is None):
        parser.error("--tls-cert and --tls-key require each other")
    if options.background and not (options.pid_file and options.port_file):
        parser.error("--background requires --pid-file and --port-file")
    if options.stop and not options.pid_file:
        parser.error("--stop requires --pid-file")
    try:
        _perform(options, arguments)
    except (InputError, OSError) as error:
        parser.exit(1, f"cloud_emulator: {error}\n")
    except ModuleNotFoundError as error:
        parser.exit(
            1,
            f"cloud_emulator: {sys.executable} has no module {error.name!r}; "
            f"install the packages with: {sys.executable} -m pip install -r {_requirements()}\n",
        )


def _perform(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    if options.stop:
        sys.stdout.write(f"{background.stop(options.pid_file)}\n")
    elif options.background:
        rest = _without_background(arguments)
        outcome = background.start(rest, options)
        sys.stdout.write(f"{outcome}\n")
    else:
        # Imported here, because `--stop` must work without Flask.
        from .foreground import run

        run(options)


def _requirements() -> Path:
    """Return the path of the role's requirements.txt. A copy of the program on another host is not beside it."""
    path = Path(__file__).resolve().parents[2] / "requirements.txt"
    return path if path.exists() else Path("<role cloud_emulator>", path.name)


def _parser() -> argparse.ArgumentParser:
    # _without_background finds its option by the full name, so abbreviations are not allowed.
    parser = argparse.ArgumentParser(prog="cloud_emulator", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=0, help="port to listen on, 0 for a free one")
    add("--seed", type=Path, help="YAML file with the initial objects (default: the examples)")
    add("--port-file", type=Path, help="file to write the port to once the server listens")
    add("--url-file", type=Path, help="file to write the URL to")
    add("--environment-file", type=Path, help="file to write the environment of a client to, as NAME=value, mode 0600")
    add("--pid-file", type=Path, help="file to write the pid to, locked while the server runs")
    add("--journal", type=Path, help="file to append every call to, as a JSON line")
    add("--secrets-file", type=Path, help="file to append all secrets to, as JSON strings, mode 0600")
    add("--rate-limits", action="store_true", help="enforce the rate limits of the APIs")
    add("--tls-cert", type=Path, help="certificate in PEM format; enables TLS")
    add("--tls-key", type=Path, help="private key of the certificate")
    add("--background", type=Path, metavar="LOG", help="run detached, with the output in LOG")
    add("--stop", action="store_true", help="stop the emulator that holds --pid-file")
    return parser


def _without_background(arguments: Sequence[str]) -> list[str]:
    rest = list(arguments)
    for place, argument in enumerate(rest):
        if argument == "--background":
            return rest[:place] + rest[place + 2 :]
        if argument.startswith("--background="):
            return rest[:place] + rest[place + 1 :]
    return rest
