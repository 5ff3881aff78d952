import { describe, expect, it } from "vitest";
import { zoneCalendar } from "../../../src/compose/zone-calendar.js";

const berlin = "Europe/Berlin";

function moment(date: string, time: string, which: "first" | "last", zone = berlin): string {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return zoneCalendar.moment({ date, minute: hours * 60 + minutes }, zone, which).toISOString();
}

describe("wall clocks", () => {
  it("are read in their zone, summer and winter", () => {
    expect(zoneCalendar.wallTime(new Date("2026-07-01T22:30:00Z"), berlin)).toEqual({ date: "2026-07-02", minute: 30 });
    expect(zoneCalendar.wallTime(new Date("2026-01-01T22:30:00Z"), berlin)).toEqual({
      date: "2026-01-01",
      minute: 23 * 60 + 30,
    });
    expect(zoneCalendar.wallTime(new Date("2026-01-01T00:00:00Z"), "Asia/Kathmandu").minute).toBe(5 * 60 + 45);
  });

  it("show an ordinary time once", () => {
    expect(moment("2026-07-01", "18:00", "first")).toBe("2026-07-01T16:00:00.000Z");
    expect(moment("2026-07-01", "18:00", "last")).toBe("2026-07-01T16:00:00.000Z");
    expect(moment("2026-07-01", "24:00", "last")).toBe("2026-07-01T22:00:00.000Z");
  });

  it("show a time twice when they go back", () => {
    expect(moment("2026-10-25", "02:30", "first")).toBe("2026-10-25T00:30:00.000Z");
    expect(moment("2026-10-25", "02:30", "last")).toBe("2026-10-25T01:30:00.000Z");
    expect(moment("2026-11-01", "01:30", "last", "America/New_York")).toBe("2026-11-01T06:30:00.000Z");
  });

  it("skip a time when they go forward: its moment is the skip", () => {
    expect(moment("2026-03-29", "02:30", "first")).toBe("2026-03-29T01:00:00.000Z");
    expect(moment("2026-03-29", "02:30", "last")).toBe("2026-03-29T01:00:00.000Z");
    expect(moment("2026-03-29", "03:00", "first")).toBe("2026-03-29T01:00:00.000Z");
    // Lord Howe moves by half an hour only.
    expect(moment("2026-10-04", "02:15", "first", "Australia/Lord_Howe")).toBe("2026-10-03T15:30:00.000Z");
  });

  it("do not exist in a zone that nobody knows", () => {
    expect(() => zoneCalendar.wallTime(new Date(0), "Europe/Atlantis")).toThrow("Europe/Atlantis is no time zone.");
  });
});
