"""Settings from environment variables."""

import pytest

from shared.runtime.settings import BadSetting, settings_of
from shared.visitors.geo import CDNS

MODULUS = f"{(1 << 3071) + 1:x}"
VARIABLES = {
    "PROJECT": "default",
    "ENVIRONMENTS": "production, staging",
    "IMAGES_TABLE": "images",
    "PROFILES_TABLE": "profiles",
    "SIGNING_PUBLIC_KEYS": f"a:{MODULUS},b:{MODULUS}",
    "AWS_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "id",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "token",
}


def test_everything_is_read_once():
    settings = settings_of(VARIABLES)
    assert settings.environments == ("production", "staging")
    assert set(settings.trusted_keys) == {"a", "b"}
    assert settings.endpoint == "https://dynamodb.eu-central-1.amazonaws.com"
    assert settings.credentials.token == "token"


def test_an_endpoint_may_be_set():
    assert settings_of(VARIABLES | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}).endpoint == "http://127.0.0.1:1"
    both = VARIABLES | {"AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_DYNAMODB": "http://b"}
    assert settings_of(both).endpoint == "http://b"


@pytest.mark.parametrize("name", sorted(set(VARIABLES) - {"SIGNING_PUBLIC_KEYS", "AWS_SESSION_TOKEN"}))
def test_a_missing_variable_is_named(name):
    with pytest.raises(BadSetting, match=f"`{name}` is not set"):
        settings_of({**VARIABLES, name: ""})


def test_a_bad_signing_key_is_named_without_its_value():
    with pytest.raises(BadSetting, match="SIGNING_PUBLIC_KEYS"):
        settings_of(VARIABLES | {"SIGNING_PUBLIC_KEYS": "a:10001"})


def test_without_signing_keys_nothing_is_trusted():
    assert settings_of({**VARIABLES, "SIGNING_PUBLIC_KEYS": ""}).trusted_keys == {}


@pytest.mark.parametrize("name", ["cloudfront", "cloudflare", "fastly", "vercel"])
def test_a_trusted_cdn_has_a_name_and_the_hash_of_its_secret(name):
    found = settings_of(VARIABLES | {"TRUSTED_CDN": f"{name}:{'0f' * 32}"}).trusted_cdn
    assert (found.cdn, found.secret_hash) == (CDNS[name], b"\x0f" * 32)


@pytest.mark.parametrize("text", ["cloudfront", "akamai:" + "0f" * 32, "fastly:0f", "fastly:" + "0F" * 32, " "])
def test_a_cdn_that_cannot_be_read_is_named(text):
    with pytest.raises(BadSetting, match="TRUSTED_CDN"):
        settings_of(VARIABLES | {"TRUSTED_CDN": text})


def test_no_cdn_is_trusted_unless_one_is_named():
    assert settings_of(VARIABLES).trusted_cdn is None
