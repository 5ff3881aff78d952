import type { ExceptionChain } from "../../core/rca/reading.js";
import { templateOf } from "../template.js";

const firstKept = 200;
const lastKept = 200;
const keptOfKind = 3;

/** Keeps the first and the last tracebacks of a log; of one that comes again and again the first three and the last. */
export class ChainKeeper {
  readonly #first: ExceptionChain[] = [];
  #last: ExceptionChain[] = [];
  readonly #kinds = new Map<string, number>();
  readonly #latest = new Map<string, ExceptionChain>();

  /** False for one that is let go unless it turns out to be the last of its kind. */
  add(chain: ExceptionChain): boolean {
    const kind = kindOf(chain);
    const seen = (this.#kinds.get(kind) ?? 0) + 1;
    if (this.#kinds.size < 4_000 || seen > 1) this.#kinds.set(kind, seen);
    if (seen > keptOfKind) {
      this.#latest.set(kind, chain);
      return false;
    }
    if (this.#first.length < firstKept) this.#first.push(chain);
    else {
      this.#last.push(chain);
      if (this.#last.length > 2 * lastKept) this.#last = this.#last.slice(-lastKept);
    }
    return true;
  }

  kept(): readonly ExceptionChain[] {
    return [...this.#first, ...this.#last.slice(-lastKept), ...this.#latest.values()].sort(
      (a, b) => a.firstLine - b.firstLine,
    );
  }
}

function kindOf(chain: ExceptionChain): string {
  const outer = chain.chain[0];
  const root = chain.chain.at(-1);
  return `${templateOf(chain.heading)}|${outer?.type}|${templateOf(outer?.message ?? "")}|${root?.type}|${templateOf(root?.message ?? "")}`;
}
