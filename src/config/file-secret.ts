import type { Secret } from "./config.js";
import type { Environment } from "./env.js";

/** Secrets never stand in the YAML itself: it names an environment variable or a file. */
export function fileSecret(
  env: Environment,
  place: string,
  what: string,
  fromEnv: string | undefined,
  fromFile: string | undefined,
): Secret | null {
  if (fromFile !== undefined) return env.secretFile(`${place}.${what}_file`, fromFile);
  if (fromEnv === undefined) {
    env.problem(
      place,
      `${place} has neither ${what}_env nor ${what}_file.`,
      "Name the environment variable or the file that holds it.",
    );
    return null;
  }
  const secret = env.secret(fromEnv);
  if (secret === null)
    env.problem(
      fromEnv,
      `${fromEnv} is missing; ${place} reads its ${what} from it.`,
      `Set ${fromEnv} or ${fromEnv}_FILE.`,
    );
  return secret;
}
