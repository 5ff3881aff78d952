import { drawCard } from "./card.js";
import { avatar, byId, element } from "./element.js";
import { timeElement } from "./times.js";

const groupGapMs = 5 * 60_000;
const nearBottomPx = 140;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const behavior = () => (calm.matches ? "instant" : "smooth");

/** The messages of the open thread. `onClick(message, button)` gets every pressed card button. */
export function createThreadView({ onClick }) {
  const scroll = byId("scroll");
  const list = byId("messages");
  const jump = byId("jump");
  let shown = [];
  let nodes = new Map();
  let clicks = new Map();
  let thinking = null;

  scroll.addEventListener("scroll", () => updateJump(), { passive: true });
  window.addEventListener("resize", () => updateJump());
  jump.addEventListener("click", () => jumpTarget()?.scrollIntoView({ behavior: behavior(), block: "end" }));

  /** Everything is drawn anew; from the top, unless the reader is in the middle of the same thread. */
  function open(messages, { keepPlace = false } = {}) {
    const place = keepPlace ? scroll.scrollTop : 0;
    shown = [];
    nodes = new Map();
    clicks = new Map();
    thinking = null;
    list.replaceChildren();
    for (const message of messages) append(message);
    scroll.scrollTop = place;
    updateJump();
  }

  /** Nothing to show but these nodes. */
  function clear(...instead) {
    open([]);
    list.replaceChildren(...instead);
    updateJump();
  }

  /** Adds a message or edits it in place; says which, or null when it is older than what stands there. */
  function apply(message) {
    const at = shown.findIndex((known) => known.id === message.id);
    if (at >= 0 && shown[at].seq >= message.seq) return null;
    const wasNearBottom = nearBottom();
    if (at >= 0) {
      shown[at] = message;
      clicks.delete(message.id);
      redraw(message, { flash: true });
    } else {
      if (message.author === null) setThinking(null);
      if (message.isPrivate) settleClicks();
      append(message, { arrives: true });
    }
    if (wasNearBottom || message.isPrivate) scroll.scrollTo({ top: scroll.scrollHeight, behavior: behavior() });
    updateJump();
    return at >= 0 ? "edited" : "added";
  }

  function append(message, { arrives = false } = {}) {
    const before = shown.at(-1);
    shown.push(message);
    const begins = !before || before.author?.id !== message.author?.id || gap(before, message) > groupGapMs;
    const node = element("div", { class: `message${begins ? " begins" : ""}${arrives ? " arrives" : ""}` });
    node.dataset.message = message.id;
    node.append(
      ...(begins ? [faceOf(message), metaOf(message)] : []),
      element("div", { class: "message-body" }, contentOf(message)),
    );
    nodes.set(message.id, node);
    list.insertBefore(node, thinking);
  }

  function redraw(message, { flash = false } = {}) {
    const body = nodes.get(message.id)?.querySelector(".message-body");
    if (!body) return;
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.action : null;
    const content = contentOf(message);
    if (flash) content.classList.add("flash");
    body.replaceChildren(content);
    if (focused) (content.querySelector(`[data-action="${focused}"]`) ?? content.querySelector("button, a"))?.focus();
  }

  function contentOf(message) {
    if (!message.card) return element("div", { class: "words" }, message.text);
    return drawCard(message, {
      isRoot: shown[0]?.id === message.id,
      click: clicks.get(message.id) ?? null,
      onClick: (button) => onClick(message, button),
    });
  }

  /** What a click on a card's button came to so far. */
  function setClick(messageId, click) {
    const message = shown.find((known) => known.id === messageId);
    if (!message) return;
    if (click) clicks.set(messageId, click);
    else clicks.delete(messageId);
    redraw(message);
  }

  /** A private note answers the click that waits. */
  function settleClicks() {
    for (const [id, click] of [...clicks]) if (click.busy) setClick(id, null);
  }

  function setThinking(words) {
    thinking?.remove();
    thinking = words === null ? null : thinkingNode(words);
    if (thinking) list.append(thinking);
  }

  function nearBottom() {
    return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < nearBottomPx;
  }

  function jumpTarget() {
    return [...list.querySelectorAll('[data-action="approve"]:not(:disabled)')].at(-1)?.closest(".message") ?? null;
  }

  /** A decision that waits below the fold is pointed at. */
  function updateJump() {
    const target = jumpTarget()?.querySelector('[data-action="approve"]');
    jump.hidden = !target || target.getBoundingClientRect().top < scroll.getBoundingClientRect().bottom - 10;
    jump.textContent = "A decision is waiting ↓";
  }

  return {
    open,
    clear,
    apply,
    setClick,
    setThinking,
    clickOf: (messageId) => clicks.get(messageId) ?? null,
    toBottom: () => scroll.scrollTo({ top: scroll.scrollHeight, behavior: behavior() }),
  };
}

function gap(before, message) {
  return Date.parse(message.postedAt) - Date.parse(before.postedAt);
}

function faceOf(message) {
  const face = message.author ? avatar(message.author) : element("img", { src: "icon.svg", alt: "" });
  return element("div", { class: "message-face" }, face);
}

function metaOf(message) {
  return element(
    "div",
    { class: "message-meta" },
    element("span", { class: "message-name" }, message.author?.name ?? "Pipewright"),
    timeElement(message.postedAt, "time", "muted"),
  );
}

function thinkingNode(words) {
  return element("p", { class: "thinking" }, element("span", { class: "spinner", "aria-hidden": "true" }), words);
}
