"""What people write, made safe to send and to show, and its plain-text twin."""

import html
import json
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3

TAGS = {
    "h1", "h2", "h3", "p", "div", "br", "strong", "b", "em", "i", "del", "a", "ul", "ol", "li", "blockquote", "pre",
    "hr", "figure", "figcaption", "img",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt", "width", "height"}}
_OWN_PICTURE = re.compile(r"^/pictures/[A-Za-z0-9_-]{10,60}$")
_FIGURE = re.compile(r"<figure>\s*<img ([^>]*)>\s*(?:<figcaption>(.*?)</figcaption>)?\s*</figure>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_BLOCKS = frozenset({"h1", "h2", "h3", "p", "div", "ul", "ol", "blockquote", "pre", "figure", "hr"})


def clean(text: str) -> str:
    """HTML with the listed tags only, links to http, https, mailto and tel only, and pictures of our own only."""
    return nh3.clean(
        text,
        tags=TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    ).strip()


def from_editor(text: str) -> str:
    """What the editor wrote, cleaned; the words under a picture are its description too."""
    return _FIGURE.sub(_described, clean(text))


def to_editor(text: str) -> str:
    """The same for the editor, which knows pictures by a form of its own."""
    return _FIGURE.sub(_for_editor, text)


def is_empty(text: str) -> bool:
    """Whether there is nothing to read or to see in it."""
    return not text_of(text).strip() and "<img" not in text


def undescribed_pictures(text: str) -> int:
    """How many pictures have no description: people who do not see them would miss what they say."""
    return sum(1 for tag in re.findall(r"<img[^>]*>", text) if not re.search(r'alt="[^"]*[^"\s]', tag))


def text_of(markup: str) -> str:
    """The plain-text twin: headings, lists, links with their addresses, pictures by their descriptions."""
    writer = _Writer()
    writer.feed(markup)
    writer.close()
    return re.sub(r"\n{3,}", "\n\n", "".join(writer.out)).strip() + "\n"


def _described(match: re.Match[str]) -> str:
    caption = " ".join(_TAG.sub(" ", match[2] or "").split())
    kept = re.sub(r'\s*alt="[^"]*"', "", match[1]).strip()
    shown = f"<figcaption>{caption}</figcaption>" if caption else ""
    alt = caption.replace('"', "&quot;")
    return f'<figure><img {kept} alt="{alt}">{shown}</figure>'


def _for_editor(match: re.Match[str]) -> str:
    values = {name: html.unescape(value) for name, value in re.findall(r'(\w+)="([^"]*)"', match[1])}
    picture: dict[str, str | int] = {"contentType": "image", "url": values.get("src", "")}
    picture |= {name: int(values[name]) for name in ("width", "height") if values.get(name, "").isdigit()}
    words = {"caption": html.unescape(_TAG.sub("", match[2] or ""))}
    attachment, attributes = (html.escape(json.dumps(value)) for value in (picture, words))
    return f'<figure data-trix-attachment="{attachment}" data-trix-attributes="{attributes}"></figure>'


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if _OWN_PICTURE.match(value) else None
    if tag == "img" and name in ("width", "height"):
        return value if value.isascii() and value.isdigit() and len(value) < 5 else None
    if tag == "a" and name == "href":
        return value if urlsplit(value.strip()).scheme in ("http", "https", "mailto", "tel") else None
    return value


class _Writer(HTMLParser):
    """Turns cleaned markup into lines. It never sees anything that `clean` did not let through."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.lists: list[int | None] = []
        self.link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _BLOCKS:
            self._break("\n" if self.lists else "\n\n")
        if tag in ("ul", "ol"):
            self.lists.append(None if tag == "ul" else 0)
        elif tag == "li":
            self._break("\n")
            self.out.append("  " * (len(self.lists) - 1) + self._mark())
        elif tag == "br":
            self.out.append("\n")
        elif tag == "hr":
            self.out.append("-" * 20)
        elif tag == "a":
            self.link = (values.get("href") or "", len(self.out))
        elif tag == "img" and values.get("alt"):
            self.out.append(f"[{values['alt']}]")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self.lists:
            self.lists.pop()
        if tag in _BLOCKS:
            self._break("\n" if self.lists else "\n\n")
        if tag == "a" and self.link:
            href, start = self.link
            label = "".join(self.out[start:])
            target = href.removeprefix("mailto:").removeprefix("tel:")
            if target and target != label.strip():
                self.out.append(f" ({target})")
            self.link = None

    def handle_data(self, data: str) -> None:
        words = re.sub(r"\s+", " ", data)
        if words.strip() or (self.out and not self.out[-1].endswith((" ", "\n"))):
            self.out.append(words)

    def _mark(self) -> str:
        if not self.lists or self.lists[-1] is None:
            return "- "
        self.lists[-1] += 1
        return f"{self.lists[-1]}. "

    def _break(self, lines: str) -> None:
        if self.out and not "".join(self.out[-2:]).endswith(lines):
            self.out.append(lines)
