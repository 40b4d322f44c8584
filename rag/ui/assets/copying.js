// Taking things along: copying an answer, exporting a conversation.
(() => {
  const rag = window.rag;

  async function toClipboard(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without https the clipboard is reached the old way.
      const field = document.createElement("textarea");
      field.value = text;
      field.style.position = "fixed";
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
  }

  function say(button, text) {
    const before = button.textContent;
    button.textContent = text;
    setTimeout(() => { button.textContent = before; }, 1500);
  }

  async function copy(button) {
    const kept = button.parentElement.querySelector(`[data-copy="${button.dataset.form}"]`);
    if (!kept || button.textContent !== button.dataset.form) return;
    await toClipboard(kept.textContent);
    say(button, "Copied");
  }

  function download(name, kind, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: kind }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function asMarkdown(talk) {
    const turns = [...document.querySelectorAll(".rag-turn")].map((turn) => {
      const kept = turn.querySelector('[data-copy="Markdown"]');
      if (kept) return kept.textContent;
      const words = [...turn.querySelectorAll(".rag-abstention > p, .rag-problem > p")].map((part) => part.textContent);
      return `### ${turn.querySelector(".rag-question").textContent}\n\n${words.join(" ") || "(not answered)"}`;
    });
    return `# ${talk.title}\n\n${turns.join("\n\n")}\n`;
  }

  function exportTalk(button) {
    const talk = rag.store.current();
    if (!talk.turns.length) return say(button, "Empty");
    const name = talk.title.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 50) || "conversation";
    if (button.dataset.form === "json") download(`${name}.json`, "application/json", JSON.stringify(talk, null, 2));
    else download(`${name}.md`, "text/markdown", asMarkdown(talk));
  }

  Object.assign(rag, { copy, exportTalk });
})();
