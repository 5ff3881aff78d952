import type { IdentityOf } from "../identity.js";
import type { Person } from "../person.js";
import { askingPeople, requesterIds } from "./askers.js";
import { isAtCommandLine, isNamed } from "./command-line.js";
import { countingApprovals, neededApprovals } from "./counting.js";
import { freezeWords } from "./decider.js";
import { type Decision, decisionsOf, type Proposal } from "./proposal.js";
import { ruleOf, type StandingFacts, standingFor } from "./standing.js";

export interface RecheckFacts extends StandingFacts {
  /** Who decided, and who answers for a rule, as their platforms know them right now. */
  readonly people: ReadonlyMap<string, Person>;
  readonly identityOf: IdentityOf;
}

/** Whose word an approval rests on: they are looked up afresh before anything is sent. */
export function answerable(proposal: Proposal): readonly string[] {
  const { decision } = proposal;
  if (decision?.standingBy !== undefined) return [decision.standingBy];
  if (decision?.breakGlass !== undefined) return [decision.personId];
  return decisionsOf(proposal).flatMap(({ verdict, personId }) => (verdict === "approved" ? [personId] : []));
}

/** Why an approval no longer holds by the policy and the people of this moment, one sentence; null when it does. */
export function recheck(proposal: Proposal, facts: RecheckFacts): string | null {
  const { decision } = proposal;
  if (decision?.verdict !== "approved") return "It is not approved.";
  if (facts.guards.refusal !== null) return facts.guards.refusal;
  if (decision.standingBy !== undefined) return standingFault(proposal, decision, decision.standingBy, facts);
  if (decision.breakGlass !== undefined) return glassFault(decision, facts);
  return facts.frozen === null ? quorumFault(proposal, facts) : freezeWords(facts.frozen);
}

function standingFault(proposal: Proposal, decision: Decision, person: string, facts: RecheckFacts): string | null {
  const standing = standingFor(proposal, facts);
  if (standing === null || standing.rule !== ruleOf(decision) || standing.approvedBy !== person) {
    return `The standing approval of ${decision.personName} does not cover this any more.`;
  }
  return absence(person, person, facts);
}

function glassFault({ personId, personName }: Decision, facts: RecheckFacts): string | null {
  const people = facts.guards.breakGlass?.people ?? [];
  if (!isNamed({ id: personId }, people, facts.identityOf)) return `${personName} may not break the glass any more.`;
  return absence(personId, personName, facts);
}

function quorumFault(proposal: Proposal, facts: RecheckFacts): string | null {
  const { guards, identityOf } = facts;
  const approvals = decisionsOf(proposal).filter(({ verdict }) => verdict === "approved");
  const gone = approvals.map(({ personId, personName }) => absence(personId, personName, facts));
  const counted = countingApprovals(proposal, { approvers: guards.approvers, identityOf }).filter(
    ({ personId, personName }) => absence(personId, personName, facts) === null,
  );
  const needed = neededApprovals(proposal, guards);
  const askers = requesterIds(proposal).map(identityOf);
  if (approvals.some(({ personId }) => askers.includes(identityOf(personId))) && counted.length < needed) return alone;
  if (counted.length < needed) {
    return gone.find((fault) => fault !== null) ?? "Who approved it may not approve this any more.";
  }
  const byCommandLine = counted.some(({ personId }) => isAtCommandLine({ id: personId }));
  if (byCommandLine && (guards.fourEyes || needed > 1 || askers.length > 0)) return alone;
  return guards.fourEyes && counted.length < 2 && askingPeople(proposal).length === 0 ? alone : null;
}

const alone = "The policy asks for two people here.";

function absence(personId: string, name: string, { people }: RecheckFacts): string | null {
  const standing = people.get(personId)?.standing ?? "unknown";
  return standing === "member" ? null : `${name} may not approve any more (${standing}).`;
}
