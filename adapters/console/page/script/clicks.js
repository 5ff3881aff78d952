import { newClickId, post } from "./api.js";
import { askReason } from "./reason-dialog.js";

/** After this long without news the buttons come back; pressing again can't do a thing twice. */
const patienceMs = 20_000;

const sending = {
  approve: "Sending your approval…",
  deny: "Sending your no…",
  break_glass: "Sending your approval…",
  refresh: "Asking for a fresh plan…",
  propose: "Asking for a proposal…",
  mute: "Muting…",
  reveal: "Fetching the values…",
};
const taken = {
  approve: "Taken. The live run is checked once more before anything is sent.",
  deny: "Taken.",
  break_glass: "Taken. The live run is checked once more before anything is sent.",
  refresh: "Taken. The live run is read again.",
  propose: "Taken. The plan is drawn from the live run.",
  mute: "Taken.",
  reveal: "Only you see them.",
};

/** Presses of card buttons: says at once that something happens, then what came of it. */
export function createClicks(view) {
  async function press(message, button, person) {
    const body = await bodyOf(message, button, person);
    if (body === null) return;
    const { label, action } = button;
    view.setClick(message.id, { label, busy: true, note: sending[action] });
    try {
      await post("api/events", body);
      if (view.clickOf(message.id)?.busy) settleLater(message.id, label, taken[action]);
    } catch (error) {
      view.setClick(message.id, { label, busy: false, note: error.message, bad: true });
    }
  }

  function settleLater(messageId, label, note) {
    const click = { label, busy: true, note };
    view.setClick(messageId, click);
    setTimeout(() => {
      if (view.clickOf(messageId) !== click) return;
      view.setClick(messageId, {
        label,
        busy: false,
        note: "Taken. This card changes by itself as soon as there is news.",
      });
    }, patienceMs);
  }

  return { press };
}

async function bodyOf(message, button, person) {
  const common = { person, click: newClickId(), thread: message.thread };
  switch (button.action) {
    case "approve":
      return { kind: "decision", ...common, proposal: button.value, verdict: "approved", reason: null };
    case "deny": {
      const reason = await askReason("deny");
      return reason === null
        ? null
        : { kind: "decision", ...common, proposal: button.value, verdict: "denied", reason: reason || null };
    }
    case "break_glass": {
      const reason = await askReason("glass");
      return reason === null
        ? null
        : { kind: "decision", ...common, proposal: button.value, verdict: "approved", reason, breakGlass: true };
    }
    default:
      return { kind: "button", ...common, action: button.action, value: button.value };
  }
}
