# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Read a reply that must be complete in time as a whole. Otherwise, the time limit would start again with every byte."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from contextlib import suppress
from typing import Any

from ._wait import CLOCK

_LATE_READS = 8  # of up to 64 KiB each; the reply to a creation needs one


class TimedReply(http.client.HTTPResponse):
    """Read a reply, head and body, within the time limit of its socket, counted from now on."""

    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        limit = sock.gettimeout()
        if limit is not None:
            self.fp.close()
            self.fp = io.BufferedReader(_Timed(sock, CLOCK.monotonic() + limit))


class _Timed(io.RawIOBase):
    """Read from a socket until a deadline.

    Data that has arrived by then can be read a little later, because it may be the secret of a new key.
    """

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock = sock
        # Keeps the socket open until the reply is read, as the library expects.
        self._file = sock.makefile("rb", buffering=0)
        self._deadline = deadline
        self._late_reads = _LATE_READS

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = max(self._deadline - CLOCK.monotonic(), 0.0)
        self._late_reads -= not left
        self._sock.settimeout(left)
        received = None
        if self._late_reads >= 0:
            with suppress(BlockingIOError, ssl.SSLWantReadError):
                received = self._file.readinto(buffer)
        if received is None:
            raise socket.timeout("the reply was not complete in time")
        return received

    def close(self) -> None:
        self._file.close()
        super().close()
