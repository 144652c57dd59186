# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List what Security Center supports for the other vendors.

Types of keys, sites and other fields: the operation page of AddCloudVendorAccountAK. The modules of the vendors, and
the regions beyond their areas, are invented. A seed can replace them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MODULES = ("HOST", "CSPM", "SIEM", "TRIAL")
DOMAINS = ("china", "global", "europe")

_ACCOUNTS = ("primary", "sub")
_BOTH_SITES = ("china", "global")


@dataclass(frozen=True)
class Vendor:
    """Hold the rules for the keys of one vendor.

    ``domains``: the sites; if there are any, Domain is required. ``regions``: the areas with the regions that validate
    keys. ``extend_info``: the names that ExtendInfo must contain. ``primary_modules``: the only modules for primary
    accounts.
    """

    ak_types: tuple[str, ...]
    modules: tuple[str, ...]
    domains: tuple[str, ...] = ()
    needs_tenant: bool = False
    extend_info: tuple[str, ...] = ()
    primary_modules: tuple[str, ...] = MODULES
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    validates_in_regions: bool = False


VENDORS: Mapping[str, Vendor] = {
    "Tencent": Vendor(
        _ACCOUNTS,
        MODULES,
        primary_modules=("HOST",),
        regions={
            "cn": ("ap-guangzhou", "ap-shanghai", "ap-beijing", "ap-hongkong"),
            "southeast_asia": ("ap-singapore", "ap-bangkok", "ap-jakarta"),
            "northeast_asia": ("ap-tokyo", "ap-seoul"),
            "southern_asia": ("ap-mumbai",),
            "north_America": ("na-toronto",),
            "south_America": ("sa-saopaulo",),
            "western_America": ("na-siliconvalley",),
            "eastern_America": ("na-ashburn",),
            "european": ("eu-frankfurt",),
        },
    ),
    "HUAWEICLOUD": Vendor(
        _ACCOUNTS,
        ("HOST", "CSPM", "SIEM"),
        domains=DOMAINS,
        regions={
            "cn": ("cn-north-4", "cn-east-3", "cn-south-1"),
            "africa": ("af-south-1",),
            "latin_america": ("la-south-2", "sa-brazil-1"),
            "asia": ("ap-southeast-1", "ap-southeast-3"),
        },
    ),
    "Azure": Vendor(
        _ACCOUNTS,
        ("HOST", "CSPM", "SIEM"),
        domains=_BOTH_SITES,
        needs_tenant=True,
        regions={
            "middle_east": ("uaenorth",),
            "south_america": ("brazilsouth",),
            "canada": ("canadacentral",),
            "asia-pacific": ("southeastasia", "japaneast"),
            "europe": ("westeurope", "northeurope"),
            "africa": ("southafricanorth",),
            "us": ("eastus", "westus2"),
            "other": ("global",),
        },
    ),
    "AWS": Vendor(
        _ACCOUNTS,
        MODULES,
        domains=_BOTH_SITES,
        primary_modules=("HOST",),
        validates_in_regions=True,
        regions={
            "cn": ("cn-north-1", "cn-northwest-1"),
            "us": ("us-east-1", "us-west-2"),
            "eu": ("eu-west-1", "eu-central-1"),
            "asia": ("ap-south-1", "ap-southeast-1", "ap-northeast-1"),
            "south_america": ("sa-east-1",),
            "me": ("me-south-1",),
            "ca": ("ca-central-1",),
            "af": ("af-south-1",),
        },
    ),
    "VOLCENGINE": Vendor(_ACCOUNTS, ("HOST", "CSPM"), domains=_BOTH_SITES),
    "google": Vendor(("sub",), ("HOST", "CSPM"), extend_info=("type", "project_id", "client_email")),
    "KingsoftCloud": Vendor(_ACCOUNTS, ("HOST",), domains=("china",)),
    "UCloud": Vendor(_ACCOUNTS, ("HOST",), domains=_BOTH_SITES),
    "BaiduCloud": Vendor(("sub",), ("HOST",), domains=("china",)),
    "OracleCloud": Vendor(
        ("sub",),
        ("HOST", "CSPM"),
        domains=("global",),
        needs_tenant=True,
        extend_info=("fingerprint",),
        validates_in_regions=True,
    ),
    "StateCloud": Vendor(("sub",), ("HOST",)),
    "CHAITIN": Vendor(("ctdr",), ("SIEM",)),
    "FORTINET": Vendor(("ctdr",), ("SIEM",)),
    "THREATBOOK": Vendor(("ctdr",), ("SIEM",)),
    "WIZ": Vendor(("ctdr",), ("SIEM",)),
}


@dataclass
class Region:
    """Describe a region of a vendor: ``selected`` if this site synchronises it, ``disabled`` if the other one does."""

    region_id: str
    area: str
    selected: bool = True
    disabled: bool = False


@dataclass
class Catalogue:
    """Hold the modules of the vendors for an account, whether they are enabled, and the regions."""

    modules: dict[str, dict[str, bool]] = field(
        default_factory=lambda: {name: dict.fromkeys(vendor.modules, True) for name, vendor in VENDORS.items()}
    )
    regions: dict[str, list[Region]] = field(
        default_factory=lambda: {
            name: [Region(region, area) for area, regions in vendor.regions.items() for region in regions]
            for name, vendor in VENDORS.items()
        }
    )
