"""A link that is not exactly the right one is the one 404, wherever it is tried. The purposes are read from the
program, so that a new one is tried by itself.
"""

import base64
import re
from dataclasses import dataclass

import pytest

from portal.core.actor import acting_as, system
from portal.core.keys import make_token
from portal.delivery import own_page, removal, tracking
from portal.privacy.models import Erasure
from portal.profile.models import ProfileCode
from portal.web import access
from tests.walking import masked

STRANGERS = 987_654
_INT, _WORDS = re.compile(r"<int:\w+>"), re.compile(r"<any\(([^)]*)\):\w+>")


@dataclass
class Route:
    purpose: str
    methods: list[str]
    rule: str
    path: str  # of the rule, for things that are there or not

    def url(self, token):
        return self.path.replace("<token>", token)


def routes(app):
    found = []
    for rule in app.url_map.iter_rules():
        policy = access.policy_of(app, rule.endpoint)
        if policy.who == "link":
            path = _INT.sub("1", _WORDS.sub(lambda words: words[1].split(",")[0], rule.rule))
            methods = sorted(rule.methods - {"OPTIONS", "HEAD"})
            assert {app.url_map.bind("").match(path, method=one)[0] for one in methods} == {rule.endpoint}
            found.append(Route(policy.purpose, methods, rule.rule, path))
    return found


@pytest.fixture
def subjects(org, sent):
    """What the tokens that were given out stand for, of each purpose that a link was made for."""
    with acting_as(system(org.id)):
        code = ProfileCode.create(
            contact_id=sent.contact_id, kind="enter", link=own_page.of_delivery(sent.id), browser="x", code="x", mac="x"
        )
        done = Erasure.create(reason="asked", state="finished", total=1, done=1)
    return {
        "u": sent.id, "p": own_page.of_delivery(sent.id), removal.PURPOSE: own_page.of_delivery(sent.id),
        "o": sent.id, "c": sent.id * tracking._PLACES, "me": code.id, "gone": done.id, "ask": sent.id,
    }  # fmt: skip


def wrong_tokens(purpose, org_id, other_id, subjects):
    """Of another purpose, of another organisation, of nobody, cut off, and with one sign changed."""
    subject = subjects.get(purpose, 1)
    found = [make_token(other, org_id, subject) for other in access._links if other != purpose]
    found += [make_token(other, org_id, subjects.get(other, 1)) for other in access._links if other != purpose]
    found += [make_token(purpose, other_id, subject), make_token(purpose, STRANGERS, subject)]
    found += [make_token(purpose, org_id, STRANGERS), make_token(purpose, org_id, STRANGERS + 1)]
    own = make_token(purpose, org_id, subject)
    raw = bytearray(base64.urlsafe_b64decode(own + "=" * (-len(own) % 4)))
    raw[8] ^= 1
    return [*found, own[:-1], own[:-6], own + "A", base64.urlsafe_b64encode(raw).decode().rstrip("="), "nonsense"]


@pytest.mark.one_database
def test_another_purpose_person_or_organisation_is_the_same_404_on_every_route(app, org, other_org, subjects):
    client = app.test_client()
    nothing = client.get("/p/nonsense")
    wanted = (404, masked(nothing.data))
    tried = set()
    for route in routes(app):
        for method in route.methods:
            for token in wrong_tokens(route.purpose, org.id, other_org.id, subjects):
                answer = client.open(route.url(token), method=method)
                assert (answer.status_code, masked(answer.data)) == wanted, (method, route.rule, token)
                tried.add(route.purpose)

    assert tried == set(access._links)
    assert tried >= {"u", "p", "r", "me", "ask", "o", "c", "gone"}


@pytest.mark.one_database
def test_the_right_one_opens_what_it_is_for(app, org, subjects):
    client = app.test_client()
    opened = {"u": "/u/{}", "p": "/p/{}", "r": "/r/{}", "me": "/p/code/{}", "gone": "/r/done/{}", "o": "/o/{}"}
    for purpose, path in opened.items():
        assert client.get(path.format(make_token(purpose, org.id, subjects[purpose]))).status_code == 200, purpose


@pytest.mark.one_database
def test_a_code_that_stands_at_anothers_link_is_the_same_404(app, org, sent, subjects):
    """As it would be if two people were taken for one another: neither is shown the other's page."""
    with acting_as(system(org.id)):
        code = ProfileCode.get_by_id(subjects["me"])
        other = type(sent).get(type(sent).contact_id != sent.contact_id)
        ProfileCode.update(link=own_page.of_delivery(other.id)).where(ProfileCode.id == code.id).execute()

    assert app.test_client().get(f"/p/code/{make_token('me', org.id, code.id)}").status_code == 404
