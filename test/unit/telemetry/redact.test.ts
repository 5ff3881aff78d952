import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRedactor } from "../../../src/telemetry/redact.js";

/** Secrets are put together here so that none stands in the repository. */
function randomText(length: number, alphabet: string, seed: number): string {
  let state = (seed * 2_654_435_761 + length) >>> 0;
  let out = "";
  while (out.length < length) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    out += alphabet[(state >>> 16) % alphabet.length];
  }
  return out;
}

const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const digits = "0123456789";
const alnum = `${upper}${upper.toLowerCase()}${digits}`;
const hex = `${digits}abcdef`;
const base64Of = (text: string): string => Buffer.from(text, "utf8").toString("base64");
const base64UrlOf = (text: string): string => Buffer.from(text, "utf8").toString("base64url");

/** One secret of each known form, by a seed. */
const makers: Readonly<Record<string, (seed: number) => string>> = {
  "aws access key": (seed) => `AK${"IA"}${randomText(16, upper + digits, seed)}`,
  "aws session key": (seed) => `AS${"IA"}${randomText(16, upper + digits, seed)}`,
  "github token": (seed) => `gh${"p_"}${randomText(36, alnum, seed)}`,
  "github fine-grained token": (seed) =>
    `github_${"pat_"}${randomText(22, alnum, seed)}_${randomText(59, alnum, seed)}`,
  "gitlab token": (seed) => `gl${"pat-"}${randomText(20, alnum, seed)}`,
  "slack bot token": (seed) => `xo${"xb-"}${randomText(12, digits, seed)}-${randomText(24, alnum, seed)}`,
  "slack app token": (seed) =>
    `xa${"pp-"}1-A${randomText(10, upper, seed)}-${randomText(13, digits, seed)}-${randomText(64, hex, seed)}`,
  "databricks token": (seed) => `da${"pi"}${randomText(32, hex, seed)}`,
  "stripe key": (seed) => `sk_${"live_"}${randomText(24, alnum, seed)}`,
  "google key": (seed) => `AI${"za"}${randomText(35, alnum, seed)}`,
  "anthropic key": (seed) => `sk-${"ant-"}api03-${randomText(80, alnum, seed)}`,
  "openai key": (seed) => `sk-${"proj-"}${randomText(48, alnum, seed)}`,
  jwt: (seed) =>
    [
      base64UrlOf('{"alg":"HS256","typ":"JWT"}'),
      base64UrlOf(`{"sub":"${seed}","exp":1900000000}`),
      randomText(43, alnum, seed),
    ].join("."),
};

/** How a secret stands in a line of a log. */
const carriers: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `[2026-03-01T02:00:00.000+0000] {load.py:12} INFO - using ${secret} for the export`,
  (secret) => `{"timestamp":"2026-03-01T02:00:00Z","event":"sent","header":"${secret}"}`,
  (secret) => `{'credentials': '${secret}', 'retries': 3}`,
  (secret) => `curl -H "X-Key: ${secret}" https://api.example.com/v1/items?limit=50`,
  (secret) => `GET https://api.example.com/v1/items?key=${secret}&page=2`,
];

const redactor = createRedactor({ configuredSecrets: [] });

describe("secrets of a known format", () => {
  for (const [name, make] of Object.entries(makers))
    it(`replaces a ${name} wherever it stands`, () => {
      for (let seed = 1; seed <= 40; seed += 1)
        for (const carrier of carriers) {
          const secret = make(seed);
          const { text, count } = redactor.redact(carrier(secret));
          expect(text).not.toContain(secret);
          expect(text).toMatch(/\[REDACTED:[a-z-]+\]/);
          expect(count).toBe(1);
        }
    });

  it("names the kind and touches nothing else", () => {
    const secret = makers["databricks token"]?.(7) ?? "";
    expect(redactor.redact(`token ${secret} of workspace eu is revoked`).text).toBe(
      "token [REDACTED:databricks-token] of workspace eu is revoked",
    );
  });

  it("replaces a private key over several lines, also when lines come one by one", () => {
    const body = [1, 2, 3].map((seed) => randomText(64, alnum, seed));
    const key = [`-----BEGIN RSA ${"PRIVATE KEY"}-----`, ...body, `-----END RSA ${"PRIVATE KEY"}-----`];
    expect(redactor.redact(`before\n${key.join("\n")}\nafter`).text).toBe("before\n[REDACTED:private-key]\nafter");
    const take = redactor.lines();
    const lines = ["before", ...key, "after"].map((line) => take(line)?.text ?? line);
    for (const part of body) expect(lines.join("\n")).not.toContain(part);
    expect([lines[0], lines.at(-1)]).toEqual(["before", "after"]);
  });

  it("does not swallow the log behind a private key that has no end", () => {
    const take = redactor.lines();
    take(`-----BEGIN ${"PRIVATE KEY"}-----`);
    expect(take("Traceback (most recent call last):")).toBeNull();
  });
});

describe("secrets by their place", () => {
  const password = randomText(14, alnum, 99);
  const key64 = `${randomText(86, alnum, 5)}==`;
  const cases: readonly (readonly [line: string, secret: string])[] = [
    [`postgresql://etl:${password}@db.internal:5432/shop`, password],
    [`could not connect to redis://:${password}@cache:6379/0`, password],
    [`mysql+pymysql://root:p@${password}@10.0.0.4/crm failed`, `p@${password}`],
    [`Authorization: Bearer ${password}${password}`, `${password}${password}`],
    [`{'Authorization': 'Basic ${base64Of(`user:${password}`)}', 'Accept': '*/*'}`, base64Of(`user:${password}`)],
    [`password=${password}`, password],
    [`DB_PASSWORD=${password} python load.py`, password],
    [`"client_secret": "${password}"`, password],
    [`{\\"api_key\\": \\"${password}\\"}`, password],
    [`{'conn_password': '${password}', 'host': 'db'}`, password],
    [`export SNOWFLAKE_PASSWORD="${password} with blank"`, `${password} with blank`],
    [`aws_secret_access_key = ${password}${password}`, `${password}${password}`],
    [`vault login --token ${password}`, password],
    [`DefaultEndpointsProtocol=https;AccountName=lake;AccountKey=${key64};EndpointSuffix=core.windows.net`, key64],
    [
      `https://lake.blob.core.windows.net/raw/a.csv?sv=2024&sig=${randomText(43, alnum, 3)}%3D&se=2026`,
      randomText(43, alnum, 3),
    ],
    [`CREATE USER etl IDENTIFIED BY '${password}'`, password],
    [`jdbc:sqlserver://db:1433;database=dw;user=etl;password=${password};encrypt=true`, password],
    [`Password: ${password}`, password],
    [`x-api-key: ${password}`, password],
  ];
  for (const [line, secret] of cases)
    it(`replaces the value in ${line.slice(0, 40).replaceAll(secret, "…")}`, () => {
      const { text } = redactor.redact(line);
      expect(text).not.toContain(secret);
      expect(text).toContain("[REDACTED:");
    });

  it("keeps the names around the value", () => {
    expect(redactor.redact(`postgresql://etl:${password}@db.internal:5432/shop`).text).toBe(
      "postgresql://etl:[REDACTED:url-password]@db.internal:5432/shop",
    );
    expect(redactor.redact(`{'password': '${password}', 'port': 5432}`).text).toBe(
      "{'password': '[REDACTED:secret]', 'port': 5432}",
    );
  });
});

describe("what only looks like a secret", () => {
  const clean = [
    "run_id=scheduled__2026-03-01T02:00:00+00:00 map_index=-1 try_number=2",
    "ti_id=01a20430-482c-789a-a33b-86f1f5061160 commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "md5 5b9b1fd14e7ed0f0b5d3920d8b4478ce sha256:4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a",
    "View run at https://dbc-a1b2.cloud.databricks.com/?o=7405612398712345#job/244917730085563/run/408257086649803",
    "password=*** token=***** api_key=<hidden>",
    "postgresql://etl:***@db.internal:5432/shop",
    "continuation_token: None, next_page_token='abc123def456', idempotency_token=pw-9f8e7d6c",
    "max_tokens=4096 tokens: 18231 total_tokens=990 pad_token_id=50256",
    "SyntaxError: invalid token: expected ',' before 'FROM'",
    "ParseException: mismatched input 'FROM' expecting {<EOF>, ';'}; unexpected token: FROM",
    'FATAL: password authentication failed for user "etl"',
    "Secret: kubernetes secret warehouse-credentials was not found in namespace data",
    "client = Store(endpoint, access_key=ROOT_USER, secret_key=ROOT_PASSWORD)",
    "token = get_token(scope); password=db_password",
    "sort_key=orders_2026_01 partition_key=customer_id_12345",
    "Basic authentication is off; Authorization: missing",
    "task-list ask-me risk-free disk-usage-2026-report",
    "http://127.0.0.1:8080/path?email=someone@example.com",
    "eyJ****** is masked by the server",
    "Ivy Default Cache set to: /root/.ivy2/cache :: resolving dependencies :: org.apache.spark#spark-submit-parent-1f2e;1.0",
  ];
  for (const line of clean)
    it(`stays: ${line.slice(0, 60)}`, () => {
      expect(redactor.redact(line)).toEqual({ text: line, count: 0 });
    });

  it("does not replace twice", () => {
    const once = redactor.redact(
      `password=${randomText(12, alnum, 4)} and postgres://a:${randomText(9, alnum, 2)}@h/db`,
    ).text;
    expect(redactor.redact(once)).toEqual({ text: once, count: 0 });
  });
});

describe("our own secrets", () => {
  const own = ['S3cr3t/with+"quotes"\\ & ümlaut', "plain-own-token-0001", "correct horse battery"];
  const withOwn = createRedactor({ configuredSecrets: own });
  const encodings: Readonly<Record<string, (secret: string) => string>> = {
    raw: (secret) => secret,
    base64: base64Of,
    base64url: base64UrlOf,
    percent: encodeURIComponent,
    json: (secret) => JSON.stringify(secret),
    hex: (secret) => Buffer.from(secret, "utf8").toString("hex"),
    "base64 behind a user name": (secret) => base64Of(`svc-etl:${secret}`),
    HEX: (secret) => Buffer.from(secret, "utf8").toString("hex").toUpperCase(),
  };
  for (const [name, encode] of Object.entries(encodings))
    it(`are replaced as ${name}`, () => {
      for (const secret of own) {
        const encoded = encode(secret);
        const { text, count } = withOwn.redact(`x ${encoded} y`);
        expect(count).toBeGreaterThan(0);
        expect(text).not.toContain(encoded);
        expect(text).toMatch(/^x .*\[REDACTED:configured\].* y$/);
      }
    });

  it("leave other text alone and may be absent", () => {
    expect(withOwn.redact("nothing of ours is here").count).toBe(0);
    expect(createRedactor({ configuredSecrets: ["", "ab"] }).redact("ab stays, being too short").count).toBe(0);
  });
});

describe("any text", () => {
  it("never throws, and what holds no secret of ours comes back as it was", () => {
    const own = "zq9-own-secret-zq9";
    const withOwn = createRedactor({ configuredSecrets: [own] });
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 400 }),
        fc.string({ unit: "binary", maxLength: 400 }),
        (before, after) => {
          const { text } = withOwn.redact(`${before}${own}${after}`);
          expect(text).not.toContain(own);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("takes no longer than the text deserves where patterns meet hostile repeats", () => {
    const hostile = [
      "://",
      "password=",
      "token: ",
      "eyJaaaaaa.",
      "authorization: ",
      "-----BEGIN PRIVATE KEY-----",
      "'password': '\\'",
      "basic ",
      "sk-",
    ];
    for (const part of hostile) {
      const started = process.cpuUsage();
      redactor.redact(part.repeat(Math.ceil(200_000 / part.length)));
      const used = process.cpuUsage(started);
      expect(used.user + used.system, part).toBeLessThan(4_000_000);
    }
  });
});
