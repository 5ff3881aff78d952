import { comparableEmail, type Human, type IdentityOf, joinIdentities } from "../core/identity.js";
import type { Person } from "../core/person.js";

/** Finds out which ids are one human. */
export interface Identities {
  /** By the configuration alone: for names and courtesy, never for a decision. */
  readonly known: IdentityOf;
  /**
   * Looked up afresh. An id of `must` that can't be looked up throws; one of `may` is then nobody else's id.
   * RefusedByPolicy where it is not clear who is who.
   */
  among(ids: { readonly must: readonly string[]; readonly may: readonly string[] }): Promise<IdentityOf>;
}

export interface IdentityDeps {
  readonly humans: readonly Human[];
  /** Domains whose verified addresses make ids one human; empty: addresses are not compared. */
  readonly emailDomains: readonly string[];
  readonly lookUp: (personId: string) => Promise<Person>;
}

/** Platforms that have accounts with addresses; an operating-system user and an MCP client have none. */
const withEmail = /^(?:slack|teams|console):/;

export function createIdentities({ humans, emailDomains, lookUp }: IdentityDeps): Identities {
  const known = joinIdentities(humans);

  async function emailOf(id: string, needed: boolean): Promise<readonly [string, string] | null> {
    try {
      const person = await lookUp(id);
      // What a guest or a former colleague calls themselves gives nobody rights; it may still tell that two are one.
      if (!needed && person.standing !== "member") return null;
      const email = comparableEmail(person.email, emailDomains);
      return email === null ? null : [id, email];
    } catch (error) {
      if (!needed) return null;
      // Whoever signed out of the console can't be looked up there, but is called by the address that was verified.
      const email = comparableEmail(/^console:(.+)$/.exec(id)?.[1], emailDomains);
      if (email === null) throw error;
      return [id, email];
    }
  }

  /** Behind an id without an account of its own stands a human who has some. */
  function accountsBehind(id: string): readonly string[] {
    if (withEmail.test(id)) return [id];
    return humans.flatMap(({ ids }) => (ids.some((one) => known(one) === known(id)) ? ids : []));
  }

  return {
    known,
    async among({ must, may }) {
      if (emailDomains.length === 0) return known;
      const needed = new Set(must.flatMap(accountsBehind));
      const ids = [...new Set([...needed, ...may])].filter((id) => withEmail.test(id));
      const found = await Promise.all(ids.map((id) => emailOf(id, needed.has(id))));
      return joinIdentities(humans, new Map(found.filter((entry) => entry !== null)));
    },
  };
}
