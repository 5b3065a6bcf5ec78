"""Makes the tables of today's models, with the search index, in a fresh database."""

import importlib
import importlib.util
import pkgutil

import portal
from portal.core.db import BaseModel, db, is_sqlite
from portal.core.tenancy import OrgModel
from tools.schema_extras import POSTGRESQL, SQLITE


def models() -> list[type[BaseModel]]:
    """Every table of the portal, parents first."""
    importlib.import_module("portal.core.tenancy")
    for package in pkgutil.iter_modules(portal.__path__):
        if package.ispkg:
            for name in (f"portal.{package.name}.models", f"portal.{package.name}.more_models"):
                if importlib.util.find_spec(name):
                    importlib.import_module(name)
    found, waiting = [], list(BaseModel.__subclasses__())
    abstract = {"OrgModel", "RecordedModel", "ContactRow", "ContactPart"}
    while waiting:
        model = waiting.pop(0)
        waiting += model.__subclasses__()
        if model.__name__ not in abstract:
            found.append(model)
    first = {
        "org": 0,
        "user": 1,
        "membership": 2,
        "contact": 3,
        "contact_group": 3,
        "contact_page": 3,
        "contact_field": 4,
        "sender_identity": 2,
        "campaign": 3,
        "purpose": 2,
        "retention_rule": 3,
        "wording": 2,
        "import": 3,
        "export": 3,
        "import_contact": 4,
        "access_review": 2,
        "duty": 2,
        "request": 5,
        "campaign_link": 4,
        "delivery": 4,
        "subscribe_form": 2,
        "form_version": 3,
        "consent_request": 5,
    }
    return sorted(found, key=lambda m: (first.get(m._meta.table_name, 9), m._meta.table_name))


def create_all() -> None:
    db.create_tables(models())
    for statement in SQLITE if is_sqlite() else POSTGRESQL:
        db.execute_sql(statement)


def tenant_models() -> list[type[OrgModel]]:
    return [model for model in models() if issubclass(model, OrgModel)]
