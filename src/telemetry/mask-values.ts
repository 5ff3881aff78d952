/** An error's detail that quotes a value of somebody's data; the value is the group `value`. */
interface ValueDetail {
  /** Stands in every text with this detail; looked for first, since most lines have none. */
  readonly literal: string;
  readonly pattern: RegExp;
}

const anyQuoted = "(?:'(?<q1>[^'\\n]{1,2000})'|\"(?<q2>[^\"\\n]{1,2000})\")";

function detail(literal: string, source: string): ValueDetail {
  return { literal, pattern: new RegExp(source.replaceAll("QUOTED", anyQuoted), "g") };
}

/** By the words of the systems themselves: what stands elsewhere (hosts, tables, columns, users without a permission) is needed. */
const details: readonly ValueDetail[] = [
  // PostgreSQL and what speaks its words.
  detail(
    ")=(",
    String.raw`Key \([^()\n]{1,300}\)=\((?<value>[^\n]{1,2000}?)(?=\) (?:already exists|is not present|is still referenced|conflicts with|is duplicated)|\)?$)`,
  ),
  detail("row contains (", String.raw`Failing row contains \((?<value>[^\n]{1,4000}?)(?=\)?\.?\s*$)`),
  detail("invalid input syntax for", "invalid input syntax for [a-z ]{2,40}: QUOTED"),
  detail("out of range for type", "value QUOTED is out of range for type"),
  // MySQL.
  detail("Duplicate entry", "Duplicate entry QUOTED for key"),
  detail("ncorrect ", "[Ii]ncorrect [A-Za-z() 0-9]{3,30} value: QUOTED"),
  // SQL Server.
  detail("duplicate key value is (", String.raw`duplicate key value is \((?<value>[^\n]{1,2000}?)\)`),
  detail("onversion failed when converting", "value QUOTED to data type"),
  // Spark, Snowflake, BigQuery.
  detail("The value", "The value QUOTED of the type"),
  detail("is not recognized", "value QUOTED is not recognized"),
  detail("Could not parse", "Could not parse QUOTED as"),
  // Python and its libraries.
  detail("invalid literal for", String.raw`invalid literal for \w{2,20}\(\) with base \d{1,2}: QUOTED`),
  detail("could not convert string to", "could not convert string to [a-z0-9 ]{2,20}: QUOTED"),
  detail("Unable to parse string", "Unable to parse string QUOTED"),
  detail("does not match format", "time data QUOTED"),
  detail("input_value=", String.raw`input_value=(?<value>[^\n]{1,2000}?)(?=, input_type=)`),
  detail("[parameters: ", String.raw`\[parameters: (?<value>[^\n]{1,4000}?)(?=\]?\s*$)`),
  detail("unexpected_list", String.raw`unexpected_list(?:_with_counts)?["']?: ?\[(?<value>[^\n]{1,4000}?)(?=\]|$)`),
  detail("failure cases", String.raw`failure cases?: (?<value>[^\n]{1,2000})`),
];

/** What stands where a value was. */
export const maskedValue = "[value]";

/** The text with the values hidden that error details quote from people's data; linear in the text. */
export function maskValues(text: string): string {
  let masked = text;
  for (const { literal, pattern } of details) {
    if (masked.includes(literal)) masked = masked.replace(pattern, hideValue);
  }
  return masked;
}

function hideValue(whole: string, ...rest: readonly unknown[]): string {
  const groups = rest.at(-1) as Readonly<Record<string, string | undefined>>;
  const value = groups["value"] ?? groups["q1"] ?? groups["q2"];
  if (value === undefined) return whole;
  const at = whole.lastIndexOf(value);
  return `${whole.slice(0, at)}${maskedValue}${whole.slice(at + value.length)}`;
}
