import type { AirflowAuth } from "../../config/config.js";
import type { Clock } from "../../core/ports.js";
import { commandToken, expiryOfJwt, fetchedToken, fixedToken } from "../http/credentials.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import { wireToken } from "./schema.js";

/** Airflow's tokens live a day by default, an hour for some deployments. */
const refreshEarlyMs = 60_000;

export function createAirflowCredentials(auth: AirflowAuth, connection: string, http: Http, clock: Clock): Credentials {
  switch (auth.kind) {
    case "bearer":
      return fixedToken(auth.token);
    case "command":
      return commandToken(connection, auth.command, clock);
    case "basic":
      return {
        setting: auth.password.name,
        header: async () =>
          `Basic ${Buffer.from(`${auth.username}:${auth.password.read()}`, "utf8").toString("base64")}`,
        renew: async () => false,
      };
    case "airflow-login":
      return fetchedToken(
        auth.password.name,
        async () => {
          const body = { username: auth.username, password: auth.password.read() };
          const { access_token: value } = await http.read("/auth/token", wireToken, {
            body,
            setting: auth.password.name,
          });
          return { value, expiresAt: expiryOfJwt(value) };
        },
        clock,
        refreshEarlyMs,
      );
  }
}
