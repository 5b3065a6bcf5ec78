"""The forms of the pages, read as a browser does: what each would send if it were sent as it stands."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

FILE = (b"Email\nlater@example.net\n", "later.csv")
TYPED = {"email": "typed@example.net", "tel": "084 333 4444", "date": "2026-12-24", "time": "09:30", "number": "3"}
# What a form needs that nobody has typed yet.
WORDS = {"name": "Typed", "text": "Typed", "first_name": "Typed", "last_name": "Typed", "organisation": "Typed"}


@dataclass
class Form:
    """One form: where it goes, and its fields with what they hold."""

    path: str
    data: dict[str, list] = field(default_factory=dict)
    options: dict[str, list[str]] = field(default_factory=dict)  # of what is chosen, not typed
    several: set[str] = field(default_factory=set)

    def filled(self) -> dict[str, list]:
        """What is sent by somebody who types a word where there is none."""
        return {name: values or [WORDS[name]] if name in WORDS else values for name, values in self.data.items()}


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.here = here
        self.forms: list[Form] = []
        self.posts: list[tuple[str, Form]] = []  # buttons that send a form elsewhere
        self.form: Form | None = None
        self.select, self.is_several, self.chosen = "", False, False
        self.area = ""

    def handle_starttag(self, tag: str, pairs: list) -> None:
        given = dict(pairs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            is_post = (given.get("method") or "get").lower() == "post"
            self.form = Form(_path(self.here, given.get("action") or self.here)) if is_post else None
            if self.form is not None:
                self.forms.append(self.form)
        elif self.form is None:
            return
        elif tag == "button":
            if given.get("formaction"):
                self.posts.append((_path(self.here, given["formaction"]), self.form))
            if name:
                self.form.options.setdefault(name, []).append(value)
        elif tag == "input" and name:
            self._input(given, name, value)
        elif tag == "select" and name:
            self.select, self.is_several, self.chosen = name, "multiple" in given, False
            self.form.data.setdefault(name, [])
        elif tag == "option" and self.select:
            self.form.options.setdefault(self.select, []).append(value)
            if "selected" in given or (not self.chosen and not self.is_several and not self.form.data[self.select]):
                if not self.is_several:
                    self.form.data[self.select] = []
                self.form.data[self.select].append(value)
                self.chosen = self.chosen or "selected" in given
        elif tag == "textarea" and name:
            self.area = name
            self.form.data.setdefault(name, [])

    def _input(self, given: dict, name: str, value: str) -> None:
        assert self.form is not None
        kind, data = given.get("type") or "text", self.form.data
        if kind == "file":
            data[name] = [FILE]
        elif kind in ("checkbox", "radio"):
            self.form.options.setdefault(name, []).append(value or "on")
            if kind == "checkbox":
                self.form.several.add(name)
            held = data.setdefault(name, [])
            if "checked" in given or (kind == "radio" and not held):
                data[name] = [*(held if kind == "checkbox" else []), value or "on"]
        else:
            if kind == "hidden":
                self.form.options.setdefault(name, []).append(value)
            typed = value or (TYPED.get(kind, "Typed") if "required" in given else "")
            data.setdefault(name, []).append(typed)

    def handle_data(self, text: str) -> None:
        if self.area and self.form is not None:
            self.form.data[self.area].append(text)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""


def forms_of(page: str, here: str) -> list[Form]:
    """The forms of a page that post, those that a button sends elsewhere among them."""
    reader = _Reader(here)
    reader.feed(page)
    elsewhere = [Form(path, form.data, form.options, form.several) for path, form in reader.posts]
    for form in reader.forms:
        form.data.pop("csrf_token", None)
        form.options.pop("csrf_token", None)
    return [*reader.forms, *elsewhere]


def _path(here: str, action: str) -> str:
    return urlsplit(urljoin(here, action)).path
