import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** What a message's parameters are to be instead, by the name or address that a runner asks for. */
export type OwnNames = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Message {
  readonly params?: {
    readonly name?: string;
    readonly uri?: string;
    readonly ref?: { readonly name?: string };
  };
}

/**
 * Introduces a runner that knows neither tokens nor our names: each session gets a token of its own, and where it asks for
 * its own fixtures it is given what we have of the kind. Everything else passes as it is, the Host header too.
 */
export async function introduce(target: string, tokens: readonly string[], own: OwnNames) {
  const { hostname, port } = new URL(target);
  const tokenOf = new Map<string, string>();
  let next = 0;
  const server = createServer((incoming, outgoing) => {
    const session = incoming.headers["mcp-session-id"];
    const token = tokenOf.get(String(session)) ?? tokens[next++ % tokens.length] ?? "";
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = inOwnNames(Buffer.concat(chunks).toString(), own);
      const headers = {
        ...incoming.headers,
        authorization: `Bearer ${token}`,
        ...(body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) }),
      };
      const { method = "", url = "" } = incoming;
      const onward = request({ host: hostname, port, path: url, method, headers }, (answer) => {
        const begun = answer.headers["mcp-session-id"];
        if (begun !== undefined) tokenOf.set(String(begun), token);
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on("error", () => outgoing.destroy());
      outgoing.on("close", () => onward.destroy());
      onward.end(body);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function inOwnNames(body: string, own: OwnNames): string {
  if (body === "") return body;
  const message = JSON.parse(body) as Message;
  const params = message.params ?? {};
  const asked = params.ref === undefined ? (params.name ?? params.uri) : `complete ${params.ref.name}`;
  const instead = asked === undefined ? undefined : own[asked];
  return instead === undefined ? body : JSON.stringify({ ...message, params: { ...params, ...instead } });
}
