import { type Logger as BoltLogger, LogLevel } from "@slack/bolt";
import type { Logger } from "../../src/core/ports.js";

/** Bolt's words in our own log. Its debug lines hold whole payloads and stay out. */
export function boltLogger(logger: Logger): BoltLogger {
  const words = (parts: readonly unknown[]) =>
    parts
      .map((part) => (part instanceof Error ? part.message : String(part)))
      .join(" ")
      .slice(0, 500);
  return {
    debug: () => undefined,
    info: (...parts) => logger.debug({ from: "bolt" }, words(parts)),
    warn: (...parts) => logger.warn({ from: "bolt" }, words(parts)),
    error: (...parts) => logger.error({ from: "bolt" }, words(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
