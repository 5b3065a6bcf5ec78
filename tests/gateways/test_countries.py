"""The countries: their codes, their names, and the ten of the study."""

import pytest

from portal.gateways import countries


@pytest.mark.parametrize("text", ["ZA", "za", " South Africa ", "SOUTH  africa"])
def test_a_country_is_known_by_code_or_name_in_any_case(text):
    assert countries.code_of(text) == "ZA"


def test_countries_have_plain_names():
    assert [countries.code_of(text) for text in ("cote d'ivoire", "uk")] == ["CI", "GB"]
    assert [countries.name_of(code) for code in ("KP", None, "EU")] == [
        "North Korea",
        "an unknown place",
        "an unknown place",
    ]
    assert len(countries.NAMES) == 249


@pytest.mark.parametrize("text", ["", "Z", "EU", "Atlantis", "ZAF"])
def test_what_is_no_country_is_told_in_words(text):
    with pytest.raises(countries.UnknownCountry, match="is no country: write a code such as ZA"):
        countries.code_of(text)


def test_the_ten_countries_are_ten_and_have_a_source_and_a_date():
    assert len(countries.TEN) == 10
    assert set(countries.NAMES) > countries.TEN > {"RU", "KP", "GB"}
    assert countries.TEN_DATED.isoformat() == "2024-04-10"
    assert "World Cybercrime Index" in countries.TEN_SOURCE
