import type { Human } from "../core/identity.js";
import type { McpConfig, McpToken } from "./config.js";
import type { Environment } from "./env.js";
import { fileSecret } from "./file-secret.js";
import type { McpEntry } from "./mcp-file.js";

/** `openssl rand -hex 32` gives 64; nobody guesses 24. */
const shortestToken = 24;

export function mcpConfig(env: Environment, entry: McpEntry | undefined): McpConfig {
  const tokens = (entry?.tokens ?? []).flatMap((token) => readToken(env, token));
  for (const [what, values] of [
    ["name", tokens.map(({ name }) => name)],
    ["secret", tokens.map(({ secret }) => secret.read())],
  ] as const) {
    if (new Set(values).size === values.length) continue;
    env.problem("mcp", `Two tokens of mcp have one ${what}: nobody could say who calls.`, `Give each its own ${what}.`);
  }
  return {
    tokens,
    hosts: entry?.hosts ?? [],
    origins: entry?.origins ?? [],
    toolList: env.oneOf("PIPEWRIGHT_MCP_TOOLS", "full", ["full", "search"]),
    stdioMayPropose: env.flag("PIPEWRIGHT_MCP_PROPOSE", true),
  };
}

function readToken(env: Environment, entry: McpEntry["tokens"][number]): readonly McpToken[] {
  const { name, person } = entry;
  const place = `mcp token ${name} of PIPEWRIGHT_CONFIG`;
  const secret = fileSecret(env, place, "token", entry.token_env, entry.token_file);
  if (secret === null) return [];
  if (secret.read().length < shortestToken) {
    env.problem(
      place,
      `The ${place} is shorter than ${shortestToken} characters.`,
      "Make one with `openssl rand -hex 32`.",
    );
  }
  return [{ name, person, secret, mayPropose: entry.propose }];
}

/** A slash stands in no name of an operating-system user: a token is never taken for `mcp:<user>` on stdio. */
export function tokenId(name: string): string {
  return `mcp:token/${name}`;
}

/** A token acts for its person: who asked by it may not decide, and reads no more than the person may. */
export function withTokens(humans: readonly Human[], tokens: readonly McpToken[]): readonly Human[] {
  return tokens.reduce<readonly Human[]>((known, { name, person }) => {
    const owner = known.find(({ ids }) => ids.includes(person)) ?? { name: person, ids: [person] };
    const joined = { ...owner, ids: [...owner.ids, tokenId(name)] };
    return [...known.filter((human) => human !== owner), joined];
  }, humans);
}
