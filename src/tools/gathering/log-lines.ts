import type { LogAnalyzer, LogInput, LogSession } from "../../core/ports.js";

/** Lines compared of each end of a log, and bytes read of one that is only compared. */
const linesOfEachEnd = 1_500;
const mostBytes = 4 * 1024 * 1024;

/** The first and last lines of an opened log, in order. */
export async function endsOf(session: LogSession): Promise<readonly string[]> {
  const count = await session.lineCount();
  const head = await session.lines(1, Math.min(count, linesOfEachEnd));
  const tailFrom = Math.max(linesOfEachEnd + 1, count - linesOfEachEnd + 1);
  const tail = tailFrom > count ? [] : await session.lines(tailFrom, count);
  return [...head, ...tail].map(({ text }) => text);
}

/** Opens one more log for as long as `use` needs it; of a big one only the beginning is read. */
export async function withLog<T>(
  log: LogInput,
  analyzer: LogAnalyzer,
  use: (session: LogSession) => Promise<T>,
): Promise<T> {
  const session = await analyzer.open([beginningOf(log)]);
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

function beginningOf(log: LogInput): LogInput {
  const { bytes } = log;
  return {
    ...log,
    bytes: (async function* () {
      let left = mostBytes;
      for await (const part of bytes) {
        yield part.subarray(0, left);
        left -= part.length;
        if (left <= 0) return;
      }
    })(),
  };
}
