import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { InputError } from "../core/errors.js";
import type { Digest } from "../core/ports.js";

/** SHA-256 (hex) over RFC 8785 JSON: equal values give equal digests, in whatever order their keys stand. */
export const canonicalDigest: Digest = {
  of(value: unknown): string {
    const text = canonicalize(value);
    if (text === undefined) {
      throw new InputError("This value has no JSON form; no digest can be made of it.", "Pass plain data.");
    }
    return createHash("sha256").update(text, "utf8").digest("hex");
  },
};
