"""Signs pointers and key tables through KMS; the private key never leaves it."""

from typing import TYPE_CHECKING, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from shared.store.database import CLIENT_CONFIG
from shared.store.errors import Unavailable
from shared.store.items import Attribute
from shared.store.records import Signed
from shared.store.verify import BITS, TrustedKeys, verify

if TYPE_CHECKING:
    from types_boto3_kms import KMSClient

ALGORITHM: Final = "RSASSA_PKCS1_V1_5_SHA_256"


class Signer:
    """A KMS key, and the public keys that readers trust.

    Every signature is checked as readers will, so that nothing they would refuse is ever written.
    """

    def __init__(self, client: "KMSClient", key_id: str, trusted: TrustedKeys) -> None:
        self._client = client
        self._key_id = key_id
        self._trusted = trusted

    def sign(self, domain: bytes, document: bytes) -> Signed:
        """The document with its signature; raises `Unavailable` where KMS fails or readers do not trust the key."""
        try:
            answer = self._client.sign(
                KeyId=self._key_id, Message=domain + document, MessageType="RAW", SigningAlgorithm=ALGORITHM
            )
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("the signing key is not available") from error
        signed = Signed(document, answer["Signature"], _kid(answer["KeyId"]))
        if not verify(domain, document, signed.signature, signed.kid, self._trusted):
            raise Unavailable("readers do not trust the signing key")
        return signed


def connect(key_id: str, trusted: TrustedKeys) -> Signer:
    """A signer with this KMS key, by boto3's own settings (`AWS_REGION`, `AWS_ENDPOINT_URL`, credentials)."""
    return Signer(boto3.client("kms", config=CLIENT_CONFIG), key_id, trusted)


def signed_attributes(signed: Signed, seq: int) -> dict[str, Attribute]:
    """The attributes of the item that holds a signed document, at the item's own `seq`."""
    return {"document": signed.document, "signature": signed.signature, "kid": signed.kid, "seq": seq}


def create_key(client: "KMSClient") -> str:
    """The id of a new signing key, of the kind that `template.yaml` declares."""
    answer = client.create_key(KeySpec="RSA_3072", KeyUsage="SIGN_VERIFY", Description="Muster signing key")
    return answer["KeyMetadata"]["KeyId"]


def public_key(client: "KMSClient", key_id: str) -> str:
    """The public half of a key as `SIGNING_PUBLIC_KEYS` takes it: `kid:hex-modulus`."""
    answer = client.get_public_key(KeyId=key_id)
    return f"{_kid(answer['KeyId'])}:{_modulus(answer['PublicKey']):x}"


def _kid(key_id: str) -> str:
    """The last part of a key id or ARN."""
    return key_id.rpartition("/")[2]


def _modulus(der: bytes) -> int:
    """The modulus in a SubjectPublicKeyInfo of RSA-3072 (RFC 3279, 2.3.1).

    The key is the last thing in it: INTEGER modulus (a zero byte, then 384 bytes), INTEGER 65537 (5 bytes).
    """
    length = BITS // 8
    modulus = int.from_bytes(der[-5 - length : -5], "big")
    if modulus.bit_length() != BITS or not der.endswith(b"\x02\x03\x01\x00\x01"):
        raise ValueError(f"the signing key is not RSA-{BITS} with exponent 65537")
    return modulus
