import type { DatabricksAuth } from "../../config/config.js";
import type { Clock } from "../../core/ports.js";
import { commandToken, fetchedToken, fixedToken } from "../http/credentials.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { wireOauthToken } from "./schema.js";

/** Databricks' own SDK renews its one-hour tokens 40 s early. */
const refreshEarlyMs = 40_000;

export function createDatabricksCredentials(
  auth: DatabricksAuth,
  connection: string,
  http: Http,
  clock: Clock,
): Credentials {
  switch (auth.kind) {
    case "bearer":
      return fixedToken(auth.token);
    case "command":
      return commandToken(connection, auth.command, clock);
    case "oauth-m2m":
      return fetchedToken(
        auth.clientSecret.name,
        async () => {
          const pair = Buffer.from(`${auth.clientId}:${auth.clientSecret.read()}`, "utf8").toString("base64");
          const answer = await http.read("/oidc/v1/token", wireOauthToken, {
            form: { grant_type: "client_credentials", scope: "all-apis" },
            headers: { authorization: `Basic ${pair}` },
            setting: auth.clientSecret.name,
          });
          const expiresAt = new Date(clock.now().getTime() + answer.expires_in * 1000);
          return { value: answer.access_token, expiresAt };
        },
        clock,
        refreshEarlyMs,
      );
  }
}
