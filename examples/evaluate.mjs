// Which audiences is customer 00314 in? MUSTER_KEY is the secret key that `make run` prints.
const muster = process.env.MUSTER_URL ?? "http://127.0.0.1:8080";

const response = await fetch(`${muster}/v1/evaluate?environment=production`, {
  method: "POST",
  headers: {"Authorization": `Bearer ${process.env.MUSTER_KEY}`, "Content-Type": "application/json"},
  body: JSON.stringify({visitor: {id: "00314"}, request: {time: "1998-07-01T00:00:00Z"}}),
});
const answer = await response.json();
if (!response.ok) throw new Error(answer.detail);
console.log(answer.audiences.join(", "));
