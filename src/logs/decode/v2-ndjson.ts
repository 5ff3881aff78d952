import { LargeLog } from "./large-log.js";
import type { Decoder, LineSink } from "./line-sink.js";
import { Utf8Text } from "./utf8-text.js";
import { isOneLineRecord, parseRecord, takeRecord } from "./v2-record.js";

const longestRecord = 32 * 1024 * 1024;

/** The v2 log as NDJSON: a record a line; the server may end it with a plain sentence. */
export function createV2NdjsonDecoder(sink: LineSink): Decoder {
  const utf8 = new Utf8Text();
  const large = new LargeLog(sink, (line) => take(line, false), isOneLineRecord);
  let pending = "";
  let oversized = false;
  let torn = false;

  function take(line: string, isLast: boolean): void {
    const json = line.trim();
    if (json === "") return;
    const record = json.startsWith("{") ? parseRecord(json) : json;
    if (record !== undefined) takeRecord(record, sink);
    else if (isLast) torn = true;
    else sink.line(line);
  }

  function push(text: string): void {
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      if (oversized) oversized = false;
      else large.push(pending + text.slice(start, end));
      pending = "";
      start = end + 1;
    }
    if (oversized) return;
    pending += text.slice(start);
    if (pending.length > longestRecord) {
      oversized = true;
      torn = true;
      pending = "";
    }
  }

  return {
    push: (chunk) => push(utf8.push(chunk)),
    end() {
      push(utf8.end());
      large.end();
      take(pending, true);
      return {
        complete: !torn,
        warnings: torn ? ["The log breaks off within a record; the whole records were read."] : [],
      };
    },
  };
}
