# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the transport keeps to itself. What a socket shows is in tests/contract."""

from __future__ import annotations

import logging

from ansible_collections.multicloud.iam.plugins.module_utils import _transport


def test_no_query_is_logged(caplog):
    assert _transport.HAS_REQUESTS  # the filter comes with the library
    with caplog.at_level(logging.DEBUG):
        logger = logging.getLogger("urllib3.connectionpool")
        # The form of its line for a request, where a secret in the query would stand.
        logger.debug(
            '%s://%s:%s "%s %s %s" %s %s', "http", "h", 80, "POST", "/p?SecretKey=x%2Fy", "HTTP/1.1", 200, None
        )
        logger.debug("Starting new HTTP connection (%d): %s:%s", 1, "h", "80")
    assert caplog.messages == [
        'http://h:80 "POST /p?... HTTP/1.1" 200 None',
        "Starting new HTTP connection (1): h:80",
    ]
