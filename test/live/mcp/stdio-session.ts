import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

interface Answer {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string };
}

/** A server on stdio, spoken to line by line, so that whatever else stands on its stdout is seen. */
export interface StdioSession {
  ask(method: string, params?: object): Promise<Answer>;
  /** The structured answer of a tool; its text when it refused. */
  call(name: string, input: object): Promise<Readonly<Record<string, unknown>> | string>;
  /** Lines of stdout that are no answer to anything that was asked, or a second one. */
  readonly noise: readonly string[];
  /** Ends stdin; what the process ended with. */
  end(): Promise<number | null>;
}

export interface Started {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export async function openStdio({ command, args, env, cwd = env["HOME"] ?? "/" }: Started): Promise<StdioSession> {
  const child = spawn(command, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  const noise: string[] = [];
  let complaint = "";
  let asked = 0;
  child.stderr.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2_000);
  });
  // How it ended says more than that nobody reads any more.
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stdout }).on("line", (line) => {
    const id = idOf(line);
    const waiter = id === null ? undefined : waiting.get(id);
    if (id === null || waiter === undefined) {
      noise.push(line);
      return;
    }
    waiting.delete(id);
    waiter.resolve(JSON.parse(line) as Answer);
  });
  ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`the server ended: ${complaint}`));
  }, failAll);
  function failAll(error: Error): void {
    for (const { reject } of waiting.values()) reject(error);
  }

  const say = (message: object): void => void child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const ask = (method: string, params: object = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      asked += 1;
      waiting.set(asked, { resolve, reject });
      say({ id: asked, method, params });
    });
  const session: StdioSession = {
    noise,
    ask,
    async call(name, input) {
      const { result, error } = await ask("tools/call", { name, arguments: input });
      if (error !== undefined) return error.message;
      const [first] = (result?.["content"] ?? []) as readonly { readonly text: string }[];
      if (result?.["isError"] === true) return first?.text ?? "";
      return result?.["structuredContent"] as Readonly<Record<string, unknown>>;
    },
    async end() {
      child.stdin.end();
      await ended;
      return child.exitCode;
    },
  };
  await session.ask("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "line-by-line", version: "1" },
  });
  say({ method: "notifications/initialized" });
  return session;
}

/** Which request a line answers; null when it is no JSON-RPC answer. */
function idOf(line: string): number | null {
  try {
    const { jsonrpc, id } = JSON.parse(line) as { readonly jsonrpc?: unknown; readonly id?: unknown };
    return jsonrpc === "2.0" && typeof id === "number" ? id : null;
  } catch {
    return null;
  }
}
