// Fastly Compute: the backends `muster` and `origin` and the secret store `muster` belong to the service.
import {CacheOverride} from "fastly:cache-override";
import {ConfigStore} from "fastly:config-store";
import {SecretStore} from "fastly:secret-store";
import {audiencesOf, documentOf, variantOf} from "./muster.mjs";

// No AbortSignal here: the race in muster.mjs keeps the budget, the backend's own timeouts end what lost it.
const send = (url, init) => fetch(url, {...init, backend: "muster", cacheOverride: new CacheOverride("pass")});

async function respond({request, client}) {
  const settings = new ConfigStore("muster");
  const key = (await new SecretStore("muster").get("key")).plaintext();
  const seen = {url: request.url, cookie: request.headers.get("Cookie"), country: client.geo?.country_code};
  const budget = Number(settings.get("budget_ms") ?? 100);
  const audiences = await audiencesOf(documentOf(seen), {url: settings.get("url"), key, budget, send});

  const page = new URL(request.url);
  page.pathname = variantOf(audiences) + page.pathname;
  const response = await fetch(page, {headers: request.headers, backend: "origin"});
  const personal = new Response(response.body, response);
  personal.headers.set("Cache-Control", "private, no-store");
  return personal;
}

addEventListener("fetch", (event) => event.respondWith(respond(event)));
