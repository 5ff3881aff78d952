import { z } from "zod";

/** The payload fields we read; everything else of Slack's is ignored, so that new fields break nothing. */

const userId = z.string().regex(/^[UW][A-Z0-9]{1,30}$/);
const channelId = z.string().regex(/^[CDG][A-Z0-9]{1,30}$/);
const timestamp = z.string().regex(/^\d{1,12}\.\d{1,8}$/);
const id = z.string().min(1).max(255);

/** `app_mention`, and `message` in a direct channel. */
export const EventCallback = z.object({
  type: z.literal("event_callback"),
  event_id: id,
  event: z.object({
    type: z.string(),
    subtype: z.string().optional(),
    user: userId.optional(),
    bot_id: z.string().optional(),
    text: z.string().default(""),
    ts: timestamp.optional(),
    thread_ts: timestamp.optional(),
    channel: z.unknown().optional(),
    channel_type: z.string().optional(),
  }),
});
export type EventCallback = z.infer<typeof EventCallback>;

export const ChannelId = channelId;

export const SlashCommand = z.object({
  command: z.string().max(255),
  text: z.string().default(""),
  user_id: userId,
  user_name: z.string().default(""),
  channel_id: channelId,
  trigger_id: id,
  response_url: z.url().optional(),
});
export type SlashCommand = z.infer<typeof SlashCommand>;

const Actor = z.object({ id: userId, name: z.string().optional(), username: z.string().optional() });

export const BlockActions = z.object({
  type: z.literal("block_actions"),
  user: Actor,
  trigger_id: id,
  channel: z.object({ id: channelId }).optional(),
  container: z.object({ message_ts: timestamp.optional(), thread_ts: timestamp.optional() }).optional(),
  message: z.object({ ts: timestamp.optional(), thread_ts: timestamp.optional() }).nullish(),
  actions: z.array(z.object({ action_id: id, value: z.string().max(2000).optional() })).min(1),
});
export type BlockActions = z.infer<typeof BlockActions>;

export const ViewSubmission = z.object({
  type: z.literal("view_submission"),
  user: Actor,
  view: z.object({
    id,
    callback_id: z.string(),
    private_metadata: z.string().max(3000),
    state: z.object({
      values: z.record(z.string(), z.record(z.string(), z.object({ value: z.string().nullish() }))),
    }),
  }),
});
export type ViewSubmission = z.infer<typeof ViewSubmission>;

/** What the modal for a reason carries from the click to the submission. */
export const ReasonMetadata = z.object({
  proposalId: id,
  channel: channelId,
  threadTs: timestamp.nullable(),
  /** Which decision the reason is for. */
  verdict: z.enum(["denied", "break_glass"]).default("denied"),
});
export type ReasonMetadata = z.infer<typeof ReasonMetadata>;

export const AnyAnswer = z.object({ ok: z.literal(true) });

export const PostAnswer = z.object({ channel: z.string(), ts: z.string() });

export const AuthAnswer = z.object({
  team_id: z.string(),
  user_id: z.string(),
  enterprise_id: z.string().nullish(),
  /** From the header `x-oauth-scopes`; stand-ins leave it out. */
  response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional(),
});

export const ChannelAnswer = z.object({
  channel: z.object({
    name: z.string().optional(),
    is_member: z.boolean().optional(),
    is_archived: z.boolean().optional(),
  }),
});

export const UserAnswer = z.object({
  user: z.object({
    id: z.string(),
    team_id: z.string(),
    name: z.string().default(""),
    deleted: z.boolean().default(false),
    is_bot: z.boolean().default(false),
    is_restricted: z.boolean().default(false),
    is_ultra_restricted: z.boolean().default(false),
    is_stranger: z.boolean().default(false),
    enterprise_user: z.object({ enterprise_id: z.string() }).optional(),
    real_name: z.string().optional(),
    is_email_confirmed: z.boolean().default(false),
    profile: z
      .object({
        display_name: z.string().optional(),
        real_name: z.string().optional(),
        /** With the scope users:read.email only. */
        email: z.string().nullish(),
      })
      .optional(),
  }),
});
export type SlackUser = z.infer<typeof UserAnswer>["user"];
