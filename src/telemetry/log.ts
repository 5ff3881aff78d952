import { type DestinationStream, pino } from "pino";
import { prettyFactory } from "pino-pretty";
import { PipewrightError } from "../core/errors.js";
import type { Logger } from "../core/ports.js";

export interface LoggerConfig {
  /** `debug`, `info`, `warn`, `error` or `silent`. */
  readonly level: string;
  /** Applied to every line that is written. */
  readonly redact: (text: string) => { readonly text: string };
  /** Words for a terminal instead of JSON; by default when the stream is a terminal. */
  readonly pretty?: boolean;
  /** Default stderr: stdout belongs to results and protocols. */
  readonly stream?: { write(text: string): unknown };
}

/** Our own log: one line a statement, secrets replaced, errors as a sentence (their stack only at level debug). */
export function createLogger(config: LoggerConfig): Logger {
  const out = config.stream ?? process.stderr;
  const readable = config.pretty ?? (config.stream === undefined && process.stderr.isTTY === true);
  const prettify = readable
    ? prettyFactory({
        colorize: config.stream === undefined,
        ignore: "pid,hostname",
        translateTime: "SYS:HH:MM:ss",
        singleLine: true,
      })
    : null;
  const stream: DestinationStream = {
    write: (line) => void out.write(config.redact(prettify === null ? line : prettify(line)).text),
  };
  const withStack = config.level === "debug" || config.level === "trace";
  const log = pino(
    {
      level: config.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: errorWords(withStack), error: errorWords(withStack) },
    },
    stream,
  );
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  };
}

function errorWords(withStack: boolean): (error: unknown) => unknown {
  return (error) => {
    if (!(error instanceof Error)) return error;
    const words = {
      type: error.name,
      message: error.message,
      ...(error instanceof PipewrightError ? { code: error.code, fix: error.fix } : {}),
      ...(error.cause instanceof Error ? { cause: `${error.cause.name}: ${error.cause.message}` } : {}),
    };
    return withStack ? { ...words, stack: error.stack } : words;
  };
}
