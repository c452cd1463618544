#!/usr/bin/env bash
# A campaign tool writes an audience and puts it live. MUSTER_KEY is the secret key that `make run` prints.
set -euo pipefail

muster=${MUSTER_URL:-http://127.0.0.1:8080}

call() { # METHOD PATH BODY
    curl --silent --show-error --fail-with-body -X "$1" "$muster$2" \
        -H "Authorization: Bearer $MUSTER_KEY" \
        -H 'Content-Type: application/json' \
        -d "$3"
    echo
}

# Create or replace, whatever is there: a repeat with the same rule makes no new version.
call PUT /v1/audiences '{"items": [{
    "key": "july-voucher",
    "name": "July voucher",
    "description": "lapsed buyers who spent 200 dollars or more",
    "tags": ["campaign"],
    "rule": {"all": [
        {"audience": "lapsed-buyers"},
        {"attribute": "traits.spend", "op": "gte", "value": 200}
    ]}
}]}'

# Only this audience changes; all others stay as they are live.
call POST /v1/environments/production/releases \
    '{"message": "July voucher", "audiences": {"july-voucher": "latest"}}'
