import type { PersonExplained, PolicyExplained } from "../core/approval/explain-policy.js";
import type { Freeze } from "../core/remediation/freeze.js";
import type { PolicyTarget } from "../core/remediation/policy-target.js";
import type { FreezeWindow } from "../core/remediation/rule.js";
import type { Said, Standing } from "../core/remediation/weigh.js";

const unlimited = "nobody: no rule allows it";

/** The policy of one failure as people read it: guard, value, and the rules that said so. */
export function policyLines(explained: PolicyExplained, target: PolicyTarget, at: Date): readonly string[] {
  const { guards, frozen, person } = explained;
  return [
    `${target.dagId ?? "a job without a DAG"} on ${target.connections.join(", ")} at ${utc(at.toISOString())}`,
    "",
    "Rules that speak of it",
    ...rulesOf(explained, target),
    "",
    "What holds, and why",
    row("reruns", guards.refusal, guards.refusal.value === null ? "may be approved" : guards.refusal.value),
    row("approvers", guards.approvers, guards.approvers.value.join(", ") || "nobody"),
    row("quorum", guards.quorum, String(guards.quorum.value)),
    row("four eyes", guards.fourEyes, guards.fourEyes.value ? "yes: somebody else must ask" : "no"),
    row("cap", guards.maxReruns, `${guards.maxReruns.value} reruns of a run`),
    row("cap's time", guards.perHours, `${guards.perHours.value} h`),
    row("cool-down", guards.coolDownMinutes, `${guards.coolDownMinutes.value} min`),
    row("expiry", guards.expiresMinutes, `${guards.expiresMinutes.value} min`),
    row("idempotent", guards.idempotent, idempotentWords(guards.idempotent.value)),
    row("freeze", guards.freeze, freezeState(guards.freeze.value, frozen)),
    row("by itself", guards.standing, guards.standing.value.map(standingWords).join("; ") || unlimited),
    ...(person === null ? [] : ["", ...personLines(person)]),
  ];
}

function rulesOf({ rules }: PolicyExplained, target: PolicyTarget): readonly string[] {
  if (rules.length === 0) return ["  none: the defaults hold"];
  return rules.map(
    ({ name, match }) => `  ${name}${match === "maybe" ? ` (may match: ${unsaid(target)}; it tightens only)` : ""}`,
  );
}

function unsaid(target: PolicyTarget): string {
  const missing = [
    ...(target.tags === null ? ["--tag"] : []),
    ...(target.task === null ? ["--task"] : []),
    ...(target.category === null ? ["--category"] : []),
  ];
  return `${missing.join(", ")} not given`;
}

function row<T>(name: string, { by }: Said<T>, value: string): string {
  return `  ${name.padEnd(11)} ${value}  [${by.length === 0 ? "default" : by.join(", ")}]`;
}

function idempotentWords(value: boolean | null): string {
  if (value === null) return "nobody has said so";
  return value ? "yes" : "no";
}

function freezeState(windows: readonly FreezeWindow[], frozen: Freeze | null): string {
  if (windows.length === 0) return "none";
  if (frozen === null) return `not now; ${windows.length === 1 ? "1 window" : `${windows.length} windows`}`;
  const reason = frozen.reason === null ? "" : ` (${frozen.reason})`;
  return `frozen${frozen.until === null ? "" : ` until ${utc(frozen.until)}`}${reason}`;
}

function standingWords({ rule, steps, maxReruns, perHours, approvedBy, until }: Standing): string {
  return `${rule} approves ${steps.join(", ")}, ${maxReruns} in ${perHours} h, in the name of ${approvedBy} until ${utc(until)}`;
}

function personLines({ id, mayApprove, because, mayBreakGlass }: PersonExplained): readonly string[] {
  return [
    `${id} ${mayApprove ? "may approve" : "may not approve"} what the alert asks for. ${because}`,
    ...(mayBreakGlass ? [`${id} may break the glass, with a reason.`] : []),
  ];
}

function utc(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}
