import { createLiteralScanner } from "../../telemetry/literal-scanner.js";
import type { LineSink } from "./line-sink.js";
import { linesBefore, linesBehind, tellingOfLarge } from "./telling-of-large.js";

const gate = createLiteralScanner([tellingOfLarge]);

/** Passes lines or records on; once the log is large, only the telling ones, what stands around them, and the end. */
export class LargeLog {
  #held: string[] = [];
  #first = 0;
  #heldChars = 0;
  #attention = 0;
  /** The last ones that were not taken: they are, if a telling one follows. */
  readonly #unread: string[] = [];

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
    while (this.#heldChars > this.sink.limits.tailLength) this.#release();
  }

  end(): void {
    this.#takeUnread();
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
    if (gate.groupsIn(raw) !== 0) this.#attention = linesBehind;
    else if (this.#attention > 0) this.#attention -= 1;
    else if (!this.sink.attentive && this.isOneLine(raw)) {
      this.#unread.push(raw);
      if (this.#unread.length <= linesBefore) return;
      this.#unread.shift();
      this.sink.skip();
      return;
    }
    this.#takeUnread();
    this.take(raw);
  }

  #takeUnread(): void {
    for (const raw of this.#unread.splice(0)) this.take(raw);
  }
}
