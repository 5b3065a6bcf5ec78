"""A form that is published, and what its visitors do."""

import re

from portal.consent import purposes
from portal.core.actor import acting_as, system
from portal.delivery.models import SystemMail
from portal.subscribing import service
from portal.subscribing.models import SubscribeForm, Subscription
from portal.subscribing.rules import Design, Topic

URL = "/s/hope-house/newsletter"
NEW = {"email": "new@example.org", "first_name": "Sipho", "last_name": "Dube"}


def publish(org, **more) -> SubscribeForm:
    """A form that asks for names; by default for the first purpose, without groups."""
    with acting_as(system(org.id)):
        first = purposes.first()
        form = service.add("Newsletter")
        topics = (Topic(first.id, first.name, first.description),)
        wished = {"fields": {"first_name": "shown", "last_name": "shown"}, "topics": topics, **more}
        service.save(form, "Newsletter", Design(title="News from us", **wished), form.revision)
        service.publish(form)
        return service.find(form.id)


def first_id(org) -> str:
    with acting_as(system(org.id)):
        return str(purposes.first().id)


def fill_in(app, org, url: str = URL, client=None, **typed):
    data = {**NEW, "purpose": first_id(org), **typed}
    return (client or app.test_client()).post(url, data=data, headers={"User-Agent": "Firefox"})


def mails(org, kind: str = "subscribe_confirm") -> list[SystemMail]:
    with acting_as(system(org.id)):
        return list(SystemMail.select().where(SystemMail.kind == kind).order_by(SystemMail.id))


def link_in(mail: SystemMail) -> str:
    text = mail.message.replace("=\n", "").replace("=\r\n", "").replace("=3D", "=")
    return re.search(r"http://localhost(/s/[\w-]+)", text)[1]


def press(app, link: str):
    """Open the page of the link in a browser of its own, and press its button."""
    client = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(link).text)
    return client.post(link, data={"csrf_token": token[1] if token else ""})


def confirm(app, org):
    return press(app, link_in(mails(org)[-1]))


def rows(org) -> list[Subscription]:
    with acting_as(system(org.id)):
        return list(Subscription.select().order_by(Subscription.id))
