/** A record that grows beyond this is not waited for. */
const longestElement = 32 * 1024 * 1024;
const special = /["{}[\]]/g;
const inString = /["\\]/g;

/** Cuts the elements out of a JSON array that comes in pieces; only whole elements are handed on. */
export class JsonElements {
  #text = "";
  #at = 0;
  #start = -1;
  #depth = 0;
  #inString = false;
  /** The array's closing bracket was read. */
  closed = false;
  oversized = false;

  constructor(private readonly take: (element: string) => void) {}

  /** True when an element was begun that has no end. */
  get torn(): boolean {
    return this.#start >= 0;
  }

  push(piece: string): void {
    if (this.closed || this.oversized) return;
    this.#text = this.#start < 0 ? this.#text.slice(this.#at) + piece : this.#text.slice(this.#start) + piece;
    if (this.#start >= 0) {
      this.#at -= this.#start;
      this.#start = 0;
    } else this.#at = 0;
    while (!this.closed && this.#step());
    if (this.#text.length > longestElement) {
      this.oversized = true;
      this.#text = "";
    }
  }

  /** Moves to the next quote or bracket; false when the text is used up. */
  #step(): boolean {
    if (this.#inString) return this.#skipString();
    special.lastIndex = this.#at;
    const hit = special.exec(this.#text);
    if (hit === null) {
      this.#at = this.#text.length;
      return false;
    }
    const at = hit.index;
    this.#at = at + 1;
    if (hit[0] === '"') {
      if (this.#depth === 0) this.#start = at;
      this.#inString = true;
    } else if (hit[0] === "{" || hit[0] === "[") {
      if (this.#depth === 0) this.#start = at;
      this.#depth += 1;
    } else if (this.#depth === 0) this.closed = true;
    else {
      this.#depth -= 1;
      this.#finishAtTop();
    }
    return true;
  }

  #skipString(): boolean {
    for (;;) {
      inString.lastIndex = this.#at;
      const hit = inString.exec(this.#text);
      if (hit === null || (hit[0] !== '"' && hit.index + 1 >= this.#text.length)) {
        this.#at = hit === null ? this.#text.length : hit.index;
        return false;
      }
      this.#at = hit.index + (hit[0] === '"' ? 1 : 2);
      if (hit[0] !== '"') continue;
      this.#inString = false;
      this.#finishAtTop();
      return true;
    }
  }

  #finishAtTop(): void {
    if (this.#depth > 0 || this.#start < 0) return;
    const element = this.#text.slice(this.#start, this.#at);
    this.#start = -1;
    this.take(element);
  }
}
