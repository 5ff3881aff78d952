import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import { onTestFinished } from "vitest";
import { type DiagnoseOptions, diagnoseCommand } from "../../../src/cli/diagnose.js";
import { evalCommand } from "../../../src/cli/eval.js";
import { offlineTools } from "../../../src/cli/offline.js";
import { runCli } from "../../../src/cli/program.js";

/** Writes files into a folder of its own that goes away with the test; returns the folder. */
export async function folderWith(files: Readonly<Record<string, unknown>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "pipewright-case-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    const data = typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content);
    await writeFile(path, data);
  }
  return folder;
}

export interface CliAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The first line of stdout as JSON. */
export function firstObject(answer: CliAnswer): Readonly<Record<string, unknown>> {
  return JSON.parse(answer.out.split("\n", 1)[0] ?? "") as Readonly<Record<string, unknown>>;
}

export async function diagnoseCli(options: DiagnoseOptions): Promise<CliAnswer> {
  return withStreams((io) => diagnoseCommand(options, offlineTools(), io));
}

export async function evalCli(dir: string, json: boolean): Promise<CliAnswer> {
  return withStreams((io) => evalCommand(dir, { json }, offlineTools(), io));
}

/** A whole command line, as the bin runs it. */
export async function runInProcess(argv: readonly string[]): Promise<CliAnswer> {
  return withStreams((io) => runCli(argv, io));
}

async function withStreams(work: (io: { out: Writable; err: Writable }) => Promise<number>): Promise<CliAnswer> {
  const out: string[] = [];
  const err: string[] = [];
  const sink = (into: string[]): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        into.push(chunk.toString("utf8"));
        done();
      },
    });
  const code = await work({ out: sink(out), err: sink(err) });
  return { code, out: out.join(""), err: err.join("") };
}
