import { EscapeReader, jsonEscapes } from "./escape-reader.js";
import { LargeLog } from "./large-log.js";
import type { Decoder, LineSink } from "./line-sink.js";
import { LineSplitter, shorteningWarnings } from "./line-splitter.js";
import { ReprOfTuples } from "./python-repr.js";
import { Utf8Text } from "./utf8-text.js";

const contentKey = /"content"\s*:\s*"/;
/** Nothing but a continuation token stands before the content. */
const longestHead = 65_536;

/** The v1 log body: JSON whose `content` is a string that holds the Python repr of [(host, text), …]. */
export function createV1BodyDecoder(sink: LineSink): Decoder {
  const utf8 = new Utf8Text();
  const large = new LargeLog(sink, (line) => sink.line(line));
  const lines = new LineSplitter((line) => large.push(line));
  const tuples = new ReprOfTuples(
    (text) => lines.push(text),
    () => lines.end(),
  );
  const json = new EscapeReader(jsonEscapes);
  let head = "";
  let state: "before" | "content" | "after" = "before";

  function push(text: string): void {
    if (state === "after" || text === "") return;
    let start = 0;
    let piece = text;
    if (state === "before") {
      head += text;
      const found = contentKey.exec(head);
      if (found === null) {
        if (head.length > longestHead) state = "after";
        return;
      }
      piece = head;
      start = found.index + found[0].length;
      state = "content";
    }
    const part = json.read(piece, start, '"');
    tuples.push(part.text);
    if (part.closed) state = "after";
  }

  return {
    push: (chunk) => push(utf8.push(chunk)),
    end() {
      push(utf8.end());
      lines.end();
      large.end();
      const complete = state === "after" && tuples.complete;
      const warnings = complete ? [] : ["The log body breaks off; what stands before the cut was read."];
      return { complete, warnings: [...warnings, ...shorteningWarnings(lines)] };
    },
  };
}
