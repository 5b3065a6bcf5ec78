"""Who let a campaign go, with whose rights its audience is worked out; and no name any more that is an address or a
number, because who may not see those would see them by it.
"""

_NAMELESS = (
    "UPDATE contact SET preferred_name = '', sort_name = '', search_names = '' WHERE kind = 'person' AND first_name = '' "
    "AND last_name = '' AND organisation = '' AND ({is_address} OR substr(preferred_name, 1, 1) = '+')"
)

SQLITE = [
    'ALTER TABLE "campaign" ADD COLUMN "started_by" INTEGER',
    _NAMELESS.format(is_address="instr(preferred_name, '@') > 0"),
]

POSTGRESQL = [
    'ALTER TABLE "campaign" ADD COLUMN "started_by" INTEGER',
    _NAMELESS.format(is_address="strpos(preferred_name, '@') > 0"),
]
