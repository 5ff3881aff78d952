import { performance } from "node:perf_hooks";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { tokensOf } from "../tokens.js";
import { type BenchFailure, withoutQuotes } from "./failures.js";
import type { BenchServer, Call } from "./policy.js";

/** What common clients hand on of one result. */
const mostUsable = 25_000;
const longestCallMs = 180_000;

/** How one question went. */
export interface Interview {
  readonly calls: number;
  /** o200k tokens of the calls and the texts that came back, without the definitions. */
  readonly tokens: number;
  readonly ms: number;
  /** Whether the cause stood in a result that a client would hand on. */
  readonly found: boolean;
}

export interface BenchSession {
  readonly tools: number;
  /** o200k tokens of names, descriptions and input schemas. */
  readonly definitions: number;
  ask(failure: BenchFailure, runId: string): Promise<Interview>;
  call(call: Call): Promise<{ readonly text: string; readonly ms: number }>;
  close(): Promise<void>;
}

/** Starts a server and speaks MCP with it over stdio. */
export async function openSession({ command, args, env, whyDidItFail }: BenchServer): Promise<BenchSession> {
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", NO_PROXY: "127.0.0.1", ...env },
    stderr: "ignore",
    // One server sends a whole log twice; the SDK would hang up at 10 MiB.
    maxBufferSize: 512 * 1024 * 1024,
  });
  const client = new Client({ name: "pipewright-bench", version: "1" });
  await client.connect(transport);
  const { tools } = await client.listTools();
  const definitions = tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));

  /** A long log comes the same each time, and takes seconds to count. */
  const counted = new Map<string, number>();
  const sizeOf = (text: string): number => {
    const size = counted.get(text) ?? tokensOf(text);
    counted.set(text, size);
    return size;
  };

  async function call({ name, arguments: input }: Call): Promise<{ text: string; ms: number }> {
    const began = performance.now();
    const result = await client.callTool({ name, arguments: input }, undefined, { timeout: longestCallMs });
    const ms = performance.now() - began;
    const content = result.content as readonly { readonly type: string; readonly text?: string }[];
    // Servers that send structured content send the same as text; a model reads it once.
    return { text: content.map(({ text = "" }) => text).join("\n"), ms };
  }

  return {
    tools: tools.length,
    definitions: tokensOf(JSON.stringify(definitions)),
    call,
    async ask(failure, runId) {
      const policy = whyDidItFail(failure, runId);
      const sums = { calls: 0, tokens: 0, ms: 0 };
      let next = policy.next();
      while (!next.done) {
        const { text, ms } = await call(next.value);
        const size = sizeOf(text);
        sums.calls += 1;
        sums.tokens += tokensOf(JSON.stringify(next.value)) + size;
        sums.ms += ms;
        if (size <= mostUsable && failure.cause.test(withoutQuotes(text))) return { ...sums, found: true };
        next = policy.next(text);
      }
      return { ...sums, found: false };
    },
    close: () => client.close(),
  };
}
