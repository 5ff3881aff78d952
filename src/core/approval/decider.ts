import type { IdentityOf } from "../identity.js";
import type { Person } from "../person.js";
import type { Freeze } from "../remediation/freeze.js";
import type { Guards } from "../remediation/policy.js";
import { askingPeople, isModel, requesterIds } from "./askers.js";
import { isAtCommandLine, isNamed } from "./command-line.js";
import { countingApprovals, neededApprovals } from "./counting.js";
import type { Decidable } from "./proposal.js";

/** Why a decision was not taken; nothing was changed by it. */
export type RefusalKind =
  | "guest"
  | "stranger"
  | "bot"
  | "deactivated"
  | "look_up_failed"
  | "not_approver"
  | "is_requester"
  | "needs_second_person"
  | "already_counted"
  | "frozen"
  | "glass_not_theirs"
  | "reason_missing"
  | "not_allowed"
  | "digest_mismatch"
  | "expired"
  | "superseded"
  | "already_decided"
  | "not_found";

export interface DecisionRefusal {
  readonly kind: RefusalKind;
  /** For the person alone: what was refused, then what to do. */
  readonly message: string;
}

export interface DecisionFacts {
  readonly verdict: "approved" | "denied";
  readonly person: Person;
  readonly reason: string | null;
  /** Passes over quorum, four eyes and freeze. */
  readonly breakGlass?: boolean;
  /** The policy of this moment. */
  readonly guards: Pick<Guards, "approvers" | "refusal" | "quorum" | "fourEyes" | "breakGlass">;
  /** A freeze of the policy holds now; a denial is taken all the same. */
  readonly frozen: Freeze | null;
  /** The stored digest still fits the stored plan. */
  readonly digestFits: boolean;
  readonly now: Date;
  /** One human has one identity across platforms. */
  readonly identityOf: IdentityOf;
}

/** What the policy looks at in a decision: not when it was taken, nor what the person is called. */
export type SpokenFacts = Omit<DecisionFacts, "person" | "now"> & { readonly person: Pick<Person, "id"> };

/** Why somebody can't decide anything at all, whatever the policy says. */
export function standingRefusal(person: Pick<Person, "id" | "standing">): DecisionRefusal | null {
  if (isModel(person.id)) {
    return { kind: "bot", message: "An MCP client may propose a rerun, but a person must decide it." };
  }
  switch (person.standing) {
    case "member":
      return null;
    case "guest":
      return { kind: "guest", message: "Guests may not decide reruns. Ask a member of the team who may." };
    case "stranger":
      return {
        kind: "stranger",
        message: "People from another workspace may not decide reruns. Ask somebody of this one.",
      };
    case "bot":
      return { kind: "bot", message: "Bots may not decide reruns; a person must." };
    case "deactivated":
      return { kind: "deactivated", message: "This account is deactivated and may not decide reruns." };
  }
}

/** Why the policy does not take this person's word on this proposal now. */
export function policyRefusal(proposal: Decidable, facts: SpokenFacts): DecisionRefusal | null {
  if (facts.verdict === "approved" && facts.breakGlass === true) return glassRefusal(facts) ?? planRefusal(facts);
  const { guards, identityOf } = facts;
  if (!isNamed(facts.person, guards.approvers, identityOf)) {
    return { kind: "not_approver", message: "You may not decide this rerun; nothing was changed." };
  }
  if (requesterIds(proposal).map(identityOf).includes(identityOf(facts.person.id))) {
    return { kind: "is_requester", message: "You asked for this rerun, so somebody else must decide it." };
  }
  if (facts.verdict === "denied") return null;
  return planRefusal(facts) ?? freezeRefusal(facts.frozen) ?? companyRefusal(proposal, facts);
}

function planRefusal({ digestFits, guards }: SpokenFacts): DecisionRefusal | null {
  if (!digestFits) {
    return {
      kind: "digest_mismatch",
      message: "The stored plan is not the one that was shown; nothing was run. Ask for a new proposal.",
    };
  }
  if (guards.refusal === null) return null;
  return { kind: "not_allowed", message: "The policy does not allow this rerun now; nothing was run." };
}

function freezeRefusal(frozen: Freeze | null): DecisionRefusal | null {
  return frozen === null ? null : { kind: "frozen", message: `${freezeWords(frozen)} Nothing was run.` };
}

/** `Reruns are frozen until 2026-12-27 06:00 UTC: month end.` */
export function freezeWords({ until, reason }: Freeze): string {
  const end = until === null ? "" : ` until ${until.slice(0, 16).replace("T", " ")} UTC`;
  return `Reruns are frozen${end}${reason === null ? "" : `: ${reason}`}.`;
}

/** Whether somebody else must have a part in it, too. */
function companyRefusal(proposal: Decidable, facts: SpokenFacts): DecisionRefusal | null {
  const { guards, person, identityOf } = facts;
  const needed = neededApprovals(proposal, guards);
  if (isAtCommandLine(person) && (guards.fourEyes || needed > 1 || requesterIds(proposal).length > 0)) {
    return {
      kind: "needs_second_person",
      message: "The command line is never a second person; somebody must decide this in the chat or at the console.",
    };
  }
  if (guards.fourEyes && needed < 2 && askingPeople(proposal).length === 0) {
    return {
      kind: "needs_second_person",
      message: "The policy asks for two people here: somebody else must ask for this rerun, then you can approve it.",
    };
  }
  const counted = countingApprovals(proposal, { approvers: guards.approvers, identityOf });
  if (!counted.some(({ personId }) => identityOf(personId) === identityOf(person.id))) return null;
  const missing = needed - counted.length;
  return {
    kind: "already_counted",
    message: `You have approved this already; ${missing === 1 ? "one other person" : `${missing} other people`} must, too.`,
  };
}

function glassRefusal({ guards, person, reason, identityOf }: SpokenFacts): DecisionRefusal | null {
  if (!isNamed(person, guards.breakGlass?.people ?? [], identityOf)) {
    return { kind: "glass_not_theirs", message: "The policy does not let you break the glass; nothing was run." };
  }
  // Spaces without width, or dots alone, say nothing to whoever reviews it.
  if (/[\p{L}\p{N}]/u.test(reason ?? "")) return null;
  return {
    kind: "reason_missing",
    message: "Breaking the glass needs a reason; nothing was run. Say why, then repeat.",
  };
}
