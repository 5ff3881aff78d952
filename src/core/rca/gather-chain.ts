import { isEcho, isWrapper } from "./echo.js";
import { exceptionsIn } from "./exception-in-text.js";
import { inEnglish } from "./foreign-words.js";
import type { ExceptionChain, ExceptionNote, LogReading } from "./reading.js";
import { bounded, type Origin, type Quote, type Statement } from "./statement.js";

/** The statements of one printed chain: the root weighs most, what wraps it less. `scale` is the chain's own weight. */
export function statementsOfChain(
  chain: ExceptionChain,
  reading: LogReading,
  origin: Origin,
  scale: number,
): readonly Statement[] {
  const statements: Statement[] = [];
  const last = rootOf(chain.chain);
  chain.chain.forEach((note, index) => {
    const statement = statementOfNote(note, chain, reading, origin, scale * depthWeight(chain.chain, index, last));
    statements.push(statement, ...nestedIn(note, statement, scale));
  });
  return statements;
}

/** A timeout of asyncio is raised from the cancellation by which it stops the wait; that one is no cause. */
function rootOf(notes: readonly ExceptionNote[]): number {
  const last = notes.length - 1;
  return last > 0 && /(?:^|\.)CancelledError$/.test(notes[last]?.type ?? "") ? last - 1 : last;
}

/** A context (raised while handling) is nearly as telling as what followed it; an explicit cause tells more than its wrapper. */
function depthWeight(notes: readonly ExceptionNote[], index: number, last: number): number {
  const [outer, own] = [notes[index - 1], notes[index]];
  if (index === last) {
    if (outer === undefined || own === undefined || !translates(outer, own)) return 1;
    return outer.message.length > sentence ? 0.5 : 0.8;
  }
  if (index > last) return 0.6;
  const inner = notes[index + 1];
  if (own !== undefined && inner !== undefined && translates(own, inner)) return 1;
  return inner?.link === "context" ? 0.96 : 0.86;
}

/** A message of this length tells what was looked for in full; the look-up behind it would only mislead. */
const sentence = 40;

/** A look-up that failed, answered by an exception of the team's own: that one says what was looked for. */
function translates(outer: ExceptionNote, inner: ExceptionNote): boolean {
  return (
    /^(?:KeyError|IndexError|StopIteration|LookupError|AttributeError)$/.test(inner.type) &&
    outer.message.length > 12 &&
    (outer.frames.at(-1)?.own ?? false)
  );
}

function statementOfNote(
  note: ExceptionNote,
  chain: ExceptionChain,
  reading: LogReading,
  origin: Origin,
  weight: number,
): Statement {
  const text = inEnglish(bounded(note.message === "" ? note.type : `${note.type}: ${note.message}`));
  const penalty = isEcho(text) ? 0.5 : isWrapper(text) ? 0.9 : note.message === "" ? 0.9 : 1;
  return {
    kind: "exception",
    origin,
    type: note.type,
    text,
    context: contextOf(note, chain, reading),
    quotes: quotesOfLines(reading, note.line, note.lastLine),
    weight: weight * penalty,
    raisedInOwnCode: note.frames.at(-1)?.own ?? false,
  };
}

/** An exception whose message carries another program's trace (py4j, a subprocess' stderr, Databricks' errors). */
function nestedIn(note: ExceptionNote, outer: Statement, scale: number): readonly Statement[] {
  if (!note.message.includes("\n")) return [];
  const lines = note.message.split("\n");
  const found = exceptionsIn(lines).filter((one) => !(one.index === 0 && !one.causedBy));
  return found.slice(-8).map((one, index, all) => ({
    ...outer,
    type: one.type,
    text: bounded(`${one.type}: ${one.message}`),
    quotes: outer.quotes.slice(Math.min(one.index, outer.quotes.length - 1)),
    weight: scale * (index === all.length - 1 ? 1 : 0.86) * (isWrapper(one.type) ? 0.9 : 1),
    raisedInOwnCode: false,
  }));
}

/** Up to twelve retained lines of a statement. */
export function quotesOfLines(reading: LogReading, first: number, last: number): readonly Quote[] {
  const quotes: Quote[] = [];
  for (let line = first; line <= Math.min(last, first + 60); line += 1) {
    const text = reading.line(line);
    if (text !== null && /[\p{L}\d]/u.test(text)) quotes.push({ source: "log", line, text });
  }
  return quotes;
}

function contextOf(note: ExceptionNote, chain: ExceptionChain, reading: LogReading): string {
  const frames = note.frames.slice(-12).map((frame) => `${frame.file}:${frame.name}`);
  const source: string[] = [];
  for (let line = Math.max(chain.firstLine, note.line - 6); line < note.line; line += 1) {
    source.push(reading.line(line) ?? "");
  }
  return bounded([...frames, ...source, chain.heading].join("\n"));
}
