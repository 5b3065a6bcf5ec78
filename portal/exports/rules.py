"""The columns of an export, in the headings the import understands by itself."""

HEADINGS = (
    "First name", "Last name", "Organisation", "Email", "Cell", "Telephone", "Address", "Suburb", "City",
    "Postal code", "Province", "Country", "Language", "Birth date", "Group", "Initials", "Trading as",
    "Registration number", "VAT number", "ID number",
)  # fmt: skip
