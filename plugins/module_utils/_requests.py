# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This module_util is private to multicloud.iam: its interface may change at any time.

"""Import requests and urllib3, in this place only, and keep replies and log lines within our rules."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any

from ._endpoint import SHORTEST_ATTEMPT
from ._timed_reply import TimedReply
from ._wait import CLOCK, Clock

try:
    import requests
    import urllib3
    from requests import PreparedRequest, Response
    from requests.auth import AuthBase
except ImportError:
    HAS_REQUESTS = False
    # Names for the signers and for annotations. No request is sent without the library.
    AuthBase = object  # type: ignore[assignment,misc]
    PreparedRequest = Response = Any  # type: ignore[assignment,misc]
    requests = urllib3 = None  # type: ignore[assignment]
else:
    HAS_REQUESTS = True

__all__ = ("HAS_REQUESTS", "Adapter", "AuthBase", "PreparedRequest", "Response", "TimeLeft", "requests", "urllib3")

_SESSION_IN_PATH = re.compile(r"/[0-9a-fA-F]{32}(?=/|$)")

if HAS_REQUESTS:

    class Adapter(requests.adapters.HTTPAdapter):
        """Make connections, including those to proxies, whose replies have a time limit as a whole."""

        def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
            super().init_poolmanager(*arguments, **options)
            _use_timed_replies(self.poolmanager)

        def proxy_manager_for(self, *arguments: Any, **options: Any) -> Any:
            manager = super().proxy_manager_for(*arguments, **options)
            _use_timed_replies(manager)
            return manager

    class TimeLeft(urllib3.Timeout):
        """Give every part of an attempt, connecting or reading, the time that the earlier parts have left."""

        def __init__(self, clock: Clock, seconds: float) -> None:
            super().__init__()
            self._clock = clock
            self._deadline = clock.monotonic() + seconds

        def clone(self) -> TimeLeft:
            return self

        @property
        def connect_timeout(self) -> float:
            return max(self._deadline - self._clock.monotonic(), SHORTEST_ATTEMPT)

        read_timeout = connect_timeout

else:
    Adapter = TimeLeft = None  # type: ignore[assignment,misc]


def _use_timed_replies(manager: Any) -> None:
    pools = manager.pool_classes_by_scheme
    manager.pool_classes_by_scheme = {scheme: _timed(pool) for scheme, pool in pools.items()}


@cache
def _timed(pool: Any) -> Any:
    """Return a subclass of a pool class, such as that of SOCKS, whose connections make timed replies.

    The time to connect is subtracted from the time for the TLS handshake and for the proxy.
    """
    connection = pool.ConnectionCls
    if connection.response_class is TimedReply:
        return pool

    def connect(self: Any) -> Any:
        begin = CLOCK.monotonic()
        sock = connection._new_conn(self)
        limit = sock.gettimeout()
        if limit is not None:
            sock.settimeout(max(limit - (CLOCK.monotonic() - begin), SHORTEST_ATTEMPT))
        return sock

    timed = type(connection.__name__, (connection,), {"response_class": TimedReply, "_new_conn": connect})
    return type(pool.__name__, (pool,), {"ConnectionCls": timed})


def _hide_secret_parts(record: logging.LogRecord) -> bool:
    """Remove the parts of URLs that may be secret from a log record: the query, and a session in the path."""

    def harmless(part: Any) -> Any:
        if isinstance(part, BaseException):
            return type(part).__name__
        if not isinstance(part, str):
            return part
        path, question_mark, _query = part.partition("?")
        return _SESSION_IN_PATH.sub("/...", path) + (question_mark and "?...")

    if isinstance(record.args, tuple):
        record.args = tuple(map(harmless, record.args))
    record.exc_info = None
    return True


# One logs the line of every request, at debug level. Another logs the URL, as a warning, when a reply has an odd header.
for _name in ("connection", "connectionpool", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_hide_secret_parts)
