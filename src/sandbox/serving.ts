import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Listening {
  readonly server: Server;
  readonly url: string;
  readonly port: number;
}

/** Listens on the port, or on the remembered one, or where both fail on any free one when the port is 0. */
export async function listen(
  handler: RequestListener,
  host: string,
  port: number,
  remembered: number,
): Promise<Listening> {
  if (port !== 0 || remembered === 0) return listenOn(handler, host, port);
  return listenOn(handler, host, remembered).catch(() => listenOn(handler, host, 0));
}

async function listenOn(handler: RequestListener, host: string, port: number): Promise<Listening> {
  const server = createServer(handler);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.removeListener("error", reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  return { server, url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`, port: address.port };
}

export async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
