import type { Tool as WireTool } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import type { Tool } from "../tools/define-tool.js";

type JsonSchema = WireTool["inputSchema"];

/** Keys that cost every client tokens and say nothing a model acts on; wrong arguments are refused with words when they come. */
const noise: ReadonlySet<string> = new Set([
  "$schema",
  "additionalProperties",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
]);
/** Which fields of a result are always there can be seen from the result. */
const resultNoise: ReadonlySet<string> = new Set([...noise, "required"]);

function slim(value: unknown, without: ReadonlySet<string>, insideProperties = false): unknown {
  if (Array.isArray(value)) return value.map((entry) => slim(entry, without));
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, entry]) => insideProperties || !without.has(key) || (key === "additionalProperties" && entry.type),
  );
  return Object.fromEntries(
    kept.map(([key, entry]) => [key, slim(entry, without, key === "properties" && !insideProperties)]),
  );
}

function schemaOf(schema: z.ZodObject, io: "input" | "output"): JsonSchema {
  return slim(z.toJSONSchema(schema, { io }), io === "input" ? noise : resultNoise) as JsonSchema;
}

/** A tool as `tools/list` shows it. */
export function describeTool(tool: Tool): WireTool {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: schemaOf(tool.input, "input"),
    outputSchema: schemaOf(tool.output, "output"),
    annotations: {
      readOnlyHint: tool.readOnly,
      destructiveHint: tool.destructive,
      idempotentHint: tool.idempotent,
      openWorldHint: tool.openWorld,
    },
  };
}
