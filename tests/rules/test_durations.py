import pytest

from shared.rules import durations
from shared.rules.durations import Duration

DAY = 86_400_000


@pytest.mark.parametrize(
    ("text", "months", "ms"),
    [
        ("P1D", 0, DAY),
        ("P2W", 0, 14 * DAY),
        ("P1W2D", 0, 9 * DAY),
        ("PT90M", 0, 5_400_000),
        ("PT36H", 0, 129_600_000),
        ("PT1.5S", 0, 1500),
        ("PT0.0019S", 0, 1),
        ("P1M", 1, 0),
        ("PT1M", 0, 60_000),
        ("P1Y6M", 18, 0),
        ("P1Y2M3W4DT5H6M7.008S", 14, 25 * DAY + 5 * 3_600_000 + 6 * 60_000 + 7008),
        ("P0Y01D", 0, DAY),
        ("P10000Y", 120_000, 0),
    ],
)
def test_months_are_kept_apart_from_exact_lengths(text, months, ms):
    assert durations.parse(text) == Duration(months, ms)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "P",
            "PT",
            "P1DT",
            "P0D",
            "PT0.0004S",
            "-P1D",
            "P-1D",
            "P1.5D",
            "1D",
            "p1d",
            "P1S",
            "PT1D",
            "P1D ",
            "P1M1Y",
        ),
        *("P10001Y", "PT999999999999999999S", "P" + "9" * 40 + "D", "P1,5D", "P\u0661D"),
    ],
)
def test_what_is_no_duration_or_no_length_is_told_apart(text):
    assert durations.parse(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("P30D", "30 days"),
        ("P1D", "1 day"),
        ("P1Y2DT12H", "1 year, 2 days and 12 hours"),
        ("PT0.5S", "0.5 seconds"),
        ("P0Y01M", "1 month"),
    ],
)
def test_a_duration_reads_as_english(text, words):
    assert durations.words(text) == words
