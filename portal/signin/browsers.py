"""A browser named as people name it: from what it says of itself, which is not to be relied on for anything else."""

import re

_PROGRAMS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\bOPR/|\bOpera\b"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\bFirefox/|\bFxiOS/"),
    ("Chrome", r"\bChrome/|\bCriOS/|\bHeadlessChrome/|\bChromium/"),
    ("Safari", r"\bSafari/"),
)
_SYSTEMS = (
    ("an iPhone", r"\biPhone\b"),
    ("an iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("a Chromebook", r"\bCrOS\b"),
    ("a Mac", r"\bMac OS X\b|\bMacintosh\b"),
    ("Linux", r"\bLinux\b"),
)


def name_of(agent: str) -> str:
    """Chrome on Windows, Safari on an iPhone; "An unknown browser" when it says nothing we understand."""
    program = next((name for name, mark in _PROGRAMS if re.search(mark, agent[:400])), "")
    system = next((name for name, mark in _SYSTEMS if re.search(mark, agent[:400])), "")
    if not program and not system:
        return "An unknown browser"
    return f"{program or 'A browser'} on {system}" if system else program
