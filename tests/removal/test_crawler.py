"""A program that follows every link of a newsletter and sends every form it meets, as scanners of mail do (G01)."""

import re
from urllib.parse import urljoin, urlsplit

import pytest

from portal.accounts import service as accounts
from portal.campaigns import sending
from portal.campaigns import service as campaigns
from portal.core.actor import acting_as, system
from portal.delivery import transport
from portal.delivery.kinds import kind_of
from portal.delivery.models import Delivery
from tests.forms import forms_of
from tests.walking import changed, digest

EVENTS = {"delivery_event"}  # that a message was opened, or a link of it followed
# What asking for a code writes: the code, by which those of a day are counted, its message, its entry.
ASKING = {"profile_code", "system_mail", "log_entry", "log_head"}
TRYING = {"profile_code"}  # a code that was typed is counted, before it is judged
TIMES = 20


@pytest.fixture
def caught(org, sent):
    """A newsletter that leads to everything a newsletter can lead to."""
    with acting_as(system(org.id)):
        accounts.set_details(offers_removal=1, is_tracking=1)
        made = campaigns.create("Second")
        body = '<p>Dear, <a href="https://hopehouse.example/a">one</a></p>'
        made = campaigns.change(made, 1, subject="Second", body=body, is_tracked=1)
        sending.choose_audience(made, campaigns.find(sent.campaign_id).groups, [])
        sending.start(campaigns.find(made.id))
        row = Delivery.get(Delivery.campaign_id == made.id)
        return kind_of("email").render(made.id, [row])[row.id].message.decode().replace("=\r\n", "").replace("=3D", "=")


def links_in(page, here=""):
    """The addresses of ours that a page or a message names."""
    found = {urljoin(here, link) for link in re.findall(r'(?:href|src|action)="([^"#]+)"', page)}
    own = transport.base_url()
    return {
        at.path
        for at in map(urlsplit, found)
        if f"{at.scheme}://{at.netloc}" in (own, "://") and not at.path.startswith("/static") and not at.query
    }


def crawl(client, links, times):
    """Every page that can be reached by looking; those links themselves followed so many times with GET and HEAD."""
    seen, waiting = {}, sorted(links)
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        for _ in range(times if path in links else 1):
            client.head(path)
            answer = client.get(path)
        seen[path] = answer
        if answer.mimetype == "text/html":
            waiting += sorted(links_in(answer.text, path) - seen.keys())
    return seen


@pytest.mark.one_database
def test_looking_at_everything_twenty_times_writes_events_and_nothing_else(app, caught):
    links = links_in(caught)
    kinds = {path.split("/")[1] for path in links}
    before = digest()

    seen = crawl(app.test_client(), links, TIMES)

    assert kinds >= {"u", "p", "r", "o", "c"}
    assert len(seen) >= 10
    assert all(answer.status_code < 500 for answer in seen.values())
    assert changed(before, digest()) <= EVENTS


@pytest.mark.one_database
def test_every_form_sent_as_it_stands_without_the_code_writes_nothing_either(app, caught):
    """Not even an unsubscribing or a complaint: what they do stands on the button, and a form that is sent has pressed
    none.
    """
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    pages = list(crawl(client, links_in(caught), 1).items())
    sent = set()
    for path, page in pages:
        for form in forms_of(page.text, path) if page.mimetype == "text/html" else []:
            token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
            before = digest()
            answer = client.post(form.path, data={**form.data, **({"csrf_token": token[1]} if token else {})})
            counted = {"codes": ASKING, "code": TRYING}.get(form.path.rpartition("/")[2], EVENTS)
            assert changed(before, digest()) <= counted, form.path
            sent.add(re.sub(r"[\w-]{39}", "…", form.path))
            onward = urlsplit(answer.headers.get("Location", path)).path
            if onward not in dict(pages):
                pages.append((onward, client.get(onward)))

    assert sent >= {
        "/u/…",
        "/complaints/…",
        "/p/…/preferences",
        "/p/…/leaving",
        "/p/…/codes",
        "/p/…/code",
        "/r/…/codes",
        "/r/…/code",
    }


@pytest.mark.one_database
def test_a_form_sent_without_its_token_is_refused_but_where_the_law_wants_one_press(app, caught):
    """Unsubscribing and answering need no cookie (RFC 8058); everything else does."""
    app.config["WTF_CSRF_ENABLED"] = True
    seen = crawl(app.test_client(), links_in(caught), 1)
    before = digest()
    for path, page in seen.items():
        for form in forms_of(page.text, path) if page.mimetype == "text/html" else []:
            if not form.path.startswith("/u/"):
                assert app.test_client().post(form.path, data=form.filled()).status_code == 400, form.path

    assert changed(before, digest()) <= EVENTS
