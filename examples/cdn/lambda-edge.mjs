// Two handlers for CloudFront. Lambda@Edge has no environment variables: settings.mjs is written when it is packed.
import {audiencesOf, documentOf, variantOf} from "./muster.mjs";
import {budget, key, url} from "./settings.mjs";

const send = (address, init) => fetch(address, {...init, signal: AbortSignal.timeout(budget)});
const header = (headers, name) => headers[name]?.[0].value;

/** On viewer requests: puts the variant before the path, so that CloudFront caches each variant once for all. */
export async function request(event) {
  const {request} = event.Records[0].cf;
  const {headers, querystring} = request;
  const page = `https://${header(headers, "host")}${request.uri}${querystring && `?${querystring}`}`;
  const seen = documentOf({url: page, cookie: header(headers, "cookie")});  // the country comes after this event
  request.uri = variantOf(await audiencesOf(seen, {url, key, budget, send})) + request.uri;
  return request;
}

/** On viewer responses: which variant somebody sees is kept by nobody. */
export async function response(event) {
  const {response} = event.Records[0].cf;
  response.headers["cache-control"] = [{key: "Cache-Control", value: "private, no-store"}];
  return response;
}
