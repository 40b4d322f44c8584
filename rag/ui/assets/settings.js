// The visitor's choices, kept in this browser: passages, length, quotes only, colours.
(() => {
  const rag = window.rag;
  const key = `${rag.store.prefix}settings`;

  function kept() {
    try {
      const values = JSON.parse(localStorage.getItem(key));
      return Array.isArray(values) ? values : null;
    } catch {
      return null;
    }
  }

  function keepSettings(values) {
    try {
      localStorage.setItem(key, JSON.stringify(values));
    } catch {
      // Without storage the choices last as long as the page.
    }
    showColours(values[3]);
  }

  function keptSettings(values) {
    const before = kept();
    return before && before.length === values.length ? before : values;
  }

  function showColours(choice) {
    const system = matchMedia("(prefers-color-scheme: dark)").matches;
    document.body.classList.toggle("dark", choice === "Dark" || (choice !== "Light" && system));
  }

  const named = ([passages, length, quotesOnly]) => ({ passages, length, quotes_only: quotesOnly });

  addEventListener("DOMContentLoaded", () => showColours((kept() || [])[3]));
  Object.assign(rag, { keepSettings, keptSettings, namedSettings: named });
})();
