import { explainError, UpstreamError } from "../../core/errors.js";

/** Collects what could not be read, so that one missing part never costs the whole answer. */
export interface Gaps {
  readonly words: string[];
  readonly errors: unknown[];
  /** The value, or `otherwise` with a note. */
  read<T>(what: string, value: Promise<T>, otherwise: T): Promise<T>;
}

const longestNote = 300;

export function createGaps(): Gaps {
  const words: string[] = [];
  const errors: unknown[] = [];
  return {
    words,
    errors,
    async read(what, value, otherwise) {
      try {
        return await value;
      } catch (error) {
        errors.push(error);
        words.push(`${what} could not be read: ${explainError(error)}`.slice(0, longestNote));
        return otherwise;
      }
    },
  };
}

/** True when the system said that the thing does not exist, which is the asker's mistake or a deleted run. */
export function isNotFound(error: unknown): boolean {
  return error instanceof UpstreamError && error.reason === "not_found";
}
