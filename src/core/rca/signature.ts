import type { Category, RerunHelps } from "../verdict.js";
import type { Statement, StatementKind } from "./statement.js";

/** One way a signature is proven by a single statement; all given parts must hold. `weight` is how surely it names the cause. */
export interface Proof {
  readonly type?: RegExp;
  readonly text?: RegExp;
  readonly context?: RegExp;
  readonly kinds?: readonly StatementKind[];
  /** Only for exceptions raised in the team's own code (true) or inside a library (false). */
  readonly own?: boolean;
  readonly weight: number;
}

/** Where it happened, for the sentence. */
export interface Place {
  /** The task's id, or `the task`. */
  readonly task: string;
}

/** A known failure. */
export interface Signature {
  readonly id: string;
  readonly category: Category;
  readonly rerunHelps: RerunHelps;
  readonly proofs: readonly Proof[];
  /** Categories and signatures of which this is a mere consequence: where one of them is told of before it, that one is the cause. */
  readonly followsFrom?: readonly string[];
  /** What speaks against it in the statement. */
  readonly unless?: RegExp;
  /** What speaks against it in the frames and lines beside it. */
  readonly unlessNear?: RegExp;
  /** Works the failing thing's name out where no pattern can; asked first. */
  readonly find?: (text: string) => string | null;
  /** Finds the failing thing's name: the first group of the first pattern that matches. */
  readonly object?: readonly RegExp[];
  /** One sentence naming the object and whose move it is. */
  readonly summary: (object: string | null, place: Place) => string;
  readonly nextStep: string;
}

/** A pattern over the last segments of exception types: `named("KeyError")` takes `KeyError` and `x.KeyError`. */
export function named(...types: readonly string[]): RegExp {
  return new RegExp(`(?:^|[.$])(?:${types.join("|")})$`);
}

/** The proof of a signature by a statement, the surest one, or null. */
export function proofOf(signature: Signature, statement: Statement): Proof | null {
  let best: Proof | null = null;
  for (const proof of signature.proofs) {
    if (best !== null && best.weight >= proof.weight) continue;
    if (holds(proof, statement)) best = proof;
  }
  if (best === null) return null;
  if (signature.unless?.test(statement.text) === true) return null;
  return signature.unlessNear?.test(statement.context) === true ? null : best;
}

function holds(proof: Proof, statement: Statement): boolean {
  if (proof.kinds !== undefined && !proof.kinds.includes(statement.kind)) return false;
  if (proof.own !== undefined && proof.own !== statement.raisedInOwnCode) return false;
  if (proof.type !== undefined && (statement.type === null || !proof.type.test(statement.type))) return false;
  if (proof.text !== undefined && !proof.text.test(statement.text)) return false;
  return proof.context === undefined || proof.context.test(statement.context);
}

/** What the statement says failed, by the signature's own patterns. */
export function objectOf(signature: Signature, statement: Statement): string | null {
  const worked = signature.find?.(`${statement.text}\n${statement.context}`) ?? null;
  if (worked !== null) return worked;
  for (const pattern of signature.object ?? []) {
    const name = cleanName(pattern.exec(statement.text)?.[1] ?? "");
    if (name !== "") return name.length > 80 ? `${name.slice(0, 79)}…` : name;
  }
  return null;
}

/** Without the quoting and punctuation that the sentence around it brought. */
function cleanName(raw: string): string {
  const name = raw.replaceAll("`", "").trim().replace(/^['"]/, "");
  const bare = name.replace(/[.,:;!?'"]{1,4}$/, "");
  return bare.includes("(") || bare.includes("[") ? bare : bare.replace(/[\])]{1,2}$/, "");
}
