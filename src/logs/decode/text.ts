import type { LineGate } from "../line-gate.js";
import { LargeLog } from "./large-log.js";
import type { Decoder, LineSink } from "./line-sink.js";
import { LineSplitter, shorteningWarnings } from "./line-splitter.js";
import { Utf8Text } from "./utf8-text.js";

/** Airflow 2 text, Spark driver logs, any text. */
export function createTextDecoder(sink: LineSink, gate: LineGate | null = null): Decoder {
  const utf8 = new Utf8Text();
  const large = new LargeLog(sink, (line) => sink.line(line));
  const lines = new LineSplitter((line, flags) => {
    if (sink.large) large.push(line);
    else sink.line(line, flags);
  });
  return {
    push(chunk) {
      const text = utf8.push(chunk);
      lines.push(text, gate === null || sink.large ? null : gate.places(text, chunk));
    },
    end() {
      lines.push(utf8.end());
      lines.end();
      large.end();
      return { complete: true, warnings: shorteningWarnings(lines) };
    },
  };
}
