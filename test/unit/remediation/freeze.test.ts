import { describe, expect, it } from "vitest";
import { zoneCalendar } from "../../../src/compose/zone-calendar.js";
import { frozenAt } from "../../../src/core/remediation/freeze.js";
import type { FreezeWindow } from "../../../src/core/remediation/rule.js";

function window(more: Partial<FreezeWindow> = {}): FreezeWindow {
  return { days: [], from: "00:00", to: "24:00", timezone: "Europe/Berlin", until: null, reason: null, ...more };
}

function frozen(at: string, ...windows: readonly FreezeWindow[]): string | null {
  const freeze = frozenAt(windows, new Date(at), zoneCalendar);
  return freeze === null ? null : `until ${freeze.until}${freeze.reason === null ? "" : `: ${freeze.reason}`}`;
}

describe("a freeze", () => {
  const night = window({ days: ["fri"], from: "18:00", to: "08:00", reason: "weekend" });

  it("holds from its first millisecond to the one before its end, over midnight", () => {
    expect(frozen("2026-07-03T15:59:59.999Z", night)).toBeNull();
    expect(frozen("2026-07-03T16:00:00.000Z", night)).toBe("until 2026-07-04T06:00:00.000Z: weekend");
    expect(frozen("2026-07-04T05:59:59.999Z", night)).toBe("until 2026-07-04T06:00:00.000Z: weekend");
    expect(frozen("2026-07-04T06:00:00.000Z", night)).toBeNull();
    expect(frozen("2026-07-04T17:00:00Z", night)).toBeNull();
  });

  it("from a time to the same time lasts a whole day", () => {
    const friday = window({ days: ["fri"], from: "18:00", to: "18:00" });
    expect(frozen("2026-07-03T15:59:59Z", friday)).toBeNull();
    expect(frozen("2026-07-03T16:00:00Z", friday)).toBe("until 2026-07-04T16:00:00.000Z");
  });

  it("is read on the wall clock of its zone, in winter an hour later", () => {
    expect(frozen("2026-12-04T16:30:00Z", night)).toBeNull();
    expect(frozen("2026-12-04T17:00:00Z", night)).toBe("until 2026-12-05T07:00:00.000Z: weekend");
    expect(frozen("2026-07-03T22:30:00Z", window({ days: ["sat"], timezone: "Asia/Tokyo" }))).toBe(
      "until 2026-07-04T15:00:00.000Z",
    );
  });

  it("lasts through the hour that comes twice, and ends where an hour is skipped", () => {
    const early = window({ from: "01:00", to: "02:30" });
    expect(frozen("2026-10-25T00:45:00Z", early)).toBe("until 2026-10-25T01:30:00.000Z");
    expect(frozen("2026-10-25T01:29:59Z", early)).toBe("until 2026-10-25T01:30:00.000Z");
    expect(frozen("2026-10-25T01:30:00Z", early)).toBeNull();
    const within = window({ from: "02:15", to: "04:00" });
    expect(frozen("2026-10-25T00:14:59Z", within)).toBeNull();
    expect(frozen("2026-10-25T00:15:00Z", within)).toBe("until 2026-10-25T03:00:00.000Z");
    expect(frozen("2026-03-29T00:30:00Z", early)).toBe("until 2026-03-29T01:00:00.000Z");
    expect(frozen("2026-03-29T01:00:00Z", early)).toBeNull();
    // What begins and ends within the hour that is skipped never is.
    expect(frozen("2026-03-29T01:00:00Z", window({ from: "02:10", to: "02:50" }))).toBeNull();
  });

  it("takes weekdays, dates, spans of dates, and ends with its last date", () => {
    const holidays = window({ days: ["2026-12-24..2027-01-02"], reason: "holidays" });
    expect(frozen("2026-12-23T22:59:59Z", holidays)).toBeNull();
    expect(frozen("2026-12-23T23:00:00Z", holidays)).toBe("until 2027-01-02T23:00:00.000Z: holidays");
    expect(frozen("2027-01-02T23:00:00Z", holidays)).toBeNull();
    expect(frozen("2026-12-24T12:00:00Z", window({ days: ["2026-12-24"] }))).toBe("until 2026-12-24T23:00:00.000Z");
    expect(frozen("2026-12-25T12:00:00Z", window({ days: ["2026-12-24"] }))).toBeNull();
    const july = window({ days: ["wed"], until: "2026-07-08" });
    expect(frozen("2026-07-08T12:00:00Z", july)).not.toBeNull();
    expect(frozen("2026-07-15T12:00:00Z", july)).toBeNull();
    const lastNight = window({ from: "22:00", to: "04:00", until: "2026-07-08" });
    expect(frozen("2026-07-08T23:00:00Z", lastNight)).not.toBeNull();
    expect(frozen("2026-07-09T21:00:00Z", lastNight)).toBeNull();
  });

  it.each([
    ["sun", "2026-07-05"],
    ["mon", "2026-07-06"],
    ["tue", "2026-07-07"],
    ["wed", "2026-07-08"],
    ["thu", "2026-07-09"],
    ["fri", "2026-07-10"],
    ["sat", "2026-07-11"],
  ])("knows %s", (day, date) => {
    const whole = window({ days: [day], timezone: "UTC" });
    expect(frozen(`${date}T12:00:00Z`, whole)).not.toBeNull();
    expect(frozen(`${date}T12:00:00Z`, window({ ...whole, days: [day === "sun" ? "mon" : "sun"] }))).toBeNull();
  });

  it("is one with those that join on, whichever of them is read first", () => {
    const saturday = window({ days: ["sat"], reason: "nobody is there" });
    const sunday = window({ days: ["sun"], reason: "still nobody" });
    const until = "until 2026-07-05T22:00:00.000Z: nobody is there";
    expect(frozen("2026-07-04T10:00:00Z", saturday, sunday)).toBe(until);
    expect(frozen("2026-07-04T10:00:00Z", sunday, saturday)).toBe(until);
    const [short, long] = [window({ to: "13:00" }), window({ from: "09:00", to: "17:00" })];
    expect(frozen("2026-07-04T08:00:00Z", short, long)).toBe("until 2026-07-04T15:00:00.000Z");
  });

  it("that never ends has no end", () => {
    expect(frozen("2026-07-04T10:00:00Z", window({ reason: "migration" }))).toBe("until null: migration");
    const forty = window({ days: ["2026-07-01..2026-08-09"], timezone: "UTC" });
    expect(frozen("2026-07-01T10:00:00Z", forty)).toBe("until null");
    expect(frozen("2026-07-02T10:00:00Z", forty)).toBe("until 2026-08-10T00:00:00.000Z");
  });

  it("that can't be read holds", () => {
    expect(frozen("2026-07-04T10:00:00Z", window({ timezone: "Europe/Atlantis" }))).toBe(
      "until null: a freeze of the policy can't be read",
    );
  });

  it("is none where none is named", () => {
    expect(frozen("2026-07-04T10:00:00Z")).toBeNull();
  });
});
