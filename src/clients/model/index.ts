import Anthropic from "@anthropic-ai/sdk";
import type { BetaMessageStream } from "@anthropic-ai/sdk/lib/BetaMessageStream";
import type { BetaRunnableTool } from "@anthropic-ai/sdk/lib/tools/BetaRunnableTool";
import type { Conversation, Model, ModelTool, ModelUse } from "../../core/model.js";
import { modelError } from "./model-error.js";

export interface ClaudeDeps {
  /** Read again for every conversation: a rotated key is picked up. */
  readonly apiKey: () => string;
  readonly baseUrl: string;
  readonly model: string;
  /** Through the proxy where there is one. */
  readonly fetch: typeof globalThis.fetch;
  /** Default 2, with the SDK's own waiting. */
  readonly retries?: number;
}

/** Longer than any single reply that we ask for. */
const requestMs = 60_000;

/** Claude by its SDK's tool runner: it asks, our tools answer, until it has answered or is stopped. */
export function createClaude(deps: ClaudeDeps): Model {
  return {
    name: deps.model,
    async converse(conversation) {
      const { signal } = conversation;
      try {
        await run(clientOf(deps), deps.model, conversation);
      } catch (error) {
        throw modelError(error, signal.aborted);
      }
    },
  };
}

async function run(client: Anthropic, model: string, conversation: Conversation): Promise<void> {
  const { signal, onTurn } = conversation;
  const runner = client.beta.messages.toolRunner(
    {
      model,
      max_tokens: conversation.mostOutputTokens,
      stream: true,
      // The conversation is kept here, and nowhere else.
      thread: false,
      // The tools and the system text come first and stay the same: everything up to here is read from the cache.
      system: [{ type: "text", text: conversation.system, cache_control: { type: "ephemeral" } }],
      messages: [...conversation.messages] as Anthropic.Beta.Messages.BetaMessageParam[],
      tools: conversation.tools.map(runnable),
    },
    { signal },
  );
  for await (const stream of runner) {
    followParts(stream, conversation);
    const reply = await stream.finalMessage();
    const answers = await runner.generateToolResponse(signal);
    const turn = { role: "assistant", content: reply.content };
    const goesOn = await onTurn({
      use: useOf(reply.usage),
      calls: reply.content.flatMap((block) => (block.type === "tool_use" ? [block.name] : [])),
      messages: [...runner.params.messages, turn, ...(answers === null ? [] : [answers])],
    });
    if (!goesOn) return;
  }
}

function followParts(stream: BetaMessageStream, { onPart }: Conversation): void {
  if (onPart === undefined) return;
  let tool: string | null = null;
  stream.on("streamEvent", (event) => {
    if (event.type !== "content_block_start") return;
    tool = event.content_block.type === "tool_use" ? event.content_block.name : null;
  });
  stream.on("inputJson", (_, input) => {
    if (tool !== null) onPart(tool, input);
  });
}

function clientOf({ apiKey, baseUrl, fetch, retries }: ClaudeDeps): Anthropic {
  return new Anthropic({
    apiKey: apiKey(),
    // Never from the environment: every setting comes from our configuration.
    baseURL: baseUrl,
    authToken: null,
    maxRetries: retries ?? 2,
    timeout: requestMs,
    logLevel: "off",
    fetch,
  });
}

function runnable(tool: ModelTool): BetaRunnableTool<Record<string, unknown>> {
  return {
    type: "custom",
    name: tool.name,
    description: tool.description,
    input_schema: { ...tool.inputSchema, type: "object" },
    parse: (input) => input as Record<string, unknown>,
    run: (input) => tool.run(input),
  };
}

function useOf(usage: Anthropic.Beta.Messages.BetaUsage): ModelUse {
  const cached = usage.cache_read_input_tokens ?? 0;
  const written = usage.cache_creation_input_tokens ?? 0;
  return { input: usage.input_tokens + cached + written, cached, output: usage.output_tokens };
}
