/** How much of a log is kept and read. */
export interface LogLimits {
  /** A log up to this size is kept whole. */
  readonly wholeChars: number;
  readonly wholeLines: number;
  /** So many bytes or characters of the end of a larger one are always read. */
  readonly tailLength: number;
}

export const usualLimits: LogLimits = {
  wholeChars: 6 * 1024 * 1024,
  wholeLines: 60_000,
  tailLength: 1_024 * 1_024,
};
