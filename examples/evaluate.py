"""Which audiences are some customers in? MUSTER_KEY is the secret key that `make run` prints."""

import json
import os
import urllib.request

URL = os.environ.get("MUSTER_URL", "http://127.0.0.1:8080")
KEY = os.environ["MUSTER_KEY"]


def post(path: str, body: object) -> dict:
    request = urllib.request.Request(
        URL + path,
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)


as_of = {"time": "1998-07-01T00:00:00Z"}

# one visitor, by id: the stored profile, with what this page view adds
answer = post(
    "/v1/evaluate?environment=production",
    {
        "visitor": {"id": "00314"},
        "page": {"url": "https://shop.example/?utm_source=mail&utm_campaign=summer-98"},
        "request": as_of,
    },
)
print("00314:", ", ".join(answer["audiences"]))

# many at once
customers = ["00004", "00050", "00111"]
visitors = [{"visitor": {"id": customer}, "request": as_of} for customer in customers]
answer = post("/v1/evaluate/batch?environment=production", {"visitors": visitors})
for customer, result in zip(customers, answer["results"], strict=True):
    print(f"{customer}:", ", ".join(result["audiences"]))
