import { loadSession, loadThread, loadThreads, newClickId, post, signInAddress, signOut } from "./api.js";
import { createClicks } from "./clicks.js";
import { createComposer } from "./composer.js";
import { byId } from "./element.js";
import { askSomething, connecting, emptyThreads, signInFirst, threadGone } from "./empty.js";
import { createHeader } from "./header.js";
import { followLive } from "./live.js";
import { announce, showBanners, toast } from "./notices.js";
import { loadSeen, saveSeen } from "./seen.js";
import { createThreadList } from "./thread-list.js";
import { createThreadView } from "./thread-view.js";
import { keepTimesFresh } from "./times.js";

const retryMs = 1500;
const phone = matchMedia("(max-width: 760px)");
const personKey = "pipewright.person";

let session = null;
let person = "";
let threads = new Map();
let threadsKnown = false;
let seen = new Map();
let route = { shows: "list", id: null };
let isOffline = false;
let line = null;
/** What was heard of the open thread while it is being fetched; null when it is not. */
let heardMeanwhile = null;

const list = createThreadList();
const view = createThreadView({ onClick: (message, button) => clicks.press(message, button, person) });
const clicks = createClicks(view);
const composer = createComposer({ onAsk: ask });
const header = createHeader({ onPerson: actAs, onBreak: breakSomething, onSignOut: leave });

async function start() {
  keepTimesFresh();
  view.clear(connecting());
  window.addEventListener("hashchange", () => void goTo(location.hash));
  document.addEventListener("visibilitychange", markSeen);
  phone.addEventListener("change", () => void goTo(location.hash));
  await learnSession();
  if (mustSignIn()) return askToSignIn();
  actAs(sessionStorage.getItem(personKey) ?? session.people[0]?.id ?? "");
}

function mustSignIn() {
  return session.by === "sign-in" && session.people.length === 0;
}

function askToSignIn() {
  line?.close();
  threads = new Map();
  drawList();
  composer.show(false, "");
  header.draw(session, "");
  byId("rooms").dataset.shows = "thread";
  view.clear(signInFirst(signInAddress()));
}

async function leave() {
  try {
    await signOut();
    await learnSession();
    askToSignIn();
  } catch (error) {
    toast(error.message);
  }
}

/** Asks until Pipewright answers. */
async function learnSession() {
  for (;;) {
    try {
      session = await loadSession();
      setOffline(false);
      return;
    } catch {
      setOffline(true);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

function actAs(personId) {
  const known = session.people.find((candidate) => candidate.id === personId) ?? session.people[0];
  person = known?.id ?? "";
  sessionStorage.setItem(personKey, person);
  seen = loadSeen(person);
  threads = new Map();
  setLoading([]);
  header.draw(session, person);
  line?.close();
  line = followLive(person, { onUp: catchUp, onDown: lose, onMessage: hear });
}

/** The line is lost: Pipewright is away, or the sign-in has ended. */
async function lose() {
  setOffline(true);
  if (session.by !== "sign-in") return;
  try {
    session = await loadSession();
    if (!mustSignIn()) return;
    setOffline(false);
    askToSignIn();
  } catch {
    // It stays offline; the line comes back by itself.
  }
}

/** Everything is read again: the line was down, or somebody else is reading. */
async function catchUp() {
  try {
    session = await loadSession();
    if (mustSignIn()) return askToSignIn();
    header.draw(session, person);
    const loaded = await loadThreads(person);
    threads = new Map(loaded.threads.map((thread) => [thread.id, newer(thread, threads.get(thread.id))]));
    threadsKnown = true;
    setOffline(false);
    await goTo(location.hash, { again: true });
  } catch {
    setOffline(true);
    setTimeout(catchUp, retryMs);
  }
}

function hear({ message, thread }) {
  if (thread) threads.set(thread.id, thread);
  if (route.id === message.thread) {
    const what = show(message);
    if (what) announce(`${what === "edited" ? "Updated" : "New"}: ${message.card?.fallback ?? message.text}`);
  } else if (message.id === message.thread) {
    announce(`New thread: ${message.card?.fallback ?? message.text}`);
  }
  markSeen();
  drawList();
  if (route.id === null && route.shows === "list") void goTo(location.hash);
}

/** `#/t/ID` a thread, `#/ask` a new conversation, else the list; a wide window opens the thread that matters most. */
async function goTo(hash, { again = false } = {}) {
  const id = hash.startsWith("#/t/") ? decodeURIComponent(hash.slice(4)) : null;
  const isAsk = hash === "#/ask" && !session?.readOnly;
  const chosen = id ?? (isAsk || phone.matches ? null : mostPressing());
  const isSame = chosen === route.id;
  const changed = again || !isSame;
  route = { shows: chosen !== null || isAsk ? "thread" : "list", id: chosen };
  byId("rooms").dataset.shows = route.shows;
  byId("ask-link").hidden = session?.readOnly ?? true;
  const mayAsk = session !== null && !session.readOnly;
  composer.show(mayAsk, chosen === null ? "Ask Pipewright: why did orders_daily fail?" : "Ask in this thread…");
  drawList();
  if (chosen !== null) {
    if (changed) await openThread(chosen, { keepPlace: isSame });
    return;
  }
  setLoading(null);
  if (isAsk) {
    view.clear(askSomething((words) => composer.ask(words)));
    composer.focus();
  } else if (threadsKnown) {
    view.clear(emptyThreads(session));
  }
}

function show(message) {
  if (heardMeanwhile === null) return view.apply(message);
  heardMeanwhile.push(message);
  return "added";
}

async function openThread(id, { keepPlace = false } = {}) {
  const heard = [];
  setLoading(heard);
  try {
    const { messages } = await loadThread(id, person);
    if (heardMeanwhile !== heard) return;
    view.open(messages, { keepPlace });
    for (const message of heard) view.apply(message);
    markSeen();
    drawList();
  } catch (error) {
    if (error.offline) setOffline(true);
    else if (heardMeanwhile === heard) view.clear(threadGone());
  } finally {
    if (heardMeanwhile === heard) setLoading(null);
  }
}

/** Until the thread is here, what stands there can't be clicked: it may be of another thread or reader. */
function setLoading(heard) {
  heardMeanwhile = heard;
  byId("messages").inert = heard !== null;
}

function newer(thread, known) {
  return known !== undefined && known.seq > thread.seq ? known : thread;
}

function mostPressing() {
  const newest = [...threads.values()].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  const waiting = newest.find((thread) => thread.tone === "attention") ?? newest[0];
  return route.id !== null && threads.has(route.id) ? route.id : (waiting?.id ?? null);
}

function markSeen() {
  const open = threads.get(route.id);
  if (!open || document.hidden || seen.get(open.id) === open.seq) return;
  seen.set(open.id, open.seq);
  saveSeen(person, seen);
}

function drawList() {
  const isUnread = (thread) => (seen.get(thread.id) ?? 0) < thread.seq;
  const emptyWords = threadsKnown ? "No thread yet." : "";
  list.draw([...threads.values()], { openId: route.id, isUnread, emptyWords });
  const unread = [...threads.values()].filter(isUnread).length;
  document.title = unread > 0 ? `(${unread}) Pipewright` : "Pipewright";
}

async function ask(text) {
  const inThread = route.id;
  const { thread } = await post("api/events", {
    kind: "question",
    person,
    click: newClickId(),
    thread: inThread,
    text,
  });
  if (thread === inThread) {
    view.setThinking("Pipewright is looking…");
    view.toBottom();
  } else {
    location.hash = `#/t/${encodeURIComponent(thread)}`;
  }
}

async function breakSomething(entry, fix) {
  byId("break-menu").hidePopover();
  try {
    await post("api/break", { person, id: entry.id, fix });
    toast(
      fix
        ? `${entry.pipeline}: the cause is gone.`
        : `${entry.pipeline} is breaking. Its thread appears within seconds.`,
    );
  } catch (error) {
    toast(error.message);
  }
}

function setOffline(offline) {
  isOffline = offline;
  const isReadOnly = session?.by === "none";
  showBanners([...(isOffline ? ["offline"] : []), ...(isReadOnly ? ["readOnly"] : [])]);
}

void start();
