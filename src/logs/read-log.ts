import type { LogInput } from "../core/ports.js";
import type { Redactor } from "../telemetry/redact.js";
import { decodeLog } from "./decode/decode-log.js";
import type { DecodedLog } from "./decoded-log.js";
import { gateOf } from "./line-gate.js";
import { type LogLimits, usualLimits } from "./log-limits.js";
import { ReadingBuilder } from "./reading-builder.js";

/** Reads one log of any form to its end. Throws InputError for what is no log, and what the source of the bytes throws. */
export async function readLog(
  input: LogInput,
  redactor: Redactor,
  limits: LogLimits = usualLimits,
): Promise<DecodedLog> {
  const gate = gateOf(redactor);
  const { name, tryNumber } = input;
  const builder = new ReadingBuilder({ name, tryNumber, redactLine: redactor.lines(), gate, limits });
  const ending = await decodeLog(input, builder, gate);
  return builder.finish(ending);
}
