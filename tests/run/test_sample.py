"""The sample organisation: no page is empty, and nothing of it stands outside the rules."""

from portal.activity import log
from portal.campaigns.models import Campaign
from portal.consent.queries import justified_for, states
from portal.core.actor import acting_as, system
from portal.delivery import figures, ledger
from portal.sample import service as sample


def test_the_sample_has_people_newsletters_and_grounds(app, org):
    with acting_as(system(org.id)):
        ids = sample.fill(300)

        assert len(ids) == 300
        assert [c.state for c in Campaign.select().order_by(Campaign.id)] == ["finished"] * 3 + ["draft"]
        for campaign in Campaign.select().where(Campaign.state == "finished"):
            counts = ledger.status(campaign.id)
            counted = counts["accepted"] + counts["refused"] + counts["unknown"] + counts["suppressed"]
            assert (counts["frozen"], counts["pending"]) == (counted, 0)
            assert counts["refused"] > 0
            done, known = figures.doings(campaign.id), figures.of_campaign(campaign.id)
            assert min(done.unsubscribed, done.read, done.clicked, done.machines) > 0
            assert known.frozen == campaign.frozen
            assert known.sent == known.delivered + known.undeliverable + known.unknown
            assert known.undeliverable > counts["refused"]
        standings = {state.standing for kept in states(ids).values() for state in kept.values()}
        assert standings == {"proven", "asserted", "withheld", "withdrawn"}
        assert 0 < len(ids) - len(justified_for(ids)) < len(ids) / 8
        assert log.verify().ok
