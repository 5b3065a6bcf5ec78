"""What the tests of signing in share: a browser of its own kind, and the mail it waits for."""

import email
import email.policy
import re

from portal.delivery.models import PortalMail
from portal.signin import captchas
from tests.conftest import PASSWORD


def sign_in(browser, user, password=PASSWORD, **more):
    return browser.post("/sign-in", data={"email": getattr(user, "email", user), "password": password, **more})


def captcha_of(answer) -> dict[str, str]:
    """The captcha of a page, answered rightly."""
    name = re.search(r'name="captcha_name" value="([^"]+)"', answer.text)[1]
    return {"captcha_name": name, "captcha": captchas.digits_of(name)}


def asks_captcha(answer) -> bool:
    return 'name="captcha_name"' in answer.text


def mails(kind: str) -> list[PortalMail]:
    return list(PortalMail.select().where(PortalMail.kind == kind).order_by(PortalMail.id))


def text_of(mail: PortalMail) -> str:
    message = email.message_from_string(mail.message, policy=email.policy.default)
    return message.get_body(("plain",)).get_content()


def link_in(kind: str, path: str = "") -> str:
    """The link of the newest mail of this kind, as a path of the site."""
    return re.search(r"http://localhost(/\S+)", text_of(mails(kind)[-1]))[1]


def number_on(browser, path: str = "/sign-in/waiting") -> str:
    """The six digits that the waiting page shows."""
    return re.search(r"The number is (\d{3} \d{3})", browser.get(path).text)[1]
