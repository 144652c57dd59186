# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test that a reply in pieces has one time limit, and not one for each piece."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress

import pytest

from ansible_collections.multicloud.iam.plugins.module_utils._timed_reply import TimedReply

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n"


def trickle(sock, text):
    """Send byte by byte, each within the limit, until the other side closes the connection."""
    try:
        for value in text:
            sock.sendall(bytes([value]))
            time.sleep(0.05)
    except OSError:
        pass


def read(reply):
    reply.begin()
    return reply.read()


@pytest.mark.parametrize(("at_once", "slowly"), [(b"", HEAD), (HEAD, b"x" * 40)], ids=["head", "body"])
def test_the_limit_applies_to_the_whole_reply(at_once, slowly):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.2)
        theirs.sendall(at_once)
        reply = TimedReply(ours)
        sender = threading.Thread(target=trickle, args=(theirs, slowly), daemon=True)
        sender.start()
        with pytest.raises(socket.timeout):
            read(reply)
        reply.close()
        ours.close()
        sender.join()


@pytest.mark.parametrize(
    ("arrived", "is_complete"),
    [(HEAD + b"x" * 40, True), (HEAD + b"x" * 39, False), (b"HTTP/1.1 200 OK\r\n", False), (b"", False)],
)
def test_a_reply_that_arrived_in_time_is_read_later(arrived, is_complete):
    """The machine may have been busy, and the reply may contain the secret of a new key."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.01)
        theirs.sendall(arrived)
        reply = TimedReply(ours)
        time.sleep(0.05)
        if is_complete:
            assert read(reply) == b"x" * 40
        else:
            with pytest.raises(socket.timeout):
                read(reply)


def test_an_endless_reply_is_not_read_for_long():
    ours, theirs = socket.socketpair()

    def flood():
        with suppress(OSError):
            while True:
                theirs.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)

    with ours, theirs:
        ours.settimeout(0.05)
        reply = TimedReply(ours)
        sender = threading.Thread(target=flood, daemon=True)
        sender.start()
        with pytest.raises(socket.timeout):
            read(reply)
        reply.close()
        ours.close()
        sender.join()


@pytest.mark.parametrize("limit", [None, 5.0])
def test_a_reply_in_time_is_read(limit):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(limit)
        theirs.sendall(HEAD + b"x" * 40)
        reply = TimedReply(ours)
        assert (read(reply), reply.status) == (b"x" * 40, 200)
