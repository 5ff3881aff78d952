/** A plain HTML page of the simulated systems, for whoever follows a link of a card; every value is escaped. */
export interface PageParts {
  readonly title: string;
  readonly lead: string;
  /** Label and value; a value that starts with `/` is a link of this server. */
  readonly rows?: readonly (readonly [string, string])[];
  readonly text?: string | null;
}

export function page({ title, lead, rows = [], text = null }: PageParts): string {
  const cell = (value: string): string =>
    value.startsWith("/") ? `<a href="${escapeHtml(value)}">open</a>` : escapeHtml(value);
  const table = rows.map(([label, value]) => `<tr><th>${escapeHtml(label)}</th><td>${cell(value)}</td></tr>`).join("");
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}
th{text-align:left;font-weight:600;padding:.1rem 1rem .1rem 0;vertical-align:top}pre{overflow:auto;font-size:.85rem;
border:1px solid #8886;border-radius:.4rem;padding:.7rem}small{opacity:.75}</style>
<p><small>SIMULATED: a page of the sandbox, not a real system.</small></p>
<h1>${escapeHtml(title)}</h1><p>${escapeHtml(lead)}</p><table>${table}</table>
${text === null ? "" : `<pre>${escapeHtml(text)}</pre>`}</html>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
