import type { Socket } from "node:net";
import { UpstreamError } from "../../core/errors.js";
import { controlLine, readControl } from "./control.js";
import { splitLines } from "./line-splitter.js";

/** Answers one request of another process on this machine: a line of JSON each way. */
export function serveDesk(desk: (request: unknown) => Promise<unknown>, socket: Socket): void {
  let asked = false;
  const take = (line: string): void => {
    if (asked) return;
    asked = true;
    void desk(parse(line)).then(
      (reply) => socket.end(`${JSON.stringify(reply)}\n`),
      () => socket.destroy(),
    );
  };
  socket.on(
    "data",
    splitLines(take, () => socket.destroy()),
  );
  socket.resume();
}

/** Asks over a fresh connection to the holder; null when it keeps no desk. UpstreamError when it went away before it answered. */
export function askOver(socket: Socket, request: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const take = (line: string): void => {
      resolve(readControl(line) === "refused" ? null : parse(line));
      socket.end();
    };
    socket.on(
      "data",
      splitLines(take, () => socket.destroy()),
    );
    socket.on("error", () => socket.destroy());
    socket.once("close", () => reject(noAnswer()));
    socket.write(`${controlLine("desk")}${JSON.stringify(request)}\n`);
  });
}

/** What is no JSON is nothing that was asked or answered. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function noAnswer(): UpstreamError {
  return new UpstreamError(
    "The running Pipewright did not answer, so nobody knows whether this was decided.",
    "Look with `pipewright approvals show` before you try again.",
    "unreachable",
    true,
    true,
  );
}
