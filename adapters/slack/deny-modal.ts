import type { types } from "@slack/bolt";
import type { DenyMetadata } from "./schema.js";

export const denyCallbackId = "deny";
const blockId = "reason";
const actionId = "reason_text";
const reasonLimit = 1000;

/** Asks for the reason of a denial; nothing is decided until it is submitted. */
export function denyModal(metadata: DenyMetadata): types.ModalView {
  return {
    type: "modal",
    callback_id: denyCallbackId,
    private_metadata: JSON.stringify(metadata),
    title: { type: "plain_text", text: "Deny this rerun" },
    submit: { type: "plain_text", text: "Deny" },
    close: { type: "plain_text", text: "Back" },
    blocks: [
      {
        type: "input",
        block_id: blockId,
        optional: true,
        label: { type: "plain_text", text: "Why? Everyone in the thread sees it." },
        element: { type: "plain_text_input", action_id: actionId, multiline: true, max_length: reasonLimit },
      },
    ],
  };
}

/** The answer to a submission that could not be kept: the modal stays open and says so. */
export function denyFailed(): {
  readonly response_action: "errors";
  readonly errors: Readonly<Record<string, string>>;
} {
  return {
    response_action: "errors",
    errors: { [blockId]: "Pipewright could not store this just now; nothing was decided. Press Deny again." },
  };
}

/** The reason as typed, or null when none was given. */
export function denyReason(
  values: Readonly<Record<string, Readonly<Record<string, { readonly value?: string | null | undefined }>>>>,
): string | null {
  const typed = values[blockId]?.[actionId]?.value?.trim().slice(0, reasonLimit) ?? "";
  return typed === "" ? null : typed;
}
