# Copyright (c) 2026, multicloud.iam contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run queries: conditions, order, pages, counts and the selection of fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from . import conditions, errors
from .conditions import Row
from .operation import Arguments, Context
from .times import zone


@dataclass(frozen=True)
class Queryable:
    """Describe the queryable fields of a type of object, and its class in the schema of a reply."""

    inventory: str
    fields: frozenset[str]


def run(context: Context, arguments: Arguments, kind: Queryable, rows: Iterable[Row]) -> dict[str, Any]:
    """Run a query over rows, in which times are numbers.

    With a uuid in the path, the query is for one object, and the query string is ignored.
    """
    # The database sorts rows by their primary key.
    rows = sorted(rows, key=lambda row: str(row["uuid"]))
    uuid = arguments.params.get("uuid")
    if uuid is not None:
        return _listed(context, kind, [row for row in rows if context.same(row["uuid"], uuid)])
    query = arguments.query
    for name in (query.sort.lstrip("+-"), *query.fields):
        if name:
            _check_known(kind, name)
    found = _matching(context, kind, rows, query.conditions)
    if query.count:
        return {"total": len(found)}
    if query.limit < 0 or query.start < 0:
        raise errors.internal("no query can start at %s and give %s rows", given=(query.start, query.limit))
    page = _sorted(found, query.sort)[query.start : query.start + query.limit]
    fields = _listed(context, kind, page, query.fields)
    if query.reply_with_count:
        fields["total"] = len(found)
    return fields


def inventory(context: Context, row: Row) -> dict[str, Any]:
    """Return a row as replies show it."""
    return {name: context.time_text(value) if isinstance(value, float) else value for name, value in row.items()}


def _matching(context: Context, kind: Queryable, rows: list[Row], wanted: Sequence[conditions.Condition]) -> list[Row]:
    for condition in wanted:
        if condition.field not in conditions.TAG_FIELDS:
            _check_known(kind, condition.field)
    ignore_case, server_zone = context.modes.case_insensitive_ids, zone(context.modes.timezone)
    return [row for row in rows if all(each.holds(row, ignore_case, server_zone) for each in wanted)]


def _sorted(rows: list[Row], sort: str) -> list[Row]:
    name = sort.lstrip("+-")
    if not name:
        return rows
    return sorted(rows, key=lambda row: _sort_key(row.get(name)), reverse=sort.startswith("-"))


def _sort_key(value: Any) -> tuple[bool, Any]:
    # Nulls come first. The order of text ignores case.
    return (value is not None, value.casefold() if isinstance(value, str) else value or 0)


def _check_known(kind: Queryable, name: str) -> None:
    if name not in kind.fields:
        raise errors.internal("%s has no queryable field [%s]", given=(kind.inventory, name))


def _listed(
    context: Context, kind: Queryable, rows: Sequence[Row], chosen: frozenset[str] = frozenset()
) -> dict[str, Any]:
    inventories = [inventory(context, row) for row in rows]
    if chosen:
        inventories = [{name: value for name, value in each.items() if name in chosen} for each in inventories]
    schema = {f"inventories[{number}]": kind.inventory for number in range(len(rows))}
    return {"inventories": inventories, "schema": schema}
