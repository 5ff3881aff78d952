import type { ExceptionChain, ExceptionNote, Frame, Level } from "../../core/rca/reading.js";

const longestMessage = 16_384;
const mostFrames = 160;
const mostNotes = 24;

export interface DraftNote {
  type: string;
  message: string;
  line: number;
  lastLine: number;
  frames: Frame[];
  link: ExceptionNote["link"];
}

/** Where a traceback stands. */
export interface Surroundings {
  readonly level: Level | null;
  readonly logger: string | null;
  readonly heading: string;
}

/** A chain while it is read; outermost first, whatever the order of printing. */
export class ChainDraft {
  readonly notes: DraftNote[] = [];
  lastLine: number;

  constructor(
    readonly language: ExceptionChain["language"],
    readonly firstLine: number,
    private readonly surroundings: Surroundings,
  ) {
    this.lastLine = firstLine;
  }

  /** Python prints the outer exception below the inner one. */
  putOutside(note: DraftNote, innerLink: "cause" | "context"): void {
    const inner = this.notes[0];
    if (inner !== undefined) inner.link = innerLink;
    this.notes.unshift({ ...note, link: "outermost" });
    if (this.notes.length > mostNotes) this.notes.splice(mostNotes >> 1, 1);
  }

  putInside(note: DraftNote): void {
    this.notes.push(this.notes.length === 0 ? { ...note, link: "outermost" } : note);
    if (this.notes.length > mostNotes) this.notes.splice(mostNotes >> 1, 1);
  }

  finish(): ExceptionChain | null {
    if (this.notes.length === 0) return null;
    const chain = this.notes.map((note) => ({ ...note, message: note.message.trimEnd() }));
    return { language: this.language, chain, firstLine: this.firstLine, lastLine: this.lastLine, ...this.surroundings };
  }
}

export function newNote(
  type: string,
  message: string,
  line: number,
  frames: Frame[],
  link: ExceptionNote["link"],
): DraftNote {
  return { type, message: message.slice(0, longestMessage), line, lastLine: line, frames, link };
}

export function extendMessage(note: DraftNote, text: string, line: number): void {
  if (note.message.length < longestMessage) note.message += `\n${text.slice(0, longestMessage)}`;
  if (text !== "") note.lastLine = line;
}

/** Deep recursions keep their first and last frames. */
export function addFrame(frames: Frame[], frame: Frame): void {
  frames.push(frame);
  if (frames.length > mostFrames) frames.splice(mostFrames >> 1, 1);
}
