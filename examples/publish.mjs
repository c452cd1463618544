// A campaign tool writes an audience and puts it live. MUSTER_KEY is the secret key that `make run` prints.
const muster = process.env.MUSTER_URL ?? "http://127.0.0.1:8080";

async function call(method, path, body) {
  const response = await fetch(muster + path, {
    method,
    headers: {
      "Authorization": `Bearer ${process.env.MUSTER_KEY}`,
      "Content-Type": "application/json",
      "Idempotency-Key": crypto.randomUUID(), // the same again after a lost answer would change nothing twice
    },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer, null, 2)); // a problem document: what is wrong, and where
  return answer;
}

const rule = {all: [{audience: "lapsed-buyers"}, {attribute: "traits.spend", op: "gte", value: 200}]};

await call("PUT", "/v1/audiences", {items: [{key: "july-voucher", name: "July voucher", tags: ["campaign"], rule}]});

// only this audience changes, all others stay as they are live
const {release} = await call("POST", "/v1/environments/production/releases", {
  message: "July voucher",
  audiences: {"july-voucher": "latest"},
});

const {audiences} = await call("POST", "/v1/evaluate?environment=production", {
  visitor: {id: "00314"},
  request: {time: "1998-07-01T00:00:00Z"},
  min_release: release,
});
console.log(`live in ${release}; 00314: ${audiences.join(", ")}`);
