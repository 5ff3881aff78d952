import { categories } from "../core/verdict.js";
import type { GivenAnswer } from "./checked-answer.js";

export const answerToolName = "give_answer";

const mostClaims = 6;
const mostQuotes = 4;
const longestText = 400;

/** JSON Schema of what a model hands in as its answer. */
export const answerSchema: Readonly<Record<string, unknown>> = {
  type: "object",
  additionalProperties: false,
  required: ["category", "claims", "alternatives", "next_step"],
  properties: {
    category: { type: ["string", "null"], enum: [...categories, null] },
    claims: {
      type: "array",
      maxItems: mostClaims,
      items: {
        type: "object",
        additionalProperties: false,
        required: ["text", "quotes"],
        properties: {
          text: { type: "string", maxLength: longestText },
          quotes: {
            type: "array",
            maxItems: mostQuotes,
            items: {
              type: "object",
              additionalProperties: false,
              required: ["from", "text"],
              properties: { from: { type: "string", pattern: "^[ER][0-9]{1,3}$" }, text: { type: "string" } },
            },
          },
        },
      },
    },
    alternatives: { type: "array", maxItems: 3, items: { type: "string", maxLength: longestText } },
    next_step: { type: ["string", "null"], maxLength: longestText },
  },
};

/** The answer when it has that shape, else what is wrong with it, for the model to mend. */
export function readAnswer(input: Readonly<Record<string, unknown>>): GivenAnswer | string {
  const { category, claims, alternatives, next_step: nextStep } = input;
  if (category !== null && !categories.some((known) => known === category)) {
    return `category must be null or one of: ${categories.join(", ")}`;
  }
  if (!Array.isArray(claims) || !claims.every(isClaim)) {
    return 'claims must be a list of {"text": "…", "quotes": [{"from": "E1", "text": "…"}]}';
  }
  if (!Array.isArray(alternatives) || !alternatives.every(isText)) return "alternatives must be a list of sentences";
  if (nextStep !== null && !isText(nextStep)) return "next_step must be one sentence or null";
  return {
    category: category as string | null,
    claims: claims.slice(0, mostClaims).map(({ text, quotes }) => ({
      text: cut(text),
      quotes: quotes.slice(0, mostQuotes).map((quote) => ({ from: quote.from, text: cut(quote.text) })),
    })),
    alternatives: alternatives.slice(0, 3).map(cut),
    next_step: nextStep === null ? null : cut(nextStep),
  };
}

/** The claims that are already whole in an answer that is still being written: the last one may not be. */
export function claimsSoFar(input: unknown): GivenAnswer["claims"] {
  const claims = typeof input === "object" && input !== null ? (input as { readonly claims?: unknown }).claims : [];
  const whole = Array.isArray(claims) ? claims.slice(0, -1) : [];
  const answer = readAnswer({ category: null, claims: whole, alternatives: [], next_step: null });
  return typeof answer === "string" ? [] : answer.claims;
}

type Item = GivenAnswer["claims"][number];

function isClaim(value: unknown): value is Item {
  if (typeof value !== "object" || value === null) return false;
  const { text, quotes } = value as Readonly<Record<string, unknown>>;
  return isText(text) && Array.isArray(quotes) && quotes.every(isQuote);
}

function isQuote(value: unknown): value is Item["quotes"][number] {
  if (typeof value !== "object" || value === null) return false;
  const { from, text } = value as Readonly<Record<string, unknown>>;
  return isText(from) && isText(text);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}
