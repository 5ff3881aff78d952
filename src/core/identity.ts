import { RefusedByPolicy } from "./errors.js";

/** One human as the configuration names them: every id they have on any platform. */
export interface Human {
  readonly name: string;
  readonly ids: readonly string[];
}

/** The same answer for two ids means that they are one human. */
export type IdentityOf = (personId: string) => string;

/** Ids that the configuration gives to two humans: nobody could say who decided. */
export function sharedIds(humans: readonly Human[]): readonly string[] {
  const owners = new Map<string, Set<Human>>();
  for (const human of humans) {
    for (const id of human.ids.map(account)) owners.set(id, (owners.get(id) ?? new Set()).add(human));
  }
  return [...owners].flatMap(([id, of]) => (of.size > 1 ? [id] : []));
}

/**
 * Joins ids into humans: first those the configuration names, then those for which platforms vouch for the same e-mail
 * address. RefusedByPolicy where an address would make one human of two that the configuration keeps apart.
 */
export function joinIdentities(humans: readonly Human[], emails: ReadonlyMap<string, string> = new Map()): IdentityOf {
  const byId = new Map(humans.flatMap((human, index) => human.ids.map((id) => [account(id), `human:${index}`])));
  const byEmail = new Map<string, string>();
  for (const [id, email] of emails) {
    const human = byId.get(account(id));
    if (human === undefined) continue;
    if ((byEmail.get(email) ?? human) !== human) throw ambiguous();
    byEmail.set(email, human);
  }
  return (id) => {
    const own = account(id);
    const email = emails.get(id);
    return byId.get(own) ?? (email === undefined ? own : (byEmail.get(email) ?? `email:${email}`));
  };
}

/** Addresses are compared without regard to case; null for what is none, or stands in no domain that is vouched for. */
export function comparableEmail(email: string | null | undefined, domains: readonly string[]): string | null {
  const [local, domain, ...more] = (email ?? "").trim().toLowerCase().split("@");
  if (!local || !domain || more.length > 0 || !domains.includes(domain)) return null;
  return `${local}@${domain}`;
}

/** An MCP client on this machine asks in the name of its operating-system user. */
function account(id: string): string {
  return id.startsWith("mcp:") ? `cli:${id.slice("mcp:".length)}` : id;
}

function ambiguous(): RefusedByPolicy {
  return new RefusedByPolicy(
    "Two people of the configuration share one e-mail address, so nobody can say who decided; nothing was run.",
    "Have the owner of this installation correct people in the YAML, or the address on the platform.",
  );
}
