import { createLiteralScanner } from "../../telemetry/literal-scanner.js";
import type { LineSink } from "./line-sink.js";

/** What may tell a cause, an end or a Databricks run; anything else in the middle of a large log is let go unread. */
const telling = [
  "error",
  "exception",
  "traceback",
  "caused by",
  "fail",
  "fatal",
  "critical",
  "severe",
  "panic",
  "warn",
  "denied",
  "forbidden",
  "unauthorized",
  "refused",
  "timeout",
  "timed out",
  "killed",
  "unable",
  "cannot",
  "could not",
  "not found",
  "no such",
  "does not exist",
  "invalid",
  "mismatch",
  "missing",
  "sqlstate",
  "abort",
  "memory",
  "exceeded",
  "no space",
  "lost",
  "reset by peer",
  "terminat",
  "signal",
  "deadlock",
  "conflict",
  "unresolved",
  "unexpected",
  "violat",
  "task exited",
  "marking task",
  "state of this instance",
  "heartbeat",
  "skipping",
  "run submitted",
  "run-id ",
  "#job/",
  "/runs/",
  "databricks run",
  "task run in databricks",
  "job run in databricks",
  "private key-----",
];
const gate = createLiteralScanner([telling]);
/** So much of the end is always read. */
const tailChars = 1_024 * 1_024;
/** Lines read behind a telling one. */
const behind = 8;

/** Passes lines or records on; once the log is large, only the telling ones, what follows them, and the end. */
export class LargeLog {
  #held: string[] = [];
  #first = 0;
  #heldChars = 0;
  #attention = 0;

  constructor(
    private readonly sink: LineSink,
    private readonly take: (raw: string) => void,
    /** False for a record that may count for more than one line. */
    private readonly isOneLine: (raw: string) => boolean = () => true,
  ) {}

  push(raw: string): void {
    if (!this.sink.large) {
      this.take(raw);
      return;
    }
    this.#held.push(raw);
    this.#heldChars += raw.length + 1;
    while (this.#heldChars > tailChars) this.#release();
  }

  end(): void {
    for (let index = this.#first; index < this.#held.length; index += 1) this.take(this.#held[index] ?? "");
    this.#held = [];
  }

  #release(): void {
    const raw = this.#held[this.#first] ?? "";
    this.#first += 1;
    this.#heldChars -= raw.length + 1;
    if (this.#first > 8_192) {
      this.#held = this.#held.slice(this.#first);
      this.#first = 0;
    }
    if (gate.groupsIn(raw) !== 0) this.#attention = behind;
    else if (this.#attention > 0) this.#attention -= 1;
    else if (!this.sink.attentive && this.isOneLine(raw)) {
      this.sink.skip();
      return;
    }
    this.take(raw);
  }
}
