import type { Server } from "node:http";
import { ConfigError } from "../core/errors.js";

export interface ListenAddress {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The setting a person would change: `PORT`. */
  readonly portSetting: string;
}

/** Resolves with the port that is listened on. */
export function listen(server: Server, address: ListenAddress): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => reject(explainListenError(error, address));
    server.once("error", onError);
    server.listen({ host: address.host, port: address.port }, () => {
      server.off("error", onError);
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : address.port);
    });
  });
}

/** Waits for running requests for at most `graceMs`; `close` itself ends idle keep-alive connections at once. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  clearTimeout(cut);
}

function explainListenError(error: NodeJS.ErrnoException, { host, port, portSetting }: ListenAddress): ConfigError {
  const cause = { cause: error };
  switch (error.code) {
    case "EADDRINUSE":
      return new ConfigError(
        `Port ${port} (${portSetting}) on ${host} is already in use.`,
        `Stop the program that uses it, or set ${portSetting} to a free port.`,
        cause,
      );
    case "EACCES":
      return new ConfigError(
        `Port ${port} (${portSetting}) may not be opened by this user.`,
        `Set ${portSetting} to a port above 1023.`,
        cause,
      );
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new ConfigError(
        `${host} is not an address of this machine.`,
        "Set HOST to one of its addresses; 127.0.0.1 always works.",
        cause,
      );
    default:
      return new ConfigError(
        `Listening on ${host}:${port} failed (${error.code ?? error.message}).`,
        `Check HOST and ${portSetting}.`,
        cause,
      );
  }
}
