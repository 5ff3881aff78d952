import type { IncomingEvent, ThreadRef } from "../../src/chat/incoming.js";
import { reasonCallbackId, typedReason } from "./reason-modal.js";
import { BlockActions, ChannelId, EventCallback, ReasonMetadata, SlashCommand, ViewSubmission } from "./schema.js";
import { readSlackText } from "./slack-text.js";

/** Omit over each member of a union. */
type Without<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

/** An event before its person was looked up. */
export type UnattendedEvent = Without<IncomingEvent, "person">;

export type Parsed =
  | { readonly kind: "event"; readonly who: Who; readonly event: UnattendedEvent }
  /** Deny or Break glass was clicked: the reason is asked before anything is decided. */
  | {
      readonly kind: "ask_reason";
      readonly who: Who;
      readonly triggerId: string;
      readonly metadata: ReasonMetadata;
      readonly thread: ThreadRef;
    }
  /** Nothing for us; it is only acknowledged. */
  | { readonly kind: "nothing"; readonly why: string };

export interface Who {
  readonly userId: string;
  /** The name in the payload, for when Slack can't be asked. */
  readonly name: string;
}

export interface ParseContext {
  readonly botUserId: string | null;
  /** Whether answers may be sent to this response_url. */
  readonly mayRespondTo: (url: string) => boolean;
}

/** A verified payload of any kind as the event it stands for. Throws ZodError where a known kind lacks a field we need. */
export function parsePayload(body: unknown, context: ParseContext): Parsed {
  const { type, command } = body as { readonly type?: unknown; readonly command?: unknown };
  if (type === "event_callback") return parseEvent(EventCallback.parse(body), context);
  if (type === "block_actions") return parseClick(BlockActions.parse(body));
  if (type === "view_submission") return parseSubmission(ViewSubmission.parse(body));
  if (typeof command === "string") return parseCommand(SlashCommand.parse(body), context);
  return nothing(`payloads of type ${String(type).slice(0, 40)}`);
}

function parseEvent({ event, event_id }: EventCallback, context: ParseContext): Parsed {
  const channel = ChannelId.safeParse(event.channel);
  if (event.bot_id !== undefined || event.user === undefined || event.user === context.botUserId) {
    return nothing("messages of bots");
  }
  if (!channel.success || event.ts === undefined) return nothing("events outside a conversation");
  const isPrivate = channel.data.startsWith("D");
  // In a direct channel Slack sends the message itself, too: it is taken once, as a message.
  const wanted = isPrivate ? event.type === "message" : event.type === "app_mention";
  const written = event.subtype === undefined || event.subtype === "file_share" || event.subtype === "thread_broadcast";
  if (!wanted || !written) return nothing(`events of type ${event.type.slice(0, 40)}`);
  return {
    kind: "event",
    who: { userId: event.user, name: event.user },
    event: {
      kind: "question",
      eventId: `slack:${event_id}`,
      text: readSlackText(event.text, context.botUserId),
      // A direct channel is a conversation of its own; in a channel the answer goes into the thread.
      thread: threadRef(channel.data, event.thread_ts ?? (isPrivate ? null : event.ts)),
      isPrivate,
    },
  };
}

function parseCommand(command: SlashCommand, context: ParseContext): Parsed {
  const url = command.response_url;
  return {
    kind: "event",
    who: { userId: command.user_id, name: command.user_name },
    event: {
      kind: "question",
      eventId: `slack:${command.trigger_id}`,
      text: readSlackText(command.text, context.botUserId) || "help",
      thread: {
        platform: "slack",
        address: {
          channel: command.channel_id,
          onlyFor: command.user_id,
          ...(url !== undefined && context.mayRespondTo(url) ? { responseUrl: url } : {}),
        },
      },
      isPrivate: true,
    },
  };
}

function parseClick(click: BlockActions): Parsed {
  const action = click.actions[0];
  const channel = click.channel?.id;
  // Several buttons of one row need ids of their own: `open:2`.
  const verb = action?.action_id.split(":", 1)[0];
  const value = action?.value ?? "";
  if (channel === undefined || value === "" || verb === undefined) return nothing("clicks that carry nothing");
  const threadTs =
    click.message?.thread_ts ?? click.container?.thread_ts ?? click.message?.ts ?? click.container?.message_ts ?? null;
  const thread = threadRef(channel, threadTs);
  const who = whoOf(click.user);
  const eventId = `slack:${click.trigger_id}`;
  switch (verb) {
    case "approve":
      return {
        kind: "event",
        who,
        event: { kind: "decision", eventId, proposalId: value, verdict: "approved", reason: null, thread },
      };
    case "deny":
    case "break_glass": {
      const verdict = verb === "deny" ? "denied" : "break_glass";
      const metadata = { proposalId: value, channel, threadTs, verdict } as const;
      return { kind: "ask_reason", who, triggerId: click.trigger_id, metadata, thread };
    }
    case "refresh":
    case "propose":
    case "mute":
    case "reveal":
      return { kind: "event", who, event: { kind: "button", eventId, action: verb, value, thread } };
    default:
      return nothing("clicks on links");
  }
}

function parseSubmission({ user, view }: ViewSubmission): Parsed {
  if (view.callback_id !== reasonCallbackId) return nothing("other modals");
  const metadata = ReasonMetadata.parse(JSON.parse(view.private_metadata));
  const breaks = metadata.verdict === "break_glass";
  return {
    kind: "event",
    who: whoOf(user),
    event: {
      kind: "decision",
      // A modal can be sent once; pressing Submit again after a failure is the same decision.
      eventId: `slack:${view.id}`,
      proposalId: metadata.proposalId,
      verdict: breaks ? "approved" : "denied",
      reason: typedReason(view.state.values),
      ...(breaks ? { breakGlass: true } : {}),
      thread: threadRef(metadata.channel, metadata.threadTs),
    },
  };
}

function threadRef(channel: string, ts: string | null): ThreadRef {
  return { platform: "slack", address: ts === null ? { channel } : { channel, ts } };
}

function whoOf(user: BlockActions["user"]): Who {
  return { userId: user.id, name: user.name ?? user.username ?? user.id };
}

function nothing(why: string): Parsed {
  return { kind: "nothing", why };
}
