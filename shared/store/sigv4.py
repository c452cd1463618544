"""AWS Signature Version 4 of a DynamoDB call, by `hmac`; tested byte for byte against botocore's."""

import hashlib
import hmac
import time

import msgspec

_CONTENT_TYPE = "application/x-amz-json-1.0"


class Credentials(msgspec.Struct, frozen=True):
    """What requests are signed with; `token` only for temporary credentials, as a Lambda function has."""

    access_key_id: str
    secret_access_key: str
    token: str | None = None


class Signer:
    """Signs calls to DynamoDB at `host` in `region`; the signing key is derived once a day."""

    def __init__(self, host: str, region: str, credentials: Credentials) -> None:
        self._host = host
        self._region = region
        self._credentials = credentials
        self._key = ("", b"")

    def headers(self, target: str, body: bytes, now: float) -> dict[str, str]:
        """The headers of a signed `POST /` of `body`; `target` is the operation, `now` Unix seconds."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        headers = {"content-type": _CONTENT_TYPE, "host": self._host, "x-amz-date": stamp}
        if self._credentials.token:
            headers["x-amz-security-token"] = self._credentials.token
        headers["x-amz-target"] = target
        names = ";".join(headers)  # signed in alphabetical order, which is the order above
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        scope = f"{stamp[:8]}/{self._region}/dynamodb/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self._key_of(stamp[:8]), text.encode(), hashlib.sha256).hexdigest()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self._credentials.access_key_id}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}"
        )
        return headers

    def _key_of(self, day: str) -> bytes:
        known, key = self._key
        if known != day:
            key = f"AWS4{self._credentials.secret_access_key}".encode()
            for part in (day, self._region, "dynamodb", "aws4_request"):
                key = hmac.new(key, part.encode(), hashlib.sha256).digest()
            self._key = (day, key)
        return key
