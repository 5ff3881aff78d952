import { createReadStream } from "node:fs";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../core/errors.js";
import type { LogInput } from "../core/ports.js";
import type { Redactor } from "../telemetry/redact.js";
import { bodyFiles, type CaseBodies, readBodies } from "./case-bodies.js";
import { airflowFacts } from "./case-facts.js";

/** The files of one failure: logs (the failing try first) and API bodies. */
export interface CaseFiles {
  readonly logs: readonly LogInput[];
  readonly bodies: CaseBodies;
  readonly warnings: readonly string[];
}

/** Of several forms of the same log the first in this order is read. */
const logNames = [
  ["log.v2.ndjson", "v2-ndjson"],
  ["log.v2.json", "v2-json"],
  ["log.v1.json", "v1-json"],
  ["log.v1.txt", "text"],
  ["log.txt", "text"],
  ["driver.log", "text"],
] as const;
const earlierTry = /^earlier-try-(\d{1,4})\.log(?:\.v[12])?\.(ndjson|json|txt)$/;

/** Reads a case folder; throws InputError when nothing in it can be read. */
export async function readCaseFolder(folder: string, redactor: Redactor): Promise<CaseFiles> {
  const names = await listFiles(folder);
  const bodies = await readBodies(bodyFiles(folder, names), redactor);
  const failing = logNames.find(([name]) => names.includes(name));
  const logs: LogInput[] = [];
  const task = airflowFacts(bodies).facts.task;
  if (failing !== undefined) {
    const path = join(folder, failing[0]);
    logs.push(await fileLog(path, failing[0], failing[1], task?.tryNumber ?? null));
  }
  const earlier = names.flatMap((name) => {
    const found = earlierTry.exec(name);
    return found?.[1] === undefined ? [] : [{ name, tryNumber: Number(found[1]) }];
  });
  for (const { name, tryNumber } of earlier.sort((one, other) => other.tryNumber - one.tryNumber)) {
    const input = await fileLog(join(folder, name), name, "unknown", tryNumber);
    logs.push({ ...input, tryNumber });
  }
  if (logs.length === 0 && bodies.byName.size === 0) {
    throw new InputError(
      `${folder} holds nothing that can be read as a case.`,
      "Put a log (log.txt, log.v2.json …) or an API body (run.json, task_instance.json …) into it.",
    );
  }
  return { logs, bodies, warnings: bodies.warnings };
}

async function listFiles(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    throw new InputError(`There is no folder ${folder}.`, "Give the path of a case folder.", { cause });
  }
}

/** A log file; its try is what the log itself says, else what the task instance says. */
export async function fileLog(
  path: string,
  name: string,
  format: LogInput["format"],
  assumedTry: number | null,
): Promise<LogInput> {
  const stated = await statedTry(path);
  return { name, tryNumber: stated ?? assumedTry, format, bytes: bytesOf(path) };
}

/** Size of a file in bytes; throws InputError when there is none. */
export async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isFile()) return found.size;
  } catch (cause) {
    throw new InputError(`There is no file ${path}.`, "Give the path of a file that exists.", { cause });
  }
  throw new InputError(`${path} is not a file.`, "Give the path of a file.");
}

async function* bytesOf(path: string): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path)) if (chunk instanceof Uint8Array) yield chunk;
  } catch (cause) {
    throw new InputError(`${path} can't be read.`, "Check that the file exists and may be read.", { cause });
  }
}

const stating = /attempt=(\d{1,4})\.log|"try_number": ?(\d{1,4})|Starting attempt (\d{1,4}) of /g;
const startBytes = 65_536;

/** The try a log names at its start: its file's name, its records' key, or its first statement. */
async function statedTry(path: string): Promise<number | null> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0);
      const found = [...buffer.subarray(0, bytesRead).toString("latin1").matchAll(stating)];
      const numbers = found.map((match) => Number(match[1] ?? match[2] ?? match[3]));
      return numbers.length === 0 ? null : Math.max(...numbers);
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
