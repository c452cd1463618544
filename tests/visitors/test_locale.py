"""Language and region from Accept-Language."""

import pytest

from shared.visitors import locale


@pytest.mark.parametrize(
    ("header", "language", "region"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de", "AT"),
        ("en", "en", None),
        ("en;q=0.5, fr-ch;q=0.9", "fr", "CH"),
        ("en;q=0.8, fr;q=0.8", "en", None),
        ("*, de;q=0.5", "de", None),
        ("de;q=0, en;q=0.001", "en", None),
        ("zh-Hant-TW", "zh", "TW"),
        ("es-419", "es", "419"),
        ("en-u-ca-gregory", "en", None),
        ("DE-at ; Q=1.000", "de", "AT"),
        ("de;q=2, en", "en", None),
        ("de;level=1, en;q=0.1", "en", None),
        ("i-klingon, en-GB;q=0.1", "en", "GB"),
    ],
)
def test_the_most_wanted_language_counts(header, language, region):
    assert locale.of({"accept-language": header}) == {"language": language} | ({"region": region} if region else {})


@pytest.mark.parametrize("header", [None, "", "*", "de;q=0", "x", "1", "de" * 600, ",;,-,;q="])
def test_what_names_no_language_says_nothing(header):
    assert locale.of({} if header is None else {"accept-language": header}) == {}
