import { createHash, randomBytes } from "node:crypto";

/** Values under unguessable keys for a while, in memory; only the digest of a key is kept. The oldest goes when there are too many. */
export interface Keyring<Value> {
  add(value: Value): string;
  get(key: string | null): Value | null;
  /** Gives it back once. */
  take(key: string | null): Value | null;
  values(): readonly Value[];
}

export function createKeyring<Value>(limits: {
  readonly most: number;
  readonly lastMs: number;
  readonly now: () => number;
}): Keyring<Value> {
  const kept = new Map<string, { readonly value: Value; readonly endsAt: number }>();

  function find(key: string | null): { readonly digest: string; readonly value: Value } | null {
    if (key === null) return null;
    const digest = sha256(key);
    const entry = kept.get(digest);
    if (entry === undefined) return null;
    if (entry.endsAt > limits.now()) return { digest, value: entry.value };
    kept.delete(digest);
    return null;
  }

  return {
    add(value) {
      const key = randomBytes(32).toString("base64url");
      kept.set(sha256(key), { value, endsAt: limits.now() + limits.lastMs });
      const [oldest] = kept.keys();
      if (kept.size > limits.most && oldest !== undefined) kept.delete(oldest);
      return key;
    },
    get: (key) => find(key)?.value ?? null,
    take(key) {
      const found = find(key);
      if (found !== null) kept.delete(found.digest);
      return found?.value ?? null;
    },
    values: () => [...kept.values()].filter(({ endsAt }) => endsAt > limits.now()).map(({ value }) => value),
  };
}

function sha256(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
