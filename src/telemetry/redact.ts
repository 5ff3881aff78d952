import { createLiteralScanner } from "./literal-scanner.js";
import { encodingsOf } from "./secret-encodings.js";
import { secretFormats } from "./secret-formats.js";

export interface Redaction {
  readonly text: string;
  /** How many secrets were replaced. */
  readonly count: number;
}

/** Replaces secrets by `[REDACTED:kind]`, ours (in six encodings) and any of a known format; linear in the text. */
export interface Redactor {
  redact(text: string): Redaction;
  /**
   * For a text that comes line by line: a private key over several lines is replaced in each of them. A line in which
   * surely none of the `literals` stands is not looked at again with `mayHoldSecret` false. Null where nothing is replaced.
   */
  lines(): (line: string, mayHoldSecret?: boolean) => Redaction | null;
  /** At least one of these stands in every text with a secret, in whichever case; ours are among them. */
  readonly literals: readonly string[];
}

export interface RedactorConfig {
  /** Our own secrets, in clear. */
  readonly configuredSecrets: readonly string[];
}

interface Finding {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

const configuredGroup = 0;
const keyStart = "-----BEGIN ";
/** A 16,384-bit RSA key in PEM has about 200 lines. */
const longestKeyInLines = 256;
const keyLine = /^\s*(?:[A-Za-z0-9+/=]{1,100}|[A-Za-z-]{1,40}: [^\n]{0,200}|-----END [A-Z0-9 ]{1,60}-----)?\s*$/;
const maskOf = (kind: string): string => `[REDACTED:${kind}]`;

export function createRedactor(config: RedactorConfig): Redactor {
  const needles = config.configuredSecrets.flatMap(encodingsOf).sort((a, b) => b.length - a.length);
  const scanner = createLiteralScanner([needles, ...secretFormats.map((format) => format.literals)]);
  const literals = [...needles, ...secretFormats.flatMap((format) => format.literals), keyStart];

  function redact(text: string): Redaction {
    const groups = scanner.groupsIn(text);
    if (groups === 0) return { text, count: 0 };
    const findings: Finding[] = [];
    if ((groups & (1 << configuredGroup)) !== 0) findings.push(...findConfigured(text, needles));
    secretFormats.forEach((format, index) => {
      if ((groups & (1 << (index + 1))) === 0) return;
      format.pattern.lastIndex = 0;
      for (let match = format.pattern.exec(text); match !== null; match = format.pattern.exec(text)) {
        if (match[0] === "") format.pattern.lastIndex += 1;
        else if (format.unless?.(match) !== true) findings.push(spanOf(match, format.kind));
      }
    });
    return replace(text, findings);
  }

  return {
    redact,
    literals,
    lines() {
      let linesLeft = 0;
      return (line, mayHoldSecret = true) => {
        if (linesLeft > 0) {
          linesLeft = keyLine.test(line) && !line.includes("-----END ") ? linesLeft - 1 : 0;
          if (keyLine.test(line)) return { text: maskOf("private-key"), count: 0 };
        }
        if (!mayHoldSecret) return null;
        if (line.includes("PRIVATE KEY") && line.includes(keyStart) && !line.includes("-----END "))
          linesLeft = longestKeyInLines;
        const safe = redact(line);
        return safe.count === 0 ? null : safe;
      };
    },
  };
}

function findConfigured(text: string, needles: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  for (const needle of needles)
    for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length))
      findings.push({ start: at, end: at + needle.length, kind: "configured" });
  return findings;
}

function spanOf(match: RegExpExecArray, kind: string): Finding {
  const secret = match.groups?.["secret"];
  const start = match.index + (secret === undefined ? 0 : match[0].lastIndexOf(secret));
  return { start, end: start + (secret ?? match[0]).length, kind };
}

/** Overlapping findings become one replacement, named by the one that starts first. */
function replace(text: string, findings: Finding[]): Redaction {
  findings.sort((a, b) => a.start - b.start || b.end - a.end);
  let out = "";
  let done = 0;
  let count = 0;
  let kind = "";
  let pending = -1;
  for (const finding of findings) {
    if (pending >= 0 && finding.start < done) {
      done = Math.max(done, finding.end);
      continue;
    }
    if (pending >= 0) out += maskOf(kind);
    out += text.slice(pending >= 0 ? done : 0, finding.start);
    kind = finding.kind;
    pending = finding.start;
    done = finding.end;
    count += 1;
  }
  if (count === 0) return { text, count };
  return { text: out + maskOf(kind) + text.slice(done), count };
}
