"""Asking for consent: a letter that asks for nothing else, a page of one's own, and answers that can be proven."""

import pytest

from portal.asking import service
from portal.asking.models import ConsentAnswer
from portal.asking.rules import Asked, body, ways, wording
from portal.asking.service import BadRequest, Wish
from portal.campaigns import attachments, sending
from portal.campaigns import service as campaigns
from portal.campaigns.audience import waterfall
from portal.consent import restricting, suppressing, telling
from portal.consent.models import ConsentEvent
from portal.consent.more_models import Approach
from portal.consent.purposes import first
from portal.consent.queries import Candidate, facts, states
from portal.consent.rules import Aim, Allow, PurposeClass, Refuse, may_send
from portal.consent.telling import Word
from portal.contacts import record
from portal.contacts import service as contacts
from portal.core.actor import acting_as, system
from portal.core.clock import now
from portal.core.db import transaction
from portal.core.keys import make_token
from portal.delivery import leaving, ledger
from portal.delivery.kinds import kind_of
from portal.delivery.models import Delivery
from tests.agreed import agree
from tests.conftest import actor_of
from tests.delivery.test_sending import person

WISH = {"causes": "our work with children", "officer": "Nomsa Dube", "channels": ["email", "post"]}


@pytest.fixture
def asked(org):
    """A request that has left to one person; another one of the group had agreed already."""
    with acting_as(system(org.id)):
        group = contacts.add_group("Old list")
        ids = record.add_many([person(n, f"p{n}@example.org", group.id) for n in range(2)], "contact.added")
        agree(ids[1:])
        campaign = service.ask("Consent of the old list", Wish(first().id, **WISH), [group.id])
        assert list(waterfall(campaign).minus) == ["agreed"]
        sending.start(campaign)
        row = Delivery.get(Delivery.contact_id == ids[0])
        Delivery.update(state="claimed", token="t").where(Delivery.id == row.id).execute()
        row = Delivery.get_by_id(row.id)
        assert ledger.hand(row, "p0@example.org", campaign_aim(campaign))
        return Delivery.get_by_id(row.id)


def campaign_aim(campaign):
    return service.campaigns.aim_of(campaign)


def link(row):
    return f"/ask/{make_token('ask', row.org_id, row.id)}"


def standing(org, row, channel="email"):
    with acting_as(system(org.id)):
        held = states([row.contact_id])[row.contact_id]
        return held[first().id, channel].standing


def test_the_letter_leads_to_a_page_of_the_persons_own(org, asked):
    with acting_as(system(org.id)):
        ready = kind_of("email").render(asked.campaign_id, [asked])[asked.id]
    text = ready.message.decode().replace("=\r\n", "").replace("=3D", "=")

    assert link(asked) in text
    assert "Dear P0" in text
    assert "Nomsa Dube" in text


def test_looking_changes_nothing(app, org, asked):
    for _ in range(3):
        page = app.test_client().get(link(asked))
    assert page.status_code == 200
    assert "our work with children" in page.text
    assert " checked" not in page.text
    with acting_as(system(org.id)):
        assert ConsentAnswer.select().count() == 0


def test_a_yes_is_proven_with_the_wording_the_name_and_where_it_came_from(app, org, asked):
    data = {"answer": "yes", "channel": "email", "name": "Thandi Nkosi"}
    page = app.test_client().post(link(asked), data=data, headers={"User-Agent": "Firefox"})

    assert "Thank you, Thandi Nkosi" in page.text
    assert standing(org, asked) == "proven"
    with acting_as(system(org.id)):
        kept = ConsentAnswer.get()
        event = ConsentEvent.select().order_by(ConsentEvent.id.desc()).get()
        assert (kept.signed_name, kept.address, kept.agent) == ("Thandi Nkosi", "127.0.0.1", "Firefox")
        assert (event.proof, event.wording_id, event.method) == ("proven", kept.wording_id, "link")
        assert Approach.get().outcome == "granted"


def test_the_same_answer_twice_is_kept_once_and_a_change_of_mind_takes_its_place(app, org, asked):
    client = app.test_client()
    both = {"answer": "yes", "channel": ["email", "post"], "name": "Thandi"}
    client.post(link(asked), data=both)
    client.post(link(asked), data=both)
    client.post(link(asked), data={"answer": "yes", "channel": "post", "name": "Thandi"})

    assert (standing(org, asked), standing(org, asked, "post")) == ("withdrawn", "proven")
    with acting_as(system(org.id)):
        assert ConsentAnswer.select().count() == 2


def test_a_no_needs_no_name_and_holds_until_the_person_says_yes(app, org, asked):
    client = app.test_client()
    said = client.post(link(asked), data={"answer": "no", "channel": "email", "name": "Thandi"})
    assert standing(org, asked) == "withheld"
    assert " checked" not in said.text
    with acting_as(system(org.id)):
        agree([asked.contact_id])  # somebody brings a list on which he agreed
    assert standing(org, asked) == "withheld"

    client.post(link(asked), data={"answer": "yes", "channel": "email", "name": "Thandi"})
    assert standing(org, asked) == "proven"


def told_by_a_colleague(org, row, kind):
    with acting_as(system(org.id)):
        word = Word(first().id, kind, ["email"], "telephone", detail="Called us.", recording="tape 4")
        telling.tell(contacts.find(row.contact_id), word)


def test_a_no_counts_again_after_a_colleague_wrote_down_a_yes(app, org, asked):
    client = app.test_client()
    client.post(link(asked), data={"answer": "no"})
    told_by_a_colleague(org, asked, "granted")
    assert standing(org, asked) == "proven"

    client.post(link(asked), data={"answer": "no"})

    assert standing(org, asked) == "withheld"


def test_a_yes_counts_again_after_unsubscribing_which_the_page_does_not_hide(app, org, asked):
    client, yes = app.test_client(), {"answer": "yes", "channel": "email", "name": "Thandi"}
    client.post(link(asked), data=yes)
    with acting_as(system(org.id)):
        leaving.unsubscribe(asked, how="page")
    page = client.get(link(asked)).text
    assert "You agreed" not in page
    assert " checked" not in page

    assert "You agreed" in client.post(link(asked), data=yes).text

    assert standing(org, asked) == "proven"
    with acting_as(system(org.id)):
        assert not leaving.is_suppressed(asked)


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_who_is_restricted_still_speaks_for_himself(app, org, asked, answer):
    with acting_as(system(org.id)):
        restricting.restrict(asked.contact_id, "contested")
    client, data = app.test_client(), {"answer": answer, "channel": "email", "name": "Thandi"}

    assert [client.post(link(asked), data=data).status_code for _ in range(2)] == [200, 200]

    assert standing(org, asked) == ("proven" if answer == "yes" else "withheld")
    with acting_as(system(org.id)):
        assert ConsentAnswer.select().count() == 1

    client.post(f"/u/{make_token('u', org.id, asked.id)}", data={"what": "leave"})
    assert standing(org, asked) == ("withdrawn" if answer == "yes" else "withheld")


def test_a_request_takes_no_file_along_and_stays_a_request(org, client_of, alice):
    with acting_as(system(org.id)):
        request = service.ask("Ask", Wish(first().id, **WISH), [contacts.add_group("Old list").id])
        with pytest.raises(attachments.BadFile, match="nothing but an answer"):
            attachments.add(request, "appeal.pdf", b"%PDF-1.4")
        letter = campaigns.create("Newsletter")
        with pytest.raises(campaigns.Begun):
            campaigns.set_purpose(letter, first().id, PurposeClass.CONSENT_REQUEST)
    typed = {"name": "Ask", "subject": "x", "body": "x", "purpose_id": first_id(org), "purpose": ""}

    client_of(alice).post(f"/campaigns/{request.id}", data=typed)

    with acting_as(system(org.id)):
        assert campaigns.find(request.id).purpose == PurposeClass.CONSENT_REQUEST


def first_id(org):
    with acting_as(system(org.id)):
        return first().id


@pytest.mark.parametrize(("reason", "expected"), [("unsubscribed", Allow()), ("complained", Refuse("complained"))])
def test_who_says_yes_himself_takes_back_that_he_unsubscribed_and_nothing_graver(app, org, asked, reason, expected):
    with acting_as(system(org.id)), transaction():
        suppressing.suppress("email", "p0@example.org", reason)

    app.test_client().post(link(asked), data={"answer": "yes", "channel": "email", "name": "Thandi"})

    with acting_as(system(org.id)):
        to_write = facts([Candidate(asked.contact_id, "p0@example.org")], Aim(PurposeClass.DIRECT_MARKETING))
        assert may_send(to_write[0], now()) == expected


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"answer": "yes", "name": "Thandi"}, "Tick at least one way"),
        ({"answer": "yes", "channel": "email"}, "Type your name"),
        ({"answer": "yes", "channel": "telephone", "name": "Thandi"}, "Tick at least one way"),
    ],
)
def test_a_yes_that_is_not_whole_is_asked_again_and_keeps_what_was_typed(app, org, asked, data, sentence):
    page = app.test_client().post(link(asked), data=data)

    assert page.status_code == 422
    assert sentence in page.text
    assert data.get("name", "") in page.text
    with acting_as(system(org.id)):
        assert ConsentAnswer.select().count() == 0


def test_a_link_of_another_kind_person_or_organisation_is_not_there(app, org, other_org, asked):
    client = app.test_client()
    nobody = client.get("/ask/nonsense")
    for token in (
        make_token("u", org.id, asked.id),
        make_token("ask", other_org.id, asked.id),
        make_token("ask", org.id, asked.id + 99),
    ):
        page = client.get(f"/ask/{token}")
        assert (page.status_code, page.text) == (404, nobody.text)


def test_a_message_that_never_left_asks_nothing(app, org, asked):
    with acting_as(system(org.id)):
        other = Delivery.get(Delivery.contact_id != asked.contact_id)
    assert app.test_client().get(link(other)).status_code == 404


@pytest.mark.parametrize("field", ["causes", "greeting"])
def test_a_request_that_asks_for_gifts_is_not_made(org, field):
    with acting_as(system(org.id)):
        wish = Wish(first().id, **{**WISH, field: "please donate to our work"})
        with pytest.raises(BadRequest, match="sounds like an appeal") as refused:
            service.ask("Ask", wish, [contacts.add_group("Old list").id])
    assert refused.value.field == field


def test_what_is_typed_can_show_no_detail_of_a_person():
    words = body(Asked("Hope House", "Nomsa", "News", "us [[email]] <b>", ("email",)))
    assert "[[email]]" not in words
    assert "<b>" not in words


@pytest.mark.parametrize(
    ("channels", "words"),
    [
        (["email"], "email"),
        (["post", "email"], "email and post"),
        (["post", "sms", "email"], "email, SMS and post"),
        ([], ""),
    ],
)
def test_ways_to_write_in_words(channels, words):
    assert ways(channels) == words


def test_the_wording_says_that_it_may_be_taken_back():
    words = wording(Asked("Hope House", "Nomsa", "News", "us", ("email",)))
    assert "take this back at any time, free of charge" in words
    assert "object to direct marketing" in words


def test_asking_is_made_on_a_page_and_goes_on_to_who_will_be_asked(client_of, adam, org):
    with acting_as(system(org.id)):
        group, purpose_id = contacts.add_group("Old list"), first().id
    client = client_of(adam)
    bad = client.post("/asking", data={"name": "Ask", "causes": "us", "officer": "", "purpose_id": purpose_id})
    assert bad.status_code == 422
    assert "Give the name of the person who signs" in bad.text

    data = {"name": "Ask", "groups": group.id, "purpose_id": purpose_id, **WISH}
    made = client.post("/asking", data=data)
    assert (made.status_code, made.location[-9:]) == (303, "/audience")
    assert "Ask" in client.get("/asking").text


def test_what_a_request_says_is_not_written_over(org, adam, client_of):
    with acting_as(actor_of(adam)):
        made = service.ask("Ask", Wish(first().id, **WISH), [contacts.add_group("Old list").id])
    client = client_of(adam)
    refused = client.post(f"/campaigns/{made.id}", data={"name": "A", "subject": "Give", "body": "x", "version": 2})
    assert refused.status_code == 422
    assert "made from its own form" in refused.text
    assert "May Hope House write to you?" in client.get(f"/campaigns/{made.id}").text
