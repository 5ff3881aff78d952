import { describe, expect, it } from "vitest";
import type { Card } from "../../src/chat/card.js";
import type { Decision } from "../../src/core/approval/proposal.js";
import { UpstreamError } from "../../src/core/errors.js";
import type { Policy } from "../../src/core/remediation/rule.js";
import type { OutboxItem } from "../../src/core/store.js";
import { announceGlass } from "../../src/flows/announce-glass.js";
import { memoryStore } from "../fixtures/memory-store.js";
import { recordingAdapter, wordsOf } from "../fixtures/recording-adapter.js";
import { silentLogger } from "../fixtures/silent-logger.js";
import { proposalRow } from "../unit/approval/proposal-row.js";

const item: OutboxItem = {
  id: "out_1",
  kind: "announce",
  subject: "pro_1",
  payload: {},
  createdAt: "2026-03-01T08:00:00Z",
  attempts: 0,
  notBefore: null,
};
const broken: Decision = {
  verdict: "approved",
  personId: "slack:CLEO",
  personName: "Cleo",
  at: "2026-03-01T08:10:00Z",
  reason: "the board waits",
  breakGlass: { reviewBy: "2026-03-02T08:10:00Z" },
};

function policy(announce: string | null): Policy {
  return {
    version: "v1",
    approvers: [],
    rules: [],
    breakGlass: { people: ["slack:CLEO"], announce, reviewHours: 24 },
  };
}

async function told(announce: string | null, decisions: readonly Decision[], fails: Error | null = null) {
  const said: { readonly channel: string; readonly card: Card }[] = [];
  const store = memoryStore();
  await store.tx.proposals.put(proposalRow({ decisions }));
  const adapter = recordingAdapter();
  const withChannels = {
    ...adapter,
    async announce(channel: string, card: Card) {
      if (fails !== null) throw fails;
      said.push({ channel, card });
      return { platform: "slack", address: {} } as const;
    },
  };
  await announceGlass(item, { store, policy: policy(announce), adapters: [withChannels], logger: silentLogger });
  return said;
}

describe("a broken glass", () => {
  it("is told to the channel that the policy names", async () => {
    const [said, ...others] = await told("slack:CALARM", [broken]);
    expect(said?.channel).toBe("CALARM");
    expect(said === undefined ? "" : wordsOf(said.card)).toContain("the board waits");
    expect(others).toEqual([]);
  });

  it("is told to nobody else: where no channel is named, no such chat is connected, or none was broken", async () => {
    expect(await told(null, [broken])).toEqual([]);
    expect(await told("teams:CALARM", [broken])).toEqual([]);
    const { breakGlass: _, ...plain } = broken;
    expect(await told("slack:CALARM", [plain])).toEqual([]);
  });

  it("is told again when the chat was down, and given up where it refuses", async () => {
    const down = new UpstreamError("Slack is down.", "", "unreachable", true, false);
    await expect(told("slack:CALARM", [broken], down)).rejects.toBe(down);
    const refused = new UpstreamError("channel_not_found", "", "not_found", false, false);
    expect(await told("slack:CALARM", [broken], refused)).toEqual([]);
  });
});
