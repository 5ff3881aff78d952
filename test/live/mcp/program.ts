import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { McpStage } from "./stage.js";

/** What every start of the program here has: its own data folder, free ports, and nothing of the shell's but its PATH. */
export const settingsFor = (dataDir: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: dataDir,
  PIPEWRIGHT_DATA_DIR: join(dataDir, "data"),
  PORT: "0",
  PIPEWRIGHT_CONSOLE_PORT: "0",
  ...more,
});

export interface ServedMcp {
  readonly address: string;
  /** One token for each session: a runner that opens many would soon be told to wait. */
  readonly tokens: readonly string[];
  /** SIGTERM, then its exit code. */
  stop(): Promise<number | null>;
}

/** `pipewright mcp --http` on a free port over the stage's company, with that many tokens that may propose. */
export async function serveMcp(
  { program, company, newFolder }: McpStage,
  { tokens: count = 1 } = {},
): Promise<ServedMcp> {
  const dataDir = newFolder();
  const tokens = Array.from({ length: count }, (_, index) => `token-of-a-live-story-${String(index).padStart(8, "0")}`);
  const rows = tokens.map(
    (_, index) => `    - { name: t${index}, person: console:ana, token_env: TOKEN_${index}, propose: true }`,
  );
  const yaml = join(dataDir, "pipewright.yaml");
  writeFileSync(yaml, `mcp:\n  tokens:\n${rows.join("\n")}\n`);
  const child = spawn(process.execPath, [program, "mcp", "--http"], {
    env: {
      ...settingsFor(dataDir, company.environment),
      PIPEWRIGHT_CONFIG: yaml,
      ...Object.fromEntries(tokens.map((token, index) => [`TOKEN_${index}`, token])),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  return { address: await addressOf(child, ended), tokens, stop: () => end(child, ended) };
}

async function addressOf(child: ChildProcess, ended: Promise<unknown>): Promise<string> {
  let said = "";
  return await new Promise<string>((ready, failed) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /served at (\S+)/.exec(said)?.[1];
      if (found !== undefined) ready(found);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    ended.then(() => failed(new Error(`it ended by itself: ${said}`)), failed);
  });
}

async function end(child: ChildProcess, ended: Promise<unknown>): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  await ended;
  return child.exitCode;
}
