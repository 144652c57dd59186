# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line."""

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
        parser.error("--tls-cert and --tls-key go together")
    if options.background and not (options.pid_file and options.port_file):
        parser.error("--background needs --pid-file and --port-file")
    if options.stop and not options.pid_file:
        parser.error("--stop needs --pid-file")
    try:
        _perform(options, arguments)
    except (InputError, OSError) as error:
        parser.exit(1, f"cloud_emulator: {error}\n")
    except ModuleNotFoundError as error:
        parser.exit(
            1,
            f"cloud_emulator: {sys.executable} has no module {error.name!r}; "
            "install the role's requirements.txt for it\n",
        )


def _perform(options: argparse.Namespace, arguments: Sequence[str]) -> None:
    if options.stop:
        sys.stdout.write(f"{background.stop(options.pid_file)}\n")
    elif options.background:
        rest = _without_background(arguments)
        outcome = background.start(rest, options)
        sys.stdout.write(f"{outcome}\n")
    else:
        # Imported here, because stopping has to work without Flask.
        from .foreground import run

        run(options)


def _parser() -> argparse.ArgumentParser:
    # Without abbreviations, _without_background finds its option by the full name.
    parser = argparse.ArgumentParser(prog="cloud_emulator", description=__doc__, allow_abbrev=False)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=0, help="port to listen on, 0 for a free one")
    add("--seed", type=Path, help="YAML file of objects; without it an example is used")
    add("--port-file", type=Path, help="file that tells the port once the server listens")
    add("--pid-file", type=Path, help="file that tells the pid, locked while the server runs")
    add("--journal", type=Path, help="file to which every call is appended as a JSON line")
    add("--secrets-file", type=Path, help="file of all secrets, as JSON strings, mode 0600")
    add("--rate-limits", action="store_true", help="enforce the rate limits of the APIs")
    add("--tls-cert", type=Path, help="certificate in PEM form; makes the server speak TLS")
    add("--tls-key", type=Path, help="its private key")
    add("--background", type=Path, metavar="LOG", help="run detached, with output to LOG")
    add("--stop", action="store_true", help="end the emulator that holds --pid-file")
    return parser


def _without_background(arguments: Sequence[str]) -> list[str]:
    rest = list(arguments)
    for place, argument in enumerate(rest):
        if argument == "--background":
            return rest[:place] + rest[place + 2 :]
        if argument.startswith("--background="):
            return rest[:place] + rest[place + 1 :]
    return rest
