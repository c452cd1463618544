// Asks Muster from the edge of a CDN: within a budget, with a default, and not twice for what has not changed.

const KEPT = 1000;  // documents
const LONGEST = 60_000;  // ms: a release changes answers, too

const kept = new Map();  // in the memory of this instance alone, never in the CDN's cache

/**
 * The audiences that a visitor document is in; `otherwise` where they are not known in time.
 *
 * url: of the call, `https://.../v1/evaluate`. key: a secret key of the scope `evaluate`. budget: ms for all of it.
 * send: fetches as this CDN does.
 */
export async function audiencesOf(document, {url, key, budget = 100, otherwise = [], send = fetch}) {
  const body = JSON.stringify(document);
  const known = kept.get(body);
  if (known && Date.now() < known.until) return known.audiences;
  let timer;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, budget, null)));
  const answer = await Promise.race([ask(url, key, body, send), late]);
  clearTimeout(timer);
  if (answer === null) return otherwise;
  if (!document.visitor) keep(body, answer);  // what is stored of a visitor can change at any time
  return answer.audiences;
}

/** The answer, or null where there is none: refused, unreachable, unreadable. */
async function ask(url, key, body, send) {
  try {
    const headers = {"Authorization": `Bearer ${key}`, "Content-Type": "application/json"};
    const response = await send(url, {method: "POST", headers, body});
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

function keep(body, {audiences, valid_until: changes}) {
  const until = Math.min(Date.now() + LONGEST, changes === null ? Infinity : Date.parse(changes));
  kept.delete(body);
  kept.set(body, {audiences, until});
  if (kept.size > KEPT) kept.delete(kept.keys().next().value);  // the oldest
}

/** What the edge knows of a visitor: the page, the country, and the random id in the site's own cookie `visitor`. */
export function documentOf({url, cookie, country}) {
  const id = /(?:^|; )visitor=([\w-]{22,128})(?:;|$)/.exec(cookie ?? "")?.[1];
  const document = {audiences: ["summer-mailing"], page: {url}, geo: {country}};
  return id ? {...document, visitor: {anonymous_id: id}} : document;
}

/** Which variant of the page such a visitor sees; nobody's default is everybody's page. */
export const variantOf = (audiences) => (audiences.includes("summer-mailing") ? "/summer" : "/everybody");
