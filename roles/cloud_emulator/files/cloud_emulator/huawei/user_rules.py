# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the attributes of a user. Codes: the page "Error Codes" of IAM."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .account import Account, User
from .errors import ApiError

_NAME = re.compile(r"[A-Za-z_.-][A-Za-z0-9 _.-]{0,63}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_MOST_EMAIL = 255
_PHONE = re.compile(r"[0-9]{1,32}")
_AREACODE = re.compile(r"[0-9]{1,8}")
_ACCESS_MODES = ("default", "programmatic", "console")
_EXTERNAL_TYPE = "TenantIdp"
_MOST_EXTERNAL_TYPE = 64
_MOST_EXTERNAL_ID = 128
_PASSWORD_LENGTH = range(6, 33)
_CHARACTER_CLASSES = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9]")
_LEAST_CLASSES = 2


def check(account: Account, user: User | None, given: Mapping[str, Any], *, keystone: bool = False) -> None:
    """Check the attributes of a new user, or the changed ones of an existing user."""
    _check_name(account, user, given.get("name"), keystone)
    _check_email(account, user, given.get("email"))
    _check_phone(account, user, given)
    _check_external(account, user, given)
    if given.get("access_mode", "default") not in _ACCESS_MODES:
        raise _bad("1120", "The access mode is not valid.")
    if "password" in given:
        check_password(user, given["password"], given)


def check_password(user: User | None, password: str, given: Mapping[str, Any]) -> None:
    """Check a new password."""
    if len(password) not in _PASSWORD_LENGTH:
        raise _bad("1103", "The password is not valid.")
    classes = sum(re.search(each, password) is not None for each in _CHARACTER_CLASSES)
    known = [given.get(name, getattr(user, name, "")) for name in ("phone", "email")]
    if classes < _LEAST_CLASSES or any(each and each in password for each in known):
        raise _bad("1118", "The password is weak.")
    if user is not None and password == user.password:
        raise _bad("1108", "The new password must differ from the old one.")


def _check_name(account: Account, user: User | None, name: str | None, keystone: bool) -> None:
    if name is None:
        return
    if not _NAME.fullmatch(name):
        raise _bad("1101", "The user name is not valid.")
    if account.user_by_name(name) not in (None, user):
        if keystone:
            raise ApiError(409, "Conflict occurred while attempting to store the user.")
        raise _bad("1109", "The user name exists already.")


def _check_email(account: Account, user: User | None, email: str | None) -> None:
    if not email:
        return
    if len(email) > _MOST_EMAIL or not _EMAIL.fullmatch(email):
        raise _bad("1102", "The e-mail address is not valid.")
    if any(other.email == email for other in account.users.values() if other is not user):
        raise _bad("1110", "The e-mail address is used already.")


def _check_phone(account: Account, user: User | None, given: Mapping[str, Any]) -> None:
    if ("areacode" in given) != ("phone" in given):
        raise _bad("1106", "Area code and phone go together.")
    areacode, phone = given.get("areacode", ""), given.get("phone", "")
    if not areacode and not phone:
        return
    if not _PHONE.fullmatch(phone) or not _AREACODE.fullmatch(areacode):
        raise _bad("1104", "The phone number is not valid.")
    others = [other for other in account.users.values() if other is not user]
    if any((other.areacode, other.phone) == (areacode, phone) for other in others):
        raise _bad("1111", "The phone number is used already.")


def _check_external(account: Account, user: User | None, given: Mapping[str, Any]) -> None:
    if ("xuser_type" in given) != ("xuser_id" in given):
        raise _bad("IAM.0072", "xuser_type and xuser_id go together.")
    kind, external = given.get("xuser_type", ""), given.get("xuser_id", "")
    if not kind and not external:
        return
    if kind != _EXTERNAL_TYPE or len(kind) > _MOST_EXTERNAL_TYPE or not 0 < len(external) <= _MOST_EXTERNAL_ID:
        raise _bad("IAM.0073", "xuser_type or xuser_id is not valid.")
    if any(other.xuser_id == external for other in account.users.values() if other is not user):
        raise _bad("1113", "The external user is taken already.")


def _bad(code: str, message: str) -> ApiError:
    return ApiError(400, message, weak_code=code)
