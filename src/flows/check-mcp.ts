import type { Finding } from "./finding.js";

/** A token of MCP over HTTP, without its secret. */
export interface McpTokenFacts {
  readonly name: string;
  readonly person: string;
  readonly mayPropose: boolean;
}

const subject = "MCP over HTTP";

/** Who may come in at `/mcp`, and as whom. */
export function checkMcp(tokens: readonly McpTokenFacts[]): readonly Finding[] {
  if (tokens.length === 0) {
    return [{ level: "note", subject, words: "Off: no tokens under mcp in the YAML. MCP on stdio needs none." }];
  }
  return tokens.map(({ name, person, mayPropose }) => ({
    level: "ok",
    subject,
    words: `${name} reads as ${person}${mayPropose ? " and may propose reruns" : ""}.`,
  }));
}
