"""A block of one's own page that is changed where it stands: htmx gets parts, every other browser whole pages."""

import re

import pytest

from portal.core.actor import acting_as, system
from portal.profile import levels
from portal.profile.rules import BLOCKS
from tests.profile.test_profile import enter, form, link

HX = {"HX-Request": "true"}
ROOT = re.compile(r'^\s*<section [^>]*id="([\w-]+)"')


def fields(page):
    return dict(re.findall(r'name="(csrf_token|seen|lines|id-\d)" value="([^"]*)"', page))


def is_whole(answer):
    return "<!doctype html>" in answer.text


@pytest.mark.one_database
@pytest.mark.parametrize("block", BLOCKS)
def test_htmx_gets_the_form_and_the_block_and_a_browser_the_page(app, org, sent, block):
    client = enter(app, org, sent)
    opened = client.get(f"{link(sent)}/{block}", headers=HX)
    put_back = client.get(f"{link(sent)}/blocks/{block}", headers=HX)
    for answer in (opened, put_back):
        assert ROOT.match(answer.text)[1] == block
        assert not is_whole(answer)
        assert "HX-Request" in answer.headers["Vary"]
    assert is_whole(client.get(f"{link(sent)}/{block}"))
    assert client.get(f"{link(sent)}/blocks/{block}").location == link(sent)


@pytest.mark.one_database
def test_what_is_wrong_and_what_was_saved_stand_in_the_block(app, org, sent):
    client, path = enter(app, org, sent), link(sent) + "/telephones"
    typed = fields(client.get(path, headers=HX).text)
    bad = client.post(path, data={**typed, "text-0": "12"}, headers=HX)
    assert (bad.status_code, ROOT.match(bad.text)[1]) == (422, "telephones")
    assert 'aria-describedby="error-0"' in bad.text
    good = client.post(path, data={**typed, "text-0": "082 555 0199"}, headers=HX)
    assert (good.status_code, ROOT.match(good.text)[1]) == (200, "telephones")
    assert "Saved, thank you." in good.text
    assert "082 555 0199" in good.text


@pytest.mark.one_database
def test_a_name_that_is_wrong_is_said_at_its_field(app, org, sent):
    client, path = enter(app, org, sent), link(sent) + "/names"
    typed = fields(client.get(path, headers=HX).text)
    none = client.post(path, data={**typed, "first_name": "", "last_name": ""}, headers=HX)
    assert re.search(r'id="first_name"[^>]* aria-invalid="true" aria-describedby="names-error"', none.text)
    long = client.post(path, data={**typed, "first_name": "P0", "preferred_name": "x" * 201}, headers=HX)
    assert re.search(r'id="preferred_name"[^>]* aria-invalid="true"', long.text)


@pytest.mark.one_database
def test_no_part_stands_where_the_page_does_not(app, org, sent):
    """In a browser that is not known, and of what the organisation does not show."""
    paths = [f"{link(sent)}/{place}" for place in ("blocks/names", "names", "sheets/1")]
    assert {app.test_client().get(path, headers=HX).status_code for path in paths} == {404}
    client = enter(app, org, sent)
    with acting_as(system(org.id)):
        levels.choose({"names": 0}, {}, mails_details=False)
    assert {client.get(path, headers=HX).status_code for path in paths} == {404}


@pytest.mark.one_database
def test_the_first_page_asks_for_no_script(app, org, sent):
    """Only where there is something to change in place."""
    assert "<script" not in app.test_client().get(link(sent)).text
    assert enter(app, org, sent).get(link(sent)).text.count("<script") == 2


@pytest.mark.one_database
def test_a_change_that_waits_is_said_in_the_block(app, org, sent):
    with acting_as(system(org.id)):
        levels.choose({"telephones": 3}, {}, mails_details=False)
    client, path = enter(app, org, sent), link(sent) + "/telephones"
    typed = fields(client.get(path, headers=HX).text)
    answer = client.post(path, data={**typed, "text-0": "082 555 0199"}, headers=HX)
    assert "You asked for a change." in answer.text
    assert "Saved, thank you." not in answer.text


@pytest.mark.one_database
def test_what_fits_on_a_cheap_phone(app, org, sent):
    """Over the wire: the first page under 30 KB, a page with blocks to change under 50 (interface.md, Weight)."""

    def weight(client):
        page = client.get(link(sent)).text
        files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
        packed = [client.get(path, headers={"Accept-Encoding": "gzip"}).data for path in files]
        return len(page.encode()) + sum(map(len, packed))

    assert weight(app.test_client()) < 12_000
    assert weight(enter(app, org, sent)) < 40_000


def test_a_stale_block_comes_back_as_a_form_that_says_so(app, org, sent):
    client, path = enter(app, org, sent), link(sent) + "/telephones"
    typed = fields(client.get(path, headers=HX).text)
    form(client, path, path, **typed, **{"text-0": "082 555 0199"})
    answer = client.post(path, data={**typed, "text-0": "082 555 0155"}, headers=HX, follow_redirects=True)
    assert "Somebody changed this meanwhile." in answer.text
