"""What holds of every answer, whoever asks: a policy, the headers, the token of forms, two organisations apart."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.core.db import db
from portal.web.access import NoPolicy, check_policies
from portal.web.headers import MESSAGE_POLICY
from tests.conftest import HX
from tests.walker_checks import check_tokens
from tests.walking import Address, Unplanted, addresses, search, urls

pytestmark = pytest.mark.each_database

# The routes that show a message or a file itself, under a policy of its own that lets nothing run.
MESSAGE_FRAMES = {"campaigns.message", "mail.html"}
# Those that may stand in a page of somebody: of any site, or of the portal itself.
FRAMED = {
    "subscribe.frame": "*", "subscribe.take_in_framed": "*", "subscribing.preview": "'self'",
    "subscribing.preview_typed": "'self'", "foot.example": "'self'", "foot.example_of_typed": "'self'",
}  # fmt: skip
REQUESTS = 500


def test_a_route_without_a_policy_does_not_start(app):
    app.view_functions["rogue"] = lambda: ""
    app.url_map.add(app.url_rule_class("/rogue", endpoint="rogue"))

    with pytest.raises(NoPolicy):
        check_policies(app)


def test_a_route_whose_id_nobody_planted_stops_the_walk(app):
    rule = app.url_rule_class("/jewels/<int:jewel_id>", endpoint="jewels.show")

    with pytest.raises(Unplanted, match="jewel_id"):
        urls(rule, {})
    assert urls(rule, {"jewel_id": 7}) == ["/jewels/7"]


@pytest.mark.one_database
def test_each_answer_carries_the_headers(app, walk, ours):
    seen: Counter = Counter()
    for to in walk.of(ours.ids):
        for method in (to.method, "HEAD") if to.method == "GET" else (to.method,):
            answer = walk.ask(Address(to.endpoint, to.url, method, to.policy, to.names))
            check_headers(to, answer)
            seen[answer.status // 100] += 1
    for url in ("/nowhere", "/contacts/nobody"):
        answer = walk.client.get(url)
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert min(seen[2], seen[3], seen[4]) > 20


def check_headers(to, answer) -> None:
    headers = answer.headers
    policy = headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    if to.policy.who == "user":
        assert headers["Cache-Control"] == "no-store", to.url
    if to.endpoint in MESSAGE_FRAMES and policy.startswith("sandbox;"):
        assert policy == MESSAGE_POLICY
        return
    if policy.startswith("sandbox"):
        assert "allow-scripts" not in policy, to.url
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    by = FRAMED.get(to.endpoint, "'none'") if answer.status in (200, 422) else "'none'"
    assert f"frame-ancestors {by}" in policy
    assert headers.get("X-Frame-Options") == ("DENY" if by == "'none'" else None)


@pytest.mark.one_database
def test_a_post_without_its_token_is_refused_with_and_without_htmx(walk, ours):
    check_tokens(walk, ours)


@pytest.mark.one_database
def test_two_organisations_at_once_never_meet(app, client_of, olivia, charlie, ours, theirs):
    """Their requests in turn, in several threads of one process (B04)."""
    walks = [(client_of(olivia), ours, theirs), (client_of(charlie), theirs, ours)]
    sides = [
        (client, [to.url for to in addresses(app, own.ids) if to.method == "GET" and to.policy.who == "user"], other)
        for client, own, other in walks
    ]
    lock = threading.Lock()
    done: Counter = Counter()

    def ask(number: int) -> set[str]:
        client, paths, other = sides[number % 2]
        url = paths[number // 2 % len(paths)]
        browser = app.test_client()
        browser._cookies = dict(client._cookies)
        with db.connection_context():
            answer = browser.get(url, headers=HX if number % 3 == 0 else {})
        with lock:
            done[answer.status_code] += 1
        assert answer.status_code < 500, url
        return search([answer.data], other.every)

    with ThreadPoolExecutor(4) as pool:
        met = [found for found in pool.map(ask, range(REQUESTS)) if found]

    assert (met, sum(done.values())) == ([], REQUESTS)
    assert done[200] > REQUESTS / 2
