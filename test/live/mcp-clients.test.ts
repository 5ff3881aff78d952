import { afterAll, beforeAll, describe } from "vitest";
import { conformanceStories } from "./mcp/conformance.js";
import { fuzzStories } from "./mcp/fuzz.js";
import { inspectorStories } from "./mcp/inspector.js";
import { packedStories } from "./mcp/packed.js";
import { pythonStories } from "./mcp/python-client.js";
import { type McpStage, openMcpStage } from "./mcp/stage.js";

let stage: McpStage;
const onStage = (): McpStage => stage;

beforeAll(async () => {
  stage = await openMcpStage();
});

afterAll(() => stage?.close());

describe("other people's MCP clients", () => {
  pythonStories(onStage);
  conformanceStories(onStage);
  inspectorStories(onStage);
  packedStories(onStage);
  fuzzStories(onStage);
});
