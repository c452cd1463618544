"""A campaign tool writes an audience and puts it live. MUSTER_KEY is the secret key that `make run` prints."""

import json
import os
import urllib.error
import urllib.request
import uuid

URL = os.environ.get("MUSTER_URL", "http://127.0.0.1:8080")
KEY = os.environ["MUSTER_KEY"]


def call(method: str, path: str, body: object) -> dict:
    request = urllib.request.Request(
        URL + path,
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {KEY}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),  # the same again after a lost answer would change nothing twice
        },
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise SystemExit(error.read().decode()) from None  # a problem document: it says what is wrong, and where


rule = {"all": [{"audience": "lapsed-buyers"}, {"attribute": "traits.spend", "op": "gte", "value": 200}]}

checked = call("POST", "/v1/audiences/validate", {"rule": rule})
print("in words:", checked["sentence"])

saved = call(
    "PUT",
    "/v1/audiences",
    {"items": [{"key": "july-voucher", "name": "July voucher", "tags": ["campaign"], "rule": rule}]},
)
print("version:", saved["items"][0]["version"])

# only this audience changes, all others stay as they are live
order = {"message": "July voucher", "audiences": {"july-voucher": "latest"}}
planned = call("POST", "/v1/environments/production/releases", {**order, "dry_run": True})
print("would change:", planned["changes"])
release = call("POST", "/v1/environments/production/releases", order)["release"]
print("live in:", release)

# `min_release` makes the answer wait for the release instead of the next poll
answer = call(
    "POST",
    "/v1/evaluate?environment=production",
    {"visitor": {"id": "00314"}, "request": {"time": "1998-07-01T00:00:00Z"}, "min_release": release},
)
print("00314:", ", ".join(answer["audiences"]))
