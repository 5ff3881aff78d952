import { byId } from "./element.js";

/** The field at the bottom. `onAsk(text)` resolves when the question was taken; until then the words stay. */
export function createComposer({ onAsk }) {
  const form = byId("composer");
  const field = byId("question");
  const note = byId("composer-note");
  const button = form.querySelector("button");

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void ask(field.value.trim());
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("input", resize);

  async function ask(text) {
    if (text === "" || button.disabled) return;
    button.disabled = true;
    note.textContent = "";
    try {
      await onAsk(text);
      field.value = "";
      resize();
    } catch (error) {
      note.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }

  function resize() {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  }

  return {
    ask,
    show(isShown, placeholder) {
      form.hidden = !isShown;
      field.placeholder = placeholder;
    },
    focus: () => field.focus(),
  };
}
