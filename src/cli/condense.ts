import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { explainError, InputError } from "../core/errors.js";
import type { OfflineTools } from "./diagnose.js";
import { type CliIo, exitCodes } from "./io.js";

export interface CondenseOptions {
  readonly log: string;
  /** o200k tokens. */
  readonly budget: number;
}

/** `condense`: the evidence of a log as a model would be shown it; exit 2 with one line on stderr for what is no log. */
export async function condenseCommand(
  options: CondenseOptions,
  tools: Pick<OfflineTools, "analyzer">,
  io: CliIo,
): Promise<number> {
  try {
    io.out.write(`${await condenseFile(options, tools)}\n`);
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    io.err.write(`pipewright: ${explainError(error)}\n`);
    return exitCodes.badInput;
  }
}

async function condenseFile({ log, budget }: CondenseOptions, tools: Pick<OfflineTools, "analyzer">): Promise<string> {
  if (!Number.isInteger(budget) || budget < 1)
    throw new InputError("--budget must be a whole number of tokens above 0.", "For example: --budget 800.");
  const found = await stat(log).catch(() => null);
  if (found?.isFile() !== true) throw new InputError(`There is no file ${log}.`, "Check the path given to --log.");
  const session = await tools.analyzer.open([
    { name: basename(log), tryNumber: null, format: "unknown", bytes: createReadStream(log) },
  ]);
  try {
    if ((await session.lineCount()) === 0) throw new InputError(`${log} is empty.`, "Give a log with text in it.");
    return await session.condense(budget);
  } finally {
    await session.close();
  }
}
