import type { LogReading } from "./reading.js";
import type { Quote } from "./statement.js";

const poking =
  /^(?:Poking|Poke|Waiting|Checking (?:for|if|the)|Sensor checks|Looking for|Partition|Probing|Calling HTTP|Running statement|Executing: )/i;
const wanted: readonly RegExp[] = [
  /tasks? \[?'?([\w.', -]{1,80}?)'?\]? (?:in|of) dag/i,
  /((?:[a-z0-9]+:\/\/)[^\s'",]{3,200})/,
  /(\/[\w./=@*{}-]{3,200})/,
  /(?:file|key|blob|object|partition|prefix|table|dag|topic|queue|endpoint|path)s?:? ['"`]?([\w.=:/*{}-]{3,120})/i,
];

/** What a sensor said last that it was waiting for, and the line where it said so. */
export function waitedFor(reading: LogReading): { readonly name: string | null; readonly quote: Quote } | null {
  for (let index = reading.records.length - 1; index >= 0; index -= 1) {
    const record = reading.records[index];
    if (record === undefined || !poking.test(record.message)) continue;
    const text = reading.line(record.firstLine);
    if (text === null) continue;
    const message = record.message.slice(0, 1_000);
    const name = wanted.map((pattern) => pattern.exec(message)?.[1]).find((found) => found !== undefined) ?? null;
    return { name, quote: { source: "log", line: record.firstLine, text } };
  }
  return null;
}
