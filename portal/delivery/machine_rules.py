"""Which openings and clicks are a machine's: scanners that fetch everything, and programs that load pictures unread.

No rule is certain (domain.md E-16), so a reading is always an estimate: some machines look like people, and people who
load no pictures are not seen at all.
"""

import re
from collections.abc import Iterable
from datetime import timedelta

TRAP = 0  # the place of a link that no reader sees
BURST_LINKS = 3
BURST = timedelta(seconds=5)
TRAPPED = timedelta(seconds=60)
TOO_SOON = timedelta(seconds=10)
_EXACTLY = frozenset({"", "Mozilla/5.0"})  # Apple's privacy proxy names itself so, whether or not anybody reads
_PROGRAMS = re.compile(
    r"bot\b|crawl|spider|scan|preview|monitor|\bcurl\b|\bwget\b|python|java/|go-http|okhttp|libwww|headless|phantom|"
    r"barracuda|mimecast|proofpoint|symantec|trendmicro|sophos|forcepoint|fireeye|safelinks|urldefense|facebookexternal|"
    r"slack|whatsapp|telegram|skypeuri|office existence|ms-?office|virustotal|axios|node-fetch|apache-http",
    re.IGNORECASE,
)


def is_machine(method: str, agent: str, since_handed: timedelta | None) -> bool:
    """Whether one request gives itself away: by asking for headers only, by its name, or by coming too soon.

    `since_handed` is the time since the message went to the mail server; None when that is not known.
    """
    if method == "HEAD" or agent.strip() in _EXACTLY or _PROGRAMS.search(agent) is not None:
        return True
    return since_handed is not None and since_handed < TOO_SOON


def is_burst(places: Iterable[int]) -> bool:
    """Whether the places of the links followed within `BURST` are more than a person follows in that time."""
    return len({place for place in places if place != TRAP}) >= BURST_LINKS
