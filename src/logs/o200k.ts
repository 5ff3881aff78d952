/** Counts tokens as the o200k vocabulary does; special tokens in a text count as the text they are. */
export interface TokenCounter {
  count(text: string): number;
}

let loading: Promise<TokenCounter> | null = null;

/** The vocabulary takes half a second and 60 MB, so that it is loaded by the first who needs it. */
export function loadTokenCounter(): Promise<TokenCounter> {
  loading ??= Promise.all([import("js-tiktoken/lite"), import("js-tiktoken/ranks/o200k_base")]).then(
    ([{ Tiktoken }, ranks]) => {
      const encoder = new Tiktoken(ranks.default);
      return { count: (text) => encoder.encode(text, [], []).length };
    },
  );
  return loading;
}
