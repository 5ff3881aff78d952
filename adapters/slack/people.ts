import { InputError, UpstreamError } from "../../src/core/errors.js";
import type { Person } from "../../src/core/person.js";
import type { SlackClient } from "./client.js";
import { AuthAnswer, type SlackUser, UserAnswer } from "./schema.js";

export interface Home {
  readonly teamId: string;
  readonly enterpriseId: string | null;
  readonly botUserId: string;
}

export interface People {
  /** Our own workspace and user, asked once. */
  home(): Promise<Home>;
  /** The person as Slack has them at this moment; throws when Slack can't be asked. */
  lookUp(personId: string): Promise<Person>;
}

export function createPeople(client: SlackClient): People {
  let asked: Promise<Home> | null = null;

  function home(): Promise<Home> {
    asked ??= client
      .call("auth.test", {}, AuthAnswer)
      .then((answer) => ({
        teamId: answer.team_id,
        enterpriseId: answer.enterprise_id ?? null,
        botUserId: answer.user_id,
      }))
      .catch((error: unknown) => {
        asked = null;
        throw error;
      });
    return asked;
  }

  return {
    home,
    async lookUp(personId) {
      const userId = slackUserId(personId);
      const [{ user }, ours] = await Promise.all([client.call("users.info", { user: userId }, UserAnswer), home()]);
      if (user.id !== userId) {
        throw new UpstreamError("Slack described somebody else.", "Try again.", "bad_response", true, false);
      }
      return {
        id: personId,
        platform: "slack",
        displayName: nameOf(user),
        standing: standingOf(user, ours),
        email: user.is_email_confirmed ? (user.profile?.email ?? null) : null,
      };
    },
  };
}

/** `slack:U02BOB` without its prefix. */
export function slackUserId(personId: string): string {
  const id = personId.startsWith("slack:") ? personId.slice("slack:".length) : "";
  if (!/^[UW][A-Z0-9]{1,30}$/.test(id)) {
    throw new InputError(`${personId.slice(0, 60)} is not a Slack user.`, "Write people as slack:U02BOB.");
  }
  return id;
}

function standingOf(user: SlackUser, home: Home): Person["standing"] {
  if (user.deleted) return "deactivated";
  if (user.is_bot || user.id === "USLACKBOT") return "bot";
  if (user.is_stranger || !isAtHome(user, home)) return "stranger";
  return user.is_restricted || user.is_ultra_restricted ? "guest" : "member";
}

/** In an Enterprise Grid a colleague's own workspace may be another one of the same organisation. */
function isAtHome(user: SlackUser, home: Home): boolean {
  if (user.team_id === home.teamId) return true;
  return home.enterpriseId !== null && user.enterprise_user?.enterprise_id === home.enterpriseId;
}

function nameOf(user: SlackUser): string {
  return user.profile?.display_name || user.real_name || user.profile?.real_name || user.name || user.id;
}
