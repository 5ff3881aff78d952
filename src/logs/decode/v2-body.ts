import { JsonElements } from "./json-elements.js";
import { LargeLog } from "./large-log.js";
import type { Decoder, LineSink } from "./line-sink.js";
import { Utf8Text } from "./utf8-text.js";
import { isOneLineRecord, parseRecord, takeRecord } from "./v2-record.js";

const arrayStart = /^\s*\[|"content"\s*:\s*\[/;
const longestHead = 65_536;

/** The v2 log body: {"content": [records or strings], "continuation_token": …}. */
export function createV2BodyDecoder(sink: LineSink): Decoder {
  const utf8 = new Utf8Text();
  let unreadable = 0;
  const large = new LargeLog(sink, takeElement, isOneLineRecord);
  const elements = new JsonElements((element) => large.push(element));
  let head: string | null = "";

  function takeElement(element: string): void {
    const record = parseRecord(element);
    if (record === undefined) unreadable += 1;
    else takeRecord(record, sink);
  }

  function push(text: string): void {
    if (head === null) {
      elements.push(text);
      return;
    }
    head += text;
    const found = arrayStart.exec(head);
    if (found !== null) {
      const rest = head.slice(found.index + found[0].length);
      head = null;
      elements.push(rest);
    } else if (head.length > longestHead) head = head.slice(0, longestHead);
  }

  return {
    push: (chunk) => push(utf8.push(chunk)),
    end() {
      push(utf8.end());
      large.end();
      const warnings: string[] = [];
      if (!elements.closed) warnings.push("The log body breaks off; the whole records before the cut were read.");
      if (elements.oversized) warnings.push("A record of over 32 MB was not read, nor what follows it.");
      if (unreadable > 0) warnings.push(`${unreadable} records are no JSON and were left out.`);
      return { complete: elements.closed, warnings };
    },
  };
}
