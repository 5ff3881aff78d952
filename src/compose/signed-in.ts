import type { SignedIn } from "../../adapters/console/sign-in/index.js";
import type { Person } from "../core/person.js";
import type { Clock } from "../core/ports.js";
import type { Store } from "../core/store.js";

const key = (personId: string): string => `signed-in|${personId}`;

/** Who signed in to the console lately, on the common store: another process, or the next one, can still look an approver up. */
export function createSignedIn({ store, clock }: { readonly store: Store; readonly clock: Clock }): SignedIn {
  return {
    async remember(person, until) {
      const { id, displayName, email } = person;
      const value = { displayName, email: email ?? null, until: until.toISOString() };
      await store.transact((tx) => tx.marks.put({ id: key(id), value }));
    },
    async find(personId): Promise<Person | null> {
      const mark = await store.transact((tx) => tx.marks.get(key(personId)));
      const { displayName, email, until } = mark?.value ?? {};
      if (typeof displayName !== "string" || typeof until !== "string") return null;
      if (Date.parse(until) <= clock.now().getTime()) return null;
      const address = typeof email === "string" ? email : null;
      return { id: personId, platform: "console", displayName, standing: "member", email: address };
    },
    forget: (personId) => store.transact((tx) => tx.marks.delete(key(personId))),
  };
}
