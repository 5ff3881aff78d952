import type { z } from "zod";
import type { ToolPorts } from "./ports.js";

/** One tool as a model meets it. What it may do is stated, never defaulted; the handler is a plain function of its input and the ports. */
export interface Tool<Input extends z.ZodObject = z.ZodObject, Output extends z.ZodObject = z.ZodObject> {
  /** `folder_file` of the file it stands in. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly readOnly: boolean;
  readonly destructive: boolean;
  readonly idempotent: boolean;
  /** True when it reaches Airflow or Databricks, not only Pipewright's own store. */
  readonly openWorld: boolean;
  readonly input: Input;
  readonly output: Output;
  handler(input: z.output<Input>, ports: ToolPorts): Promise<z.input<Output>>;
}

/** Ties a handler's types to its schemas. */
export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  tool: Tool<Input, Output>,
): Tool<Input, Output> {
  return tool;
}
