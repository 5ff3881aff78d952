import type { ExceptionChain, Frame } from "../../core/rca/reading.js";
import { addFrame, ChainDraft, type DraftNote, extendMessage, newNote, type Surroundings } from "./chain-draft.js";
import {
  type ExceptionHead,
  parseBlockHead,
  parseJvmHead,
  parsePythonHead,
  parseScriptHead,
} from "./exception-heads.js";
import { parseJvmFrame, parseNodeFrame, parsePythonFrame } from "./frames.js";

const tracebackStart = "Traceback (most recent call last):";
const directCause = "The above exception was the direct cause of the following exception:";
const duringHandling = "During handling of the above exception, another exception occurred:";
const groupBar = /^\s*(?:\| ?|\+ (?=Exception Group))/;
const groupRule = /^\s*\+[-+]{2,}(?: (?:\d+|\.\.\.) -+)?$/;
/** What goes on with a message when every line is a statement of its own. */
const messageGoesOn =
  /^(?:\s+\S|DETAIL:|HINT:|CONTEXT:|LINE \d|QUERY:|STATEMENT:|WHERE:|\[SQL|\[parameters|\(Background|SQLSTATE|JVM stacktrace:|== )/;
/** What a test runner or build system prints next. */
const nextPart = /^(?:[=_]{8,}|-{8,} .{1,60} -{8,}$|##\[|make(?:\[\d+\])?: \*\*\*|npm (?:ERR!|error) )/;
const namedLikeException = /^(?:[\w.]+\.)?[A-Z]\w*$/;
const jvmCause = /^Caused by: (.*)$/s;
const jvmElided = /^\s*\.\.\. \d+ (?:more|common frames omitted)/;
const jvmSuppressed = /^\s+Suppressed: /;
const longestCandidate = 80;
const mostMessageLines = 400;

/** A line of one stream of output, as the reader sees it. */
export interface StreamLine {
  readonly text: string;
  readonly line: number;
  /** False when the line continues the same statement as the one before. */
  readonly startsStatement: boolean;
  readonly surroundings: Surroundings;
}

interface Candidate {
  readonly head: ExceptionHead;
  readonly text: string;
  readonly line: number;
  readonly rest: string[];
  readonly surroundings: Surroundings;
}

type State = "idle" | "python-frames" | "python-message" | "python-between" | "jvm-message" | "jvm-frames" | "block";

/** Finds the tracebacks in one stream of lines and hands on each as a chain. */
export class ExceptionReader {
  #state: State = "idle";
  #draft: ChainDraft | null = null;
  #note: DraftNote | null = null;
  #frames: Frame[] = [];
  #link: "cause" | "context" | "group" | null = null;
  #candidate: Candidate | null = null;
  #indent = 0;
  #messageLines = 0;
  /** The traceback stands inside the message of another exception, whose language this is. */
  #nested: "python" | "jvm" | null = null;
  #blankBefore = false;
  #suppressed = false;

  constructor(private readonly emit: (chain: ExceptionChain) => void) {}

  /** True while a traceback is open. */
  get busy(): boolean {
    return this.#state !== "idle" || this.#candidate !== null;
  }

  read(input: StreamLine): void {
    const text = this.#undecorated(input.text);
    if (this.#state !== "idle" && this.#continue(text, input)) {
      if (this.#draft !== null && text !== "") this.#draft.lastLine = input.line;
      return;
    }
    if (this.#state !== "idle") this.finish();
    this.#start(text, input);
  }

  finish(): void {
    if (this.#note !== null && this.#candidate !== null)
      for (const text of [this.#candidate.text, ...this.#candidate.rest])
        extendMessage(this.#note, text, this.#note.lastLine);
    const chain = this.#draft?.finish() ?? null;
    this.#state = "idle";
    this.#draft = null;
    this.#note = null;
    this.#frames = [];
    this.#link = null;
    this.#candidate = null;
    this.#nested = null;
    this.#blankBefore = false;
    this.#suppressed = false;
    if (chain !== null) this.emit(chain);
  }

  #undecorated(text: string): string {
    const grouped = this.#state !== "idle" || text.includes("+ Exception Group") ? text.replace(groupBar, "") : text;
    return this.#indent > 0 && this.#state !== "idle" && grouped.slice(0, this.#indent).trim() === ""
      ? grouped.slice(this.#indent)
      : grouped;
  }

  #start(text: string, input: StreamLine): void {
    if (text.endsWith(tracebackStart)) {
      const jvm = parseJvmHead(text);
      this.#open(jvm === null ? "python" : "java", input);
      if (jvm !== null) this.#putInside(jvm, input.line);
      this.#nested = jvm === null ? null : "jvm";
      this.#expectFrames(jvm === null ? text.length - text.trimStart().length : 0);
      return;
    }
    const frame = parseTopLevelSyntaxFrame(text);
    if (frame !== null) {
      this.#open("python", input);
      this.#expectFrames(0);
      this.#frames.push(frame);
      return;
    }
    if (this.#confirmCandidate(text, input)) return;
    this.#considerCandidate(text, input);
  }

  #continue(text: string, input: StreamLine): boolean {
    if (this.#state !== "jvm-message" && this.#state !== "jvm-frames" && text.trimStart() === tracebackStart)
      return this.#anotherTraceback();
    switch (this.#state) {
      case "python-frames":
        return this.#inPythonFrames(text, input);
      case "python-message":
        return this.#inPythonMessage(text, input);
      case "python-between":
        return text.trim() === "" || groupRule.test(text);
      case "jvm-message":
        return this.#inJvmMessage(text, input);
      case "jvm-frames":
        return this.#inJvmFrames(text, input);
      case "block":
        return this.#inBlock(text, input);
      case "idle":
        return false;
    }
  }

  #anotherTraceback(): boolean {
    if (this.#link === null && this.#state !== "python-frames") return false;
    this.#expectFrames(this.#indent);
    return true;
  }

  #expectFrames(indent: number): void {
    this.#state = "python-frames";
    this.#indent = indent;
    this.#frames = [];
  }

  #inPythonFrames(text: string, input: StreamLine): boolean {
    const frame = parsePythonFrame(text);
    if (frame !== null) {
      addFrame(this.#frames, frame);
      return true;
    }
    if (text === "" || /^\s/.test(text)) return true;
    const head = parsePythonHead(text);
    if (head === null || this.#draft === null) return false;
    if (this.#frames.length === 0 && !namedLikeException.test(head.type)) return false;
    const note = newNote(head.type, head.message, input.line, this.#frames, "cause");
    const inside = this.#nested !== null || this.#link === "group";
    if (inside) this.#draft.putInside({ ...note, link: this.#nested === null ? "group" : "cause" });
    else this.#draft.putOutside(note, this.#link === "cause" ? "cause" : "context");
    this.#note = (inside ? this.#draft.notes.at(-1) : this.#draft.notes[0]) ?? null;
    this.#link = null;
    this.#messageLines = 0;
    this.#blankBefore = false;
    this.#state = this.#nested === "jvm" ? "jvm-message" : "python-message";
    this.#nested = null;
    if (text.endsWith(tracebackStart)) this.#expectNested("python");
    return true;
  }

  #inPythonMessage(text: string, input: StreamLine): boolean {
    const bare = text.trim();
    if (bare === directCause || bare === duringHandling) {
      this.#link = bare === directCause ? "cause" : "context";
      this.#state = "python-between";
      this.#candidate = null;
      return true;
    }
    if (groupRule.test(text)) {
      this.#link = "group";
      this.#state = "python-between";
      return true;
    }
    if (this.#confirmCandidate(text, input)) return true;
    const cause = jvmCause.exec(text);
    const head = parseJvmHead(cause?.[1] ?? text);
    if (head !== null && text.endsWith(tracebackStart)) return this.#nestedTraceback(head, input.line);
    this.#messageLines += 1;
    if (this.#messageLines > mostMessageLines || this.#leftLooseMessage(text, input, head)) return false;
    this.#blankBefore = bare === "";
    if (head !== null) this.#candidate = { head, text, line: input.line, rest: [], surroundings: input.surroundings };
    else if (input.startsStatement && bare !== "" && this.#candidate === null && !messageGoesOn.test(text))
      return false;
    else this.#candidate?.rest.push(text);
    if (this.#note !== null && this.#candidate === null) extendMessage(this.#note, text, input.line);
    return true;
  }

  /** Where lines have no prefix, a blank line or the next part of the output ends a message, unless what follows plainly belongs to it. */
  #leftLooseMessage(text: string, input: StreamLine, head: ExceptionHead | null): boolean {
    if (input.surroundings.logger === null && nextPart.test(text)) return true;
    if (!this.#blankBefore || head !== null || text.trim() === "") return false;
    return input.surroundings.logger === null && !messageGoesOn.test(text);
  }

  #inJvmMessage(text: string, input: StreamLine): boolean {
    if (this.#isFrameOrCause(text, input)) return true;
    if (text.endsWith(tracebackStart)) {
      this.#expectNested("jvm");
      return true;
    }
    this.#messageLines += 1;
    if (this.#messageLines > longestCandidate || this.#note === null) return false;
    if (input.startsStatement && !/^\s/.test(text) && text !== "") return false;
    extendMessage(this.#note, text, input.line);
    return true;
  }

  #inJvmFrames(text: string, input: StreamLine): boolean {
    if (this.#isFrameOrCause(text, input)) return true;
    if (text.trim() === "" || jvmElided.test(text) || text.startsWith("Driver stacktrace:")) return true;
    if (this.#draft?.language === "python" && (text.trim() === directCause || text.trim() === duringHandling)) {
      this.#link = text.trim() === directCause ? "cause" : "context";
      this.#state = "python-between";
      return true;
    }
    if (jvmSuppressed.test(text)) {
      this.#suppressed = true;
      return true;
    }
    return this.#suppressed && /^\s/.test(text);
  }

  #isFrameOrCause(text: string, input: StreamLine): boolean {
    const cause = jvmCause.exec(text);
    if (cause !== null) {
      const head = parseJvmHead(cause[1] ?? "") ??
        parsePythonHead(cause[1] ?? "") ?? { type: cause[1] ?? "", message: "" };
      this.#suppressed = false;
      if (text.endsWith(tracebackStart)) return this.#nestedTraceback(head, input.line);
      this.#putInside(head, input.line);
      return true;
    }
    const frame = parseJvmFrame(text);
    if (frame === null) return parseNodeFrame(text) !== null && this.#draft?.language === "other";
    if (!this.#suppressed && this.#note !== null) addFrame(this.#note.frames, frame);
    this.#state = "jvm-frames";
    return true;
  }

  #nestedTraceback(head: ExceptionHead, line: number): boolean {
    this.#putInside(head, line);
    this.#expectNested("jvm");
    return true;
  }

  #expectNested(language: "python" | "jvm"): void {
    this.#nested = language;
    this.#expectFrames(0);
  }

  #inBlock(text: string, input: StreamLine): boolean {
    if (this.#note === null || this.#messageLines > 20 || text.trim() === "" || !/^\s/.test(text)) return false;
    this.#messageLines += 1;
    extendMessage(this.#note, text, input.line);
    return true;
  }

  #putInside(head: ExceptionHead, line: number): void {
    this.#draft?.putInside(newNote(head.type, head.message, line, [], "cause"));
    this.#note = this.#draft?.notes.at(-1) ?? null;
    this.#messageLines = 0;
    this.#state = "jvm-message";
  }

  #open(language: ExceptionChain["language"], input: { line: number; surroundings: Surroundings }): void {
    this.#candidate = null;
    this.#draft = new ChainDraft(language, input.line, input.surroundings);
  }

  /** A frame below a line that may be an exception proves it. */
  #confirmCandidate(text: string, input: StreamLine): boolean {
    const candidate = this.#candidate;
    if (candidate === null) return false;
    const frame = parseJvmFrame(text);
    if (frame === null && parseNodeFrame(text) === null) return false;
    if (this.#draft === null)
      this.#open(frame === null || !candidate.head.type.includes(".") ? "other" : "java", candidate);
    this.#candidate = null;
    this.#putInside(candidate.head, candidate.line);
    if (this.#note !== null)
      for (const [index, rest] of candidate.rest.entries()) extendMessage(this.#note, rest, candidate.line + index + 1);
    const own = frame ?? parseNodeFrame(text);
    if (own !== null && this.#note !== null) addFrame(this.#note.frames, own);
    if (this.#draft !== null) this.#draft.lastLine = input.line;
    this.#state = "jvm-frames";
    return true;
  }

  #considerCandidate(text: string, input: StreamLine): void {
    const head = parseJvmHead(text) ?? parseScriptHead(text);
    if (head !== null) {
      this.#candidate = { head, text, line: input.line, rest: [], surroundings: input.surroundings };
      return;
    }
    const block = parseBlockHead(text);
    if (block !== null) {
      this.#open("other", input);
      this.#putInside(block, input.line);
      this.#state = "block";
      return;
    }
    if (this.#candidate === null) return;
    if (this.#candidate.rest.length >= longestCandidate || (input.startsStatement && !/^\s/.test(text)))
      this.#candidate = null;
    else this.#candidate.rest.push(text);
  }
}

/** A script that can't be parsed prints its frame without the line above. */
function parseTopLevelSyntaxFrame(text: string): Frame | null {
  if (!text.startsWith('  File "')) return null;
  const frame = parsePythonFrame(text);
  return frame !== null && frame.name === "" ? frame : null;
}
