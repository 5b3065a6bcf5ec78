"""Taking contacts along as a browser does it: the questions, the job, the file."""

import csv
import io
from datetime import timedelta

from flask.testing import FlaskClient

from portal.core.actor import acting_as, system
from portal.core.tenancy import Org
from portal.exports import running
from portal.exports.models import Export
from portal.exports.service import today

MARK = "K0K0K0K0K0"


def answers(**more) -> dict:
    """What somebody answers who wants a file: CSV, for himself, with the usual columns."""
    with acting_as(system(Org.select().order_by(Org.id).first().id)):
        day = today() + timedelta(days=30)
    said = {"purpose": "Name tags", "recipient": "Ubuntu Printers", "expires_on": day.isoformat()}
    return {**said, "format": "csv", "handing": "self", **more}


def asked(client: FlaskClient, **more) -> Export:
    """Asked for and made, not fetched yet."""
    answer = client.post("/contacts/export", data=answers(**more))
    assert answer.status_code == 303, answer.text
    export_id = int(answer.location.rsplit("/", 1)[1])
    for org in Org.select():
        with acting_as(system(org.id)):
            running.run(export_id)
            if found := Export.get_or_none(Export.id == export_id):
                return found
    raise AssertionError("no export was asked for")


def fetched(client: FlaskClient, export: Export) -> bytes:
    answer = client.post(f"/exports/{export.id}/file")
    assert answer.status_code == 200, answer.text
    return answer.data


def file_of(client: FlaskClient, **more) -> bytes:
    """The file, with one mark in place of its own, so that two can be compared."""
    export = asked(client, **more)
    return fetched(client, export).replace(export.mark.encode(), MARK.encode())


def text_of(client: FlaskClient, **more) -> str:
    return file_of(client, **more).decode()


def rows_of(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode().removeprefix("\ufeff"))))
