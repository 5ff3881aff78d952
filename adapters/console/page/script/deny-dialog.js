import { byId } from "./element.js";

/** Asks for the reason; resolves with it (it may be empty), or with null when the person thought better of it. */
export function askWhyDenied() {
  const dialog = byId("deny-dialog");
  const reason = byId("deny-reason");
  reason.value = "";
  dialog.returnValue = "cancel";
  dialog.showModal();
  reason.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "deny" ? reason.value.trim() : null), {
      once: true,
    });
  });
}
