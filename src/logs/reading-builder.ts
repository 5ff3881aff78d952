import { stripVTControlCharacters } from "node:util";
import type { EndMarker, ExceptionChain, Level, LogReading, LogRecord } from "../core/rca/reading.js";
import type { LineSink, RecordHead, StructuredError } from "./decode/line-sink.js";
import type { DecodedLog } from "./decoded-log.js";
import { LineStore } from "./line-store.js";
import { ChainKeeper } from "./structure/chain-keeper.js";
import { endMarkerOf } from "./structure/end-markers.js";
import { ExceptionReader } from "./structure/exception-reader.js";
import { parsePrefix } from "./structure/prefix.js";
import { chainOfErrors, printedErrors } from "./structure/structured-errors.js";
import { templateOf } from "./template.js";

export interface BuilderConfig {
  readonly name: string;
  readonly tryNumber: number | null;
  readonly redactLine: (line: string) => { readonly text: string; readonly count: number };
}

/** What was found about the form when the last line was in. */
export interface Ending {
  readonly format: "v2-json" | "v2-ndjson" | "v1-json" | "text";
  readonly complete: boolean;
  readonly warnings: readonly string[];
}

interface OpenRecord {
  firstLine: number;
  lastLine: number;
  level: Level | null;
  logger: string | null;
  at: string | null;
  message: string;
  extra: Readonly<Record<string, string>>;
  structured: boolean;
}

const escapeCharacter = "\u001b";
const noExtra: Readonly<Record<string, string>> = {};
const mostEnds = 400;
const keptOfTemplate = 3;
const mostTemplates = 4_000;
const causeWords =
  /exception|error|fail|denied|refused|timed? ?out|killed|unable|cannot|not found|sqlstate|abort|caused by|oom|memory|run_id|run in state|terminal state|databricks|lost/i;

/** Builds a reading from decoded lines as they come; memory stays bounded however long the log is. */
export class ReadingBuilder implements LineSink {
  readonly #store = new LineStore();
  readonly #records: LogRecord[] = [];
  readonly #lateRecords: LogRecord[] = [];
  readonly #chains = new ChainKeeper();
  readonly #ends: EndMarker[] = [];
  readonly #readers = new Map<string, ExceptionReader>();
  readonly #templates = new Map<string, { line: number; count: number }>();
  readonly #repeats = new Map<number, number>();
  #open: OpenRecord | null = null;
  #previousMessage = "";
  #redactions = 0;
  #style: "airflow" | "spark" | "other" | null = null;
  #sparkLines = 0;

  constructor(private readonly config: BuilderConfig) {}

  line(raw: string): void {
    const text = this.#redacted(raw);
    const number = this.#store.add(text);
    const plain = withoutColours(text);
    const prefix = parsePrefix(plain);
    const isAirflow = prefix !== null && prefix.style === "airflow" && prefix.at !== null;
    if (isAirflow) this.#style = "airflow";
    else if (prefix?.style === "spark") this.#sparkLines += 1;
    const nested = this.#style === "airflow" && !isAirflow && this.#open !== null && !plain.startsWith(" INFO - ::");
    if (prefix !== null && !nested) this.#begin({ ...prefix, line: number, structured: false, extra: noExtra });
    else if (this.#standsAlone(plain))
      this.#begin({
        level: null,
        logger: null,
        at: null,
        message: plain,
        line: number,
        structured: false,
        extra: noExtra,
      });
    else if (this.#open !== null) this.#open.lastLine = number;
    this.#readStream(plain, number, prefix !== null && !nested ? prefix.message : plain);
  }

  record(head: RecordHead, event: string, errors: readonly StructuredError[]): void {
    const lines = event.split("\n");
    lines.forEach((raw, index) => {
      const text = this.#redacted(raw);
      const number = this.#store.add(text);
      const plain = withoutColours(text);
      if (index === 0)
        this.#begin({
          ...head,
          extra: this.#redactedExtra(head.extra),
          message: plain,
          line: number,
          structured: true,
        });
      else if (this.#open !== null) this.#open.lastLine = number;
      this.#readStream(plain, number, plain);
    });
    if (errors.length > 0) this.#addErrors(errors);
    this.#close();
  }

  finish(ending: Ending): DecodedLog {
    this.#close();
    for (const reader of this.#readers.values()) reader.finish();
    const store = this.#store;
    const firstInTail = this.#lateRecords.length;
    const records = firstInTail === 0 ? this.#records : [...this.#records, ...this.#lateRecords];
    const stopped = this.#ends.some((end) => end.kind === "stream_stopped");
    const warnings = [...ending.warnings];
    if (!store.whole) warnings.push("The log is large: of its middle only what may matter was kept.");
    return {
      name: this.config.name,
      tryNumber: this.config.tryNumber,
      format: this.#formatOf(ending),
      lineCount: store.count,
      complete: ending.complete && !stopped,
      records,
      chains: this.#chains.kept(),
      ends: this.#ends,
      line: (number) => store.get(number),
      retained: () => withoutColoursIn(store.entries()),
      redactions: this.#redactions,
      warnings,
      repeats: this.#repeats,
    };
  }

  #formatOf(ending: Ending): LogReading["format"] {
    if (ending.format === "v2-json" || ending.format === "v2-ndjson") return "v2";
    if (ending.format === "v1-json" || this.#style === "airflow") return "v1";
    return this.#sparkLines > 0 ? "spark" : "text";
  }

  /** Without Airflow's prefixes only indented lines and open tracebacks belong to the line above. */
  #standsAlone(plain: string): boolean {
    if (this.#open === null) return true;
    if (this.#open.structured) return true;
    if (this.#style === "airflow") return false;
    const reader = this.#readers.get(streamOf(this.#open.logger));
    return !/^\s/.test(plain) && plain !== "" && reader?.busy !== true;
  }

  #begin(start: Omit<OpenRecord, "firstLine" | "lastLine"> & { line: number }): void {
    this.#close();
    const { line, ...rest } = start;
    this.#open = { ...rest, firstLine: line, lastLine: line };
  }

  #close(): void {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    const { structured: _, ...record } = open;
    this.#previousMessage = record.message === "" ? this.#previousMessage : record.message;
    const end = endMarkerOf(record);
    if (end !== null && this.#ends.length < mostEnds) this.#ends.push(end);
    if (this.#store.whole) this.#records.push(record);
    else if (end !== null || this.#matters(record)) this.#keep(record);
  }

  #matters(record: LogRecord): boolean {
    return (
      (record.level !== null && record.level !== "info" && record.level !== "debug") || causeWords.test(record.message)
    );
  }

  /** The first of each kind stays, of the others the number. */
  #keep(record: LogRecord): void {
    const template = templateOf(record.message);
    const seen = this.#templates.get(template);
    if (seen !== undefined && seen.count >= keptOfTemplate) {
      seen.count += 1;
      this.#repeats.set(seen.line, seen.count - keptOfTemplate);
      return;
    }
    if (seen !== undefined) seen.count += 1;
    else if (this.#templates.size < mostTemplates) this.#templates.set(template, { line: record.firstLine, count: 1 });
    else return;
    for (let line = record.firstLine; line <= Math.min(record.lastLine, record.firstLine + 200); line += 1) {
      const text = this.#store.get(line);
      if (text !== null) this.#store.mark(line, text);
    }
    this.#lateRecords.push(record);
  }

  #readStream(plain: string, line: number, message: string): void {
    const open = this.#open;
    const stream = streamOf(open?.logger ?? null);
    let reader = this.#readers.get(stream);
    if (reader === undefined) {
      reader = new ExceptionReader((chain) => this.#takeChain(chain));
      if (this.#readers.size < 256) this.#readers.set(stream, reader);
    }
    const starts = open === null || open.firstLine === line;
    if (!reader.busy && !mayOpenTraceback(message)) return;
    const heading = starts ? this.#previousMessage : (open?.message ?? "");
    reader.read({
      text: starts ? message.replace(/^\[[\w.-]{1,60}\] (?=\s|\w)/, "") : plain,
      line,
      startsStatement: starts,
      surroundings: { level: open?.level ?? null, logger: open?.logger ?? null, heading },
    });
  }

  #takeChain(chain: ExceptionChain): void {
    if (!this.#chains.add(chain)) return;
    for (let line = chain.firstLine; line <= Math.min(chain.lastLine, chain.firstLine + 300); line += 1) {
      const text = this.#store.get(line);
      if (text !== null) this.#store.mark(line, text);
    }
  }

  #addErrors(errors: readonly StructuredError[]): void {
    const open = this.#open;
    const safe = errors.map((error) => this.#redactedError(error));
    const first = this.#store.count + 1;
    for (const text of printedErrors(safe)) this.#store.add(text);
    if (open === null) return;
    open.lastLine = this.#store.count;
    const chain = chainOfErrors(safe, first, { level: open.level, logger: open.logger, heading: open.message });
    if (chain !== null) this.#takeChain(chain);
  }

  #redactedError(error: StructuredError): StructuredError {
    return {
      ...error,
      value: this.#redacted(error.value),
      notes: error.notes.map((note) => this.#redacted(note)),
    };
  }

  #redactedExtra(extra: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const entries = Object.entries(extra);
    return entries.length === 0
      ? noExtra
      : Object.fromEntries(entries.map(([key, value]) => [key, this.#redacted(value)]));
  }

  #redacted(text: string): string {
    const { text: safe, count } = this.config.redactLine(text);
    this.#redactions += count;
    return safe;
  }
}

/** Cheap test before the reader is asked: nothing else can begin a traceback. */
function mayOpenTraceback(text: string): boolean {
  return /Traceback|Exception|Error|Throwable|Failure|Interrupt|Death|^ {2}File "|^panic: |panicked/.test(text);
}

function streamOf(logger: string | null): string {
  return logger ?? "";
}

export function withoutColours(text: string): string {
  return text.includes(escapeCharacter) ? stripVTControlCharacters(text) : text;
}

function* withoutColoursIn(lines: Iterable<{ line: number; text: string }>): Generator<{ line: number; text: string }> {
  for (const { line, text } of lines) yield { line, text: withoutColours(text) };
}
