"""The one good template: what was written, with the sender's identity and the way out that the server puts in.

A letter is approved once and filled for each recipient; what is put in for a person is text and nothing else.
"""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from portal.campaigns import merge
from portal.campaigns.cleaning import text_of
from portal.campaigns.foot_rules import LINKS, PRIVACY, UNSUBSCRIBE


@dataclass(frozen=True)
class Sender:
    """The organisation as it stands at the foot of each message (POPIA s 69(4); R70)."""

    name: str
    legal_name: str
    address: str
    telephone: str
    email: str
    colour: str = "#0f6b57"
    on_colour: str = "#ffffff"
    logo_url: str = ""


@dataclass(frozen=True)
class Mailbox:
    """What a mailbox shows as the sender, and where answers go; an empty `reply_to` is the address itself."""

    name: str
    email: str
    reply_to: str = ""


@dataclass(frozen=True)
class Letter:
    """What was written, and by whom it is sent."""

    subject: str
    preheader: str
    body: str  # cleaned HTML with tokens
    sender: Sender
    mailbox: Mailbox
    base_url: str
    links: Sequence[tuple[str, str]] = field(default_factory=lambda: (UNSUBSCRIBE,))
    is_tracked: bool = False
    clause: str = ""  # about details that leave the country (R06)
    privacy_url: str = ""  # where the privacy notice is read (R72); "" while none is published
    closing: str = ""  # a last line of the organisation's own, under the links
    button: str = ""  # the words of a button that leads to where the person answers
    fields: Mapping[str, int] = field(default_factory=dict)  # of an organisation's own design: key of the token -> id

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Letter":
        links = tuple((label, key) for label, key in data["links"])
        return cls(
            **{**data, "sender": Sender(**data["sender"]), "mailbox": Mailbox(**data["mailbox"]), "links": links}
        )


@dataclass(frozen=True)
class Written:
    """A letter filled for one recipient."""

    subject: str
    html: str
    text: str


class NoWayOut(ValueError):
    """The finished message holds no way to unsubscribe. It is not sent (R24)."""


@dataclass(frozen=True)
class Traces:
    """The addresses by which it is noted whether one recipient reads, and which link he follows."""

    picture: str
    link: Callable[[int], str]  # the place of a link in the letter -> the address that leads there


NOTICE = "We note whether this message is opened and which of its links are followed."


def links_in(body: str) -> list[tuple[str, str]]:
    """The links of a body that lead to web pages, (address, words), each address once; the n-th has the place n."""
    found: dict[str, str] = {}
    for href, words in _LINK.findall(body):
        url = html.unescape(href)
        if "[[" not in url:
            found.setdefault(url, " ".join(html.unescape(re.sub(r"<[^>]*>", " ", words)).split()))
    return list(found.items())


def write(letter: Letter, values: Mapping[str, str], urls: Mapping[str, str], traces: Traces | None = None) -> Written:
    """The letter for one recipient. `urls` has an address for each link of the foot; without one it is refused."""
    urls = {**urls, PRIVACY: letter.privacy_url}
    wanted = [key for _, key in letter.links] + (["answer"] if letter.button else [])
    missing = [key for key in wanted if not urls.get(key)]
    if missing or not any(key == "unsubscribe" for _, key in letter.links):
        raise NoWayOut("Every message needs a way to unsubscribe.")
    values = {**dict.fromkeys(letter.fields, ""), **values}
    body = _traced(letter.body, traces) if traces else letter.body
    body = _absolute(merge.fill_html(body, values), letter.base_url)
    preheader = merge.fill_html(html.escape(letter.preheader), values)
    subject = " ".join(merge.fill(letter.subject, values).split())
    ways = _ways(letter, urls)
    links = " · ".join(f'<a href="{html.escape(url)}" style="color:#6b655c">{label}</a>' for label, url in ways)
    page = _PAGE.format(
        subject=html.escape(subject),
        preheader=preheader,
        mark=_mark(letter.sender),
        body=_styled(body, letter.sender.colour) + _button(letter, urls),
        lines="<br>".join(map(html.escape, foot_lines(letter))),
        links=links + (f"<br>{html.escape(letter.closing)}" if letter.closing else ""),
        traces=_TRACES.format(picture=traces.picture, trap=traces.link(0)) if traces else "",
    )
    answer = f"\n{letter.button}: {urls['answer']}\n" if letter.button else ""
    text = f"{merge.fill(_twin(letter.body), values)}{answer}\n-- \n{foot_text(letter, urls)}\n"
    if urls["unsubscribe"] not in text or html.escape(urls["unsubscribe"]) not in page:
        raise NoWayOut("Every message needs a way to unsubscribe.")
    return Written(subject, page, text)


def foot_lines(letter: Letter) -> list[str]:
    """What stands above the links of the foot: who writes, and what the reader must know."""
    return [" · ".join(_identity(letter.sender)), *_notices(letter)]


def foot_text(letter: Letter, urls: Mapping[str, str]) -> str:
    """The foot as plain text."""
    ways = [f"{label}: {url}" for label, url in _ways(letter, urls)]
    return "\n".join([*foot_lines(letter), *ways, *([letter.closing] if letter.closing else [])])


def _ways(letter: Letter, urls: Mapping[str, str]) -> list[tuple[str, str]]:
    """The links of the foot, each with its words. In letters of old the privacy notice stands beside them, and last."""
    ways = [(label, urls[key]) for label, key in letter.links]
    is_named = any(key == PRIVACY for _, key in letter.links)
    return [*ways, (LINKS[PRIVACY], letter.privacy_url)] if letter.privacy_url and not is_named else ways


def _button(letter: Letter, urls: Mapping[str, str]) -> str:
    if not letter.button:
        return ""
    box = (
        f"display:inline-block;padding:12px 24px;border-radius:8px;text-decoration:none;font-weight:600;"
        f"background:{letter.sender.colour};color:{letter.sender.on_colour}"
    )
    link = f'<a class="answer" href="{html.escape(urls["answer"])}" style="{box}">{html.escape(letter.button)}</a>'
    return f'<p style="margin:24px 0">{link}</p>'


@lru_cache(maxsize=8)
def _twin(body: str) -> str:
    """The plain text of a body, made once for all its readers; its tokens stay."""
    return text_of(body)


def _notices(letter: Letter) -> list[str]:
    return [*([NOTICE] if letter.is_tracked else []), *([letter.clause] if letter.clause else [])]


def _identity(sender: Sender) -> list[str]:
    return [part for part in (sender.legal_name, sender.address, sender.telephone, sender.email) if part]


def _absolute(body: str, base_url: str) -> str:
    return body.replace('src="/pictures/', f'src="{html.escape(base_url)}/pictures/')


def _mark(sender: Sender) -> str:
    if sender.logo_url:
        name, url = html.escape(sender.name), html.escape(sender.logo_url)
        return f'<img src="{url}" alt="{name}" height="48" style="height:48px">'
    initial = html.escape(sender.name[:1].upper())
    box = f"background:{sender.colour};color:{sender.on_colour};border-radius:10px;padding:8px 14px;font-weight:700"
    return f'<span style="{box}">{initial}</span>&nbsp; <b>{html.escape(sender.name)}</b>'


def _styled(body: str, colour: str) -> str:
    """Mail programs know no style sheets: what must look right carries its style."""
    styles = {
        "<h1>": '<h1 style="font-size:24px;line-height:1.25;margin:24px 0 12px">',
        "<h2>": '<h2 style="font-size:20px;line-height:1.3;margin:20px 0 10px">',
        "<h3>": '<h3 style="font-size:17px;margin:18px 0 8px">',
        "<p>": '<p style="margin:0 0 16px">',
        "<blockquote>": '<blockquote style="margin:0 0 16px;padding-left:14px;border-left:3px solid #e6e1d8">',
        "<figure>": '<figure style="margin:0 0 16px">',
        "<figcaption>": '<figcaption style="font-size:14px;color:#6b655c">',
        "<a ": f'<a style="color:{colour}" ',
        "<img ": '<img style="max-width:100%;height:auto;border-radius:8px" ',
    }
    for plain, styled in styles.items():
        body = body.replace(plain, styled)
    return body


_LINK = re.compile(r'<a [^>]*?href="(https?://[^"]*)"[^>]*>(.*?)</a>', re.DOTALL | re.IGNORECASE)
_HREF = re.compile(r'(<a [^>]*?href=")(https?://[^"]*)(")', re.IGNORECASE)
# A picture of one dot, and a link that no reader sees: what follows it is a machine.
_TRACES = """
<a href="{trap}" style="display:none" tabindex="-1" aria-hidden="true"></a>\
<img src="{picture}" alt="" width="1" height="1" style="display:block;width:1px;height:1px;border:0">"""


def _traced(body: str, traces: Traces) -> str:
    places = _places(body)

    def lead(match: re.Match[str]) -> str:
        place = places.get(html.unescape(match[2]))
        return f"{match[1]}{traces.link(place)}{match[3]}" if place else match[0]

    return _HREF.sub(lead, body)


@lru_cache(maxsize=8)
def _places(body: str) -> dict[str, int]:
    return {url: place for place, (url, _) in enumerate(links_in(body), start=1)}


_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">\
<meta name="color-scheme" content="light dark"><title>{subject}</title></head>
<body style="margin:0;padding:0;background:#f4f1ec">
<div style="display:none;max-height:0;overflow:hidden;opacity:0">{preheader}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f1ec"><tr>\
<td align="center" style="padding:24px 12px">
<table role="presentation" width="600" cellpadding="0" cellspacing="0" style="width:100%;max-width:600px;\
background:#ffffff;border-radius:12px">
<tr><td style="padding:24px 32px 0;font:16px/1.4 system-ui,'Segoe UI',Roboto,Arial,sans-serif;color:#22201c">\
{mark}</td></tr>
<tr><td style="padding:20px 32px 8px;font:16px/1.6 system-ui,'Segoe UI',Roboto,Arial,sans-serif;color:#22201c">
{body}
</td></tr>
<tr><td style="padding:16px 32px 28px;border-top:1px solid #e6e1d8;font:13px/1.5 system-ui,'Segoe UI',Roboto,Arial,\
sans-serif;color:#6b655c">{lines}<br>{links}</td></tr>
</table></td></tr></table>{traces}
</body></html>
"""
