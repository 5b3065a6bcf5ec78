"""The privacy notice: twelve parts, published only whole, and never changed afterwards."""

import pytest

from portal.activity.models import LogEntry
from portal.campaigns import service as campaigns
from portal.consent.models import Fixed
from portal.core.actor import acting_as, system
from portal.core.db import transaction
from portal.core.permissions import Denied
from portal.privacy_notice import rules, service
from portal.privacy_notice.models import PrivacyNotice
from portal.privacy_notice.rules import PARTS, Known
from portal.privacy_notice.service import BadNotice, Stale
from tests.conftest import actor_of

WHOLE = {part.key: f"About {part.key}." for part in PARTS}


@pytest.mark.parametrize("key", [part.key for part in PARTS])
@pytest.mark.parametrize("text", ["", "  \n "])
def test_every_part_must_be_told(key, text):
    assert [part.key for part in rules.missing({**WHOLE, key: text})] == [key]


@pytest.mark.parametrize(
    ("known", "empty"),
    [
        (Known("Hope House"), {"why", "access"}),
        (Known("Hope House", email="hope@example.org"), {"why"}),
        (Known("Hope House", email="hope@example.org", purposes=("News: what we do",)), set()),
    ],
)
def test_the_first_draft_tells_what_is_known_and_leaves_the_rest_empty(known, empty):
    assert {part.key for part in rules.missing(rules.suggestions(known))} == empty


def test_the_first_draft_names_the_regulator_and_where_details_go():
    found = rules.suggestions(Known("Hope House", email="a@example.org", clause="Hope House keeps details in Germany."))
    assert "POPIAComplaints@inforegulator.org.za" in found["complaint"]
    assert found["abroad"] == "Hope House keeps details in Germany."


def test_a_notice_is_published_whole_only(org, adam):
    with acting_as(actor_of(adam)):
        service.save({**WHOLE, "law": ""}, 0)
        with pytest.raises(BadNotice) as error:
            service.publish()
        assert error.value.field == "law"
        assert service.current() is None
        service.save(WHOLE, 1)
        assert service.publish().version == 1


def test_what_was_published_stays_and_a_change_is_a_new_version(org, adam):
    with acting_as(actor_of(adam)):
        service.save(WHOLE, 0)
        service.publish()
        with pytest.raises(BadNotice, match="already"):
            service.publish()
        service.save({**WHOLE, "why": "For something else."}, 1)
        assert service.current().parts["why"] == "About why."
        assert service.publish().version == 2
        assert service.find(1).parts["why"] == "About why."
        with pytest.raises(Fixed):
            PrivacyNotice.update(parts={}).execute()
        with pytest.raises(Fixed):
            PrivacyNotice.delete().execute()
        words = [entry.action for entry in LogEntry.select().where(LogEntry.action.startswith("notice."))]
        assert words == ["notice.changed", "notice.published", "notice.changed", "notice.published"]


def test_two_who_write_at_once_lose_nothing(org, adam):
    with acting_as(actor_of(adam)):
        service.save(WHOLE, 0)
        with pytest.raises(Stale):
            service.save({**WHOLE, "why": "Mine."}, 0)
        assert service.draft() == (WHOLE, 1)


def test_only_who_may_change_settings_writes_it(org, alice):
    with acting_as(actor_of(alice)):
        with pytest.raises(Denied):
            service.save(WHOLE, 0)
        with pytest.raises(Denied):
            service.publish()


def test_everybody_reads_what_is_published_and_nothing_else(app, client_of, org, other_org, adam):
    client, visitor = client_of(adam), app.test_client()
    assert visitor.get(f"/privacy/{org.slug}").status_code == 404
    page = client.post("/settings/privacy-notice", data={**WHOLE, "revision": 0, "act": "publish"})
    assert page.status_code == 303
    client.post("/settings/privacy-notice", data={**WHOLE, "why": "Not yet shown.", "revision": 1, "act": "save"})

    page = visitor.get(f"/privacy/{org.slug}")
    assert page.status_code == 200
    assert "About why." in page.text
    assert "Not yet shown." not in page.text
    assert visitor.get(f"/privacy/{org.slug}/1").status_code == 200
    assert visitor.get(f"/privacy/{org.slug}/2").status_code == 404
    assert visitor.get(f"/privacy/{other_org.slug}").status_code == 404
    assert visitor.get("/privacy/nobody").status_code == 404


def test_an_older_version_says_that_it_is_older(app, org, adam):
    with acting_as(actor_of(adam)):
        service.save(WHOLE, 0)
        service.publish()
        service.save({**WHOLE, "why": "For more."}, 1)
        service.publish()
    assert "This is an older version" in app.test_client().get(f"/privacy/{org.slug}/1").text
    assert "This is an older version" not in app.test_client().get(f"/privacy/{org.slug}").text


def test_a_part_that_is_missing_is_said_where_it_is_and_what_was_typed_stays(client_of, org, adam):
    page = client_of(adam).post("/settings/privacy-notice", data={**WHOLE, "law": "", "revision": 0, "act": "publish"})
    assert page.status_code == 422
    assert "This must be told before the notice is published." in page.text
    assert "About recipients." in page.text
    with acting_as(system(org.id)):
        assert service.draft()[0]["why"] == "About why."  # kept as a draft


def test_what_a_colleague_wrote_meanwhile_is_shown_beside(client_of, org, adam):
    client = client_of(adam)
    client.post("/settings/privacy-notice", data={**WHOLE, "revision": 0})
    page = client.post("/settings/privacy-notice", data={**WHOLE, "why": "Mine.", "revision": 0})
    assert page.status_code == 422
    assert "They wrote: About why." in page.text
    assert "Mine." in page.text


@pytest.mark.parametrize("text", ["x" * 4_001, "turned \u202e round"])
def test_a_part_that_cannot_be_kept_is_said_where_it_is(client_of, org, adam, text):
    page = client_of(adam).post("/settings/privacy-notice", data={**WHOLE, "why": text, "revision": 0})
    assert page.status_code == 422
    assert 'id="why-error"' in page.text


def test_every_newsletter_leads_to_it_once_it_is_there(org, adam):
    with acting_as(actor_of(adam)):
        campaign = campaigns.create("News")
        with transaction():
            campaigns.say(campaign, "News", "<p>Hello</p>")
        assert "Privacy notice" not in campaigns.as_seen_by(campaign, None).html
        service.save(WHOLE, 0)
        service.publish()
        written = campaigns.as_seen_by(campaign, None)
        assert f"/privacy/{org.slug}" in written.html
        assert f"Privacy notice: http://localhost/privacy/{org.slug}" in written.text
