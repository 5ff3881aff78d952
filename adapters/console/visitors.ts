import type { Request } from "express";
import { RefusedByPolicy } from "../../src/core/errors.js";
import type { Person } from "../../src/core/person.js";
import { type SandboxPerson, toPerson } from "./people.js";
import type { SignIn } from "./sign-in/index.js";

/** Who sits at a page. In the sandbox the page says who it acts as; elsewhere only a sign-in tells. */
export interface Visitors {
  /** `switch`: anybody may act as any of the sandbox's people; `none`: nobody can be told apart, so the page only shows. */
  readonly by: "switch" | "sign-in" | "none";
  /** `claimed`: whom the page says it acts as. Null for nobody. */
  who(request: Pick<Request, "headers">, claimed: unknown): Person | null;
  /** Whom the page may act as. */
  choices(
    request: Pick<Request, "headers">,
  ): readonly { readonly id: string; readonly name: string; readonly role: string }[];
}

export function createVisitors(people: readonly SandboxPerson[], signIn: SignIn | null): Visitors {
  if (signIn !== null) {
    return {
      by: "sign-in",
      who: (request) => signIn.personOf(request),
      choices(request) {
        const person = signIn.personOf(request);
        return person === null ? [] : [{ id: person.id, name: person.displayName, role: person.email ?? "signed in" }];
      },
    };
  }
  return {
    by: people.length === 0 ? "none" : "switch",
    who(_request, claimed) {
      const known = people.find((person) => person.id === claimed);
      return known === undefined ? null : toPerson(known);
    },
    choices: () => people.map(({ id, displayName, role }) => ({ id, name: displayName, role })),
  };
}

/** The person who does it; refused where the page was opened for somebody else. */
export function actor(visitors: Visitors, request: Pick<Request, "headers">, claimed: string): Person {
  const person = visitors.who(request, claimed);
  if (person !== null && person.id === claimed) return person;
  throw new RefusedByPolicy("This console knows nobody of that name; nothing was done.", "Reload the page.");
}
