// Resolves `fastly:...` to the stand-in.
const STAND_IN = new URL("./fastly.mjs", import.meta.url).href;

export const resolve = (name, context, next) =>
  name.startsWith("fastly:") ? {url: STAND_IN, format: "module", shortCircuit: true} : next(name, context);
