/** A tool as a model is offered it; `run` answers in text, an error for the model included. */
export interface ModelTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  run(input: Readonly<Record<string, unknown>>): Promise<string>;
}

/** What one request cost. `input` counts everything that was sent, from the cache or not. */
export interface ModelUse {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** One request, its reply, and what the tools answered. */
export interface ModelTurn {
  readonly use: ModelUse;
  /** Names of the tools that were called. */
  readonly calls: readonly string[];
  /** The whole conversation so far (JSON of the model's own shape): enough to go on after a restart. */
  readonly messages: readonly unknown[];
}

export interface Conversation {
  /** The same for every conversation, so that it is cached. */
  readonly system: string;
  /** JSON of the model's own shape: one opening question, or what an earlier run left. */
  readonly messages: readonly unknown[];
  readonly tools: readonly ModelTool[];
  readonly mostOutputTokens: number;
  readonly signal: AbortSignal;
  /** Called while a call of a tool is still being written, with as much of its input as stands already. */
  onPart?(tool: string, input: unknown): void;
  /** Called after each turn, when its tools have answered; false ends the conversation. */
  onTurn(turn: ModelTurn): Promise<boolean>;
}

/** A language model that reads and calls tools. Throws UpstreamError, also when it is cancelled. */
export interface Model {
  readonly name: string;
  converse(conversation: Conversation): Promise<void>;
}
