// A Cloudflare Worker: shows each visitor the page of their audience. MUSTER_URL is a variable of the Worker, MUSTER_KEY
// a secret of it.
import {audiencesOf, documentOf, variantOf} from "./muster.mjs";

export default {
  async fetch(request, env) {
    const budget = Number(env.BUDGET_MS ?? 100);
    const send = (url, init) => fetch(url, {...init, signal: AbortSignal.timeout(budget)});
    const seen = {url: request.url, cookie: request.headers.get("Cookie"), country: request.cf?.country};
    const audiences = await audiencesOf(documentOf(seen), {url: env.MUSTER_URL, key: env.MUSTER_KEY, budget, send});

    const page = new URL(request.url);
    page.pathname = variantOf(audiences) + page.pathname;  // a variant is the same for all who see it: it may be cached
    const response = await fetch(page, request);
    const personal = new Response(response.body, response);
    personal.headers.set("Cache-Control", "private, no-store");  // who sees which is not
    return personal;
  },
};
