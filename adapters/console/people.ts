import type { Person } from "../../src/core/person.js";

/** Somebody of the simulated company; whoever sits at the console may act as any of them. */
export interface SandboxPerson {
  /** `console:ben`. */
  readonly id: string;
  readonly displayName: string;
  /** What the switch shows beside the name: `approver`. */
  readonly role: string;
  readonly standing: Person["standing"];
}

export const sandboxPeople: readonly SandboxPerson[] = [
  { id: "console:ana", displayName: "Ana", role: "engineer", standing: "member" },
  { id: "console:ben", displayName: "Ben", role: "approver", standing: "member" },
  { id: "console:cleo", displayName: "Cleo", role: "platform owner", standing: "member" },
  { id: "console:dan", displayName: "Dan", role: "guest", standing: "guest" },
];

/** The person as the rest of Pipewright knows people. */
export function toPerson(person: SandboxPerson): Person {
  return { id: person.id, platform: "console", displayName: person.displayName, standing: person.standing };
}
