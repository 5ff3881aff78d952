import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";

const shape = z.object({
  mcpServers: z.object({
    pipewright: z.object({
      command: z.literal("node"),
      args: z.array(z.string()),
      env: z.record(z.string(), z.string()),
    }),
  }),
});

it("the snippet for Claude Desktop starts the program that the build makes, with settings that exist", () => {
  const text = readFileSync(resolve("manifests/claude-desktop/claude_desktop_config.json"), "utf8");
  const { args, env } = shape.parse(JSON.parse(text)).mcpServers.pipewright;
  const manifest = JSON.parse(readFileSync(resolve("package.json"), "utf8")) as { bin: { pipewright: string } };
  expect(args[0]?.endsWith(`/${manifest.bin.pipewright}`)).toBe(true);
  expect(args.slice(1)).toEqual(["mcp"]);
  expect(existsSync(resolve(".env.example"))).toBe(true);
  const settings = readFileSync(resolve(".env.example"), "utf8");
  for (const name of Object.keys(env)) expect(settings).toContain(name);
});
