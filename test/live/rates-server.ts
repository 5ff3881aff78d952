import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Somebody else's service, which answers 503 until it is healed or told to say something else. */
export interface RatesServer {
  readonly url: string;
  heal(): void;
  answer(status: number): void;
  close(): Promise<void>;
}

export async function startRatesServer(): Promise<RatesServer> {
  let status = 503;
  const server = createServer((_request, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(status === 200 ? '{"CHF": 1.04, "SEK": 0.091}' : '{"error": "maintenance"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rates`,
    heal: () => {
      status = 200;
    },
    answer: (next) => {
      status = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
