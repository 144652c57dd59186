# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Switches for what the documentation of Security Center leaves open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ..input_error import InputError
from ..modes import Modes

_MODULE_OUTCOMES = re.compile(r"(?:[A-Z]+=[013](?:,[A-Z]+=[013])*)?")


@dataclass
class AlibabaModes(Modes):
    """Modes of Security Center.

    Validation of a vendor's key, which begins with ServiceStatus 2:

    ``validation_seconds``: how long it takes; with 0 it is over at the next call.
    ``validation_outcome``: 0 normal, 1 abnormal, 3 timed out.
    ``validation_message``: the Message of another outcome than 0, instead of the usual one.
    ``validation_modules``: outcomes of single modules, such as ``CSPM=1,SIEM=3``.
    ``validation_never_ends``: ServiceStatus stays 2.
    ``validation_synchronous``: add and modify wait for the outcome, and refuse a key that is not normal.
    ``modify_retriggers_validation``: by a change of SecretId or SecretKey, by every change, or never.

    What operations do:

    ``modify_semantics``: what AuthModules do to those of the entry.
    ``require_secret_on_modify``: a change needs SecretId and SecretKey.
    ``secret_id_alone``: whether SecretId may change without a SecretKey.
    ``require_domain``: a change needs Domain where an addition does.
    ``empty_strings``: an empty text clears the field, or means nothing.
    ``unknown_auth_id``: what a change or deletion of an entry says that does not exist.
    ``delete_auth_modules``: AuthModules of a deletion mean nothing, or narrow it.
    ``duplicate_add``: whether a vendor's SecretId may be added twice.
    ``max_entries``: how many entries fit, 0 for any number.

    What requests may look like:

    ``accept_form_body``: parameters in the body are seen, not only those in the query.
    ``ignore_unknown_parameters``: they mean nothing, instead of being refused.
    ``comma_separated_auth_ids``: the list takes several AuthIds.

    What replies look like:

    ``alias_filter``: the list looks for the whole alias or for a part of it.
    ``mask_secret_id``: only its beginning is shown.
    ``primary_secret_id_replaced``: the list shows the SecretId of the sub-user that was made from a primary key.
    ``extend_info_server_keys``: the ExtendInfo of OracleCloud is listed with tenancy and domain.
    ``null_fields``: what an entry does not have is missing or null.
    ``missing_lists``: an empty list is left out, or null as above.
    ``extra_fields``: entries have a field that no documentation knows.
    ``sort_order``: of the list.
    ``max_page_size``, ``oversized_page``: the largest PageSize, and what happens to a larger one.

    Errors:

    ``throttle_form``: the form of throttling; ``retry_after_milliseconds`` goes with the second.
    ``alternate_errors``: the codes and statuses that other pages of the documentation have.
    ``numeric_error_code``: -101 is a JSON number.
    """

    content_type: str = "application/json;charset=utf-8"

    validation_seconds: float = 0.0
    validation_outcome: int = field(default=0, metadata={"choices": (0, 1, 3)})
    validation_message: str = ""
    validation_modules: str = ""
    validation_never_ends: bool = False
    validation_synchronous: bool = False
    modify_retriggers_validation: str = field(default="secret", metadata={"choices": ("secret", "always", "never")})

    modify_semantics: str = field(default="replace", metadata={"choices": ("replace", "merge", "ignore")})
    require_secret_on_modify: bool = False
    secret_id_alone: str = field(default="refused", metadata={"choices": ("refused", "allowed")})
    require_domain: bool = False
    empty_strings: str = field(default="clear", metadata={"choices": ("clear", "ignored")})
    unknown_auth_id: str = field(
        default="error_-101", metadata={"choices": ("error_-101", "server_error", "silent_success")}
    )
    delete_auth_modules: str = field(default="ignored", metadata={"choices": ("ignored", "partial")})
    duplicate_add: str = field(default="allowed", metadata={"choices": ("allowed", "rejected")})
    max_entries: int = 0

    accept_form_body: bool = True
    ignore_unknown_parameters: bool = False
    comma_separated_auth_ids: bool = False

    alias_filter: str = field(default="exact", metadata={"choices": ("exact", "fuzzy")})
    mask_secret_id: bool = False
    primary_secret_id_replaced: bool = False
    extend_info_server_keys: bool = True
    null_fields: str = field(default="missing", metadata={"choices": ("missing", "null")})
    missing_lists: bool = False
    extra_fields: bool = False
    sort_order: str = field(default="oldest_first", metadata={"choices": ("oldest_first", "newest_first")})
    max_page_size: int = 100
    oversized_page: str = field(default="refused", metadata={"choices": ("refused", "capped")})

    throttle_form: str = field(
        default="400_throttling_user",
        metadata={
            "choices": ("400_throttling_user", "429_retry_after", "503_service_unavailable", "rejected_throttling")
        },
    )
    retry_after_milliseconds: int = 250
    alternate_errors: bool = False
    numeric_error_code: bool = False

    def change(self, values: Any) -> None:
        """Set the given switches, all of them or none."""
        outcomes = values.get("validation_modules", "") if isinstance(values, dict) else ""
        if isinstance(outcomes, str) and not _MODULE_OUTCOMES.fullmatch(outcomes):
            raise InputError("mode 'validation_modules' must have the form CSPM=1,SIEM=3")
        super().change(values)

    def module_outcomes(self) -> dict[str, int]:
        """The outcomes of single modules."""
        pairs = (part.split("=") for part in self.validation_modules.split(",") if part)
        return {module: int(outcome) for module, outcome in pairs}
