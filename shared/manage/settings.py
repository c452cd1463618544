"""The settings of the management API: its environment variables, read once."""

from collections.abc import Mapping

import msgspec

from shared.runtime.settings import BadSetting, TrustedCdn, trusted_cdn_of
from shared.store.verify import TrustedKeys, trusted_keys


class Settings(msgspec.Struct, frozen=True):
    """What the deployment says: whose definitions, in which tables, signed with which KMS key."""

    project: str
    definitions_table: str
    images_table: str
    profiles_table: str
    signing_key_id: str
    trusted_keys: TrustedKeys
    trusted_cdn: TrustedCdn | None


def settings_of(variables: Mapping[str, str]) -> Settings:
    """The settings in environment variables; raises `BadSetting`, naming the one that is missing or unreadable."""
    try:
        return Settings(
            project=_needed(variables, "PROJECT"),
            definitions_table=_needed(variables, "DEFINITIONS_TABLE"),
            images_table=_needed(variables, "IMAGES_TABLE"),
            profiles_table=_needed(variables, "PROFILES_TABLE"),
            signing_key_id=_needed(variables, "SIGNING_KEY_ID"),
            trusted_keys=trusted_keys(_needed(variables, "SIGNING_PUBLIC_KEYS")),
            trusted_cdn=trusted_cdn_of(variables),
        )
    except ValueError as error:
        raise BadSetting(f"`SIGNING_PUBLIC_KEYS`: {error}") from error


def _needed(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name)
    if not value:
        raise BadSetting(f"`{name}` is not set")
    return value
