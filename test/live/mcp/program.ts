import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = resolve(".");
let built: Promise<unknown> | null = null;

/** The program's file, built once for all stories of a test file. */
export async function builtProgram(): Promise<string> {
  built ??= run("npm", ["run", "--silent", "build"], { cwd: root });
  await built;
  return join(root, "dist/src/main.js");
}

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

/** `pipewright mcp --http` on a free port, with that many tokens that may propose. */
export async function serveMcp(
  dataDir: string,
  environment: Readonly<Record<string, string>>,
  { tokens: count = 1 } = {},
): Promise<ServedMcp> {
  const tokens = Array.from({ length: count }, (_, index) => `conformance-token-${String(index).padStart(8, "0")}`);
  const rows = tokens.map(
    (_, index) => `    - { name: t${index}, person: console:ana, token_env: TOKEN_${index}, propose: true }`,
  );
  const yaml = join(dataDir, "pipewright.yaml");
  writeFileSync(yaml, `mcp:\n  tokens:\n${rows.join("\n")}\n`);
  const child = spawn(process.execPath, [await builtProgram(), "mcp", "--http"], {
    env: {
      ...settingsFor(dataDir, environment),
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
