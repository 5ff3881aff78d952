import { z } from "zod";
import type { ClaudeConfig } from "./config.js";
import type { Environment } from "./env.js";

/** `claude:` of the YAML: what it may cost and of what it may not hear. The key comes from the environment. */
export const claudeEntry = z.strictObject({
  max_turns: z.number().int().min(1).max(20).optional(),
  max_input_tokens: z.number().int().min(1_000).max(1_000_000).optional(),
  max_seconds: z.number().min(5).max(600).optional(),
  usd_per_incident: z.number().positive().max(100).optional(),
  usd_per_day: z.number().positive().max(10_000).optional(),
  usd_per_million_input: z.number().min(0).max(1_000).optional(),
  usd_per_million_output: z.number().min(0).max(1_000).optional(),
  not_for: z.array(z.string().min(1)).optional(),
});

const defaultBaseUrl = "https://api.anthropic.com";
const defaultModel = "claude-sonnet-5-5";

/** null without ANTHROPIC_API_KEY: rules answer alone then. */
export function claudeConfig(env: Environment, entry: z.infer<typeof claudeEntry> | undefined): ClaudeConfig | null {
  const apiKey = env.secret("ANTHROPIC_API_KEY");
  const baseUrl = env.url("ANTHROPIC_BASE_URL") ?? defaultBaseUrl;
  const model = env.text("ANTHROPIC_MODEL") ?? defaultModel;
  if (apiKey === null) return null;
  return {
    apiKey,
    baseUrl,
    model,
    budget: {
      mostTurns: entry?.max_turns ?? 6,
      mostInputTokens: entry?.max_input_tokens ?? 40_000,
      mostSeconds: entry?.max_seconds ?? 60,
      mostUsd: entry?.usd_per_incident ?? 0.2,
      // Of the default model; whoever sets another one sets its prices too.
      usdPerMillionInput: entry?.usd_per_million_input ?? 3,
      usdPerMillionOutput: entry?.usd_per_million_output ?? 15,
    },
    mostUsdPerDay: entry?.usd_per_day ?? 5,
    notFor: entry?.not_for ?? [],
  };
}
