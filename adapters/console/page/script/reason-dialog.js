import { byId } from "./element.js";

/** Asks for a reason in the dialog of this name; resolves with it (a denial's may be empty), or with null when the person thought better of it. */
export function askReason(name) {
  const dialog = byId(`${name}-dialog`);
  const reason = byId(`${name}-reason`);
  reason.value = "";
  dialog.returnValue = "cancel";
  dialog.showModal();
  reason.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm" ? reason.value.trim() : null), {
      once: true,
    });
  });
}
