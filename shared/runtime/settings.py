"""The settings of a function: its environment variables, read once. The hot function loads this module."""

import re
from collections.abc import Mapping

import msgspec

from shared.store.sigv4 import Credentials
from shared.store.verify import TrustedKeys, trusted_keys
from shared.visitors.geo import CDNS, Cdn

_CDN = re.compile(rf"({'|'.join(CDNS)}):([0-9a-f]{{64}})").fullmatch


class BadSetting(Exception):
    """An environment variable is missing or cannot be read; names it, and never its value."""


class TrustedCdn(msgspec.Struct, frozen=True):
    """The CDN before evaluate. secret_hash: SHA-256 of what it adds to each request, so that none can go past it."""

    cdn: Cdn
    secret_hash: bytes


class Settings(msgspec.Struct, frozen=True):
    """What the deployment says.

    environments: the ones that this deployment serves; all of them exist. trusted_keys: without any, nothing
    is served. endpoint: DynamoDB's address. trusted_cdn: None where no CDN is believed.
    """

    project: str
    environments: tuple[str, ...]
    images_table: str
    profiles_table: str
    trusted_keys: TrustedKeys
    region: str
    endpoint: str
    credentials: Credentials
    trusted_cdn: TrustedCdn | None = None


def settings_of(variables: Mapping[str, str]) -> Settings:
    """The settings in environment variables (PROJECT, ENVIRONMENTS, IMAGES_TABLE, ...); raises BadSetting."""
    region = _needed(variables, "AWS_REGION")
    try:
        trusted = trusted_keys(variables.get("SIGNING_PUBLIC_KEYS", ""))
    except ValueError as error:
        raise BadSetting(f"`SIGNING_PUBLIC_KEYS`: {error}") from error
    endpoint = variables.get("AWS_ENDPOINT_URL_DYNAMODB") or variables.get("AWS_ENDPOINT_URL")
    return Settings(
        project=_needed(variables, "PROJECT"),
        environments=tuple(name.strip() for name in _needed(variables, "ENVIRONMENTS").split(",") if name.strip()),
        images_table=_needed(variables, "IMAGES_TABLE"),
        profiles_table=_needed(variables, "PROFILES_TABLE"),
        trusted_keys=trusted,
        region=region,
        endpoint=endpoint or f"https://dynamodb.{region}.amazonaws.com",
        credentials=Credentials(
            _needed(variables, "AWS_ACCESS_KEY_ID"),
            _needed(variables, "AWS_SECRET_ACCESS_KEY"),
            variables.get("AWS_SESSION_TOKEN") or None,
        ),
        trusted_cdn=trusted_cdn_of(variables),
    )


def trusted_cdn_of(variables: Mapping[str, str]) -> TrustedCdn | None:
    """The CDN of TRUSTED_CDN, `cloudfront:<hex SHA-256 of the secret>`; None without it. Raises BadSetting."""
    text = variables.get("TRUSTED_CDN")
    if not text:
        return None
    found = _CDN(text)
    if found is None:
        raise BadSetting("`TRUSTED_CDN` is none of " + ", ".join(f"`{name}:<hex SHA-256>`" for name in CDNS))
    return TrustedCdn(CDNS[found[1]], bytes.fromhex(found[2]))


def _needed(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name)
    if not value:
        raise BadSetting(f"`{name}` is not set")
    return value
