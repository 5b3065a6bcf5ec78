"""A form for signing up with a draft and a version, and somebody who signed up by it."""

from datetime import date

from portal.consent.recording import keep_wording
from portal.core.clock import now
from portal.subscribing.models import FormCount, FormVersion, SubscribeForm, Subscription
from portal.subscribing.rules import first_design
from tests.seeds import Stage


def plant(stage: Stage) -> dict[str, int]:
    draft = stage.canary("administration", f"CNRY{stage.mark}formdraft")
    form = SubscribeForm.create(
        name=stage.canary("administration", f"CNRY{stage.mark}formname"), address=f"form{stage.mark}".lower(),
        design={**first_design("x", ()).kept(), "title": draft, "group_ids": [stage.group_id]},
    )  # fmt: skip
    number = stage.contact_id  # as the version of the privacy notice
    version = FormVersion.create(form_id=form.id, version=number, design=first_design("As shown", ()).kept())
    Subscription.create(
        contact_id=stage.contact_id, form_id=form.id, version_id=version.id, mac="CNRY", day=date(2026, 1, 1),
        state="confirmed", email="cnry@example.org", said=[[1, keep_wording(f"CNRY{stage.mark}formwords").id]],
        address="CNRY", agent="CNRY",
    )  # fmt: skip
    Subscription.create(
        form_id=form.id, version_id=version.id, mac="CNRY", day=date(2026, 1, 2), email="waits@example.org",
        typed={"first_name": "CNRY"}, agent="CNRY",
    )  # fmt: skip
    FormCount.create(form_id=form.id, key="", hour=now())
    return {"form_id": form.id, "version": number}
