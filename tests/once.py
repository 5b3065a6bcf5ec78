"""What comes out the same each time and is dear is made once for each process, not once for each application.

Nothing of a test's own is kept: no settings, no rows, no answers.
"""

import gc
from collections.abc import Callable
from typing import Any

from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

from portal.accounts import passwords
from portal.core import db

HASHER_OF_THE_PORTAL = passwords._hasher
_compile, _compile_builder = Rule.compile, Rule._compile_builder
_builders: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}
_compiled: dict[tuple[Any, ...], tuple[Any, ...]] = {}


class _Codes(BytecodeCache):
    """The code of templates. The key holds the name and the file, the checksum what stands in it."""

    def __init__(self) -> None:
        self.codes: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key, bucket.checksum] = bucket.code


def _builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    """The function that writes a rule's addresses. It asks its rule for the converters and keeps nothing itself."""
    if rule.defaults:
        return _compile_builder(rule, append_unknown)
    key = (rule.rule, tuple(rule._trace), append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]


def _compile_once(rule: Rule) -> None:
    """Take a rule apart, unless one like it was. Its parts and converters stay as they are once they are made."""
    key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes)
    if key not in _compiled:
        _compile(rule)
        _compiled[key] = (rule._parts, rule._trace, rule._converters)
        return
    rule._parts, rule._trace, rule._converters = _compiled[key]
    rule.arguments |= rule._converters.keys()
    rule._build = rule._compile_builder(False).__get__(rule, None)
    rule._build_unknown = rule._compile_builder(True).__get__(rule, None)


def share_routes() -> None:
    """Let the routes be translated by the first application alone. Werkzeug writes a program for each."""
    Rule.compile = _compile_once  # type: ignore[method-assign]
    Rule._compile_builder = _builder  # type: ignore[method-assign, assignment]


def share_templates() -> None:
    """Let a template be translated by the first application that shows it. All have the same settings of Jinja."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": _Codes()}


def trust_the_disk() -> None:
    """Let SQLite not wait for the disk, as the cluster of PostgreSQL does not: no test pulls this plug."""
    db.PRAGMAS["synchronous"] = "off"


def sweep_seldom() -> None:
    """Let Python look for garbage that names itself less often, and not among what is there for good."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def hash_lightly() -> None:
    """Let a password be hashed with the least Argon2 can do; what the portal itself asks for has a test."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._NOBODY = passwords._hasher.hash("nobody has this password")
