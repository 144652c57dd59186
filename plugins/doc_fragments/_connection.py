# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_timeout:
    description:
      - The maximum number of seconds that one attempt of a call may take to connect and to receive the complete reply.
      - If the host name of the endpoint has several addresses and none of them answers, each address is tried for this
        long.
      - Must be greater than V(0) and at most V(86400).
    type: float
    default: 30.0
  api_retries:
    description:
      - The maximum number of times that a failed call is retried, if a retry can do no harm.
      - The creation of an object is retried only if the cloud cannot have processed it.
      - All attempts of a call together take at most O(api_timeout) times O(api_retries) seconds, or O(api_timeout)
        seconds with V(0).
      - A call that is throttled is retried until this time has passed, regardless of the number of attempts. With V(0),
        it is not retried.
    type: int
    default: 5
  api_proxy:
    description:
      - The URL of a proxy for all calls.
      - By default, the proxy variables of the environment apply, including E(NO_PROXY).
      - A user name or password in this URL is refused. If the proxy requires them, omit this option, and add them,
        percent-encoded, to the URL in E(HTTPS_PROXY), E(HTTP_PROXY) or E(ALL_PROXY).
      - If a proxy rejects the user name or password, the remaining items of a loop fail without a call.
    type: str
  api_validate_certs:
    description:
      - Whether to check the certificate of the API.
    type: bool
    default: true
  api_ca_path:
    description:
      - The path of a file with CA certificates in PEM format that the certificate of the API is checked against, or of
        a directory with such files that was prepared with C(openssl rehash).
      - Defaults to E(REQUESTS_CA_BUNDLE), then to E(CURL_CA_BUNDLE), then to the bundle of the Python package
        C(certifi).
    type: path
  api_expected_account:
    description:
      - The ID of the account that the credentials must belong to.
      - If set, the module looks up the account of the credentials first. It fails if that is a different account or
        cannot be determined.
    type: str
notes:
  - Environment variables and files are read on the machine where the module runs, as the user that it runs as. With
    C(delegate_to=localhost) and C(become=false), this is the controller, which also has the variables that AWX sets. An
    empty variable counts as unset.
  - If the environment contains several complete sets of credentials that differ, the task uses the first one and warns
    which one it is. An incomplete set is an error, because the next set might belong to someone else.
"""
