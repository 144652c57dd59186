# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Define modes for behaviour of Security Center that is not documented."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ..input_error import InputError
from ..modes import Modes

_MODULE_OUTCOMES = re.compile(r"(?:[A-Z]+=[013](?:,[A-Z]+=[013])*)?")


@dataclass
class AlibabaModes(Modes):
    """Hold the modes of Security Center.

    Validation of a vendor's key, which starts with ServiceStatus 2:

    ``validation_seconds``: how long it takes. With 0, it ends before the next call.
    ``validation_outcome``: 0 normal, 1 abnormal, 3 timed out.
    ``validation_message``: the Message of an outcome other than 0, instead of the usual one.
    ``validation_modules``: outcomes of single modules, such as ``CSPM=1,SIEM=3``.
    ``validation_never_ends``: ServiceStatus stays 2.
    ``validation_synchronous``: additions and changes wait for the outcome, and reject a key that is not normal.
    ``modify_retriggers_validation``: by a change of SecretId or SecretKey, by every change, or never.

    Effects of operations:

    ``modify_semantics``: the effect of AuthModules on those of the entry.
    ``require_secret_on_modify``: a change requires SecretId and SecretKey.
    ``secret_id_alone``: whether SecretId may change without a SecretKey.
    ``require_domain``: a change requires Domain if an addition does.
    ``empty_strings``: an empty text clears the field, or is ignored.
    ``unknown_auth_id``: the reply to a change or deletion of an unknown entry.
    ``delete_auth_modules``: AuthModules of a deletion are ignored, or limit it.
    ``duplicate_add``: whether a vendor's SecretId may be added twice.
    ``max_entries``: the greatest number of entries, 0 for no limit.

    Forms of requests:

    ``accept_form_body``: parameters are read from the body as well as from the query.
    ``ignore_unknown_parameters``: unknown parameters are ignored instead of rejected.
    ``comma_separated_auth_ids``: the list accepts several AuthIds.

    Forms of replies:

    ``alias_filter``: the list searches for the whole alias or for a part of it.
    ``mask_secret_id``: only the beginning of a SecretId is shown.
    ``primary_secret_id_replaced``: the list shows the SecretId of the sub-user that was made from a primary key.
    ``extend_info_server_keys``: the ExtendInfo of OracleCloud is listed with tenancy and domain.
    ``null_fields``: a field without a value is missing or null.
    ``missing_lists``: an empty list is missing, or null as above.
    ``extra_fields``: entries have an undocumented field.
    ``sort_order``: of the list.
    ``max_page_size``, ``oversized_page``: the largest PageSize, and what happens to a larger one.

    Errors:

    ``throttle_form``: the form of throttling. ``retry_after_milliseconds`` is for the second one.
    ``alternate_errors``: the codes and statuses on other pages of the documentation.
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
        """Set the given modes, all or none."""
        outcomes = values.get("validation_modules", "") if isinstance(values, dict) else ""
        if isinstance(outcomes, str) and not _MODULE_OUTCOMES.fullmatch(outcomes):
            raise InputError("mode 'validation_modules' must have the form CSPM=1,SIEM=3")
        super().change(values)

    def module_outcomes(self) -> dict[str, int]:
        """Return the outcomes of single modules."""
        pairs = (part.split("=") for part in self.validation_modules.split(",") if part)
        return {module: int(outcome) for module, outcome in pairs}
