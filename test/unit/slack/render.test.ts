import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { renderCard } from "../../../adapters/slack/render.js";
import type { Block, Card, Line, Span } from "../../../src/chat/card.js";
import { evidenceCard, incidentCard, proposalCard } from "../../../src/chat/cards/index.js";
import { incident, now, proposal, verdict } from "../cards/examples.js";
import { expectBlockKit } from "./block-kit.js";

const facts = { proposal, now, mayDecide: "Ben" };

function cardOf(...blocks: readonly Block[]): Card {
  return { subject: "test", tone: "neutral", fallback: "fallback", simulated: false, blocks };
}

function drawn(...line: readonly Span[]): string {
  const block = renderCard(cardOf({ b: "lines", lines: [line] })).blocks[0];
  return block?.type === "section" ? (block.text?.text ?? "") : "";
}

/** Everything in a message that Slack would read as its own markup. */
function markup(text: string): readonly string[] {
  return text.match(/<[^>]*>/g) ?? [];
}

describe("a card in Slack", () => {
  it("shows times in the reader's zone with UTC beside them", () => {
    expect(drawn({ t: "time", at: "2026-03-04T02:21:07Z", style: "time" })).toBe("<!date^1772590867^{time}|02:21 UTC>");
    expect(drawn({ t: "time", at: "2026-03-04T04:21:07+02:00", style: "date_time" })).toBe(
      "<!date^1772590867^{date_short_pretty} {time}|2026-03-04 02:21 UTC>",
    );
    expect(drawn({ t: "time", at: "not a time", style: "time" })).toBe("not a time");
  });

  it("keeps marks hugging their words and blanks outside", () => {
    expect(drawn({ t: "bold", text: "Next: " }, { t: "code", text: "load" }, { t: "text", text: " now" })).toBe(
      "*Next:* `load` now",
    );
  });

  it("makes links of ours only, never of words", () => {
    expect(drawn({ t: "link", text: "a|b>", url: "https://x.example/?a=1&b=|>" })).toBe(
      "<https://x.example/?a=1&amp;b=%7C%3E|a|b&gt;>",
    );
    expect(drawn({ t: "link", text: "click", url: "javascript:alert(1)" })).toBe("click");
    expect(drawn({ t: "text", text: "<https://evil.example|Approve>" })).toBe("&lt;https://evil.example|Approve&gt;");
  });

  it("names people without notifying them, and reaches nobody", () => {
    expect(drawn({ t: "person", id: "slack:U0BEN", name: "Ben" })).toBe("Ben");
    for (const attack of ["<!channel>", "<@U0BEN>", "<!subteam^S1>", "<#C0DATA>", "&lt;!here&gt;"]) {
      for (const t of ["text", "bold", "code"] as const) expect(markup(drawn({ t, text: attack }))).toEqual([]);
    }
  });

  it("lets hostile text make no bold, no code, no quotation", () => {
    expect(drawn({ t: "text", text: "*Approved* by ~nobody~ `x`" })).toBe("∗Approved∗ by ∼nobody∼ ˋxˋ");
    expect(drawn({ t: "text", text: "> quoted" })).toBe("\u200b&gt; quoted");
    expect(drawn({ t: "bold", text: "a* b" })).toBe("*a∗ b*");
    expect(drawn({ t: "text", text: "one\ntwo\u202ethree" })).toBe("one two three");
  });

  it("keeps a quote inside its block and its own spacing", () => {
    const hostile = { id: "E1", source: "log", line: 7, text: "  a\tb ``` <!channel> & *c*" };
    const block = renderCard(cardOf({ b: "quotes", quotes: [hostile] })).blocks[0];
    expect(block).toMatchObject({
      type: "section",
      text: { text: "*E1* log line 7\n```  a b ˋˋˋ &lt;!channel&gt; &amp; *c*```", verbatim: true },
    });
  });

  it("says SIMULATED in its first line and in its notification", () => {
    const card = incidentCard({ ...incident, simulated: true }, facts);
    const { text, blocks } = renderCard(card);
    expect(text).toMatch(/^SIMULATED ● FAILED/);
    expect(blocks[0]).toMatchObject({ text: { text: expect.stringMatching(/^`SIMULATED` \*● FAILED\*/) } });
    expect(renderCard({ ...cardOf({ b: "divider" }), simulated: true }).blocks[0]).toMatchObject({
      text: { text: "`SIMULATED` " },
    });
  });

  it("gives buttons ids that differ, with nothing but the opaque id as value", () => {
    const two = { ...incident, links: [...incident.links, { label: "Databricks", url: "https://dbc.example/run/1" }] };
    const actions = renderCard(incidentCard(two, facts)).blocks.at(-1);
    expect(actions).toMatchObject({
      type: "actions",
      elements: [
        { action_id: "open:0", url: "https://airflow.example/dags/ledger_nightly" },
        { action_id: "open:1", url: "https://dbc.example/run/1" },
        { action_id: "mute", value: "inc_1" },
      ],
    });
  });

  it("leaves out a button whose id would have to be cut", () => {
    const long = { action: "approve", label: "Approve", style: "primary", value: "p".repeat(2001), url: null } as const;
    expect(renderCard(cardOf({ b: "buttons", buttons: [long] })).blocks).toEqual([]);
  });

  it("keeps Approve and Deny on a card whose text is far too long", () => {
    const endless = {
      ...proposal,
      facts: { ...proposal.facts, guards: Array.from({ length: 6 }, () => "g".repeat(4000)) },
    };
    const card = proposalCard(endless, { now, mayDecide: "B".repeat(9000) });
    const flood: Card = {
      ...card,
      blocks: [
        {
          b: "quotes",
          quotes: Array.from({ length: 40 }, (_, i) => ({
            id: `E${i}`,
            source: "log",
            line: i,
            text: "q".repeat(2000),
          })),
        },
        ...card.blocks,
      ],
    };
    const { blocks } = renderCard(flood);
    expectBlockKit(blocks);
    expect(blocks.at(-1)).toMatchObject({
      type: "actions",
      elements: [{ action_id: "approve" }, { action_id: "deny" }],
    });
  });

  it("draws our own cards within every rule of Block Kit", () => {
    const loud = {
      ...verdict,
      summary: "<".repeat(5000),
      nextStep: "&".repeat(5000),
      evidence: Array.from({ length: 9 }, (_, i) => ({ id: `E${i}`, source: "log", line: i, text: "&".repeat(500) })),
    };
    for (const card of [
      incidentCard({ ...incident, verdict: loud }, facts),
      evidenceCard({ ...incident, verdict: loud }, { hidesValues: false }),
      proposalCard(proposal, facts),
    ]) {
      expectBlockKit(renderCard(card).blocks);
    }
  });
});

const words = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom("<!channel>", "&&&&&", "```", "a".repeat(4000), "<>&".repeat(1500), "🎯".repeat(2000)),
);
const span: fc.Arbitrary<Span> = fc.oneof(
  fc.record({ t: fc.constantFrom("text" as const, "bold" as const, "code" as const), text: words }),
  fc.record({ t: fc.constant("link" as const), text: words, url: fc.webUrl() }),
  fc.record({
    t: fc.constant("time" as const),
    at: fc.constant("2026-03-04T02:21:07Z"),
    style: fc.constantFrom("time" as const, "relative" as const),
  }),
  fc.record({ t: fc.constant("person" as const), id: fc.constant("slack:U0BEN"), name: words }),
);
const line: fc.Arbitrary<Line> = fc.array(span, { maxLength: 6 });
const button = (action: "approve" | "open") =>
  fc.record({
    action: fc.constant(action),
    label: words,
    style: fc.constantFrom("primary" as const, "danger" as const, "plain" as const),
    value: fc.string({ maxLength: 3000 }),
    url: fc.option(fc.webUrl()),
  });
const buttons = fc
  .tuple(fc.array(button("open"), { maxLength: 30 }), fc.array(button("approve"), { maxLength: 1 }))
  .map(([open, approve]) => [...approve, ...open]);
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ b: fc.constant("lines" as const), lines: fc.array(line, { maxLength: 30 }) }),
  fc.record({ b: fc.constant("note" as const), line }),
  fc.record({ b: fc.constant("divider" as const) }),
  fc.record({
    b: fc.constant("fields" as const),
    fields: fc.array(fc.record({ name: words, value: line }), { maxLength: 12 }),
  }),
  fc.record({
    b: fc.constant("quotes" as const),
    quotes: fc.array(fc.record({ id: words, source: words, line: fc.option(fc.nat()), text: words }), {
      maxLength: 20,
    }),
  }),
  fc.record({ b: fc.constant("buttons" as const), buttons }),
);

describe("any card at all", () => {
  it("is valid Block Kit, within every limit, and carries no markup that is not ours", () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 60 }), words, fc.boolean(), (blocks, fallback, simulated) => {
        const message = renderCard({ subject: "any", tone: "neutral", fallback, simulated, blocks });
        expectBlockKit(message.blocks);
        expect(message.text.length).toBeLessThanOrEqual(300);
        const texts = [
          message.text,
          ...message.blocks.flatMap((drawnBlock) =>
            drawnBlock.type === "section"
              ? [drawnBlock.text?.text ?? ""]
              : drawnBlock.type === "context"
                ? drawnBlock.elements.map((element) => ("text" in element ? String(element.text) : ""))
                : [],
          ),
        ];
        for (const text of texts) expect(text).not.toMatch(/&(?!(amp|lt|gt);)/);
        for (const found of texts.flatMap(markup))
          expect(found).toMatch(/^<(!date\^\d+\^[^<>|]+\|[^<>|]+|https?:[^<>|\s]+\|[^<>]*)>$/);
      }),
      { numRuns: 300 },
    );
  });
});
