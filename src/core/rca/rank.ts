import type { Category } from "../verdict.js";
import { objectOf, type Proof, proofOf, type Signature } from "./signature.js";
import { signatures } from "./signatures/index.js";
import { type Statement, shortType } from "./statement.js";

/** A signature proven by a statement. */
export interface Finding {
  readonly signature: Signature;
  readonly statement: Statement;
  readonly proof: Proof;
  readonly object: string | null;
  readonly score: number;
  /** The category of its consequence, in whose place it stands. */
  readonly insteadOf?: Category;
}

/** Statements read at least, for the alternatives, and at most, for the clock. */
const readAtLeast = 12;
const readAtMost = 90;
const surestProof = 0.97;
/** Another cause that something else in the log speaks for is a doubt, never a reason for no answer. */
const leastOfDoubted = 0.5;
/** What may stand behind a consequence: of the first statements those that are no mere warnings, by a sure proof. */
const mostBehind = 300;
const leastBehind = 0.25;
const sureBehind = 0.85;

/** Findings, the likeliest cause first: of each signature in `known` its best statement. */
export function rankFindings(
  statements: readonly Statement[],
  known: readonly Signature[] = signatures,
): readonly Finding[] {
  const ordered = distinct(statements).sort((one, other) => other.weight - one.weight);
  const best = new Map<string, Finding>();
  let top = 0;
  for (const [index, statement] of ordered.entries()) {
    if (index >= readAtMost || (index >= readAtLeast && statement.weight * surestProof <= top)) break;
    for (const signature of known) {
      const earlier = best.get(signature.id);
      if (earlier !== undefined && earlier.score >= statement.weight * surestProof) continue;
      const proof = proofOf(signature, statement);
      if (proof === null) continue;
      const score = statement.weight * proof.weight;
      if (earlier !== undefined && earlier.score >= score) continue;
      top = Math.max(top, score);
      best.set(signature.id, { signature, statement, proof, object: objectOf(signature, statement), score });
    }
  }
  const findings = [...best.values()].sort((one, other) => other.score - one.score);
  return behind(findings, ordered, known);
}

/** A cause told of before its consequence takes the consequence's place and strength; what else was found keeps its order. */
function behind(
  findings: readonly Finding[],
  statements: readonly Statement[],
  known: readonly Signature[],
): readonly Finding[] {
  const first = findings[0];
  const from = first?.signature.followsFrom;
  if (first === undefined || from === undefined) return findings;
  const causes = known.filter(({ id, category }) => from.includes(category) || from.includes(id));
  let cause: Finding | null = null;
  for (const statement of statements.slice(0, mostBehind)) {
    if (statement.weight < leastBehind || !isBefore(statement, first.statement)) continue;
    for (const signature of causes) {
      const proof = proofOf(signature, statement);
      if (proof === null || proof.weight < sureBehind) continue;
      const score = statement.weight * proof.weight;
      if (cause !== null && cause.score >= score) continue;
      cause = { signature, statement, proof, object: objectOf(signature, statement), score };
    }
  }
  if (cause === null) return findings;
  const insteadOf = first.signature.category;
  const chosen = { ...cause, insteadOf, score: Math.max(cause.score, first.score) };
  return [chosen, ...findings.filter((one) => one.signature.id !== chosen.signature.id)];
}

/** In the same source and above it; Databricks' own words and the cluster's events have no order. */
function isBefore(statement: Statement, other: Statement): boolean {
  const [line, otherLine] = [statement.quotes[0]?.line ?? null, other.quotes[0]?.line ?? null];
  return line === null || otherLine === null || line <= otherLine;
}

/** The same template said a thousand times is one statement; its first telling is kept. */
function distinct(statements: readonly Statement[]): Statement[] {
  const known = new Map<string, Statement>();
  for (const statement of statements) {
    const key = `${statement.kind}|${statement.origin}|${template(statement.text.slice(0, 300))}`;
    const other = known.get(key);
    if (other === undefined || other.weight < statement.weight) known.set(key, statement);
  }
  return [...known.values()];
}

function template(text: string): string {
  return text.replaceAll(/\d+/g, "#");
}

/** How strongly the first finding is proven, 0..0.97, given what else was found; no probability yet. */
export function strengthOf(findings: readonly Finding[]): number {
  const first = findings[0];
  if (first === undefined) return 0;
  const rival = findings.find((one) => one.signature.category !== first.signature.category);
  let strength = first.score;
  if (rival !== undefined) {
    const near = rival.score / first.score;
    if (rival.statement === first.statement && near > 0.93) strength -= 0.12;
    else if (near > 0.96) strength -= 0.1;
    else if (rival.statement !== first.statement && near > 0.75)
      strength = Math.max(Math.min(strength, leastOfDoubted), strength - 0.07);
  }
  return Math.max(0, Math.min(0.97, strength));
}

/** Other causes that were considered, each kind of doubt once: who reads it wants other categories, not other names for one. */
export function alternativesOf(
  findings: readonly Finding[],
  by: "signature" | "words" = "signature",
): readonly { category: Category; signature: string; why: string }[] {
  const first = findings[0];
  if (first === undefined) return [];
  const kinds = new Map<string, { category: Category; signature: string; why: string }>();
  for (const one of findings.slice(1)) {
    const { category, id } = one.signature;
    if (one.score < 0.3 || (one.statement === first.statement && category === first.signature.category)) continue;
    const why = by === "words" ? `the words of the failure speak more for ${first.signature.id}` : whyNot(one, first);
    if (!kinds.has(`${category} ${why}`)) kinds.set(`${category} ${why}`, { category, signature: id, why });
  }
  return [...kinds.values()].slice(0, 3);
}

function whyNot(one: Finding, first: Finding): string {
  if (one.statement === first.statement) return `the same statement proves ${first.signature.id} more surely`;
  if (one.statement.origin === "handled" || one.statement.origin === "logged")
    return "it was logged, and the try went on after it";
  const named = one.statement.type === null ? "it" : shortType(one.statement.type);
  return `${named} stands farther from what ended the try`;
}
