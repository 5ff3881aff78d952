import { describe, expect, it } from "vitest";
import { maskValues } from "../../../src/telemetry/mask-values.js";

const customer = "ana.silva@customer.example";

describe("values of people's data in error details", () => {
  it.each([
    [`DETAIL:  Key (email)=(${customer}) already exists.`, "DETAIL:  Key (email)=([value]) already exists."],
    [`Key (a, (lower(b)))=(x) is odd`, `Key (a, (lower(b)))=(x) is odd`],
    [
      `Key (first, last)=(Ana (A.), Silva) is not present in table "people".`,
      'Key (first, last)=([value]) is not present in table "people".',
    ],
    [`DETAIL:  Failing row contains (7, ${customer}, null, (x)).`, "DETAIL:  Failing row contains ([value])."],
    [`invalid input syntax for type integer: "${customer}"`, 'invalid input syntax for type integer: "[value]"'],
    [`value "99999999999" is out of range for type integer`, 'value "[value]" is out of range for type integer'],
    [
      `1062 (23000): Duplicate entry '${customer}' for key 'people.email'`,
      "1062 (23000): Duplicate entry '[value]' for key 'people.email'",
    ],
    [
      `Incorrect integer value: '${customer}' for column 'age' at row 3`,
      "Incorrect integer value: '[value]' for column 'age' at row 3",
    ],
    [`The duplicate key value is (${customer}, 4).`, "The duplicate key value is ([value])."],
    [
      `Conversion failed when converting the varchar value '${customer}' to data type int.`,
      "Conversion failed when converting the varchar value '[value]' to data type int.",
    ],
    [
      `[CAST_INVALID_INPUT] The value '${customer}' of the type "STRING" cannot be cast to "INT"`,
      `[CAST_INVALID_INPUT] The value '[value]' of the type "STRING" cannot be cast to "INT"`,
    ],
    [`Numeric value '${customer}' is not recognized`, "Numeric value '[value]' is not recognized"],
    [`Could not parse '${customer}' as INT64 for field age`, "Could not parse '[value]' as INT64 for field age"],
    [
      `ValueError: invalid literal for int() with base 10: '${customer}'`,
      "ValueError: invalid literal for int() with base 10: '[value]'",
    ],
    [
      `ValueError: could not convert string to float: '${customer}'`,
      "ValueError: could not convert string to float: '[value]'",
    ],
    [`Unable to parse string "${customer}" at position 4`, 'Unable to parse string "[value]" at position 4'],
    [`time data '3rd of May' does not match format '%Y-%m-%d'`, "time data '[value]' does not match format '%Y-%m-%d'"],
    [
      `[type=int_parsing, input_value='${customer}', input_type=str]`,
      "[type=int_parsing, input_value=[value], input_type=str]",
    ],
    [`[parameters: {'email': '${customer}'}]`, "[parameters: [value]]"],
    [`"partial_unexpected_list": ["${customer}", "x"]`, '"partial_unexpected_list": [[value]]'],
    [`Check str_matches failed, failure cases: ${customer}, x`, "Check str_matches failed, failure cases: [value]"],
    // A long line is quoted in part: its end may be cut off.
    [`Failing row contains (7, ${customer}, 3…`, "Failing row contains ([value]"],
    [`[parameters: {'email': '${customer}', 'name…`, "[parameters: [value]"],
    [`Key (email)=(${customer}…`, "Key (email)=([value]"],
  ])("%s", (line, masked) => {
    expect(maskValues(line)).toBe(masked);
  });

  it.each([
    'relation "sales.orders" does not exist',
    "KeyError: 'customer_id'",
    "sa-loader@project.iam.gserviceaccount.com does not have storage.objects.get access",
    "Cannot resolve column `email` among (id, name)",
    "psycopg2.OperationalError: could not connect to server: Connection refused (10.0.0.4) port 5432",
  ])("leaves what proves the cause: %s", (line) => {
    expect(maskValues(line)).toBe(line);
  });

  it("hides a value that repeats the words around it, and each of several", () => {
    expect(maskValues("Key (Key)=(Key) already exists. Key (a)=(b) already exists.")).toBe(
      "Key (Key)=([value]) already exists. Key (a)=([value]) already exists.",
    );
  });
});
