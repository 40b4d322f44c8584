// The visitor's choices, kept in this browser: passages, length, quotes only, colours.
(() => {
  const rag = window.rag;
  const key = `${rag.store.prefix}settings`;
  const system = matchMedia("(prefers-color-scheme: dark)");

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
    document.body.classList.toggle("dark", choice === "Dark" || (choice !== "Light" && system.matches));
  }

  const named = ([passages, length, quotesOnly]) => ({ passages, length, quotes_only: quotesOnly });

  const showKept = () => showColours((kept() || [])[3]);
  // The scripts may come into the page when it is there already.
  if (document.body) showKept();
  else addEventListener("DOMContentLoaded", showKept);
  system.addEventListener("change", showKept);
  Object.assign(rag, { keepSettings, keptSettings, namedSettings: named });
})();
