import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { explainError, InputError } from "../core/errors.js";
import type { LogAnalyzer, LogInput } from "../core/ports.js";
import type { Verdict } from "../core/verdict.js";
import type { Redactor } from "../telemetry/redact.js";
import { readBodies } from "./case-bodies.js";
import { type CaseFiles, fileLog, readCaseFolder, sizeOf } from "./case-folder.js";
import { diagnoseCase } from "./diagnose-case.js";
import { type CliIo, exitCodes } from "./io.js";
import { verdictJson } from "./verdict-json.js";
import { verdictReport } from "./verdict-report.js";

export interface DiagnoseOptions {
  readonly log?: string;
  readonly run?: string;
  readonly runOutput?: string;
  readonly taskInstance?: string;
  readonly case?: string;
  readonly batch?: string;
  readonly json?: boolean;
}

/** What the offline commands work with; nothing of it reaches a network. */
export interface OfflineTools {
  readonly analyzer: LogAnalyzer;
  readonly redactor: Redactor;
}

/** `diagnose`: exit 0 whatever the verdict, 2 with one line on stderr when there is no readable input. */
export async function diagnoseCommand(options: DiagnoseOptions, tools: OfflineTools, io: CliIo): Promise<number> {
  try {
    if (options.batch !== undefined) return await diagnoseBatch(options.batch, tools, io);
    const started = performance.now();
    const verdict = await diagnoseCase(await filesOf(options, tools.redactor), tools.analyzer);
    const elapsedMs = performance.now() - started;
    io.out.write(
      options.json === true ? `${JSON.stringify(verdictJson(verdict, elapsedMs))}\n` : verdictReport(verdict),
    );
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    io.err.write(`pipewright: ${oneLine(explainError(error))}\n`);
    return exitCodes.badInput;
  }
}

/** One object a line; a case that can't be read prints its error and the others go on. */
async function diagnoseBatch(folder: string, tools: OfflineTools, io: CliIo): Promise<number> {
  for (const id of await caseIds(folder)) {
    const started = performance.now();
    let line: Readonly<Record<string, unknown>>;
    try {
      const verdict = await diagnoseFolder(join(folder, id), tools);
      line = { id, ...verdictJson(verdict, performance.now() - started) };
    } catch (error) {
      line = { id, error: oneLine(explainError(error)) };
    }
    await written(io, `${JSON.stringify(line)}\n`);
  }
  return exitCodes.done;
}

export async function diagnoseFolder(folder: string, tools: OfflineTools): Promise<Verdict> {
  return diagnoseCase(await readCaseFolder(folder, tools.redactor), tools.analyzer);
}

/** The sub-folders of a folder, by name. */
export async function caseIds(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
  } catch (cause) {
    throw new InputError(`There is no folder ${folder}.`, "Give a folder with one case a sub-folder.", { cause });
  }
}

async function filesOf(options: DiagnoseOptions, redactor: Redactor): Promise<CaseFiles> {
  if (options.case !== undefined) return readCaseFolder(options.case, redactor);
  const { log, run, runOutput, taskInstance } = options;
  if (log === undefined && run === undefined && runOutput === undefined) {
    throw new InputError(
      "There is nothing to diagnose.",
      "Give --log, --run or --run-output, or --case with a folder.",
    );
  }
  const logs: LogInput[] = [];
  if (log !== undefined) {
    const size = await sizeOf(log);
    if (size === 0 && run === undefined && runOutput === undefined) {
      throw new InputError(`${log} is empty.`, "Give a log with text in it, or a run beside it.");
    }
    logs.push(await fileLog(log, basename(log), "unknown", null));
  }
  const given = [
    { name: "run", path: run },
    { name: "run_output", path: runOutput },
    { name: "task_instance", path: taskInstance },
  ].flatMap(({ name, path }) => (path === undefined ? [] : [{ name, path }]));
  for (const { path } of given) await sizeOf(path);
  const bodies = await readBodies(given, redactor);
  if (bodies.byName.size === 0 && logs.length === 0) {
    throw new InputError(bodies.warnings[0] ?? "Nothing could be read.", "Give the body as the server sent it.");
  }
  return { logs, bodies, warnings: bodies.warnings };
}

/** Waits when the reader is slower than we are. */
async function written(io: CliIo, text: string): Promise<void> {
  if (io.out.write(text)) return;
  await new Promise<void>((resolve) => {
    io.out.once("drain", resolve);
  });
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
