import type { Requester } from "../person.js";
import type { Decidable } from "./proposal.js";

/** An MCP client is a model that asks: it may ask, but it is nobody who answers for a rerun. */
export function isModel(requesterId: string): boolean {
  return requesterId.startsWith("mcp:");
}

/** True for somebody who may say that a cause was fixed. */
export function isRealPerson(requester: Requester): boolean {
  return requester.kind === "person" && !isModel(requester.id);
}

/** Whoever asked for a plan, models too; none for a plan that only the alert asked for. They may not decide it. */
export function requesterIds(proposal: Decidable): readonly string[] {
  const { requester } = proposal.plan;
  const asked = proposal.askedBy ?? [];
  return requester.kind === "person" ? [requester.id, ...asked] : asked;
}

/** The people who asked for a plan: those who count where the policy wants two. */
export function askingPeople(proposal: Decidable): readonly string[] {
  return requesterIds(proposal).filter((id) => !isModel(id));
}

/** True while nobody but a model has asked for a plan. */
export function isOfModelOnly(proposal: Decidable): boolean {
  return proposal.plan.requester.kind === "person" && askingPeople(proposal).length === 0;
}
