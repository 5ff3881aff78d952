import type { ExceptionChain, ExceptionNote } from "../../core/rca/reading.js";
import type { StructuredError } from "../decode/line-sink.js";
import { ChainDraft, newNote, type Surroundings } from "./chain-draft.js";
import { ExceptionReader } from "./exception-reader.js";
import { pythonFrameOf } from "./frames.js";

/** Prints `error_detail` as Python prints a traceback: entries in their order, no connecting sentences, notes one a line. */
export function printedErrors(errors: readonly StructuredError[]): readonly string[] {
  return errors.flatMap((error) => [
    "Traceback (most recent call last):",
    ...error.frames.map((frame) => `  File "${frame.file}", line ${frame.lineNumber ?? 0}, in ${frame.name}`),
    ...messageLines(error),
    ...error.notes.flatMap((note) => note.split("\n")),
  ]);
}

/** The chain of the errors whose first printed line has this number. */
export function chainOfErrors(
  errors: readonly StructuredError[],
  firstLine: number,
  surroundings: Surroundings,
): ExceptionChain | null {
  const draft = new ChainDraft("python", firstLine, surroundings);
  let next = firstLine;
  for (const error of errors) {
    const line = next + 1 + error.frames.length;
    const value = messageLines(error);
    const link = error.isMember ? "group" : error.isCause ? "cause" : "context";
    const frames = error.frames.map((frame) => pythonFrameOf(frame.file, frame.lineNumber, frame.name));
    const inner = value.length > 1 ? innerErrorsIn(value, line, surroundings) : [];
    const ownLines = inner[0] === undefined ? value.length : Math.max(1, inner[0].line - line);
    const message =
      ownLines === value.length
        ? error.value
        : value
            .slice(0, ownLines)
            .join("\n")
            .slice(error.type.length + 2);
    const note = newNote(error.type, [message, ...error.notes].join("\n"), line, frames, link);
    note.lastLine = line + value.length - 1;
    draft.putInside(note);
    for (const cause of inner) draft.putInside({ ...cause, frames: [...cause.frames], link: "cause" });
    next = line + value.length + error.notes.reduce((sum, text) => sum + text.split("\n").length, 0);
  }
  draft.lastLine = next - 1;
  return draft.finish();
}

function messageLines(error: StructuredError): readonly string[] {
  return (error.value === "" ? error.type : `${error.type}: ${error.value}`).split("\n");
}

/** Py4J puts the JVM's stack trace into the Python exception's message, scripts put the traceback of another one there. */
function innerErrorsIn(
  value: readonly string[],
  firstLine: number,
  surroundings: Surroundings,
): readonly ExceptionNote[] {
  if (!value.some((text) => /^\s+at [\w.$<>/]{1,200}\(|Traceback \(most recent call last\):$/.test(text))) return [];
  const chains: ExceptionChain[] = [];
  const reader = new ExceptionReader((chain) => chains.push(chain));
  ["Traceback (most recent call last):", ...value].forEach((text, index) => {
    reader.read({ text, line: firstLine - 1 + index, startsStatement: false, surroundings });
  });
  reader.finish();
  return chains[0]?.chain.slice(1) ?? [];
}
