/** Whoever writes a log or a run's name may have written it to the model. */
const address = /\b[a-z][a-z0-9+.-]{1,20}:\/\/\S+|\bwww\.\S+/gi;

/** A model's own sentence without web addresses: people open only what we linked. Its quotes keep theirs, as quotes. */
export function withoutAddresses(words: string): string {
  return words.replace(address, "[address left out]");
}
