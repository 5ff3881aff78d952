import type { Category } from "../verdict.js";
import { type Chances, partsOfProven, partsOfWorded, probabilityOf } from "./calibration.js";
import { type Finding, strengthOf } from "./rank.js";
import { objectOf } from "./signature.js";
import { signatures } from "./signatures/index.js";
import type { Statement } from "./statement.js";
import { isTelling } from "./telling-lines.js";
import { leastWeight, mostStatements } from "./words/features.js";
import { likeliest, type Opinion } from "./words/opinion.js";

/** What the words of statements speak for; null when they are all unknown. */
export type Words = (statements: readonly Statement[]) => Opinion | null;

/** The cause that is named, with everything else that was found behind it. */
export interface Choice {
  readonly findings: readonly Finding[];
  readonly by: "signature" | "words";
  readonly strength: number;
  /** That it is right, 0..1. */
  readonly probability: number;
}

/** A finding proven less strongly is heard only where the words say the same. */
export const strengthBar = 0.42;
/** A signature that its words speak for may be taken from findings as weak as this. */
const weakestTaken = 0.2;
/** A finding proven more strongly is not overruled by words, only doubted. */
export const surelyProven = 0.88;
const lessForChatter = 0.3;
/** What is said of a category where no known failure is; of defects there is one kind only. */
const families = new Map(
  signatures
    .filter(({ id }) => id.startsWith("family-") || id === "engine-internal-error")
    .map((one) => [one.category, one]),
);

/** The likelier of what the signatures prove and what the words say; null when neither says anything. */
export function chooseCause(
  findings: readonly Finding[],
  statements: readonly Statement[],
  words: Words,
  chances: Chances,
): Choice | null {
  const strength = strengthOf(findings);
  const proven = strength >= strengthBar ? (findings[0] ?? null) : null;
  // What the runner itself says of the end is none of the words that were asked.
  if (proven !== null && proven.statement.kind === "end")
    return provenChoice(findings, proven, strength, null, chances);
  const opinion = opinionFor(proven, words(statements));
  const byProof = proven === null ? null : provenChoice(findings, proven, strength, opinion, chances);
  if (opinion === null || likeliest(opinion).category === proven?.signature.category) return byProof;
  if (byProof !== null && strength >= surelyProven) return byProof;
  const probability = probabilityOf(chances.worded, partsOfWorded(opinion));
  if (byProof !== null && byProof.probability >= probability) return byProof;
  const worded = findingByWords(likeliest(opinion), findings, statements, words);
  if (worded === null) return byProof;
  const rest = findings.filter((one) => one.signature.id !== worded.signature.id);
  return { findings: [worded, ...rest], by: "words", strength, probability };
}

/** Words tell of a cause and of its consequence alike: where the one took the other's place, they speak for it. */
function opinionFor(proven: Finding | null, opinion: Opinion | null): Opinion | null {
  const consequence = proven?.insteadOf ?? null;
  if (proven === null || opinion === null || consequence === null) return opinion;
  const { category } = proven.signature;
  const together = (opinion.get(category) ?? 0) + (consequence === category ? 0 : (opinion.get(consequence) ?? 0));
  return new Map([...opinion, [consequence, 0], [category, together]]);
}

function provenChoice(
  findings: readonly Finding[],
  proven: Finding,
  strength: number,
  opinion: Opinion | null,
  chances: Chances,
): Choice {
  const parts = partsOfProven(strength, proven.signature.category, opinion);
  return { findings, by: "signature", strength, probability: probabilityOf(chances.proven, parts) };
}

/** What a signature of that category found, however weakly; else the statement whose words speak for it most, by its family. */
function findingByWords(
  said: { readonly category: Category; readonly share: number },
  findings: readonly Finding[],
  statements: readonly Statement[],
  words: Words,
): Finding | null {
  const found = findings.find(
    ({ signature, statement, score }) =>
      signature.category === said.category && score >= weakestTaken && statement.weight >= leastWeight,
  );
  if (found !== undefined) return found;
  const signature = families.get(said.category);
  const telling = [...statements]
    .filter((one) => one.kind !== "end")
    .sort((one, other) => other.weight - one.weight)
    .slice(0, mostStatements)
    .map((statement) => ({
      statement,
      share: (words([statement])?.get(said.category) ?? 0) * tellingWeight(statement),
    }))
    .sort((one, other) => other.share - one.share)[0];
  if (signature === undefined || telling === undefined || telling.share === 0) return null;
  const { statement } = telling;
  const proof = { weight: said.share };
  return { signature, statement, proof, object: objectOf(signature, statement), score: statement.weight * said.share };
}

/** A line of output without a word of trouble is seldom the one to quote. */
function tellingWeight(statement: Statement): number {
  return statement.kind === "line" && !isTelling(statement.text) ? statement.weight * lessForChatter : statement.weight;
}
