# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define modes for behaviour that differs between Huawei Cloud's services and sites, or is not documented."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..modes import Modes


@dataclass
class HuaweiModes(Modes):
    """Hold the modes of IAM and of the gateway in front of it.

    ``error_shape``: the form of IAM's errors; ``by_api`` is the form of the operation.
    ``throttle_status``, ``retry_after``: the status and the Retry-After header of throttling.
    ``canonical_in_signature_error``: a signature failure shows the server's canonical request.
    ``token_errors``: whether IAM or the gateway rejects an invalid token.
    ``inactive_key``: how a signature with an inactive key fails.
    ``put_description``: whether the reply to UpdatePermanentAccessKey shows the description.
    ``create_time_fraction``: whether times of keys have microseconds.
    ``list_order``: the order of keys.
    ``record_last_use``: signing with a key changes its last use, every 15 minutes at most.
    ``key_protection``: only administrators create, change and delete keys.
    ``token_invalidated_by_key_change``: which changes of a key end its owner's tokens.
    ``unknown_user``: how operations on keys fail for an unknown user.
    ``foreign_key``: how operations on a key of another account fail.
    ``hide_disabled_users``: without ``enabled``, the list of users contains only enabled ones.
    ``require_domain_id``: account-level calls signed with a key require X-Domain-Id.
    ``require_domain_id_for_keys``: calls for the keys of other users require it too.
    ``auth_domains``: ``empty`` makes the SDK look up the account at STS.
    ``login_protect_unset``: the reply about a login protection that was never set.
    """

    content_type: str = "application/json; charset=UTF-8"
    error_shape: str = field(
        default="by_api", metadata={"choices": ("by_api", "A", "A-prime", "B", "B-prime", "C", "html")}
    )
    throttle_status: int = field(default=429, metadata={"choices": (429, 503)})
    retry_after: str = ""
    canonical_in_signature_error: bool = False
    token_errors: str = field(default="iam", metadata={"choices": ("iam", "gateway")})
    inactive_key: str = field(default="not_exist", metadata={"choices": ("not_exist", "secret_key_failed", "iam_code")})
    put_description: str = field(default="absent", metadata={"choices": ("absent", "present")})
    create_time_fraction: bool = True
    list_order: str = field(default="newest_first", metadata={"choices": ("newest_first", "oldest_first")})
    record_last_use: bool = False
    key_protection: bool = False
    token_invalidated_by_key_change: str = field(default="never", metadata={"choices": ("never", "update", "any")})
    unknown_user: str = field(default="not_found", metadata={"choices": ("not_found", "empty_list", "bad_request")})
    foreign_key: str = field(default="not_found", metadata={"choices": ("not_found", "forbidden")})
    hide_disabled_users: bool = False
    require_domain_id: bool = True
    require_domain_id_for_keys: bool = False
    auth_domains: str = field(default="list", metadata={"choices": ("list", "empty")})
    login_protect_unset: str = field(default="not_found", metadata={"choices": ("not_found", "none")})
