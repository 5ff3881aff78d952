import { z } from "zod";

const personId = z.string().regex(/^(slack|teams|console):\S{1,120}$/, "write it like slack:U02BOB");
const tokenName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, "use lower-case letters, digits and dashes");
const hostName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/, "write it like pipewright.example.com, without port")
  .toLowerCase();
const origin = z
  .string()
  .max(300)
  .refine((text) => URL.canParse(text) && new URL(text).origin === text, "write it like https://ide.example.com");

/** `mcp:` of the YAML: who may come in over HTTP. */
export const mcpEntry = z.strictObject({
  tokens: z
    .array(
      z.strictObject({
        name: tokenName,
        person: personId,
        token_env: z.string().optional(),
        token_file: z.string().optional(),
        propose: z.boolean().default(false),
      }),
    )
    .max(500)
    .default([]),
  hosts: z.array(hostName).max(50).default([]),
  origins: z.array(origin).max(50).default([]),
});
export type McpEntry = z.infer<typeof mcpEntry>;
