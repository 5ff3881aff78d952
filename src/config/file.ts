import { readFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { z } from "zod";
import { ConfigError } from "../core/errors.js";
import { claudeEntry } from "./claude.js";
import { mcpEntry } from "./mcp-file.js";
import { label, policySections } from "./policy-file.js";
import { readingSection } from "./reading-file.js";
import { runbooksEntry } from "./runbooks.js";

const personId = z.string().regex(/^(slack|teams|console|cli):\S{1,120}$/, "write it like slack:U02BOB");
const connectionName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "use lower-case letters, digits and dashes");
const glob = z.string().min(1).max(200);
const domain = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/, "write it like example.com")
  .toLowerCase();

const tokenFrom = { token_env: z.string().optional(), token_file: z.string().optional() };
const passwordFrom = { password_env: z.string().optional(), password_file: z.string().optional() };
const command = z.strictObject({ auth: z.literal("command"), command: z.array(z.string().min(1)).min(1) });

const airflowAuth = z.discriminatedUnion("auth", [
  z.strictObject({ auth: z.literal("bearer"), ...tokenFrom }),
  z.strictObject({ auth: z.literal("basic"), username: z.string().min(1), ...passwordFrom }),
  z.strictObject({ auth: z.literal("airflow-login"), username: z.string().min(1), ...passwordFrom }),
  command,
]);
const databricksAuth = z.discriminatedUnion("auth", [
  z.strictObject({ auth: z.literal("bearer"), ...tokenFrom }),
  z.strictObject({
    auth: z.literal("oauth-m2m"),
    client_id: z.string().min(1),
    client_secret_env: z.string().optional(),
    client_secret_file: z.string().optional(),
  }),
  command,
]);

const fileSchema = z.strictObject({
  airflow: z
    .array(
      z.strictObject({
        name: connectionName,
        base_url: z.string(),
        databricks: connectionName.optional(),
        environment: label.optional(),
        read: airflowAuth,
        write: airflowAuth.optional(),
      }),
    )
    .default([]),
  databricks: z
    .array(
      z.strictObject({
        name: connectionName,
        host: z.string(),
        environment: label.optional(),
        read: databricksAuth,
        write: databricksAuth.optional(),
      }),
    )
    .default([]),
  ...policySections,
  runbooks: runbooksEntry.optional(),
  claude: claudeEntry.optional(),
  privacy: z
    .strictObject({
      mask_values: z.boolean().optional(),
      keep_evidence_days: z.number().int().min(1).max(3_650).optional(),
      keep_incidents_days: z.number().int().min(1).max(3_650).optional(),
      keep_audit_days: z.number().int().min(31).max(36_500).optional(),
    })
    .optional(),
  people: z
    .array(z.strictObject({ name: z.string().min(1).max(80), ids: z.array(personId).min(1).max(20) }))
    .default([]),
  identity: z
    .strictObject({ match_email: z.boolean(), domains: z.array(domain).default([]) })
    .refine(({ match_email, domains }) => !match_email || domains.length > 0, "name the domains that are yours")
    .optional(),
  reading: readingSection,
  mcp: mcpEntry.optional(),
  oidc: z
    .strictObject({
      issuer: z.string().max(500),
      client_id: z.string().min(1).max(300),
      client_secret_env: z.string().optional(),
      client_secret_file: z.string().optional(),
      domains: z.array(domain).default([]),
      console_url: z.string().max(500).optional(),
    })
    .optional(),
  owners: z.array(z.strictObject({ dag: glob, owner: z.string().min(1).max(80) })).default([]),
});

export type ConfigFile = z.infer<typeof fileSchema>;
export type AirflowAuthEntry = z.infer<typeof airflowAuth>;
export type DatabricksAuthEntry = z.infer<typeof databricksAuth>;

/** Reads and checks the YAML file; every mistake is named with its place in one ConfigError. */
export function readConfigFile(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError(
      "PIPEWRIGHT_CONFIG names a file that can't be read.",
      "Check the path, or leave the setting out.",
      { cause },
    );
  }
  return parseConfigFile(text);
}

export function parseConfigFile(text: string): ConfigFile {
  const document = parseDocument(text, { prettyErrors: true });
  const broken = document.errors[0];
  if (broken !== undefined) {
    throw new ConfigError(
      `The file of PIPEWRIGHT_CONFIG is not valid YAML: ${broken.message.split("\n")[0] ?? ""}`,
      "Mend that line.",
    );
  }
  const parsed = fileSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map((issue) => `${issue.path.join(".") || "top level"}: ${issue.message}`);
  throw new ConfigError(
    `The file of PIPEWRIGHT_CONFIG has ${places.length === 1 ? "a mistake" : `${places.length} mistakes`}: ${places.join("; ")}.`,
    "Compare it with manifests/pipewright.example.yaml.",
  );
}
