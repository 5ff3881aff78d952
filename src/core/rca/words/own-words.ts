import type { Statement } from "../statement.js";
import { featuresOf } from "./features.js";
import { type Opinion, opinionOf } from "./opinion.js";
import { unpackWords } from "./unpack.js";
import { packedWords } from "./weights.js";

const model = unpackWords(packedWords);

/** What the words of statements speak for, by what was learnt from labelled failures; null when they are all unknown. */
export function ownWords(statements: readonly Statement[]): Opinion | null {
  return opinionOf(model, featuresOf(statements));
}
