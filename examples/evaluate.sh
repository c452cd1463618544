#!/usr/bin/env bash
# Which audiences is customer 00314 in? MUSTER_KEY is the secret key that `make run` prints.
set -euo pipefail

curl --silent --show-error --fail-with-body \
    "${MUSTER_URL:-http://127.0.0.1:8080}/v1/evaluate?environment=production" \
    -H "Authorization: Bearer $MUSTER_KEY" \
    -H 'Content-Type: application/json' \
    -d '{"visitor": {"id": "00314"}, "request": {"time": "1998-07-01T00:00:00Z"}}'
