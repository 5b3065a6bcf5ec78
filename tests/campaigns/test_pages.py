"""Writing a campaign, looking at it, and trying it on oneself over a real mail server."""

from dataclasses import replace

import pytest

from portal.accounts import service as accounts
from portal.campaigns import service
from portal.campaigns.models import Campaign
from portal.core.actor import acting_as, system
from portal.delivery import system_mail, transport
from portal.delivery.models import SystemMail
from tests.conftest import actor_of
from tests.sink import Plan, sink

pytestmark = pytest.mark.one_database

BODY = "<h1>Spring</h1><div>Dear [[first name|friend]], <strong>welcome</strong>.</div>"


@pytest.fixture
def campaign(alice):
    with acting_as(actor_of(alice)):
        made = service.create("Spring newsletter")
        return service.change(made, 1, subject="Spring, [[first name|friend]]", body=BODY)


def save(client, campaign, **changes):
    data = {
        "name": campaign.name,
        "subject": campaign.subject,
        "preheader": "",
        "body": BODY,
        "version": campaign.version,
    }
    return client.post(f"/campaigns/{campaign.id}", data={**data, **changes})


def test_what_is_written_is_cleaned_and_kept(client_of, alice, campaign):
    client = client_of(alice)

    saved = save(client, campaign, body=BODY + "<script>CNRY</script>", subject="Spring is here")

    page = client.get(saved.location)
    assert saved.status_code == 303
    assert "Spring is here" in page.text
    assert "CNRY" not in page.text


def test_an_unknown_field_is_named_and_what_was_typed_stays(client_of, alice, campaign):
    answer = save(client_of(alice), campaign, body="<div>Dear [[nickname]]</div>", subject="A new subject")

    assert answer.status_code == 422
    assert "There is no field called “nickname”" in answer.text
    assert "A new subject" in answer.text
    assert "Dear [[nickname]]" in answer.text


def test_a_colleagues_words_are_not_overwritten_unseen(client_of, alice, campaign):
    client = client_of(alice)
    save(client, campaign, subject="Hers")

    answer = save(client, campaign, subject="Mine")

    assert answer.status_code == 422
    assert "Somebody changed this" in answer.text
    with acting_as(actor_of(alice)):
        assert Campaign.get().subject == "Hers"


def test_the_preview_is_what_this_contact_would_get_and_cannot_run(client_of, alice, campaign, thandi):
    client = client_of(alice)
    frame = client.get(f"/campaigns/{campaign.id}/message?contact={thandi.id}")

    assert "Dear Thandi," in frame.text
    assert "Hope House NPC" in frame.text
    assert frame.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "Spring, Thandi" in client.get(f"/campaigns/{campaign.id}/preview?contact={thandi.id}").text
    assert "Dear friend," in client.get(f"/campaigns/{campaign.id}/preview?show=text").text


def test_a_contact_of_another_organisation_cannot_be_looked_through(client_of, charlie, thandi):
    with acting_as(actor_of(charlie)):
        theirs = service.create("Theirs")
    client = client_of(charlie)

    assert client.get(f"/campaigns/{theirs.id}/message?contact={thandi.id}").status_code == 404


def test_whoever_may_not_see_addresses_cannot_send_them_to_himself(client_of, org, alice, campaign):
    with acting_as(actor_of(alice)):
        service.change(campaign, campaign.version, body="<div>[[email]]</div>")
    with acting_as(system(org.id)):
        accounts.set_rights(accounts.member_by_email(alice.email).id, ["email"], None)
    client = client_of(alice)

    assert client.get(f"/campaigns/{campaign.id}/message").status_code == 403
    assert client.post(f"/campaigns/{campaign.id}/test").status_code == 403
    assert save(client, replace_version(campaign, alice), body="<div>[[email]] x</div>").status_code == 422


def replace_version(campaign, user):
    with acting_as(actor_of(user)):
        return service.find(campaign.id)


@pytest.fixture
def mail(settings, tmp_path, app):
    """A mail server that writes down what it takes; the portal hands to it."""
    with sink(tmp_path / "journal.jsonl", Plan()) as server:
        transport.use(replace(settings, smtp_url=server.url))
        yield server


def send_test(client, campaign):
    client.post(f"/campaigns/{campaign.id}/test")


def test_a_test_goes_to_the_one_who_asks_and_to_nobody_else(client_of, alice, campaign, mail):
    send_test(client_of(alice), campaign)
    with acting_as(actor_of(alice)):
        row = SystemMail.get()
        system_mail.deliver(row.id)
        system_mail.deliver(row.id)

        assert SystemMail.get().state == "accepted"
    assert [recipient for _, recipient in mail.delivered()] == [alice.email]
    assert list(mail.delivered().values()) == [1]


def test_without_a_mail_server_the_test_waits_and_goes_later(client_of, alice, campaign, settings, mail):
    transport.use(replace(settings, smtp_url="smtp://127.0.0.1:9"))
    send_test(client_of(alice), campaign)
    with acting_as(actor_of(alice)):
        row = SystemMail.get()
        system_mail.deliver(row.id)
        assert SystemMail.get().state == "waiting"

        transport.use(replace(settings, smtp_url=mail.url))
        system_mail.deliver(row.id)

        assert SystemMail.get().state == "accepted"


@pytest.mark.parametrize(
    ("behaviour", "state", "kept"),
    [
        ("550-rcpt", "refused", 0),
        ("450-rcpt", "waiting", 0),
        ("dot-554", "refused", 0),
        ("keep-then-drop", "unknown", 1),
    ],
)
def test_what_the_server_answers_becomes_the_state(
    client_of, alice, campaign, settings, tmp_path, app, behaviour, state, kept
):
    send_test(client_of(alice), campaign)
    with sink(tmp_path / "journal.jsonl", Plan(shares={behaviour: 100.0})) as server, acting_as(actor_of(alice)):
        transport.use(replace(settings, smtp_url=server.url))
        row = SystemMail.get()
        system_mail.deliver(row.id)
        system_mail.deliver(row.id)

        assert SystemMail.get().state == state
        assert sum(server.delivered().values()) == kept


def test_a_draft_is_thrown_away(client_of, alice, campaign):
    client = client_of(alice)

    client.post(f"/campaigns/{campaign.id}/removal")

    assert client.get(f"/campaigns/{campaign.id}").status_code == 404
