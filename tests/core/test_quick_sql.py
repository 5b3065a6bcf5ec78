"""The statements are those that Peewee itself would write, letter for letter, on both databases."""

import peewee
import pytest
from peewee import (
    CTE,
    JOIN,
    SQL,
    Case,
    EnclosedNodeList,
    ForeignKeyField,
    Model,
    PostgresqlDatabase,
    Select,
    SqliteDatabase,
    Table,
    TextField,
    Value,
    ValuesList,
    fn,
)

from portal.core import quick_sql
from portal.core.db import QUICK_WITH


class Person(Model):
    name = TextField()
    town = TextField(column_name='the "town"')


class Note(Model):
    person = ForeignKeyField(Person, backref="notes")
    text = TextField()


Other = Person.alias()
Named = Note.alias("named")
plain = Table("plain", ("id", "name"))
ids = Person.select(Person.id)


def within(depth):
    """A query within a query within a query."""
    return ids if not depth else ids.where(Person.id.in_(within(depth - 1)), Person.name << ["a", None, "b"])


QUERIES = {
    "all": lambda: Person.select(),
    "one": lambda: Person.select().where(Person.id == 1, Person.town != 'a "quoted" town').limit(1).offset(2),
    "joined": lambda: (
        Note.select(Note, Person)
        .join(Person, JOIN.LEFT_OUTER)
        .where(Note.text.contains("a%_b") | Person.name.is_null() & ~(Person.name == "x"))
        .order_by(Person.name.desc(nulls="last"), fn.LOWER(Note.text))
    ),
    "to itself": lambda: Person.select(Person, Other.name).join(Other, on=(Other.town == Person.town)),
    "named": lambda: Named.select(Named.text.alias("words")).where(Named.person == 3).group_by(Named.text),
    "within": lambda: within(4),
    "not within": lambda: Person.select().where(Person.id.not_in(Note.select(Note.person).distinct())),
    "within nothing": lambda: Person.select().where(Person.id.in_([]) | Person.id.not_in(())),
    "within an empty list": lambda: Person.select().where(Person.id.in_(EnclosedNodeList(()))),
    "within values": lambda: Person.select().where(Person.id.in_(Value([1, 2]))),
    "exists": lambda: Person.select().where(fn.EXISTS(Note.select(SQL("1")).where(Note.person == Person.id))),
    "both": lambda: (ids.where(Person.name == "a") | ids.where(Person.id.in_(ids & ids))).order_by(SQL("1")),
    "within both": lambda: Person.select().where(Person.id.in_(ids.limit(1) | ids - ids.order_by(Person.name))),
    "from a query": lambda: Person.select(fn.COUNT(SQL("*"))).from_(ids.where(Person.id > 3).alias("some")),
    "before": lambda: (
        Person.select(Person.name).join(cte := ids.cte("chosen"), on=(cte.c.id == Person.id)).with_cte(cte)
    ),
    "by hand": lambda: Person.select().with_cte(CTE("mine", ids)).where(Person.id == Value(2)),
    "values": lambda: ValuesList([(1, "a")], columns=("n", "w"), alias="v").select(SQL("*")),
    "cases": lambda: Person.select(Case(Person.name, (("a", 1), ("b", Person.id)), 0).alias("rank")).having(ids),
    "window": lambda: Person.select(fn.ROW_NUMBER().over(partition_by=[Person.town], order_by=[Person.name])),
    "plain table": lambda: plain.select(plain.name, plain.alias("p").id).where(plain.id.between(1, 2)),
    "insert": lambda: Person.insert(name="a", town="b"),
    "insert many": lambda: Person.insert_many([("a", "b"), ("c", None)], [Person.name, Person.town]),
    "insert from": lambda: Note.insert_from(Person.select(Person.id, Person.name), [Note.person, Note.text]),
    "upsert": lambda: Person.insert(name="a", town="b").on_conflict(
        conflict_target=[Person.name], update={Person.town: Person.town + "x"}, where=(Person.id < 9)
    ),
    "update": lambda: Person.update({Person.name: Person.town.concat("!")}).where(Person.id.in_(within(2))),
    "returning": lambda: Person.update(name="a").where(Person.town == "b").returning(Person.id),
    "delete": lambda: Note.delete().where(Note.person.in_(ids.where(Person.name.startswith("a")))),
}


@pytest.fixture
def theirs():
    """Asks Peewee as it comes."""

    def ask(written):
        quick_sql.use(quick_sql.THEIRS)
        try:
            return written()
        finally:
            quick_sql.use()

    return ask


@pytest.mark.parametrize("kind", [SqliteDatabase, PostgresqlDatabase])
@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_statement_is_what_peewee_itself_would_write(theirs, query, kind):
    database = kind("none")

    def written():
        return database.get_sql_context().sql(query()).query()

    with database.bind_ctx([Person, Note]):
        assert repr(written()) == repr(theirs(written))


def test_the_version_that_is_installed_is_one_that_was_tried():
    assert peewee.__version__ in QUICK_WITH


def test_a_query_within_others_is_written_once(monkeypatch):
    begun, write = [], Select.__sql__
    monkeypatch.setattr(Select, "__sql__", lambda self, ctx: begun.append(self) or write(self, ctx))

    assert within(4).sql()[0].count("SELECT") == len(begun) == 5
