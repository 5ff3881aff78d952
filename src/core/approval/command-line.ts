import type { IdentityOf } from "../identity.js";
import type { Person } from "../person.js";

/** Somebody at the machine itself: the operating system says who, and nobody saw them. */
export function isAtCommandLine({ id }: Pick<Person, "id">): boolean {
  return id.startsWith("cli:");
}

/** The command line is off until an approver is named by that very id; another id of the same human does not open it. */
export function isNamed(person: Pick<Person, "id">, approvers: readonly string[], same: IdentityOf): boolean {
  if (isAtCommandLine(person)) return approvers.includes(person.id);
  const me = same(person.id);
  return approvers.some((id) => same(id) === me);
}
