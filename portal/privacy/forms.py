"""The form of a rule on how long contacts are kept."""

from wtforms import BooleanField, IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # newer than its stubs
from wtforms.validators import DataRequired, Optional

from portal.consent.forms import a_number, some_lines
from portal.privacy.retention_rules import ACTIONS, TRIGGERS, Rule
from portal.web.forms import Form


class RetentionForm(Form):
    purpose_id = SelectField("For whom", coerce=a_number, validate_choice=False)
    trigger = SelectField("Counted from", choices=[SelectChoice(key, words) for key, words in TRIGGERS.items()])
    group_id = SelectField("Which group, if it is one that was left", coerce=a_number, validate_choice=False)
    months = IntegerField("Months", [Optional()])
    action = SelectField("What then happens", choices=[SelectChoice(key, words) for key, words in ACTIONS.items()])
    law = TextAreaField("What this period rests on", [DataRequired("Say what this period rests on."), some_lines])
    is_automatic = BooleanField("Do it without asking anybody")

    def wish(self) -> Rule:
        return Rule(
            trigger=self.trigger.data or "", months=self.months.data or 0, action=self.action.data or "",
            law=self.law.data or "", purpose_id=self.purpose_id.data or None,
            group_id=(self.group_id.data or None) if self.trigger.data == "left_group" else None,
            is_automatic=bool(self.is_automatic.data),
        )  # fmt: skip
