"""What a deployment has before its first request: tables, a signing key, environments and a first secret key."""

import os
import time
import uuid
from hashlib import sha256
from typing import TYPE_CHECKING

import boto3

from shared.local.engine import CREDENTIALS
from shared.store import api_keys, database, environments, signing, tables
from shared.store.changes import Change
from shared.store.verify import trusted_keys

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient

PROJECT = "default"
ENVIRONMENTS = {"production": "Production", "staging": "Staging", "development": "Development"}
"""The environments that a new local project has, with their names."""

CDN = "cloudfront"
CDN_SECRET = "local"  # noqa: S105  # the gateway listens on loopback only
"""What a call shows as `Muster-Cdn-Secret` to play the CDN before the local gateway."""

_KEY_ALIAS = "alias/muster-signing"
_ACTOR = "local"


def lay(engine_url: str) -> None:
    """Creates what is missing on the engine and sets the environment variables that the functions read."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        os.environ.pop(name, None)
    os.environ.update(CREDENTIALS, AWS_ENDPOINT_URL=engine_url, PROJECT=PROJECT)
    os.environ.update(tables.create(boto3.client("dynamodb")))
    kms = boto3.client("kms")
    key_id = _signing_key(kms)
    os.environ.update(SIGNING_KEY_ID=key_id, SIGNING_PUBLIC_KEYS=signing.public_key(kms, key_id))
    os.environ["TRUSTED_CDN"] = f"{CDN}:{sha256(CDN_SECRET.encode()).hexdigest()}"
    os.environ["ENVIRONMENTS"] = ",".join(_environments())


def new_secret_key() -> str:
    """The text of a new key with every scope in every environment."""
    every = tuple(environment.key for environment in environments.every(_database(), PROJECT))
    new = api_keys.NewKey("make run", publishable=False, environments=every, scopes=api_keys.SCOPES)
    _, text = api_keys.create(_database(), _signer(), _change(), new)
    assert text is not None  # no Idempotency-Key, so nothing was repeated
    return text


def _environments() -> list[str]:
    existing = [environment.key for environment in environments.every(_database(), PROJECT)]
    for key, name in ENVIRONMENTS.items():
        if key not in existing:
            environments.create(_database(), _signer(), _change(), key, name)
            existing.append(key)
    return existing


def _signing_key(kms: "KMSClient") -> str:
    """The id of the signing key: found by its alias, so that the engine's own state is all there is to keep."""
    for page in kms.get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if alias["AliasName"] == _KEY_ALIAS:
                return alias["TargetKeyId"]
    key_id = signing.create_key(kms)
    kms.create_alias(AliasName=_KEY_ALIAS, TargetKeyId=key_id)
    return key_id


def _database() -> database.Database:
    return database.connect(*(os.environ[f"{name}_TABLE"] for name in ("DEFINITIONS", "IMAGES", "PROFILES")))


def _signer() -> signing.Signer:
    return signing.connect(os.environ["SIGNING_KEY_ID"], trusted_keys(os.environ["SIGNING_PUBLIC_KEYS"]))


def _change() -> Change:
    return Change(PROJECT, _ACTOR, int(time.time() * 1000), str(uuid.uuid4()))
