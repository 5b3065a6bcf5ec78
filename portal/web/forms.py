"""The base of every form: what arrives as a file fills fields for files only, never a field for text; and the word that
is typed before something is deleted for good.
"""

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import CombinedMultiDict, MultiDict


class Form(FlaskForm):
    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            found = super().wrap_formdata(form, formdata)
            if not isinstance(found, CombinedMultiDict):
                return found
            wanted = {field.name for field in form if isinstance(field, FileField)}
            files = MultiDict([(name, file) for name, file in request.files.items(multi=True) if name in wanted])
            return CombinedMultiDict([files, request.form])


def word_problem(word: str) -> str:
    """What is wrong when not this word was typed, in any case, before something is deleted for good; else ""."""
    is_typed = request.form.get("word", "").strip().casefold() == word.casefold()
    return "" if is_typed else f"Type “{word}” to delete."
