"""Postal codes, provinces and countries as South Africans write them, and as the portal keeps them."""

import re
from dataclasses import dataclass

from portal.contacts.names import fold

PROVINCES = {
    "ZA-EC": "Eastern Cape",
    "ZA-FS": "Free State",
    "ZA-GP": "Gauteng",
    "ZA-KZN": "KwaZulu-Natal",
    "ZA-LP": "Limpopo",
    "ZA-MP": "Mpumalanga",
    "ZA-NC": "Northern Cape",
    "ZA-NW": "North West",
    "ZA-WC": "Western Cape",
}
_PROVINCE_SPELLINGS = {
    "oos-kaap": "ZA-EC", "oos kaap": "ZA-EC", "e cape": "ZA-EC", "mpuma-koloni": "ZA-EC", "vrystaat": "ZA-FS",
    "orange free state": "ZA-FS", "ofs": "ZA-FS", "gp": "ZA-GP", "gt": "ZA-GP", "kzn": "ZA-KZN", "kn": "ZA-KZN",
    "natal": "ZA-KZN", "kwazulu natal": "ZA-KZN", "kwa-zulu natal": "ZA-KZN", "kwa zulu natal": "ZA-KZN",
    "northern province": "ZA-LP", "lp": "ZA-LP", "lim": "ZA-LP", "limpopo province": "ZA-LP", "mp": "ZA-MP",
    "mpu": "ZA-MP", "noord-kaap": "ZA-NC", "noord kaap": "ZA-NC", "n cape": "ZA-NC", "noordwes": "ZA-NW",
    "noord-wes": "ZA-NW", "northwest": "ZA-NW", "north-west": "ZA-NW", "wes-kaap": "ZA-WC", "wes kaap": "ZA-WC",
    "w cape": "ZA-WC", "ec": "ZA-EC", "fs": "ZA-FS", "nc": "ZA-NC", "nw": "ZA-NW", "wc": "ZA-WC", "nl": "ZA-KZN",
}  # fmt: skip
_COUNTRIES = {
    "south africa": "ZA", "suid-afrika": "ZA", "suid afrika": "ZA", "rsa": "ZA", "republic of south africa": "ZA",
    "sa": "ZA", "zaf": "ZA", "iningizimu afrika": "ZA", "mzansi": "ZA", "namibia": "NA", "botswana": "BW",
    "lesotho": "LS", "eswatini": "SZ", "swaziland": "SZ", "zimbabwe": "ZW", "mozambique": "MZ", "zambia": "ZM",
    "malawi": "MW", "angola": "AO", "kenya": "KE", "nigeria": "NG", "tanzania": "TZ", "mauritius": "MU",
    "united kingdom": "GB", "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB",
    "ireland": "IE", "united states": "US", "united states of america": "US", "usa": "US", "canada": "CA",
    "australia": "AU", "new zealand": "NZ", "germany": "DE", "netherlands": "NL", "the netherlands": "NL",
    "belgium": "BE", "france": "FR", "switzerland": "CH", "austria": "AT", "italy": "IT", "spain": "ES",
    "portugal": "PT", "sweden": "SE", "norway": "NO", "denmark": "DK", "india": "IN", "china": "CN", "brazil": "BR",
}  # fmt: skip
_NAMES_OF_COUNTRIES = {code: name.title() for name, code in reversed(_COUNTRIES.items())}  # the first name counts


class InvalidPostalCode(ValueError):
    def __init__(self) -> None:
        super().__init__("Enter a postal code of four digits, such as 0181.")


class InvalidProvince(ValueError):
    def __init__(self) -> None:
        super().__init__("Enter one of the nine provinces, such as Gauteng or KwaZulu-Natal.")


class InvalidCountry(ValueError):
    def __init__(self) -> None:
        super().__init__("Enter a country such as South Africa, or its two letters such as ZA.")


@dataclass(frozen=True)
class PostalCode:
    code: str
    is_repaired: bool = False  # a spreadsheet had eaten leading zeros, and we put them back


def normalise_postal_code(text: str, country: str = "ZA") -> PostalCode:
    """A South African code gets its four digits; a foreign one is only tidied. Empty stays empty."""
    text = " ".join(text.split())
    if not text:
        return PostalCode("")
    if country != "ZA":
        if not re.fullmatch(r"[\w \-]{2,12}", text):
            raise InvalidPostalCode
        return PostalCode(text.upper())
    if not re.fullmatch(r"[0-9]{1,4}(?:\.0)?", text) or not int(text.partition(".")[0]):
        raise InvalidPostalCode
    code = text.partition(".")[0]
    return PostalCode(code.zfill(4), len(code) < 4)


def normalise_province(text: str) -> str:
    """Return the ISO 3166-2 code, such as ZA-KZN; empty stays empty."""
    written = " ".join(fold(text).replace(".", " ").split())
    if not written:
        return ""
    if written.upper() in PROVINCES:
        return written.upper()
    for code, name in PROVINCES.items():
        if fold(name) == written:
            return code
    if written in _PROVINCE_SPELLINGS:
        return _PROVINCE_SPELLINGS[written]
    raise InvalidProvince


def normalise_country(text: str) -> str:
    """Return the two letters of the country; an empty text means South Africa."""
    written = " ".join(fold(text).replace(".", "").split())
    if not written:
        return "ZA"
    if written in _COUNTRIES:
        return _COUNTRIES[written]
    if re.fullmatch("[a-z]{2}", written):
        return written.upper()
    raise InvalidCountry


def show_country(code: str) -> str:
    """The name of the country of these two letters, or the letters."""
    return _NAMES_OF_COUNTRIES.get(code, code)


def show_province(code: str) -> str:
    return PROVINCES.get(code, code)
