"""Five hundred people unsubscribe while the campaign runs: whoever has his answer is not written to any more (E11)."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.campaigns import sending
from portal.core.actor import acting_as, system
from portal.core.db import db
from portal.core.keys import make_token
from portal.delivery import ledger
from portal.delivery.models import Delivery
from tests.delivery.test_sending import newsletter as newsletter
from tests.delivery.test_sending import people
from tests.delivery.test_sending import server as server

LEAVING, STAYING = 500, 40


@pytest.mark.faults
def test_nobody_is_written_to_after_he_was_told_that_he_is_unsubscribed(server, newsletter, org, app):
    kept = server()
    campaign = newsletter(*people(LEAVING + STAYING))
    with acting_as(system(org.id)):
        sending.start(campaign)
        rows = list(Delivery.select().order_by(Delivery.id))
    chosen = random.Random(4).sample(rows, LEAVING)
    told: dict[str, float] = {}

    def work():
        try:
            with acting_as(system(org.id)):
                sending.work(campaign.id)
        finally:
            db.close()

    def leave(some):
        browser = app.test_client()
        try:
            for row in some:
                path = f"/u/{make_token('u', org.id, row.id)}"
                answer = browser.post(path, data={"List-Unsubscribe": "One-Click"})
                assert answer.status_code == 200
                told[row.address] = time.time()
        finally:
            db.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(leave, [chosen[part::4] for part in range(4)]))
    for worker in workers:
        worker.join(60)

    with acting_as(system(org.id)):
        sending.work(campaign.id)  # what a turn that was over left to the next one
        figures = sending.status(campaign)
        left_out = ledger.reasons(campaign.id).get("unsubscribed", 0)
    texts = [event for event in kept.events() if event["phase"] in ("data", "dot") and event.get("rcpt") in told]
    after = [event for event in texts if event["t"] > told[event["rcpt"]]]
    assert len(told) == LEAVING
    assert after == []
    assert set(kept.delivered().values()) == {1}
    assert figures["state"] == "finished"
    assert figures["accepted"] + left_out == figures["frozen"] == LEAVING + STAYING
    assert figures["accepted"] > STAYING  # some went out before their wish, so that they did race
    assert left_out > 0
