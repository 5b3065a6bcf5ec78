"""The list of users: who is added, removed, and how it is told what is different about each."""

import pytest

from portal.accounts.models import Membership, Session
from tests.conftest import HX, PASSWORD


def test_a_colleague_is_added_and_can_sign_in(app, client_of, olivia):
    data = {"name": "Sipho", "email": "sipho@example.org", "role": "editor", "password": PASSWORD}

    client_of(olivia).post("/settings/users", data=data)

    signed_in = app.test_client().post("/sign-in", data={"email": "sipho@example.org", "password": PASSWORD})
    assert signed_in.status_code == 303


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaa", "sipho sipho"])
def test_a_weak_first_password_is_refused_at_its_field(client_of, olivia, password):
    data = {"name": "Sipho", "email": "sipho@example.org", "role": "editor", "password": password}

    answer = client_of(olivia).post("/settings/users", data=data, headers=HX)

    assert answer.status_code == 422
    assert 'id="password-error"' in answer.text


def test_an_administrator_cannot_make_or_remove_an_owner(client_of, adam, olivia):
    client = client_of(adam)
    hers = Membership.get(Membership.user == olivia)
    data = {"name": "Eve", "email": "eve@example.org", "role": "owner", "password": PASSWORD}

    assert client.post("/settings/users", data=data).status_code == 422
    assert client.post(f"/settings/users/{hers.id}/removal").status_code == 422
    assert client.post(f"/settings/users/{hers.id}/rights", data={"role": "reader"}).status_code == 422


def test_the_last_owner_stays(client_of, olivia):
    mine = Membership.get(Membership.user == olivia)

    answer = client_of(olivia).post(f"/settings/users/{mine.id}/removal")

    assert answer.status_code == 422
    assert "at least one owner" in answer.text


def test_a_removed_colleague_is_out_at_the_next_click(client_of, olivia, bob):
    his = client_of(bob)
    assert his.get("/contacts").status_code == 200

    client_of(olivia).post(f"/settings/users/{Membership.get(Membership.user == bob).id}/removal")

    assert his.get("/contacts").status_code == 303
    assert Session.select().where(Session.user == bob).count() == 0
