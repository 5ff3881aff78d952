import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const program = resolve("dist/src/main.js");

export interface RunningPipewright {
  /** The console's address, as the terminal says it. */
  readonly address: string;
  /** Everything it said so far, both streams. */
  said(): string;
  /** SIGTERM; resolves with the exit code once the process is gone. */
  stop(): Promise<number | null>;
}

/** `pipewright start` as a newcomer has it: no credential, no setting but where its data goes and free ports. */
export async function startBuilt(dataDir: string): Promise<RunningPipewright> {
  if (!existsSync(program)) throw new Error(`${program} is missing; run "npm run build" first.`);
  const child = spawn(process.execPath, [program, "start"], {
    env: {
      PATH: process.env["PATH"],
      HOME: dataDir,
      PIPEWRIGHT_DATA_DIR: dataDir,
      PORT: "0",
      PIPEWRIGHT_CONSOLE_PORT: "0",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = once(child, "exit");
  let said = "";
  const address = await new Promise<string>((found, failed) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString("utf8");
      const open = /Open (http:\/\/\S+)/.exec(said)?.[1];
      if (open) found(open);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    ended.then(() => failed(new Error(`pipewright start ended by itself:\n${said}`)), failed);
  });
  return { address, said: () => said, stop: () => end(child, ended) };
}

async function end(child: ChildProcess, ended: Promise<unknown[]>): Promise<number | null> {
  child.kill("SIGTERM");
  const [code] = await ended;
  return typeof code === "number" ? code : null;
}
