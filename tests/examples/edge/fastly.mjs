// Stands in for `fastly:` modules under Node: stores read the environment, the rest is what edge.mjs provides.
export class CacheOverride {
  constructor(mode) {
    this.mode = mode;
  }
}

export class ConfigStore {
  get(name) {
    return {url: process.env.MUSTER_URL, budget_ms: process.env.BUDGET_MS}[name] ?? null;
  }
}

export class SecretStore {
  async get() {
    return {plaintext: () => process.env.MUSTER_KEY};
  }
}
