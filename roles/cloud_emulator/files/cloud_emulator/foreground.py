# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the server in this process."""

from __future__ import annotations

import argparse
import signal
import threading
from contextlib import ExitStack
from shlex import quote

from . import pid_file, seed
from .app import make_app
from .emulator import Emulator
from .own_file import write
from .server import announce, listen, url_of

_ENDING = {signal.SIGTERM, signal.SIGINT}


def run(options: argparse.Namespace) -> None:
    """Serve until a signal ends the process."""
    tls = (options.tls_cert, options.tls_key) if options.tls_cert else None
    # New threads inherit this. A handler would not be enough: Python drops exceptions during some cleanups.
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    with ExitStack() as stack:
        if options.pid_file:
            stack.enter_context(pid_file.held(options.pid_file))
            mark = seed.mark_of(options.pid_file)
            stack.callback(mark.unlink, missing_ok=True)
            write(mark, seed.fingerprint(options.seed, rate_limits=options.rate_limits))
        emulator = Emulator(
            seed.load(options.seed),
            rate_limits=options.rate_limits,
            journal_file=options.journal,
            secrets_file=options.secrets_file,
        )
        server = listen(make_app(emulator), options.host, options.port, tls)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = url_of(server)
        environment = emulator.environment(url)
        texts = {
            options.url_file: f"{url}\n",
            options.environment_file: "".join(f"{name}={quote(value)}\n" for name, value in environment.items()),
        }
        for path, text in texts.items():
            if path:
                write(path, text)
                stack.callback(path.unlink, missing_ok=True)
        # The port file comes last, because its readers wait for it.
        if options.port_file:
            stack.callback(options.port_file.unlink, missing_ok=True)
        announce(server, options.port_file)
        signal.sigwait(_ENDING)
