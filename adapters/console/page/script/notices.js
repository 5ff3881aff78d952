import { byId, element } from "./element.js";

const toastMs = 6000;

const banners = {
  offline: () =>
    banner(
      "warning",
      "Reconnecting…",
      "Pipewright can't be reached. What you see may be old; this page comes back by itself.",
    ),
  readOnly: () =>
    banner(
      "",
      "Read-only.",
      "This console shows real systems and nobody is signed in here: decide in the chat where you are known.",
    ),
};

/** Shows exactly these banners: `offline`, `readOnly`. */
export function showBanners(names) {
  const key = names.join(" ");
  const place = byId("banners");
  if (place.dataset.shown === key) return;
  place.dataset.shown = key;
  place.replaceChildren(...names.map((name) => banners[name]()));
}

function banner(kind, title, words) {
  return element("div", { class: `banner ${kind}`.trim() }, element("strong", {}, title), element("span", {}, words));
}

export function toast(words) {
  const node = element("div", { class: "toast" }, words);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), toastMs);
}

/** Said aloud by screen readers; nothing is seen. */
export function announce(words) {
  byId("announcer").textContent = words;
}
