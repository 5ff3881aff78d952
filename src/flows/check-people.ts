import type { ChatAdapter } from "../chat/adapter.js";
import { explainError } from "../core/errors.js";
import type { Person } from "../core/person.js";
import type { ReadingRule } from "../core/reading.js";
import type { Policy } from "../core/remediation/rule.js";
import type { Finding } from "./finding.js";

export interface PeopleFacts {
  readonly policy: Pick<Policy, "approvers" | "rules" | "breakGlass">;
  /** False: nobody can be told apart at the console. */
  readonly canSignIn: boolean;
  readonly emailDomains: readonly string[];
  readonly reading: readonly ReadingRule[];
  /** Channels that threads are opened in. */
  readonly homes: readonly string[];
}

const subject = "approvals";

/** Who may approve what, who of them can't, and which doors are shut. */
export async function checkPeople(facts: PeopleFacts, adapters: readonly ChatAdapter[]): Promise<readonly Finding[]> {
  const { approvers, rules, breakGlass } = facts.policy;
  const byRule = rules.flatMap((rule) => (rule.approvers === null ? [] : [{ rule, approvers: rule.approvers }]));
  const named = new Set([...approvers, ...byRule.flatMap((one) => one.approvers), ...(breakGlass?.people ?? [])]);
  const names = new Map<string, string>();
  const unable: Finding[] = [];
  for (const id of named) {
    const found = await checkPerson(id, facts, adapters);
    if (typeof found === "string") names.set(id, found);
    else unable.push(found);
  }
  const list = (ids: readonly string[]): string =>
    ids.length === 0 ? "nobody" : ids.map((id) => names.get(id) ?? id).join(", ");
  const isNobodyAble = named.size > 0 && names.size === 0;
  return [
    ...(isNobodyAble ? [unableAll] : []),
    approvers.length > 0 || byRule.some((one) => one.approvers.length > 0)
      ? {
          level: "ok",
          subject,
          words: `${list(approvers)} may approve${byRule.length > 0 ? " where no rule says otherwise" : ""}.`,
        }
      : nobody,
    ...byRule.map(({ rule, approvers: ids }, index): Finding => {
      const what = [rule.connection ?? "every connection", rule.dag ?? "every DAG"].join(", ");
      return { level: "ok", subject, words: `${list(ids)} may approve by rule ${rule.name ?? index + 1} (${what}).` };
    }),
    ...(breakGlass
      ? [{ level: "ok", subject, words: `${list(breakGlass.people)} may break the glass.` } as const]
      : []),
    ...unable,
    ...shutDoors(facts, named),
    ...readingFindings(facts),
  ];
}

const nobody: Finding = {
  level: "fix",
  subject,
  words: "Nobody may approve. Name somebody in PIPEWRIGHT_APPROVERS or in policy.approvers of the YAML.",
};

const unableAll: Finding = {
  level: "fix",
  subject,
  words: "None of those who are named can approve; the notes below say why. Connect their chat, or name others.",
};

/** The name under which somebody can decide, or why they can't. */
async function checkPerson(
  id: string,
  { canSignIn }: PeopleFacts,
  adapters: readonly ChatAdapter[],
): Promise<string | Finding> {
  if (id.startsWith("cli:")) return id;
  if (id.startsWith("console:")) {
    return canSignIn ? id : note(`${id} can't approve: nobody signs in to the console (PIPEWRIGHT_OIDC_ISSUER).`);
  }
  const adapter = adapters.find(({ platform }) => id.startsWith(`${platform}:`));
  if (adapter === undefined) return note(`${id} can't approve: that chat is not connected.`);
  try {
    const person = await adapter.lookUp(id);
    return person.standing === "member" ? `${person.displayName} (${id})` : fix(id, standings[person.standing]);
  } catch (error) {
    return fix(id, explainError(error));
  }
}

const standings: Readonly<Record<Exclude<Person["standing"], "member">, string>> = {
  guest: "is a guest there. Name a member.",
  stranger: "belongs to another workspace. Name a member of yours.",
  bot: "is a bot. Name a person.",
  deactivated: "has a deactivated account. Take the id out of the approvers.",
};

function shutDoors({ canSignIn, emailDomains }: PeopleFacts, named: ReadonlySet<string>): readonly Finding[] {
  const byShell = [...named].some((id) => id.startsWith("cli:"));
  return [
    ...(byShell ? [] : [note("Deciding by `pipewright approvals` is off: no cli:<user> is named.")]),
    ...(canSignIn ? [] : [note("The console only shows: no sign-in is configured (PIPEWRIGHT_OIDC_ISSUER).")]),
    ...(emailDomains.length > 0 ? [] : [note("One human on two platforms is known by people in the YAML only.")]),
  ];
}

/** Where nobody would ever see a thread, somebody should know. */
function readingFindings({ reading, homes }: PeopleFacts): readonly Finding[] {
  if (reading.length === 0)
    return [{ level: "ok", subject: "reading", words: "Every member may read about every DAG." }];
  return reading.map(({ connection, dag, channels, people }, index): Finding => {
    const what = [connection ?? "every connection", dag ?? "every DAG"].join(", ");
    const where = channels === null ? "in private" : `in ${channels.join(", ")}`;
    const who = people === null ? "members" : people.join(", ");
    const words = `Rule ${index + 1} (${what}): ${who} may read ${where}.`;
    const isShown = channels?.some((channel) => homes.includes(channel)) === true;
    return isShown
      ? { level: "ok", subject: "reading", words }
      : {
          level: "note",
          subject: "reading",
          words: `${words} No thread is opened for them: ${homes.join(", ")} is not among those channels.`,
        };
  });
}

function note(words: string): Finding {
  return { level: "note", subject, words };
}

function fix(id: string, words: string): Finding {
  return { level: "fix", subject, words: `${id} can't approve: ${words}` };
}
