import type { LogInput } from "../core/ports.js";
import type { Redactor } from "../telemetry/redact.js";
import { decodeLog } from "./decode/decode-log.js";
import type { DecodedLog } from "./decoded-log.js";
import { ReadingBuilder } from "./reading-builder.js";

/** Reads one log of any form to its end. Throws InputError for what is no log, and what the source of the bytes throws. */
export async function readLog(input: LogInput, redactor: Redactor): Promise<DecodedLog> {
  const builder = new ReadingBuilder({ name: input.name, tryNumber: input.tryNumber, redactLine: redactor.lines() });
  const ending = await decodeLog(input, builder);
  return builder.finish(ending);
}
