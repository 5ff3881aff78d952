import type { LogInput } from "../../core/ports.js";
import type { LineGate } from "../line-gate.js";
import type { Decoder, DecodingEnd, LineSink } from "./line-sink.js";
import { type LogFormat, sniffFormat, sniffLength } from "./sniff.js";
import { createTextDecoder } from "./text.js";
import { createV1BodyDecoder } from "./v1-body.js";
import { createV2BodyDecoder } from "./v2-body.js";
import { createV2NdjsonDecoder } from "./v2-ndjson.js";

export interface DecodedForm extends DecodingEnd {
  readonly format: LogFormat;
}

/** Reads a log of any form into the sink, chunk by chunk. Throws InputError for what is no log, and what the bytes' source throws. */
export async function decodeLog(
  input: Pick<LogInput, "name" | "format" | "bytes">,
  sink: LineSink,
  gate: LineGate | null = null,
): Promise<DecodedForm> {
  const start: Uint8Array[] = [];
  let held = 0;
  let decoder: Decoder | null = null;
  let format: LogFormat = "text";

  function begin(): Decoder {
    const first = Buffer.concat(start);
    format = sniffFormat(input.name, first, input.format);
    const chosen = createDecoder(format, sink, gate);
    chosen.push(first);
    return chosen;
  }

  for await (const chunk of input.bytes) {
    if (decoder !== null) {
      decoder.push(chunk);
      continue;
    }
    start.push(chunk.slice());
    held += chunk.length;
    if (held >= sniffLength) decoder = begin();
  }
  decoder ??= begin();
  return { format, ...decoder.end() };
}

export function createDecoder(format: LogFormat, sink: LineSink, gate: LineGate | null = null): Decoder {
  switch (format) {
    case "v1-json":
      return createV1BodyDecoder(sink);
    case "v2-json":
      return createV2BodyDecoder(sink);
    case "v2-ndjson":
      return createV2NdjsonDecoder(sink);
    case "text":
      return createTextDecoder(sink, gate);
  }
}
