import { ProxyAgent, fetch as undiciFetch } from "undici";

export interface ProxiedFetch {
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

/** Fetch through HTTPS_PROXY for an https address; Node's own otherwise. */
export function proxiedFetch(address: string, proxy: string | null): ProxiedFetch {
  if (proxy === null || !address.startsWith("https:")) {
    return { fetch: globalThis.fetch, close: async () => undefined };
  }
  const dispatcher = new ProxyAgent(proxy);
  return {
    // undici's own fetch, since Node's built-in one takes no dispatcher of another undici.
    fetch: (input, init) =>
      undiciFetch(input as never, { ...init, dispatcher } as never) as unknown as Promise<Response>,
    close: () => dispatcher.close(),
  };
}
