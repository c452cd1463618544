"""The hand-made signature equals botocore's, byte for byte."""

import datetime as dt
from unittest import mock

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from shared.store.sigv4 import Credentials, Signer

NOW = 1_700_000_000.0
TARGET = "DynamoDB_20120810.GetItem"


def botocore_headers(url, region, credentials, body, now):
    moment = dt.datetime.fromtimestamp(now, tz=dt.UTC)
    headers = {"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": TARGET}
    request = AWSRequest("POST", url, headers=headers, data=body)
    auth = SigV4Auth(
        BotocoreCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.token),
        "dynamodb",
        region,
    )
    with mock.patch("botocore.auth.get_current_datetime", return_value=moment.replace(tzinfo=None)):
        auth.add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


@pytest.mark.parametrize("token", [None, "a/session+token=="])
@pytest.mark.parametrize(
    "url", ["https://dynamodb.eu-central-1.amazonaws.com/", "http://127.0.0.1:4566/", "http://localhost:8000/"]
)
@pytest.mark.parametrize("body", [b"{}", '{"Key":{"pk":{"S":"P#ü"}}}'.encode(), b"x" * 5000])
def test_every_header_that_botocore_signs_is_the_same(url, token, body):
    credentials = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    signer = Signer(url.split("/")[2], "eu-central-1", credentials)
    expected = botocore_headers(url, "eu-central-1", credentials, body, NOW)
    ours = signer.headers(TARGET, body, NOW)
    assert ours.pop("host") == url.split("/")[2]
    assert ours == expected


def test_the_signing_key_follows_the_day():
    credentials = Credentials("AKIDEXAMPLE", "secret")
    signer = Signer("h", "eu-central-1", credentials)
    for now in (NOW, NOW + 1, NOW + 86_400, NOW):
        expected = botocore_headers("http://h/", "eu-central-1", credentials, b"{}", now)["authorization"]
        assert signer.headers(TARGET, b"{}", now)["authorization"] == expected
