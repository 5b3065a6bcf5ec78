"""The shapes of what people type who design a form. They save nothing."""

from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs

from portal.consent.forms import Ticks, a_number
from portal.subscribing import service
from portal.subscribing.models import SubscribeForm
from portal.subscribing.rules import FIELDS, HOW_ASKED, Design, design_of
from portal.web.forms import Form

PREFIX = "field_"


class NewForm(Form):
    name = StringField("Name, for yourself")
    address = StringField("Its address")


class DesignForm(Form):
    """The draft, and the revision it was read from."""

    revision = IntegerField(default=0)
    name = StringField("Name, for yourself")
    title = StringField("Heading")
    intro = TextAreaField("A few words below it")
    topics = Ticks("What people may ask for", coerce=a_number, validate_choice=False)
    groups = Ticks("Groups they are put into", coerce=a_number, validate_choice=False)
    thanks = TextAreaField("Your thanks, once they have confirmed")
    has_welcome = BooleanField("Send a welcome once they have confirmed")
    welcome_subject = StringField("Subject of the welcome")
    welcome = TextAreaField("What it says")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics.choices = [SelectChoice(str(one.id), one.name) for one in service.choosable()]
        self.groups.choices = [SelectChoice(str(one.id), one.name) for one in service.open_groups()]

    def design(self) -> Design:
        """What was typed. What is wrong with it, the service says."""
        return Design(
            title=self.title.data or "", intro=self.intro.data or "",
            fields={name: self[PREFIX + name].data or "" for name in FIELDS},
            topics=service.topics(self.topics.data or []), group_ids=tuple(self.groups.data or []),
            thanks=self.thanks.data or "", has_welcome=bool(self.has_welcome.data),
            welcome_subject=self.welcome_subject.data or "", welcome=self.welcome.data or "",
        )  # fmt: skip


_HOW = [SelectChoice(*pair) for pair in HOW_ASKED.items()]
for _name, _asked in FIELDS.items():
    setattr(DesignForm, PREFIX + _name, SelectField(_asked.brief or _asked.label, choices=_HOW, validate_choice=False))


def form_of(form: SubscribeForm) -> DesignForm:
    """The draft as it is kept, to be changed."""
    design = design_of(form.design)
    values = {
        name: getattr(design, name)
        for name in ("title", "intro", "thanks", "has_welcome", "welcome_subject", "welcome")
    }
    values |= {PREFIX + name: design.fields.get(name, "") for name in FIELDS}
    values |= {"topics": [one.id for one in design.topics], "groups": list(design.group_ids)}
    return DesignForm(formdata=None, data={**values, "name": form.name, "revision": form.revision})
