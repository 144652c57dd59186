# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill the catalogue of vendors from a seed."""

from __future__ import annotations

from typing import Any

from ..input_error import InputError
from ..seed import checked
from .vendors import MODULES, VENDORS, Catalogue, Region

_MODULES = {"vendor": str, "modules": list}
_MODULE = {"module": str, "enabled": bool}
_REGIONS = {"vendor": str, "regions": list}
_REGION = {"region_id": str, "area": str, "selected": bool, "disabled": bool}


def merge(catalogue: Catalogue, modules: list[Any], regions: list[Any]) -> None:
    """Replace the modules and the regions of the vendors in a seed."""
    for item in modules:
        given = checked(item, _MODULES, "alibaba.vendor_modules[]")
        catalogue.modules[_vendor(given)] = dict(_module(each) for each in given.get("modules", []))
    for item in regions:
        given = checked(item, _REGIONS, "alibaba.vendor_regions[]")
        catalogue.regions[_vendor(given)] = [_region(each) for each in given.get("regions", [])]


def _vendor(given: dict[str, Any]) -> str:
    vendor: str = given.get("vendor", "")
    if vendor not in VENDORS:
        raise InputError(f"alibaba: unknown vendor {vendor!r}, choose one of {', '.join(VENDORS)}")
    return vendor


def _module(data: Any) -> tuple[str, bool]:
    given = checked(data, _MODULE, "alibaba.vendor_modules[].modules[]")
    if given.get("module") not in MODULES:
        raise InputError(f"alibaba: module must be one of {', '.join(MODULES)}")
    return given["module"], given.get("enabled", True)


def _region(data: Any) -> Region:
    given = checked(data, _REGION, "alibaba.vendor_regions[].regions[]")
    if not {"region_id", "area"} <= given.keys():
        raise InputError("alibaba.vendor_regions[].regions[]: region_id and area are required")
    return Region(**given)
