import { LargeLog } from "./large-log.js";
import type { Decoder, LineSink } from "./line-sink.js";
import { LineSplitter, shorteningWarnings } from "./line-splitter.js";
import { Utf8Text } from "./utf8-text.js";

/** Airflow 2 text, Spark driver logs, any text. */
export function createTextDecoder(sink: LineSink): Decoder {
  const utf8 = new Utf8Text();
  const large = new LargeLog(sink, (line) => sink.line(line));
  const lines = new LineSplitter((line) => large.push(line));
  return {
    push: (chunk) => lines.push(utf8.push(chunk)),
    end() {
      lines.push(utf8.end());
      lines.end();
      large.end();
      return { complete: true, warnings: shorteningWarnings(lines) };
    },
  };
}
