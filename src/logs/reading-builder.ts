import { stripVTControlCharacters } from "node:util";
import type { NumberedLine } from "../core/ports.js";
import type { EndMarker, ExceptionChain, Level, LogReading, LogRecord } from "../core/rca/reading.js";
import type { Redactor } from "../telemetry/redact.js";
import type { LineSink, RecordHead, StructuredError } from "./decode/line-sink.js";
import type { DecodedLog } from "./decoded-log.js";
import { escapeCharacter, type LineGate, mayHold, mayHoldAll } from "./line-gate.js";
import { LineStore } from "./line-store.js";
import type { LogLimits } from "./log-limits.js";
import { ownCopy } from "./own-copy.js";
import { ChainKeeper } from "./structure/chain-keeper.js";
import { endMarkerOf } from "./structure/end-markers.js";
import { ExceptionReader } from "./structure/exception-reader.js";
import { parsePrefix } from "./structure/prefix.js";
import { chainOfErrors, printedErrors } from "./structure/structured-errors.js";
import { TemplateCounter } from "./template.js";

export interface BuilderConfig {
  readonly name: string;
  readonly tryNumber: number | null;
  readonly redactLine: ReturnType<Redactor["lines"]>;
  readonly gate: LineGate;
  readonly limits: LogLimits;
}

/** How the decoding ended. */
export interface Ending {
  readonly format: "v2-json" | "v2-ndjson" | "v1-json" | "text";
  readonly complete: boolean;
  readonly warnings: readonly string[];
}

/** A statement while its lines come in. */
interface OpenRecord {
  firstLine: number;
  lastLine: number;
  level: Level | null;
  logger: string | null;
  message: string;
  extra: Readonly<Record<string, string>>;
}

const noExtra: Readonly<Record<string, string>> = {};
const mostEnds = 400;
const mostStreams = 256;
const longestRecordKept = 200;
const mostBefore = 4;
const containerName = /^\[[\w.-]{1,60}\] (?=\s|\w)/;
/** Nothing else can begin a traceback. */
const mayOpenTraceback = /Traceback|Exception|Error|Throwable|Failure|Interrupt|Death|^ {2}File "|^panic: |panicked/;
/** What a logger prints below a statement without a prefix. */
const printedBelow = /^(?:(?:[a-z_$][\w$]{0,60}\.){2,12}[A-Z]|Traceback \(most|Caused by: )/;
const worthKeeping =
  /exception|error|fail|denied|refused|timed? ?out|killed|unable|cannot|not found|sqlstate|abort|caused by|memory|run_id|run in state|terminal state|databricks|lost|fatal|panic|expired|quota|invalid|missing|mismatch|not exist|no such|no space|exceeded|exhausted|violat|unreachable|unavailable|too many|duplicate|evict|reject|giving up|deadlock|conflict|unexpected|unresolved|forbidden|unauthorized|terminat/i;

/** Builds a reading from decoded lines as they come; memory stays bounded however long the log is. */
export class ReadingBuilder implements LineSink {
  readonly #store: LineStore;
  readonly #records: LogRecord[] = [];
  /** Of a large log: the last statements that were not kept. */
  readonly #before: LogRecord[] = [];
  readonly #chains = new ChainKeeper();
  readonly #ends: EndMarker[] = [];
  readonly #readers = new Map<string, ExceptionReader>();
  readonly #templates = new TemplateCounter();
  #open: OpenRecord | null = null;
  #structured = false;
  #stamped = false;
  /** The stream of output whose reader is at hand. */
  #stream: string | null = null;
  #reader: ExceptionReader | null = null;
  #previousMessage = "";
  #redactions = 0;
  #airflowText = false;
  #sparkLines = 0;

  constructor(private readonly config: BuilderConfig) {
    this.#store = new LineStore(config.limits);
  }

  get limits(): LogLimits {
    return this.config.limits;
  }

  get large(): boolean {
    return !this.#store.whole;
  }

  get attentive(): boolean {
    return this.#reader?.busy === true;
  }

  skip(count = 1): void {
    this.#close();
    this.#before.length = 0;
    this.#store.skip(count);
  }

  line(raw: string, known?: number): void {
    const gated = known ?? this.config.gate.flagsOf(raw);
    const text = this.#redacted(raw, gated);
    const plain = (gated & mayHold.colour) === 0 ? text : withoutColours(text);
    const flags = plain === raw ? gated : mayHoldAll;
    const number = this.#store.add(text, flags);
    const prefix = parsePrefix(plain, this.#stream);
    const isAirflow = prefix !== null && prefix.style === "airflow" && prefix.stamped;
    if (isAirflow) this.#airflowText = true;
    else if (prefix?.style === "spark") this.#sparkLines += 1;
    const belongsAbove = this.#airflowText && !isAirflow && this.#open !== null && !plain.startsWith(" INFO - ::");
    if (prefix !== null && !belongsAbove) {
      this.#begin(number, prefix.level, prefix.logger, prefix.message, noExtra, false);
      this.#stamped = prefix.stamped;
      this.#readForTracebacks(prefix.message, number, true, flags);
    } else if (this.#standsAlone(plain)) {
      this.#begin(number, null, null, plain, noExtra, false);
      this.#readForTracebacks(plain, number, true, flags);
    } else {
      if (this.#open !== null) this.#open.lastLine = number;
      this.#readForTracebacks(plain, number, false, flags);
    }
  }

  record(head: RecordHead, event: string, errors: readonly StructuredError[]): void {
    const lines = event.includes("\n") ? event.split("\n") : [event];
    for (let index = 0; index < lines.length; index += 1) {
      const raw = lines[index] ?? "";
      const gated = this.config.gate.flagsOf(raw);
      const text = this.#redacted(raw, gated);
      const plain = (gated & mayHold.colour) === 0 ? text : withoutColours(text);
      const flags = plain === raw ? gated : mayHoldAll;
      const number = this.#store.add(text, flags);
      if (index === 0) this.#begin(number, head.level, head.logger, plain, this.#redactedExtra(head.extra), true);
      else if (this.#open !== null) this.#open.lastLine = number;
      this.#readForTracebacks(plain, number, index === 0, flags);
    }
    if (errors.length > 0) this.#addErrors(errors);
    this.#close();
  }

  finish(ending: Ending): DecodedLog {
    this.#close();
    for (const reader of this.#readers.values()) reader.finish();
    const store = this.#store;
    const warnings = [...ending.warnings];
    if (!store.whole) warnings.push("The log is large: of its middle only what may matter was kept.");
    return {
      name: this.config.name,
      tryNumber: this.config.tryNumber,
      format: this.#formatOf(ending),
      lineCount: store.count,
      complete: ending.complete && !this.#ends.some((end) => end.kind === "stream_stopped"),
      records: this.#records,
      chains: this.#chains.kept(),
      ends: this.#ends,
      line: (number) => store.get(number),
      mayTell: (number) => (store.flags(number) & mayHold.tellingWord) !== 0,
      mayNameRun: (number) => (store.flags(number) & mayHold.run) !== 0,
      retained: () => withoutColoursIn(store),
      redactions: this.#redactions,
      warnings,
      repeats: this.#templates.repeats,
    };
  }

  #formatOf(ending: Ending): LogReading["format"] {
    if (ending.format === "v2-json" || ending.format === "v2-ndjson") return "v2";
    if (ending.format === "v1-json" || this.#airflowText) return "v1";
    return this.#sparkLines > 0 ? "spark" : "text";
  }

  /** Without Airflow's prefixes only indented lines and open tracebacks belong to the line above. */
  #standsAlone(plain: string): boolean {
    if (this.#open === null || this.#structured) return true;
    if (this.#airflowText) return false;
    if (plain === "" || /^\s/.test(plain) || this.#reader?.busy === true) return false;
    return !(this.#stamped && printedBelow.test(plain));
  }

  #begin(
    line: number,
    level: Level | null,
    logger: string | null,
    message: string,
    extra: Readonly<Record<string, string>>,
    structured: boolean,
  ): void {
    this.#close();
    this.#open = { firstLine: line, lastLine: line, level, logger, message, extra };
    this.#structured = structured;
    this.#stamped = false;
    if (logger === this.#stream) return;
    this.#stream = logger;
    this.#reader = this.#readers.get(logger ?? "") ?? null;
  }

  #close(): void {
    const record = this.#open;
    if (record === null) return;
    this.#open = null;
    if (record.message !== "") this.#previousMessage = record.message;
    const end = endMarkerOf(record);
    if (end !== null && this.#ends.length < mostEnds) this.#ends.push(end);
    if (this.#store.whole) this.#records.push(record);
    else this.#keepIfTelling(record, end !== null);
  }

  /** Of a large log: the first statements of each kind stay with what was said before them, of the others the number. */
  #keepIfTelling(record: LogRecord, isEnd: boolean): void {
    const isLoud = record.level !== null && record.level !== "info" && record.level !== "debug";
    const telling = isEnd || isLoud || worthKeeping.test(record.message);
    const isNew = telling && this.#templates.isNew(record.message, record.firstLine);
    this.#before.push(record);
    if (isNew || isEnd) for (const one of this.#before.splice(0)) this.#keep(one);
    else if (this.#before.length > mostBefore) this.#before.shift();
  }

  #keep(record: LogRecord): void {
    const last = Math.min(record.lastLine, record.firstLine + longestRecordKept);
    for (let line = record.firstLine; line <= last; line += 1) this.#store.mark(line);
    this.#records.push({
      ...record,
      message: ownCopy(record.message),
    });
  }

  #readForTracebacks(message: string, line: number, starts: boolean, flags: number): void {
    const open = this.#open;
    if (this.#reader?.busy !== true && ((flags & mayHold.traceback) === 0 || !mayOpenTraceback.test(message))) return;
    const reader = this.#reader ?? this.#addReader(open?.logger ?? "");
    const heading = starts ? this.#previousMessage : (open?.message ?? "");
    reader.read({
      text: starts ? message.replace(containerName, "") : message,
      line,
      startsStatement: starts,
      surroundings: { level: open?.level ?? null, logger: open?.logger ?? null, heading },
    });
  }

  #addReader(stream: string): ExceptionReader {
    const reader = new ExceptionReader((chain) => this.#takeChain(chain));
    if (this.#readers.size < mostStreams) this.#readers.set(stream, reader);
    this.#reader = reader;
    return reader;
  }

  #takeChain(chain: ExceptionChain): void {
    const own = this.#store.whole ? chain : (JSON.parse(JSON.stringify(chain)) as ExceptionChain);
    if (!this.#chains.add(own) || this.#store.whole) return;
    for (let line = chain.firstLine; line <= chain.lastLine; line += 1) this.#store.mark(line);
  }

  #addErrors(errors: readonly StructuredError[]): void {
    const open = this.#open;
    const safe = errors.map((error) => this.#redactedError(error));
    const first = this.#store.count + 1;
    for (const text of printedErrors(safe)) this.#store.add(text, mayHoldAll);
    if (open === null) return;
    open.lastLine = this.#store.count;
    const chain = chainOfErrors(safe, first, { level: open.level, logger: open.logger, heading: open.message });
    if (chain !== null) this.#takeChain(chain);
  }

  #redactedError(error: StructuredError): StructuredError {
    return { ...error, value: this.#redacted(error.value), notes: error.notes.map((note) => this.#redacted(note)) };
  }

  #redactedExtra(extra: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const entries = Object.entries(extra);
    if (entries.length === 0) return noExtra;
    return Object.fromEntries(entries.map(([key, value]) => [key, this.#redacted(value)]));
  }

  #redacted(text: string, flags = mayHoldAll): string {
    const safe = this.config.redactLine(text, (flags & mayHold.secret) !== 0);
    if (safe === null) return text;
    this.#redactions += safe.count;
    return safe.text;
  }
}

function withoutColours(text: string): string {
  return text.includes(escapeCharacter) ? stripVTControlCharacters(text) : text;
}

function* withoutColoursIn(store: LineStore): Generator<NumberedLine> {
  for (const one of store.entries())
    if ((store.flags(one.line) & mayHold.colour) === 0) yield one;
    else yield { line: one.line, text: withoutColours(one.text) };
}
