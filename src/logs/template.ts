/** A statement with its variable parts replaced, so that repeats are seen as such. */
export function templateOf(text: string): string {
  return text
    .slice(0, 400)
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>")
    .replace(/\b(?:0x)?[0-9a-f]{12,64}\b/gi, "<hex>")
    .replace(/\d+/g, "0");
}

const keptOfKind = 3;
const mostKinds = 4_000;

/** Counts statements of one kind in a large log. */
export class TemplateCounter {
  readonly #seen = new Map<string, { readonly line: number; count: number }>();
  /** By the line of the first of its kind: how many more came that were not kept. */
  readonly repeats = new Map<number, number>();

  /** True for the first few of each kind; the number of kinds is bounded. */
  isNew(message: string, line: number): boolean {
    const template = templateOf(message);
    const seen = this.#seen.get(template);
    if (seen === undefined) {
      if (this.#seen.size >= mostKinds) return false;
      this.#seen.set(Buffer.from(template).toString(), { line, count: 1 });
      return true;
    }
    seen.count += 1;
    if (seen.count <= keptOfKind) return true;
    this.repeats.set(seen.line, seen.count - keptOfKind);
    return false;
  }
}
