import type { types } from "@slack/bolt";
import type { ReasonMetadata } from "./schema.js";

export const reasonCallbackId = "deny";
const blockId = "reason";
const actionId = "reason_text";
const reasonLimit = 1000;

/** Slack allows 24 characters for a title and for a button of a modal. */
const words = {
  denied: {
    title: "Deny this rerun",
    submit: "Deny",
    label: "Why? Everyone in the thread sees it.",
  },
  break_glass: {
    title: "Break the glass",
    submit: "Break glass and run",
    label: "Why now, without the others? It is announced and must be reviewed.",
  },
} as const;

/** Asks for the reason of a denial, or why the glass is broken; nothing is decided until it is submitted. */
export function reasonModal(metadata: ReasonMetadata): types.ModalView {
  const { title, submit, label } = words[metadata.verdict];
  return {
    type: "modal",
    callback_id: reasonCallbackId,
    private_metadata: JSON.stringify(metadata),
    title: { type: "plain_text", text: title },
    submit: { type: "plain_text", text: submit },
    close: { type: "plain_text", text: "Back" },
    blocks: [
      {
        type: "input",
        block_id: blockId,
        optional: metadata.verdict === "denied",
        label: { type: "plain_text", text: label },
        element: { type: "plain_text_input", action_id: actionId, multiline: true, max_length: reasonLimit },
      },
    ],
  };
}

/** The answer to a submission that could not be kept: the modal stays open and says so. */
export function reasonFailed(): {
  readonly response_action: "errors";
  readonly errors: Readonly<Record<string, string>>;
} {
  return {
    response_action: "errors",
    errors: { [blockId]: "Pipewright could not store this just now; nothing was decided. Press the button again." },
  };
}

/** The reason as typed, or null when none was given. */
export function typedReason(
  values: Readonly<Record<string, Readonly<Record<string, { readonly value?: string | null | undefined }>>>>,
): string | null {
  const typed = values[blockId]?.[actionId]?.value?.trim().slice(0, reasonLimit) ?? "";
  return typed === "" ? null : typed;
}
