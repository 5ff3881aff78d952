/** A kind of secret that is known by its form. */
export interface SecretFormat {
  readonly kind: string;
  /** At least one of these stands in every text with such a secret; lower case, 4 characters or more. */
  readonly literals: readonly string[];
  /** Global and linear. Without a group named `secret` the whole match is the secret. */
  readonly pattern: RegExp;
  /** Looks at what only looks like one. */
  readonly unless?: (match: RegExpExecArray) => boolean;
}

const letters = [..."abcdefghijklmnopqrstuvwxyz0123456789"];
/** A literal of three characters, once with each character that may follow. */
const followed = (literal: string, by: readonly string[] = letters): readonly string[] =>
  by.map((next) => literal + next);

const masked =
  /^(?:\*+|x{3,}|\.{3,}|…|-+|<.*|\$.*|%.*|\{.*|\[.*|\(.*|redacted|masked|hidden|changeme|none|null|nil|true|false|undefined|nan|empty|missing|required|invalid|expired|not|str|string|int|bytes|secretstr.*|os\.environ.*|var\..*|conn\..*|self\..*)$/i;

/** Names that end like a secret's but hold a place in a list, a vocabulary entry or the name of something. */
const harmlessName =
  /(?:next|page|continuation|idempotency|cancell?ation|sync|pad|eos|bos|unk|sep|cls|mask|stop|start|end|special|lock|fencing|sort|primary|foreign|partition|cache|row|merge|unique|public|unexpected|invalid|bad|syntax)[_\- ]?(?:page[_-]?)?(?:token|key)$/i;

const secretWords =
  "password|passwd|passwort|passphrase|passcode|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|secret[_-]?key|signing[_-]?key|encryption[_-]?key|fernet[_-]?key|shared[_-]?key|master[_-]?key|auth[_-]?key|credential|client[_-]?secret";

const assignmentLiterals = [
  "passw",
  "passp",
  "passc",
  ...followed("pwd", ["=", ":", '"', "'", " ", "\\", "]"]),
  "secret",
  "token",
  "_key",
  "-key",
  "apikey",
  "accesskey",
  "accountkey",
  "privatekey",
  "secretkey",
  "signingkey",
  "sharedkey",
  "masterkey",
  "authkey",
  "encryptionkey",
  "fernetkey",
  "credential",
];

export const secretFormats: readonly SecretFormat[] = [
  {
    kind: "private-key",
    literals: ["private key-----", "private key block-----"],
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s,:\\]|-(?!-))*(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
  },
  {
    kind: "aws-access-key",
    literals: ["akia", "asia", "abia", "acca"],
    pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  },
  {
    kind: "github-token",
    literals: ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
    pattern: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255})/g,
  },
  {
    kind: "gitlab-token",
    literals: ["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"],
    pattern: /\bgl(?:pat|dt|rt|ptt|cbt)-[\w.-]{16,255}/g,
  },
  {
    kind: "slack-token",
    literals: [...followed("xox"), "xapp-", "hooks.slack.com"],
    pattern:
      /\bxox[a-z](?:\.xox[a-z])?-[\w-]{8,255}|\bxapp-[\w-]{10,255}|hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[\w/-]{10,255})/g,
  },
  {
    kind: "databricks-token",
    literals: ["dapi", "dose", "dkea", "dsapi"],
    pattern: /(?<![A-Za-z0-9])(?:dapi|dose|dkea|dsapi)[a-f0-9]{32}(?:-\d{1,3})?(?![A-Za-z0-9])/g,
  },
  {
    kind: "stripe-key",
    literals: ["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"],
    pattern: /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)_\w{10,255}|whsec_[A-Za-z0-9+/=]{16,255})/g,
  },
  {
    kind: "google-key",
    literals: ["aiza", "ya29.", "gocspx-"],
    pattern: /(?<![A-Za-z0-9])(?:AIza[\w-]{35}|ya29\.[\w.-]{16,2000}|GOCSPX-[\w-]{20,64})/g,
  },
  { kind: "anthropic-key", literals: ["sk-ant-"], pattern: /(?<![A-Za-z0-9])sk-ant-[\w-]{16,255}/g },
  {
    kind: "openai-key",
    literals: followed("sk-"),
    pattern: /(?<![A-Za-z0-9_-])sk-(?:(?:proj|svcacct|admin|None)-[\w-]{20,255}|[A-Za-z0-9]{32,64}(?![\w-]))/g,
  },
  {
    kind: "sendgrid-key",
    literals: followed("sg.", [...letters, "-", "_"]),
    pattern: /(?<![A-Za-z0-9])SG\.[\w-]{16,40}\.[\w-]{16,80}/g,
  },
  {
    kind: "npm-token",
    literals: ["npm_", "pypi-"],
    pattern: /(?<![A-Za-z0-9])(?:npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])|pypi-[\w-]{40,255})/g,
  },
  { kind: "huggingface-token", literals: followed("hf_"), pattern: /(?<![A-Za-z0-9_])hf_[A-Za-z0-9]{30,64}(?![\w-])/g },
  { kind: "twilio-key", literals: ["twilio"], pattern: /\bSK[0-9a-f]{32}\b/g },
  {
    kind: "jwt",
    literals: followed("eyj", [...letters, "-", "_"]),
    pattern: /(?<![A-Za-z0-9])eyJ[\w-]{6,8000}\.[\w-]{6,8000}(?:\.[\w-]{0,8000}){1,3}/g,
  },
  {
    kind: "authorization",
    literals: ["authorization"],
    pattern:
      /authorization\\?["']?\s{0,4}[:=]\s{0,4}\(?\\?b?["']?(?:(?:bearer|basic|token|digest|negotiate|apikey|aws4-hmac-sha256)\s{1,4})?(?<secret>[^\s"'\\,;)}\]]{6,4000})/gi,
    unless: (match) =>
      masked.test(match.groups?.["secret"] ?? "") ||
      /^(?:header|failed|error|denied|required|bearer|basic|permission)/i.test(match.groups?.["secret"] ?? ""),
  },
  {
    kind: "bearer-token",
    literals: ["bearer "],
    pattern: /\bbearer\s{1,4}(?<secret>[\w.~+/=-]{16,4000})/gi,
    unless: (match) => !/\d/.test(match.groups?.["secret"] ?? ""),
  },
  {
    kind: "basic-auth",
    literals: ["basic "],
    pattern: /\bbasic\s{1,4}(?<secret>[A-Za-z0-9+/_-]{8,1000}={0,2})/gi,
    unless: (match) => !decodesToCredentials(match.groups?.["secret"] ?? ""),
  },
  {
    kind: "url-password",
    literals: [...letters, ":", ")", "]", "}"].map((before) => `${before}://`),
    pattern: /:\/\/[^\s/:@"'<>\\]{0,256}:(?<secret>[^\s/"'<>\\]{1,256})@/g,
    unless: (match) => masked.test(match.groups?.["secret"] ?? ""),
  },
  {
    kind: "signature",
    literals: ["sig=", "signature=", "security-token="],
    pattern:
      /(?:[?&;"'\s](?:sig|se_sig)|x-amz-signature|x-goog-signature|x-amz-security-token|[?&]signature)=(?<secret>[\w%+/=.~-]{16,4000})/gi,
  },
  {
    kind: "account-key",
    literals: ["accountkey=", "sharedaccesskey=", "sharedaccesssignature="],
    pattern: /(?:AccountKey|SharedAccessKey|SharedAccessSignature)=(?<secret>[^\s;"'\\]{8,1000})/gi,
  },
  {
    kind: "password",
    literals: ["identified by"],
    pattern: /identified by (?:password )?\\?["'](?<secret>[^"'\\]{1,256})/gi,
    unless: (match) => masked.test(match.groups?.["secret"] ?? ""),
  },
  {
    kind: "secret",
    literals: assignmentLiterals,
    pattern: new RegExp(
      `(?<name>[\\w.-]{0,64}?(?:${secretWords}))\\\\{0,3}["']?\\]?\\s{0,3}(?::|=>|=)=?\\s{0,3}(?:secretstr\\(|b|u|r)?(?<quote>\\\\{0,3}["'])(?<secret>(?:(?!\\k<quote>)(?:\\\\.|[^\\\\\\n])){1,2000})`,
      "gi",
    ),
    unless: (match) => harmless(match) || /^(?:[)\],;}\s]|:\s)/.test(match.groups?.["secret"] ?? ""),
  },
  {
    kind: "secret",
    literals: assignmentLiterals,
    pattern: new RegExp(
      `(?<name>[\\w.-]{0,64}?(?:${secretWords}))(?:(?<strong>=)|(?<weak>\\\\{0,3}["']?\\s{0,3}(?::|=>)\\s{0,3}|\\s{1,3}=\\s{0,3}|=\\s{1,3}))(?<secret>[^\\s,;&"'\`<>()\\[\\]{}\\\\]{3,2000})`,
      "gi",
    ),
    unless: (match) => harmless(match) || (match.groups?.["strong"] === undefined && looksLikeProse(match)),
  },
  {
    kind: "secret",
    literals: ["--pass", "--token", "--secret", "--api-key", "--access-key", "--client-secret"],
    pattern:
      /--(?<name>[a-z-]{0,32}(?:password|passwd|token|secret|api-key|access-key))["',]{0,3}\s{1,3}["']?(?<secret>[^\s"',]{3,1000})/gi,
    unless: (match) => harmless(match) || (match.groups?.["secret"] ?? "").startsWith("-"),
  },
];

function harmless(match: RegExpExecArray): boolean {
  const secret = match.groups?.["secret"] ?? "";
  const name = match.groups?.["name"] ?? "";
  if (masked.test(secret) || harmlessName.test(name)) return true;
  if (match.groups?.["quote"] === undefined && isIdentifier(secret, match.input[match.index + match[0].length]))
    return true;
  return /token|key$/i.test(name) && /^\d{1,9}(?:\.\d+)?$/.test(secret);
}

/** Source code in a traceback: `secret_key=ROOT_PASSWORD`, `token=get_token()`, `password=db_password`. */
function isIdentifier(secret: string, next: string | undefined): boolean {
  if (/^[A-Za-z_][\w.]*$/.test(secret) && (next === "(" || next === "[")) return true;
  return /^[A-Z]+(?:_[A-Z]+)+$/.test(secret) || /^[a-z_.]*(?:password|passwd|secret|token|key|pwd)s?$/.test(secret);
}

/** `Invalid token: expected identifier` names no secret; `password: hunter22` does. */
function looksLikeProse(match: RegExpExecArray): boolean {
  const secret = match.groups?.["secret"] ?? "";
  if (secret.length < 6) return true;
  if (/^[a-z][\w]*(?:\.[a-z_][\w]*)+:?$/i.test(secret) || /^(?:\/|https?:)/.test(secret)) return true;
  return !/\d/.test(secret) && /^[A-Za-z]?[a-z_.:/-]*$/.test(secret);
}

function decodesToCredentials(text: string): boolean {
  const decoded = Buffer.from(text, "base64").toString("latin1");
  return /^[\x20-\x7e]+$/.test(decoded) && decoded.includes(":");
}
