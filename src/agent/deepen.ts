import { explainError, UpstreamError } from "../core/errors.js";
import type { Incident } from "../core/incident.js";
import type { Model, ModelTool } from "../core/model.js";
import { type ModelSpent, nothingSpent } from "../core/model-reading.js";
import type { Clock } from "../core/ports.js";
import { answerSchema, answerToolName, claimsSoFar, readAnswer } from "./answer-tool.js";
import { type ModelBudget, spend, usedUp } from "./budget.js";
import { type Claim, checkAnswer, type GivenAnswer, type Reading } from "./checked-answer.js";
import { deepenSystem, openingOf } from "./prompts/deepen.js";

/** A tool that only reads, as an MCP client lists it. */
export interface ReadTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  call(input: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
}

/** How far a reading got; kept after every turn, so that it goes on after a restart. */
export interface Progress {
  readonly messages: readonly unknown[];
  readonly steps: readonly string[];
  readonly spent: ModelSpent;
}

export interface DeepenDeps {
  readonly model: Model;
  readonly tools: readonly ReadTool[];
  readonly budget: ModelBudget;
  readonly clock: Clock;
}

export interface DeepenRequest {
  /** With secrets replaced and values hidden: this is what leaves. */
  readonly incident: Incident;
  readonly question: string | null;
  /** What an earlier run left. */
  readonly before: Progress | null;
  readonly signal: AbortSignal;
  /** Called while the answer is still being written, with the claims that stand already, each checked. */
  onClaims?(claims: readonly Claim[]): void;
  /** Makes a turn durable; false stops the reading. */
  onProgress(progress: Progress): Promise<boolean>;
}

export interface Deepened {
  /** null when it proved nothing within its budget or was stopped. */
  readonly reading: Reading | null;
  readonly progress: Progress;
  /** Why there is no reading; null when there is one. */
  readonly because: string | null;
}

const mostOutputTokens = 1_500;
/** More would cost more than it tells; the tools have ways to ask for a part. */
const longestToolAnswer = 8_000;

/** Lets a model read on where rules were not sure. What it says is kept only as far as its quotes stand in what it read. */
export async function deepen(request: DeepenRequest, deps: DeepenDeps): Promise<Deepened> {
  const { model, budget, clock } = deps;
  const opening = { role: "user", content: openingOf(request.incident, request.question) };
  let progress: Progress = request.before ?? { messages: [opening], steps: [], spent: nothingSpent };
  const sources = new Map(request.incident.verdict?.evidence.map(({ id, text }) => [id, text]));
  for (const text of toolAnswersIn(progress.messages)) remember(text, sources);
  let given: GivenAnswer | null = null;
  let because: string | null = usedUp(progress.spent, budget);

  const patience = new AbortController();
  void clock.sleep(budget.mostSeconds * 1_000, patience.signal).then(() => patience.abort());
  if (because === null) {
    try {
      await model.converse({
        system: deepenSystem,
        messages: progress.messages,
        tools: [...deps.tools.map((tool) => reading(tool, sources)), answerTool((answer) => (given = answer))],
        mostOutputTokens,
        signal: AbortSignal.any([request.signal, patience.signal]),
        onPart(tool, input) {
          if (tool !== answerToolName) return;
          const soFar: GivenAnswer = { category: null, claims: claimsSoFar(input), alternatives: [], next_step: null };
          const { claims } = checkAnswer(soFar, sources);
          if (claims.length > 0) request.onClaims?.(claims);
        },
        async onTurn({ use, calls, messages }) {
          const steps = [...progress.steps, ...calls.filter((name) => name !== answerToolName)];
          progress = { messages, steps, spent: spend(progress.spent, use, budget) };
          const goesOn = await request.onProgress(progress);
          if (given !== null) return false;
          because = goesOn ? usedUp(progress.spent, budget) : "the incident was over";
          return because === null;
        },
      });
    } catch (error) {
      const ranOut = patience.signal.aborted && !request.signal.aborted && error instanceof UpstreamError;
      if (!ranOut) throw error;
      because = `it took more than ${budget.mostSeconds} s`;
    } finally {
      patience.abort();
    }
  }
  if (given !== null) return { reading: checkAnswer(given, sources), progress, because: null };
  return { reading: null, progress, because: because ?? "it ended without an answer" };
}

function answerTool(take: (answer: GivenAnswer) => void): ModelTool {
  return {
    name: answerToolName,
    description: "Hands in your answer and ends the conversation.",
    inputSchema: answerSchema,
    async run(input) {
      const answer = readAnswer(input);
      if (typeof answer === "string") return `Not taken: ${answer}. Call give_answer again.`;
      take(answer);
      return "Taken.";
    },
  };
}

function reading(tool: ReadTool, sources: Map<string, string>): ModelTool {
  return {
    name: tool.name,
    description: tool.description,
    inputSchema: tool.inputSchema,
    async run(input) {
      // Taken before the call: several may run at once.
      const number = `R${[...sources.keys()].filter((id) => id.startsWith("R")).length + 1}`;
      sources.set(number, "");
      const text = `[${number}] ${await textOf(tool, input)}`;
      sources.set(number, text);
      return text;
    },
  };
}

async function textOf(tool: ReadTool, input: Readonly<Record<string, unknown>>): Promise<string> {
  try {
    const text = JSON.stringify(await tool.call(input));
    return text.length <= longestToolAnswer ? text : `${text.slice(0, longestToolAnswer)}… (cut: ask for a part)`;
  } catch (error) {
    return `Error: ${explainError(error)}`;
  }
}

function remember(text: string, sources: Map<string, string>): void {
  const number = /^\[(R\d{1,3})\] /.exec(text)?.[1];
  if (number !== undefined) sources.set(number, text);
}

/** The texts of every tool_result of a conversation in the API's shape. */
function toolAnswersIn(messages: readonly unknown[]): string[] {
  const texts: string[] = [];
  for (const message of messages) {
    const content = (message as { readonly content?: unknown }).content;
    if (!Array.isArray(content)) continue;
    for (const block of content as readonly { readonly type?: unknown; readonly content?: unknown }[]) {
      if (block.type === "tool_result" && typeof block.content === "string") texts.push(block.content);
    }
  }
  return texts;
}
