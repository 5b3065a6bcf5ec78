"""Peewee writes the same statements in less than half of the time, in which half of the time of a page went.

Each function here does what that of the library does, letter for letter: `tests/core/test_quick_sql.py` holds the two
against each other. It only makes fewer objects on the way to a column's name, and does not write a query within IN
twice, which doubled with each query within that. See docs/decisions/051-statements-written-quickly.md.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import peewee
from peewee import (
    JOIN,
    OP,
    ROW,
    SCOPE_COLUMN,
    SCOPE_CTE,
    SCOPE_NORMAL,
    SCOPE_SOURCE,
    SCOPE_VALUES,
    Column,
    Context,
    Entity,
    Expression,
    Field,
    NodeList,
    Query,
    Table,
)

_QUOTES = '""'


class State(peewee.State):
    """What holds while a part of a statement is written. A setting is found as an attribute is, without a call."""

    __slots__ = ("__dict__",)
    converter = in_expr = in_function = in_projection = bare_subquery = is_fk_expr = subquery = None
    param = quote = operations = value_literals = None

    def __init__(self, scope: int = SCOPE_NORMAL, parentheses: bool = False, settings: Any = None) -> None:
        self.scope = scope
        self.parentheses = parentheses
        self.settings = self.__dict__ = {} if settings is None else settings

    def __call__(self, scope: int | None = None, parentheses: bool = False, **more: Any) -> "State":
        settings = {**self.settings, **more} if more else self.settings
        return State(self.scope if scope is None else scope, parentheses, settings)

    def __getattr__(self, name: str) -> None:
        return None


@lru_cache(maxsize=10_000)
def _quoted(name: str, quotes: str) -> str:
    return name.replace(quotes[0], quotes).join(quotes)


def _call(self: Any, **overrides: Any) -> Any:
    self.stack.append(self.state)
    self.state = self.state(**overrides)
    return self


def _enter(self: Any) -> Any:
    if self.state.parentheses:
        self._sql.append("(")
    return self


def _exit(self: Any, *_: object) -> None:
    if self.state.parentheses:
        self._sql.append(")")
    self.state = self.stack.pop()


def _scoped(scope: int) -> Callable[..., Any]:
    def scoped(self: Any, **overrides: Any) -> Any:
        self.stack.append(self.state)
        self.state = self.state(scope, **overrides)
        return self

    return scoped


def _column_of(ctx: Any, table: Any, name: str) -> None:
    """A column of a table of the database: by its name alone, or after the name that the table has in this query."""
    quotes = ctx.state.quote or _QUOTES
    if ctx.state.scope == SCOPE_VALUES:
        ctx._sql.append(_quoted(name, quotes))
        return
    manager = ctx.alias_manager
    if table._alias:
        manager[table] = table._alias
    known = manager._mapping[manager._current_index - 1]
    alias = known.get(table) or manager.add(table)
    ctx._sql.append(f"{_quoted(alias, quotes)}.{_quoted(name, quotes)}")


def _field(self: Any, ctx: Any) -> Any:
    _column_of(ctx, self.model._meta.table, self.column_name)
    return ctx


def _column(self: Any, ctx: Any) -> Any:
    if type(self.source) is Table:
        _column_of(ctx, self.source, self.name)
        return ctx
    return THEIRS[Column, "__sql__"](self, ctx)


def _entity(self: Any, ctx: Any) -> Any:
    quotes = ctx.state.quote or _QUOTES
    ctx._sql.append(".".join([_quoted(part, quotes) for part in self._path]))
    return ctx


def _list(self: Any, ctx: Any) -> Any:
    if self.parens or ctx.state.parentheses or not self.nodes:
        return THEIRS[NodeList, "__sql__"](self, ctx)
    first, *others = self.nodes
    ctx.sql(first)
    for node in others:
        ctx._sql.append(self.glue)
        ctx.sql(node)
    return ctx


def _is_rhs_empty(self: Any, rhs: Any, ctx: Any) -> bool:
    return not isinstance(rhs, Query) and THEIRS[Expression, "_is_rhs_empty"](self, rhs, ctx)


OURS: Mapping[tuple[Any, str], Any] = {
    (peewee, "State"): State,
    (Context, "__call__"): _call,
    (Context, "__enter__"): _enter,
    (Context, "__exit__"): _exit,
    (Context, "scope_normal"): _scoped(SCOPE_NORMAL),
    (Context, "scope_source"): _scoped(SCOPE_SOURCE),
    (Context, "scope_values"): _scoped(SCOPE_VALUES),
    (Context, "scope_cte"): _scoped(SCOPE_CTE),
    (Context, "scope_column"): _scoped(SCOPE_COLUMN),
    (Field, "__sql__"): _field,
    (Column, "__sql__"): _column,
    (Entity, "__sql__"): _entity,
    (NodeList, "__sql__"): _list,
    (Expression, "_is_rhs_empty"): _is_rhs_empty,
}
THEIRS = {place: getattr(*place) for place in OURS}


def use(functions: Mapping[tuple[Any, str], Any] = OURS) -> None:
    for (owner, name), function in functions.items():
        setattr(owner, name, function)
    for words in (OP, ROW, JOIN):
        vars(words).update(words)  # a word of theirs is an attribute like any other
