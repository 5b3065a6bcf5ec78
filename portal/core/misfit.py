"""What a person entered and cannot be kept so, with the place where it is mended."""


class Misfit(ValueError):
    """The message is a sentence for the person; `field` names the field of the form at which it stands."""

    def __init__(self, words: str, field: str) -> None:
        super().__init__(words)
        self.field = field
