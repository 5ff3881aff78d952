import { createHash } from "node:crypto";
import type {
  AirflowConnectionConfig,
  Config,
  DatabricksConnectionConfig,
  PolicyConfig,
  PolicyRule,
} from "./config.js";
import type { Environment } from "./env.js";
import type { ConfigFile } from "./file.js";
import { approver, type RuleEntry } from "./policy-file.js";

const sandboxApprovers = ["console:ben", "console:cleo"];
/** The simulated company has said so of this one. */
const sandboxRules: readonly RuleEntry[] = [{ dag: "orders_daily", idempotent: true }];

type Connection = Pick<AirflowConnectionConfig | DatabricksConnectionConfig, "name" | "environment">;

/** The policy of the YAML file and of PIPEWRIGHT_APPROVERS, groups written out; what names nothing is a problem of the start. */
export function policyConfig(
  env: Environment,
  file: ConfigFile,
  { mode, canSignIn }: { readonly mode: Config["mode"]; readonly canSignIn: boolean },
  connections: readonly Connection[],
): PolicyConfig {
  const stated = [...(file.policy?.approvers ?? []), ...approversOf(env)];
  const named = people(env, file, stated);
  // Until people sign in, anybody at the console could say that they are Ben.
  const usable = mode === "sandbox" || canSignIn ? named : named.filter((id) => !id.startsWith("console:"));
  const approvers = mode === "sandbox" && stated.length === 0 ? sandboxApprovers : usable;
  const entries = file.policy?.rules ?? (mode === "sandbox" ? sandboxRules : []);
  const rules = entries.map((entry) => policyRule(entry, (ids) => people(env, file, ids)));
  const glass = file.policy?.break_glass;
  const breakGlass =
    glass === undefined
      ? null
      : {
          people: people(env, file, glass.people),
          announce: glass.announce ?? null,
          reviewHours: glass.review_hours,
        };
  const labels = Object.fromEntries(
    connections.flatMap(({ name, environment }) => (environment === undefined ? [] : [[name, environment]])),
  );
  checkRules(env, rules, Object.values(labels));
  const stable = { approvers, rules, labels, breakGlass };
  const version = createHash("sha256").update(JSON.stringify(stable)).digest("hex").slice(0, 16);
  return { version, ...stable };
}

function approversOf(env: Environment): readonly string[] {
  const named = (env.text("PIPEWRIGHT_APPROVERS") ?? "").split(",").map((id) => id.trim());
  const ids = named.filter((id) => id !== "");
  for (const id of ids) {
    if (!approver.safeParse(id).success) {
      env.problem(
        "PIPEWRIGHT_APPROVERS",
        `PIPEWRIGHT_APPROVERS names ${JSON.stringify(id)}, which is no person's id.`,
        "Write ids like slack:U02BOB, separated by commas.",
      );
    }
  }
  return ids;
}

/** Groups become the people in them. */
function people(env: Environment, file: ConfigFile, ids: readonly string[]): readonly string[] {
  const found = ids.flatMap((id) => {
    if (!id.startsWith("group:")) return [id];
    const group = file.groups[id.slice("group:".length)];
    if (group === undefined) {
      env.problem("policy", `${id} is named as an approver, and there is no such group.`, "Add it under groups.");
    }
    return group ?? [];
  });
  return [...new Set(found)];
}

function policyRule(entry: RuleEntry, people: (ids: readonly string[]) => readonly string[]): PolicyRule {
  const { auto_allow: auto } = entry;
  return {
    name: entry.name ?? null,
    connection: entry.connection ?? null,
    dag: entry.dag ?? null,
    tag: entry.tag ?? null,
    task: entry.task ?? null,
    category: entry.category ?? null,
    environment: entry.environment ?? null,
    approvers: entry.approvers === undefined ? null : people(entry.approvers),
    quorum: entry.quorum ?? null,
    quorumUnlessIdempotent: entry.quorum_unless_idempotent ?? null,
    fourEyes: entry.four_eyes ?? null,
    maxReruns: entry.max_reruns ?? null,
    perHours: entry.per_hours ?? null,
    coolDownMinutes: entry.cool_down_minutes ?? null,
    expiresMinutes: entry.expires_minutes ?? null,
    freeze:
      entry.freeze?.map(({ until, reason, ...window }) => ({
        ...window,
        until: until ?? null,
        reason: reason ?? null,
      })) ?? null,
    idempotent: entry.idempotent ?? null,
    allowed: entry.allowed ?? null,
    autoAllow:
      auto === undefined || auto === false
        ? (auto ?? null)
        : {
            steps: auto.steps,
            maxReruns: auto.max_reruns,
            perHours: auto.per_hours,
            approvedBy: auto.approved_by,
            until: new Date(auto.until).toISOString(),
          },
  };
}

function checkRules(env: Environment, rules: readonly PolicyRule[], labels: readonly string[]): void {
  const known = ["sandbox", "real", ...labels];
  const names = rules.flatMap((rule) => rule.name ?? []);
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) !== index))) {
    env.problem("policy", `Two rules are called ${name}.`, "Give each its own name.");
  }
  for (const { environment } of rules) {
    if (environment === null || environment === undefined || known.includes(environment)) continue;
    env.problem(
      "policy",
      `A rule names the environment ${environment}, and no connection has it.`,
      "Write it under a connection as environment, or mend the name.",
    );
  }
}
