// Plays a CDN that runs one of the examples: `node visit.mjs FOLDER CDN`, visits on stdin as JSON lines, one answer each.
//
// A visit is {path, cookie, country, wait}; `wait` are ms before it. An answer has the path that the origin was asked for,
// the Cache-Control that the visitor gets, how often Muster was called until then, and the ms that the visit took.
import {createServer} from "node:http";
import {register} from "node:module";
import {createInterface} from "node:readline";
import {pathToFileURL} from "node:url";

const [folder, cdn] = process.argv.slice(2);
register("./hooks.mjs", import.meta.url);

const origin = createServer((request, response) => {
  response.setHeader("Cache-Control", "public, s-maxage=600");
  response.end(request.url.split("?")[0]);
});
await new Promise((resolve) => origin.listen(0, "127.0.0.1", resolve));
const site = `http://127.0.0.1:${origin.address().port}`;

let calls = 0;
const plain = globalThis.fetch;
globalThis.fetch = (address, {backend, cacheOverride, ...init} = {}) => {
  const isMuster = String(address.url ?? address).startsWith(process.env.MUSTER_URL);
  calls += isMuster;
  if (cdn === "fastly" && backend !== (isMuster ? "muster" : "origin")) throw new TypeError(`no backend: ${backend}`);
  if (isMuster && cdn === "fastly" && cacheOverride?.mode !== "pass") throw new TypeError("answers would be cached");
  return plain(address, init);
};
const listeners = [];
globalThis.addEventListener = (_, listener) => listeners.push(listener);
const load = (name) => import(pathToFileURL(`${folder}/${name}`));

const visits = {
  async cloudflare() {
    const worker = (await load("cloudflare.mjs")).default;
    return ({path, cookie, country}) => {
      const request = new Request(site + path, {headers: {cookie}});
      request.cf = {country};
      return worker.fetch(request, process.env);
    };
  },
  async "lambda-edge"() {
    const {request, response} = await load("lambda-edge.mjs");
    return async ({path, cookie}) => {
      const [uri, querystring = ""] = path.split("?");
      const headers = {host: "shop.example", cookie};
      const listed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [{key: name, value}]]));
      const asked = await request({Records: [{cf: {request: {method: "GET", uri, querystring, headers: listed}}}]});
      const page = await plain(site + asked.uri);
      const sent = await response({Records: [{cf: {response: {status: "200", headers: {}}}}]});
      return new Response(page.body, {headers: {"Cache-Control": sent.headers["cache-control"][0].value}});
    };
  },
  async fastly() {
    await load("fastly.js");
    return ({path, cookie, country}) =>
      new Promise((resolve, reject) => {
        const request = new Request(site + path, {headers: {cookie}});
        const respondWith = (response) => response.then(resolve, reject);
        listeners[0]({request, client: {geo: {country_code: country}}, respondWith});
      });
  },
};

const visit = await visits[cdn]();
for await (const line of createInterface({input: process.stdin})) {
  const {wait = 0, ...visitor} = JSON.parse(line);
  await new Promise((resolve) => setTimeout(resolve, wait));
  const start = performance.now();
  const response = await visit({cookie: "", country: "AT", ...visitor});
  const shown = {path: await response.text(), caching: response.headers.get("Cache-Control"), calls};
  console.log(JSON.stringify({...shown, ms: performance.now() - start}));
}
origin.close();
process.exit(0);
