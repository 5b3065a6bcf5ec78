"""How large a table may be, and the refusal every reader uses."""

MAX_ROWS = 1_000_000
MAX_COLUMNS = 200
MAX_CELL = 10_000  # characters
MAX_LINE = 2_000_000  # characters of one line of a CSV file, or of one quoted cell


class UnreadableFile(ValueError):
    """The file cannot be imported; the message says why, and what to do."""
