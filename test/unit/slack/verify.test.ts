import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReplayMemory, verifyRequest } from "../../../adapters/slack/verify.js";
import { movedClock } from "../../fixtures/moved-clock.js";

const secret = "a-signing-secret";
const now = new Date("2026-03-04T02:22:00Z");
const seconds = Math.floor(now.getTime() / 1000);

function signed(body: string, at = seconds, key = secret) {
  const signature = `v0=${createHmac("sha256", key).update(`v0:${at}:${body}`).digest("hex")}`;
  return { signature, timestamp: String(at), rawBody: Buffer.from(body) };
}

describe("a request that says it is from Slack", () => {
  it("passes with a signature over its raw body, from now", () => {
    expect(verifyRequest(signed("payload=%7B%7D"), secret, now)).toEqual({ ok: true });
    expect(verifyRequest(signed("bytes: \u00e4 \u{1f3af}"), secret, now)).toEqual({ ok: true });
  });

  it("is refused when forged with another key or without a signature", () => {
    expect(verifyRequest(signed("x", seconds, "another"), secret, now)).toEqual({ ok: false, why: "forged" });
    expect(verifyRequest({ ...signed("x"), signature: undefined }, secret, now)).toEqual({ ok: false, why: "forged" });
    expect(verifyRequest({ ...signed("x"), timestamp: undefined }, secret, now)).toEqual({ ok: false, why: "forged" });
    expect(verifyRequest({ ...signed("x"), signature: "v0=" }, secret, now)).toEqual({ ok: false, why: "forged" });
    expect(verifyRequest(signed("x", seconds, ""), "", now)).toEqual({ ok: false, why: "forged" });
  });

  it.each(["soon", "1e9", "-5", " 17", "99999999999999999999"])(
    "is refused with the timestamp %s even if signed",
    (timestamp) => {
      const signature = `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:x`).digest("hex")}`;
      expect(verifyRequest({ signature, timestamp, rawBody: Buffer.from("x") }, secret, now).ok).toBe(false);
    },
  );

  it("is refused when any byte of it changed", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 60 }),
        fc.nat(59),
        fc.integer({ min: 1, max: 255 }),
        (bytes, index, change) => {
          const body = Buffer.from(bytes);
          const signature = `v0=${createHmac("sha256", secret).update(`v0:${seconds}:`).update(body).digest("hex")}`;
          const request = { signature, timestamp: String(seconds), rawBody: body };
          expect(verifyRequest(request, secret, now).ok).toBe(true);
          const mutated = Buffer.from(body);
          mutated[index % body.length] = (mutated[index % body.length] ?? 0) ^ change;
          expect(verifyRequest({ ...request, rawBody: mutated }, secret, now).ok).toBe(false);
        },
      ),
    );
  });

  it("is held against the clock both ways: five minutes old or ahead at most", () => {
    expect(verifyRequest(signed("x", seconds - 300), secret, now)).toEqual({ ok: true });
    expect(verifyRequest(signed("x", seconds - 301), secret, now)).toEqual({ ok: false, why: "stale" });
    expect(verifyRequest(signed("x", seconds + 300), secret, now)).toEqual({ ok: true });
    expect(verifyRequest(signed("x", seconds + 301), secret, now)).toEqual({ ok: false, why: "future" });
  });
});

describe("the replay memory", () => {
  it("knows a signature for as long as it would verify, and lets it go after", async () => {
    const clock = movedClock("2026-03-04T02:22:00Z");
    const memory = createReplayMemory(clock);
    expect(await memory.remember("v0=a")).toBe(true);
    expect(await memory.remember("v0=a")).toBe(false);
    // Signed five minutes ahead, it still verifies ten minutes on.
    clock.move(600_000);
    expect(await memory.remember("v0=a")).toBe(false);
    clock.move(2_000);
    expect(await memory.remember("v0=a")).toBe(true);
  });

  it("takes a forgotten one again", async () => {
    const memory = createReplayMemory(movedClock("2026-03-04T02:22:00Z"));
    await memory.remember("v0=a");
    await memory.forget("v0=a");
    expect(await memory.remember("v0=a")).toBe(true);
  });
});
