import { describe, expect, it } from "vitest";
import type { Card } from "../../../src/chat/card.js";
import { redactCard } from "../../../src/chat/redact-card.js";
import { createRedactor } from "../../../src/telemetry/redact.js";

const ours = "correct-horse-battery";
const redactor = createRedactor({ configuredSecrets: [ours] });
const text = `it said ${ours}`;
const line = [{ t: "text", text } as const, { t: "link", text, url: "https://airflow.example.com/run" } as const];

/** Every kind of block and span, each with our secret in it. */
const card: Card = {
  subject: "incident:inc_1",
  tone: "failed",
  fallback: text,
  simulated: false,
  blocks: [
    {
      b: "lines",
      lines: [line, [{ t: "bold", text }], [{ t: "code", text }], [{ t: "person", id: "slack:U1", name: text }]],
    },
    { b: "quotes", quotes: [{ id: "E1", source: "log", line: 3, text }] },
    { b: "fields", fields: [{ name: "Why", value: line }] },
    { b: "note", line },
    { b: "buttons", buttons: [{ action: "approve", label: text, style: "primary", value: "pro_1", url: null }] },
    { b: "divider" },
  ],
};

describe("the last gate before a chat", () => {
  const shown = redactCard(card, (value) => redactor.redact(value).text);

  it("lets no secret through in any block", () => {
    expect(JSON.stringify(card)).toContain(ours);
    expect(JSON.stringify(shown)).not.toContain(ours);
  });

  it("leaves what we built as it was: addresses, ids, places", () => {
    expect(shown.subject).toBe("incident:inc_1");
    expect(shown.blocks[4]).toMatchObject({ buttons: [{ action: "approve", value: "pro_1", style: "primary" }] });
    expect(JSON.stringify(shown)).toContain("https://airflow.example.com/run");
    expect(shown.blocks[1]).toMatchObject({ quotes: [{ id: "E1", line: 3 }] });
  });
});
