import { describe, expect, it } from "vitest";
import { exceptionAt } from "../../../src/core/rca/exception-in-text.js";
import { inEnglish } from "../../../src/core/rca/foreign-words.js";
import { rankFindings } from "../../../src/core/rca/rank.js";

/** The signature that a single line proves best, read as what ended the try. */
function causeOf(line: string): string | null {
  const stated = exceptionAt(line);
  const found = rankFindings([
    {
      kind: stated === null ? "line" : "exception",
      origin: "ending",
      type: stated?.type ?? null,
      text: inEnglish(line),
      context: "",
      quotes: [{ source: "log", line: 1, text: line }],
      weight: 1,
      raisedInOwnCode: false,
    },
  ]);
  return found[0]?.signature.id ?? null;
}

/** Other wordings of causes that are known, from other libraries, tools and languages. */
const wordings: readonly (readonly [signature: string, line: string])[] = [
  ["invalid-setting", "paramiko.ssh_exception.SSHException: Server 'sftp.acme.example' not found in known_hosts"],
  ["invalid-setting", "  The profile 'fees' does not have a target named 'prod_us'. The valid target names are: dev"],
  ["invalid-setting", "java.lang.IllegalArgumentException: spark.executor.cores should be int, but was two"],
  ["command-not-found", "ValueError: Python Path '/srv/venvs/fees/bin/python' must exists"],
  ["command-not-found", "bash: ./fees.sh: /usr/bin/python3.9: bad interpreter: No such file or directory"],
  ["quality-check-failed", "SchemaError: series 'fee_id' contains duplicate values: [7, 9]"],
  ["quality-check-failed", "[USER_RAISED_EXCEPTION] dq: 12 duplicate fee_id in gold.fees SQLSTATE: P0001"],
  ["engine-internal-error", "fees.go:9:1: internal compiler error: panic: runtime error: index out of range"],
  ["code-does-not-compile", "./fees.go:12:7: cannot use rate (variable of type int) as string value in assignment"],
  ["input-empty", "ValueError: the till system delivered 0 receipts for 2031-05-03"],
  ["input-not-found", "550 /out/fees_20310503.csv: Fichier inexistant"],
  ["wrong-type-in-code", "WRONGTYPE Operation against a key holding the wrong kind of value"],
  ["tls-failed", "giving up: certificate of fees.acme.example expired on 2031-05-01"],
  ["quota-exceeded", "QuotaError: monthly export quota of 2 TB for tenant fees is used up"],
  ["quota-exceeded", "##[error]No hosted parallelism has been purchased or granted."],
  ["connection-refused", "ERROR 2002 (HY000): Can't connect to server on '10.1.1.9' (115)"],
  ["stopped-by-person", "[SPARK_JOB_CANCELLED] Job 9 cancelled as part of cancellation of all jobs"],
  ["sql-semantics-wrong", "[RESULT_COLUMNS_MISMATCH_FOR_PANDAS_UDF] Column names of the returned data do not match"],
  ["database-login-refused", 'psql: FEHLER: Passwort-Authentifizierung für Benutzer "fees" fehlgeschlagen'],
  ["table-not-found", "ERREUR:  la relation « mart.fees » n'existe pas"],
  ["column-not-found", "ERROR:  no existe la columna «tasa»"],
  ["duplicate-key", "ОШИБКА:  повторяющееся значение ключа нарушает ограничение уникальности fees_pkey"],
  ["division-by-zero", "FEHLER:  Division durch Null"],
];

/** Lines that use the same words for something else. */
const lookAlikes: readonly (readonly [signature: string, line: string])[] = [
  ["host-not-resolved", "Failed to resolve template field 'sql'"],
  ["command-not-found", "ValueError: path '/srv/in/fees.csv' does not exist"],
  ["input-empty", "ValueError: the check found 0 errors but 3 warnings"],
  ["input-not-found", "550 Permission denied /out/fees.csv"],
  ["tls-failed", "SessionExpired: the session of fees expired"],
  ["connection-refused", "Can't connect the two halves of the fees report"],
  ["invalid-setting", "ValueError: rate should be below 1, but was 1.4"],
  ["code-does-not-compile", "fees.go loaded 12:30:11 records"],
  ["quality-check-failed", "SchemaError: column 'fee_id' not in dataframe"],
  ["cluster-did-not-start", "INIT_SCRIPT_FAILURE: Cluster terminated"],
];

describe("a known cause in other words", () => {
  it.each(wordings)("%s: %s", (signature, line) => {
    expect(causeOf(line)).toBe(signature);
  });
});

describe("other causes in the same words", () => {
  it.each(lookAlikes)("are not %s: %s", (signature, line) => {
    expect(causeOf(line)).not.toBe(signature);
  });
});
