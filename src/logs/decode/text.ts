import type { LineGate } from "../line-gate.js";
import { LargeText } from "./large-text.js";
import type { Decoder, LineSink } from "./line-sink.js";
import { LineSplitter, shorteningWarnings } from "./line-splitter.js";
import { Utf8Text } from "./utf8-text.js";

const lineEnd = 10;

/** Airflow 2 text, Spark driver logs, any text. */
export function createTextDecoder(sink: LineSink, gate: LineGate | null = null): Decoder {
  const utf8 = new Utf8Text();
  const lines = new LineSplitter((line, flags) => sink.line(line, flags));
  let large: LargeText | null = null;
  let within = false;

  return {
    push(chunk) {
      if (chunk.length === 0) return;
      if (large === null && sink.large) large = new LargeText(sink, lines, utf8, within);
      if (large !== null) {
        large.push(chunk);
        return;
      }
      const text = utf8.push(chunk);
      lines.push(text, gate === null ? null : gate.places(text, chunk));
      within = chunk.at(-1) !== lineEnd;
    },
    end() {
      large?.end();
      lines.push(utf8.end());
      lines.end();
      return { complete: true, warnings: shorteningWarnings(lines) };
    },
  };
}
