# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Implement the operations that identify the account: domains, projects, and STS GetCallerIdentity."""

from __future__ import annotations

from typing import Any

from .account import Account, Project
from .operation import Arguments, Context, Operation, Output
from .parameters import flag_of

_PROJECTS_QUERY = frozenset({"domain_id", "name", "parent_id", "enabled", "is_domain", "page", "per_page"})


def _domains(context: Context, _arguments: Arguments) -> Output:
    account = context.account
    domain = {
        "id": account.id,
        "name": account.name,
        "enabled": True,
        "description": "",
        "links": {"self": f"{context.origin}/v3/domains/{account.id}"},
    }
    rows = [domain] if context.modes.auth_domains == "list" else []
    return Output({"domains": rows, "links": {"self": f"{context.origin}/v3/auth/domains"}})


def _projects(context: Context, arguments: Arguments) -> Output:
    account, query = context.account, arguments.query
    wanted = [
        project
        for project in account.projects.values()
        if query.get("name", project.name) == project.name
        and query.get("domain_id", account.id) == account.id
        and query.get("parent_id", account.id) == account.id
        and flag_of(query, "enabled") is not False
        and flag_of(query, "is_domain") is not True
    ]
    return Output(
        {
            "projects": [_project(context, account, project) for project in wanted],
            "links": {"self": f"{context.origin}/v3/projects", "previous": None, "next": None},
        }
    )


def _project(context: Context, account: Account, project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "domain_id": account.id,
        "parent_id": account.id,
        "is_domain": False,
        "enabled": True,
        "description": "",
        "links": {"self": f"{context.origin}/v3/projects/{project.id}"},
    }


def _caller_identity(context: Context, _arguments: Arguments) -> Output:
    return Output({"account_id": context.account.id})


OPERATIONS = (
    Operation("KeystoneListAuthDomains", "GET", "/v3/auth/domains", _domains, any_scope=True),
    Operation("KeystoneListProjects", "GET", "/v3/projects", _projects, query=_PROJECTS_QUERY, any_scope=True),
    Operation(
        "GetCallerIdentity", "GET", "/v5/caller-identity", _caller_identity, any_scope=True, error_shape="B-prime"
    ),
)
