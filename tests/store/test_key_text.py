import pytest

from shared.store import key_text

TEXT = key_text.compose("sk", "abcdefgh2345", "a" * 26)


def test_a_key_names_its_key_id():
    assert key_text.key_id(TEXT) == "abcdefgh2345"


@pytest.mark.parametrize("place", range(len(TEXT)))
def test_a_typing_error_anywhere_is_told(place):
    assert key_text.key_id(TEXT[:place] + ("3" if TEXT[place] != "3" else "4") + TEXT[place + 1 :]) is None


@pytest.mark.parametrize("text", ["", "sk_", TEXT + "a", TEXT[:-1], TEXT.upper(), TEXT + "\n", "ak" + TEXT[2:]])
def test_any_other_text_is_no_key(text):
    assert key_text.key_id(text) is None


def test_the_digest_covers_the_whole_text():
    assert key_text.digest(TEXT) != key_text.digest("pk" + TEXT[2:])
    assert len(key_text.digest(TEXT)) == 32
