# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# This document fragment is private to multicloud.iam: it may change at any time.

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  api_endpoint:
    description:
      - The address of the API as scheme, host and port, for example V(https://127.0.0.1:8443).
      - By default the vendor's own, at the site of the credentials. The fallbacks are the environment variables that
        the notes name.
      - Credentials in the URL are refused.
    type: str
  api_timeout:
    description:
      - Seconds that one attempt of a call may take to connect, to wait for the reply, and to have read all of it.
      - Where the name of the endpoint has several addresses, and none answers, each of them is tried for so long.
    type: float
    default: 30.0
  api_retries:
    description:
      - How often a call is repeated after a failure where repeating does no harm.
      - The creation of an object is repeated only when the cloud cannot have seen it.
      - All attempts of a call together take O(api_timeout) times O(api_retries) seconds at most.
      - A call that was throttled is repeated until that time is used up, however often; with V(0) not at all.
    type: int
    default: 5
  api_proxy:
    description:
      - The URL of a proxy for all calls.
      - By default the proxy variables of the environment count, and C(NO_PROXY) with them.
      - It takes no user and password. Where a proxy wants them, leave this out, and put them into the URL of
        C(HTTPS_PROXY), C(HTTP_PROXY) or C(ALL_PROXY) in the environment, each percent-encoded.
      - A proxy that does not accept its password is asked once, and not again by later items of the loop.
    type: str
  api_validate_certs:
    description:
      - Whether the certificate of the API is checked.
    type: bool
    default: true
  api_ca_path:
    description:
      - A file with the CA certificates to check the API's certificate with, in PEM form, or a directory of such files
        that C(openssl rehash) was run on.
      - By default C(REQUESTS_CA_BUNDLE) or C(CURL_CA_BUNDLE) of the environment, else the bundle of the Python library
        C(certifi).
    type: path
  api_expected_account:
    description:
      - The ID of the account that the credentials must belong to. With it, the module asks the cloud who it is first,
        and fails if the account is another one or cannot be told.
    type: str
"""
