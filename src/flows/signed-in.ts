import type { Person } from "../core/person.js";
import type { Clock } from "../core/ports.js";
import type { Store } from "../core/store.js";

/** Under which mark a sign-in stands. */
export const signedInKey = (personId: string): string => `signed-in|${personId}`;

/** Who signed in to the console lately, on the common store: another process, or the next one, can still look an approver up. */
export function createSignedIn({ store, clock }: { readonly store: Store; readonly clock: Clock }) {
  return {
    async remember(person: Person, until: Date): Promise<void> {
      const { id, displayName, email } = person;
      const value = { displayName, email: email ?? null, until: until.toISOString() };
      await store.transact((tx) => tx.marks.put({ id: signedInKey(id), value }));
    },
    async find(personId: string): Promise<Person | null> {
      const mark = await store.transact((tx) => tx.marks.get(signedInKey(personId)));
      const { displayName, email, until } = mark?.value ?? {};
      if (typeof displayName !== "string" || typeof until !== "string") return null;
      if (Date.parse(until) <= clock.now().getTime()) return null;
      const address = typeof email === "string" ? email : null;
      return { id: personId, platform: "console", displayName, standing: "member", email: address };
    },
    forget: (personId: string): Promise<void> => store.transact((tx) => tx.marks.delete(signedInKey(personId))),
  };
}
