/** What a model said about a failure, after it was checked against what it had read. */
export interface Claim {
  readonly text: string;
  /** Quotes that do stand in what was read, with where. */
  readonly quotes: readonly CheckedQuote[];
}

export interface CheckedQuote {
  /** `E2`: evidence of the rules. `R3`: the third thing that was read. */
  readonly from: string;
  readonly text: string;
}

export interface Reading {
  readonly claims: readonly Claim[];
  /** Claims that nothing proves; their number is said, their words are not. */
  readonly dropped: number;
  readonly category: string | null;
  readonly alternatives: readonly string[];
  readonly nextStep: string | null;
}

/** What a model hands in; every text bounded, since it is drawn. */
export interface GivenAnswer {
  readonly category: string | null;
  readonly claims: readonly { readonly text: string; readonly quotes: readonly CheckedQuote[] }[];
  readonly alternatives: readonly string[];
  readonly next_step: string | null;
}

/** Shorter ones stand everywhere. */
const shortestQuote = 8;

/** Keeps what is proven: a quote counts when it stands, word for word, in the source it names; a claim when one of its quotes does. */
export function checkAnswer(given: GivenAnswer, sources: ReadonlyMap<string, string>): Reading {
  const claims = given.claims.flatMap(({ text, quotes }): Claim[] => {
    const real = quotes.filter((quote) => stands(quote, sources));
    return real.length === 0 ? [] : [{ text, quotes: real }];
  });
  return {
    claims,
    dropped: given.claims.length - claims.length,
    category: given.category,
    alternatives: given.alternatives,
    nextStep: claims.length === 0 ? null : given.next_step,
  };
}

function stands({ from, text }: CheckedQuote, sources: ReadonlyMap<string, string>): boolean {
  const quote = oneLine(text);
  const source = sources.get(from);
  return source !== undefined && quote.length >= shortestQuote && oneLine(source).includes(quote);
}

/** Line ends and indentation are not what a quote is about; JSON's escapes are undone. */
function oneLine(text: string): string {
  return text.replaceAll('\\"', '"').replaceAll("\\n", " ").replaceAll("\\t", " ").replace(/\s+/g, " ").trim();
}
